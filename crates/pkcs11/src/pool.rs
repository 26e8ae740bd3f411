//! The sessions of a token and its login: who has one, who waits, and who logs in again when the token has lost them.
//!
//! No lock is held during a call of the library.

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use cryptoki::error::Error as CryptokiError;
use cryptoki::object::ObjectHandle;
use cryptoki::session::Session;

use crate::connection::{self, Connection};
use crate::failure::{Failure, Trouble, Verdict, call_failed, verdict};
use crate::login::{Login, NoLogin};
use crate::module::{Held, Inside};
use crate::{Error, KeyId};

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

/// A session on loan, given back when it is dropped.
struct Lease<'a> {
    pool: &'a Pool,
    epoch: u64,
    connection: Arc<Connection>,
    /// Taken when the lease ends.
    held: Option<Held>,
    end: End,
}

/// What becomes of a session.
#[derive(Clone, Copy)]
enum End {
    Keep,
    Close,
    /// Its handle means nothing any more.
    Forget,
}

/// What a piece of work is given: a session of a user, and what is known of the token.
pub(crate) struct Seat<'a> {
    pub(crate) session: &'a Session,
    pub(crate) connection: &'a Connection,
    inside: &'a Inside<'a>,
    pool: &'a Pool,
    epoch: u64,
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
                Access::In(connection) => {
                    if let Some(held) = state.idle.pop() {
                        return Ok(self.lease_of(&state, connection, held));
                    }
                    if state.open < state.limit {
                        state.open += 1;
                        let epoch = state.epoch;
                        drop(state);
                        match self.open(epoch, &connection)? {
                            Some(lease) => return Ok(lease),
                            None => state = self.lock(),
                        }
                        continue;
                    }
                    state = self.wait(state, started, wait)?;
                }
                Access::Entering => state = self.wait(state, started, wait)?,
            }
        }
    }

    fn wait<'s>(
        &self,
        state: MutexGuard<'s, State>,
        started: Instant,
        wait: Duration,
    ) -> Result<MutexGuard<'s, State>, Error> {
        let waited = started.elapsed();
        let Some(left) = wait.checked_sub(waited).filter(|left| !left.is_zero()) else {
            return Err(Error::Busy { waited });
        };
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
                Ok(self.lease_of(&state, connection, held))
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
        let opened = inside.library().open_rw_session_no_drop(connection.slot);
        let held = opened.map(|session| inside.hold(session));
        drop(inside);
        let mut state = self.lock();
        if let Ok(held) = held {
            return Ok(Some(Lease {
                pool: self,
                epoch,
                connection: Arc::clone(connection),
                held: Some(held),
                end: End::Keep,
            }));
        }
        let error = held.err();
        if state.epoch == epoch {
            state.open = state.open.saturating_sub(1);
        }
        self.changed.notify_one();
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

    fn lease_of(&self, state: &State, connection: Arc<Connection>, held: Held) -> Lease<'_> {
        Lease {
            pool: self,
            epoch: state.epoch,
            connection,
            held: Some(held),
            end: End::Keep,
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

/// What work came to, if it wasn't done.
enum Outcome {
    Final(Error),
    Lost(Failure),
}

impl Lease<'_> {
    fn work<T>(
        &mut self,
        work: &mut impl FnMut(&Seat<'_>) -> Result<T, Trouble>,
    ) -> Result<T, Outcome> {
        let inside = self.pool.login.module.enter();
        let Some(session) = self.held.as_ref().and_then(|held| inside.session(held)) else {
            self.end = End::Forget;
            let failure = Failure::found("C_Initialize", "the library was started anew");
            return Err(Outcome::Lost(failure));
        };
        let seat = Seat {
            session,
            connection: &self.connection,
            inside: &inside,
            pool: self.pool,
            epoch: self.epoch,
        };
        let (end, result) = match work(&seat) {
            Ok(done) => (End::Keep, Ok(done)),
            Err(trouble) => {
                let (end, outcome) = seat.outcome(trouble);
                (end, Err(outcome))
            }
        };
        self.end = end;
        result
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        let Some(held) = self.held.take() else {
            return;
        };
        let mut state = self.pool.lock();
        let now = state.is_now(self.epoch);
        if now && matches!(self.end, End::Keep) {
            state.idle.push(held);
            drop(state);
            self.pool.changed.notify_one();
            return;
        }
        if state.epoch == self.epoch {
            state.open = state.open.saturating_sub(1);
        }
        drop(state);
        self.pool.changed.notify_one();
        if !matches!(self.end, End::Forget) {
            self.pool.login.module.enter().close(held);
        }
    }
}

impl Seat<'_> {
    /// Asks whether token and login are there, and were all the time; see [`connection::look`].
    pub(crate) fn look(&self) -> Result<(), Trouble> {
        connection::look(self.inside, self.connection, self.session)?;
        if self.pool.lock().is_now(self.epoch) {
            return Ok(());
        }
        // Another thread found the login gone and made a new one, which is this session's too.
        let failure = Failure::found("C_Login", "the login was made anew");
        Err(Trouble::Lost(failure))
    }

    /// Where a key was found before, under this login.
    pub(crate) fn handle(&self, id: &KeyId) -> Option<ObjectHandle> {
        self.pool.lock().handles.get(id).copied()
    }

    /// Remembers where a key is.
    pub(crate) fn remember(&self, id: KeyId, handle: ObjectHandle) {
        let mut state = self.pool.lock();
        if state.is_now(self.epoch) {
            state.handles.insert(id, handle);
        }
    }

    /// Forgets where a key is.
    pub(crate) fn forget(&self, id: &KeyId) {
        self.pool.lock().handles.remove(id);
    }

    /// What the trouble means, and what becomes of the session.
    fn outcome(&self, trouble: Trouble) -> (End, Outcome) {
        match trouble {
            Trouble::Final(error) => (End::Keep, Outcome::Final(error)),
            Trouble::Lost(failure) => (End::Close, Outcome::Lost(failure)),
            Trouble::Failed(error) => self.failed(&error),
        }
    }

    fn failed(&self, error: &CryptokiError) -> (End, Outcome) {
        let lost = Outcome::Lost(Failure::of(error));
        match verdict(error) {
            Verdict::SessionGone => (End::Forget, lost),
            Verdict::LoginGone => (End::Close, lost),
            Verdict::Doubtful if self.look().is_err() => (End::Close, lost),
            // The session may be in the middle of an operation.
            Verdict::Doubtful | Verdict::NoMoreSessions | Verdict::CallFailed => {
                (End::Close, Outcome::Final(call_failed(error)))
            }
        }
    }
}
