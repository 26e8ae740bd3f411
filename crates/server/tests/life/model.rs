//! A key as the documentation describes it, and nothing else.

/// Milliseconds.
pub(crate) const MINUTE: i64 = 60 * 1000;
pub(crate) const DAY: i64 = 24 * 60 * MINUTE;

/// What an operation answers: nothing, or the code of its error.
pub(crate) type Answer = Result<(), &'static str>;

pub(crate) const DISABLED: &str = "DisabledException";
pub(crate) const STATE: &str = "KMSInvalidStateException";
pub(crate) const UNSUPPORTED: &str = "UnsupportedOperationException";
pub(crate) const INCORRECT: &str = "IncorrectKeyMaterialException";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Enabled,
    Disabled,
    PendingImport,
    PendingDeletion(i64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    First,
    Automatic(i64),
    OnDemand(i64),
    Waiting,
}

#[derive(Debug, Clone)]
pub(crate) struct Material {
    pub(crate) role: Role,
    /// Which bytes were imported.
    pub(crate) imported: Option<u8>,
    pub(crate) is_there: bool,
    pub(crate) expires: Option<i64>,
    /// A number that no other material of the key ever has.
    pub(crate) serial: usize,
}

#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) external: bool,
    pub(crate) state: State,
    pub(crate) materials: Vec<Material>,
    pub(crate) rotation: Option<(i64, i64)>,
    serials: usize,
}

impl Key {
    pub(crate) fn new(external: bool) -> Self {
        let mut key = Self {
            external,
            state: State::PendingImport,
            materials: Vec::new(),
            rotation: None,
            serials: 0,
        };
        if !external {
            key.state = State::Enabled;
            key.add(Role::First, None, None);
        }
        key
    }

    fn add(&mut self, role: Role, imported: Option<u8>, expires: Option<i64>) {
        self.materials.push(Material {
            role,
            imported,
            is_there: true,
            expires,
            serial: self.serials,
        });
        self.serials += 1;
    }

    fn waiting(&self) -> Option<usize> {
        self.materials.iter().position(|m| m.role == Role::Waiting)
    }

    /// The material that encrypts.
    pub(crate) fn current(&self) -> Option<&Material> {
        let mut permanent = self.materials.iter().filter(|m| m.role != Role::Waiting);
        permanent.next_back()
    }

    /// Whether all that ever encrypted is there.
    pub(crate) fn is_complete(&self) -> bool {
        let mut permanent = self.materials.iter().filter(|m| m.role != Role::Waiting);
        self.current().is_some() && permanent.all(|m| m.is_there)
    }

    /// "Imported material is deleted when it expires."
    pub(crate) fn expire(&mut self, now: i64) {
        while let Some(expired) = self
            .materials
            .iter()
            .position(|m| m.is_there && m.expires.is_some_and(|at| at <= now))
        {
            self.lose(expired);
        }
    }

    fn lose(&mut self, place: usize) {
        if self.materials[place].role == Role::Waiting {
            self.materials.remove(place);
            return;
        }
        self.materials[place].is_there = false;
        self.materials[place].expires = None;
        if matches!(self.state, State::Enabled | State::Disabled) {
            self.state = State::PendingImport;
        }
    }

    /// "Needs an enabled key."
    pub(crate) fn usable(&self) -> Answer {
        match self.state {
            State::Enabled => Ok(()),
            State::Disabled => Err(DISABLED),
            State::PendingImport | State::PendingDeletion(_) => Err(STATE),
        }
    }

    pub(crate) fn switch(&mut self, on: bool) -> Answer {
        match self.state {
            State::PendingImport | State::PendingDeletion(_) => return Err(STATE),
            State::Enabled | State::Disabled if on => self.state = State::Enabled,
            State::Enabled | State::Disabled => self.state = State::Disabled,
        }
        Ok(())
    }

    pub(crate) fn schedule(&mut self, date: i64) -> Answer {
        if matches!(self.state, State::PendingDeletion(_)) {
            return Err(STATE);
        }
        self.state = State::PendingDeletion(date);
        Ok(())
    }

    pub(crate) fn cancel(&mut self) -> Answer {
        if !matches!(self.state, State::PendingDeletion(_)) {
            return Err(STATE);
        }
        self.state = if self.is_complete() {
            State::Disabled
        } else {
            State::PendingImport
        };
        Ok(())
    }

    pub(crate) fn set_rotation(&mut self, days: Option<u32>, now: i64) -> Answer {
        if self.external {
            return Err(UNSUPPORTED);
        }
        self.usable()?;
        let period = days.map(|days| i64::from(days) * DAY);
        self.rotation = period.map(|period| (period, now + period));
        Ok(())
    }

    pub(crate) fn rotate(&mut self, now: i64) -> Answer {
        self.usable()?;
        let on_demand = |m: &&Material| matches!(m.role, Role::OnDemand(_));
        if self.materials.iter().filter(on_demand).count() >= 25 {
            return Err("LimitExceededException");
        }
        if self
            .rotation
            .is_some_and(|(_, next)| next - now <= 20 * MINUTE)
        {
            return Err("ConflictException");
        }
        match (self.external, self.waiting()) {
            (false, _) => self.add(Role::OnDemand(now), None, None),
            (true, Some(place)) => self.materials[place].role = Role::OnDemand(now),
            (true, None) => return Err(STATE),
        }
        Ok(())
    }

    /// Whether the key can be given material at all.
    pub(crate) fn check_import(&self) -> Answer {
        match (self.external, self.state) {
            (false, _) => Err(UNSUPPORTED),
            (true, State::PendingDeletion(_)) => Err(STATE),
            (true, _) => Ok(()),
        }
    }

    pub(crate) fn import(
        &mut self,
        bytes: u8,
        is_new: Option<bool>,
        expires: Option<i64>,
    ) -> Answer {
        let is_new = is_new.unwrap_or(self.materials.is_empty());
        let known = self
            .materials
            .iter()
            .position(|m| m.imported == Some(bytes));
        match (is_new, known) {
            (true, Some(_)) | (false, None) => return Err(INCORRECT),
            (false, Some(place)) => {
                self.materials[place].is_there = true;
                self.materials[place].expires = expires;
            }
            (true, None) if self.materials.is_empty() => {
                self.add(Role::First, Some(bytes), expires);
            }
            (true, None) if self.waiting().is_some() => return Err(STATE),
            (true, None) => self.add(Role::Waiting, Some(bytes), expires),
        }
        if self.state == State::PendingImport && self.is_complete() {
            self.state = State::Enabled;
        }
        Ok(())
    }

    /// Deletes the material of a serial number.
    pub(crate) fn delete(&mut self, serial: Option<usize>) -> Answer {
        if !self.external {
            return Err(UNSUPPORTED);
        }
        let place = self.materials.iter().position(|m| Some(m.serial) == serial);
        if let Some(place) = place.filter(|place| self.materials[*place].is_there) {
            self.lose(place);
        }
        Ok(())
    }

    /// What Keystead does of itself. Returns `false` if the key is no more.
    pub(crate) fn run_jobs(&mut self, now: i64) -> bool {
        if matches!(self.state, State::PendingDeletion(date) if date <= now) {
            return false;
        }
        if let (State::Enabled, Some((period, next))) = (self.state, self.rotation)
            && next <= now
        {
            self.rotation = Some((period, now + period));
            self.add(Role::Automatic(now), None, None);
        }
        true
    }
}
