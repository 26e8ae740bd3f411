//! The sessions of a token and its login: who has one, who waits, and who logs in again when the token has lost them.
//!
//! No lock is held during a call of the library.

mod lease;

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use cryptoki::object::ObjectHandle;

use crate::connection::Connection;
use crate::failure::{Trouble, Verdict, call_failed, verdict};
use crate::login::{Login, NoLogin};
use crate::module::Held;
use crate::{Error, KeyId};
use lease::{Lease, Outcome};

pub(crate) use lease::Seat;

/// The sessions of one token.
pub(crate) struct Pool {
    login: Login,
    state: Mutex<State>,
    /// A session came back, or the access changed.
    changed: Condvar,
}

struct State {
    access: Access,
    /// How often there was a login. Sessions and handles of an earlier one are worth nothing.
    epoch: u64,
    /// How often a login was tried, and why the last try failed, if it did.
    attempts: u64,
    last_failure: Option<Error>,
    /// Nobody's at the moment; of this epoch, or if there is no login, of an earlier one.
    idle: Vec<Held>,
    /// How many sessions of this epoch there are, or are about to be.
    open: usize,
    /// The most that there may be: what the connection says, or less if the token gives less.
    limit: usize,
    /// Who waits, first come first served, so that nobody waits in vain while others come and go.
    queue: VecDeque<u64>,
    last_place: u64,
    /// Where keys were found in this epoch.
    handles: HashMap<KeyId, ObjectHandle>,
}

#[derive(Clone)]
enum Access {
    Out,
    /// Somebody logs in.
    Entering,
    In(Arc<Connection>),
    /// The PIN was tried and not accepted. This is for ever.
    Refused(Error),
}

impl Pool {
    pub(crate) fn new(login: Login) -> Self {
        Self {
            login,
            state: Mutex::new(State {
                access: Access::Out,
                epoch: 0,
                attempts: 0,
                last_failure: None,
                idle: Vec::new(),
                open: 0,
                limit: 0,
                queue: VecDeque::new(),
                last_place: 0,
                handles: HashMap::new(),
            }),
            changed: Condvar::new(),
        }
    }

    /// Does a piece of work on a session, which it logs in for if need be. If the token has lost the session or the login,
    /// that is mended and the work is done once more: it must be such that this does no harm.
    pub(crate) fn call<T>(
        &self,
        work: impl FnMut(&Seat<'_>) -> Result<T, Trouble>,
    ) -> Result<T, Error> {
        self.call_within(self.login.settings.wait, work)
    }

    /// The same, with another time to wait for a session.
    pub(crate) fn call_within<T>(
        &self,
        wait: Duration,
        mut work: impl FnMut(&Seat<'_>) -> Result<T, Trouble>,
    ) -> Result<T, Error> {
        let started = Instant::now();
        let mut again = false;
        loop {
            let mut lease = self.lease(started, wait)?;
            let failure = match lease.work(&mut work) {
                Ok(done) => return Ok(done),
                Err(Outcome::Final(error)) => return Err(error),
                Err(Outcome::Lost(failure)) => failure,
            };
            let epoch = lease.epoch;
            drop(lease);
            self.lost(epoch);
            if again {
                return Err(Error::Lost { failure });
            }
            again = true;
        }
    }

    /// The token that is logged in to, which this does if need be.
    pub(crate) fn connect(&self) -> Result<Arc<Connection>, Error> {
        let lease = self.lease(Instant::now(), self.login.settings.wait)?;
        Ok(Arc::clone(&lease.connection))
    }

    /// Closes all sessions that nobody uses, and with the last of all logs out. The next call logs in again.
    pub(crate) fn disconnect(&self) {
        let mut state = self.lock();
        if let Access::In(_) = state.access {
            state.leave(&self.login);
        }
        let idle = std::mem::take(&mut state.idle);
        let unused = state.open == idle.len();
        drop(state);
        self.changed.notify_all();
        let inside = self.login.module.enter();
        // Closing the last session does it too, but not with every library at once.
        if let Some(session) = idle.first().and_then(|held| inside.session(held))
            && unused
        {
            drop(session.logout());
        }
        idle.into_iter().for_each(|held| inside.close(held));
    }

    fn lease(&self, started: Instant, wait: Duration) -> Result<Lease<'_>, Error> {
        let mut place = None;
        let lease = self.lease_in_turn(started, wait, &mut place);
        if let Some(place) = place {
            self.lock().queue.retain(|waiting| *waiting != place);
            self.changed.notify_all();
        }
        lease
    }

    /// Waits for a session behind those who came before; `place` is where, if it must wait at all.
    fn lease_in_turn(
        &self,
        started: Instant,
        wait: Duration,
        place: &mut Option<u64>,
    ) -> Result<Lease<'_>, Error> {
        let mut state = self.lock();
        let attempts = state.attempts;
        loop {
            match state.access.clone() {
                Access::Refused(error) => return Err(error),
                Access::Out => {
                    // Somebody tried while this call waited: for all who did.
                    if let Some(error) = &state.last_failure
                        && state.attempts != attempts
                    {
                        return Err(error.clone());
                    }
                    state.access = Access::Entering;
                    let stale = std::mem::take(&mut state.idle);
                    let again = state.epoch > 0;
                    drop(state);
                    return self.enter(stale, again);
                }
                Access::In(connection) if state.queue.front().copied() == *place => {
                    if let Some(held) = state.idle.pop() {
                        return Ok(Lease::new(self, state.epoch, connection, held));
                    }
                    if state.open < state.limit {
                        state.open += 1;
                        let epoch = state.epoch;
                        drop(state);
                        if let Some(lease) = self.open(epoch, &connection)? {
                            return Ok(lease);
                        }
                        state = self.lock();
                        continue;
                    }
                    state = self.wait(state, started, wait, place)?;
                }
                Access::In(_) | Access::Entering => {
                    state = self.wait(state, started, wait, place)?;
                }
            }
        }
    }

    fn wait<'s>(
        &self,
        mut state: MutexGuard<'s, State>,
        started: Instant,
        wait: Duration,
        place: &mut Option<u64>,
    ) -> Result<MutexGuard<'s, State>, Error> {
        let waited = started.elapsed();
        let Some(left) = wait.checked_sub(waited).filter(|left| !left.is_zero()) else {
            return Err(Error::Busy { waited });
        };
        if place.is_none() {
            state.last_place += 1;
            *place = Some(state.last_place);
            let last = state.last_place;
            state.queue.push_back(last);
        }
        let (state, _) = self
            .changed
            .wait_timeout(state, left)
            .unwrap_or_else(PoisonError::into_inner);
        Ok(state)
    }

    /// Logs in, for everybody.
    fn enter(&self, stale: Vec<Held>, again: bool) -> Result<Lease<'_>, Error> {
        // Before any new one is opened, which may get an old one's handle.
        let inside = self.login.module.enter();
        stale.into_iter().for_each(|held| inside.close(held));
        drop(inside);
        let outcome = self.login.log_in(again);
        let mut state = self.lock();
        state.attempts += 1;
        let result = match outcome {
            Ok((connection, held)) => {
                let connection = Arc::new(connection);
                state.access = Access::In(Arc::clone(&connection));
                state.last_failure = None;
                state.epoch += 1;
                state.open = 1;
                state.limit = connection.sessions;
                state.handles.clear();
                self.login.module.logged_in();
                Ok(Lease::new(self, state.epoch, connection, held))
            }
            Err(NoLogin::NotNow(error)) => {
                state.access = Access::Out;
                state.last_failure = Some(error.clone());
                Err(error)
            }
            Err(NoLogin::Refused(error)) => {
                state.access = Access::Refused(error.clone());
                Err(error)
            }
        };
        drop(state);
        self.changed.notify_all();
        result
    }

    /// Opens one more session, or finds that there is none to be had but those that are in use.
    fn open(&self, epoch: u64, connection: &Arc<Connection>) -> Result<Option<Lease<'_>>, Error> {
        let inside = self.login.module.enter();
        if inside.generation() != connection.generation {
            // For another token's sake. The slot may be that one's now.
            self.lost(epoch);
            return Ok(None);
        }
        let opened = inside.library().open_rw_session_no_drop(connection.slot);
        let held = opened.map(|session| inside.hold(session));
        drop(inside);
        let mut state = self.lock();
        if let Ok(held) = held {
            let connection = Arc::clone(connection);
            return Ok(Some(Lease::new(self, epoch, connection, held)));
        }
        let error = held.err();
        if state.epoch == epoch {
            state.open = state.open.saturating_sub(1);
        }
        self.changed.notify_all();
        match error.map(|error| (verdict(&error), error)) {
            Some((Verdict::NoMoreSessions, _)) if state.epoch == epoch && state.open > 0 => {
                state.limit = state.open;
                Ok(None)
            }
            Some((Verdict::NoMoreSessions, _)) => Err(Error::Busy {
                waited: Duration::ZERO,
            }),
            Some((Verdict::CallFailed, error)) => Err(call_failed(&error)),
            _ => {
                // The login is to be made anew; the caller does so.
                state.end_epoch(epoch, &self.login);
                Ok(None)
            }
        }
    }

    /// Notes that the login of this epoch is over, unless that is known.
    fn lost(&self, epoch: u64) {
        self.lock().end_epoch(epoch, &self.login);
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn end_epoch(&mut self, epoch: u64, login: &Login) {
        if self.epoch == epoch && matches!(self.access, Access::In(_)) {
            self.leave(login);
        }
    }

    fn leave(&mut self, login: &Login) {
        self.access = Access::Out;
        self.handles.clear();
        login.module.logged_out();
    }

    /// Whether what belongs to this epoch is of use.
    fn is_now(&self, epoch: u64) -> bool {
        self.epoch == epoch && matches!(self.access, Access::In(_))
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.disconnect();
    }
}
