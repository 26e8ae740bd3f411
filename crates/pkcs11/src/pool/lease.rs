//! A session on loan: what is done with it, and what becomes of it.

use std::sync::Arc;

use cryptoki::error::Error as CryptokiError;
use cryptoki::object::ObjectHandle;
use cryptoki::session::Session;

use super::Pool;
use crate::connection::{self, Connection};
use crate::failure::{Failure, Trouble, Verdict, call_failed, verdict};
use crate::module::{Held, Inside};
use crate::{Error, KeyId};

/// A session on loan, given back when it is dropped.
pub(super) struct Lease<'a> {
    pub(super) pool: &'a Pool,
    pub(super) epoch: u64,
    pub(super) connection: Arc<Connection>,
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

/// What work came to, if it wasn't done.
pub(super) enum Outcome {
    Final(Error),
    Lost(Failure),
}

impl<'a> Lease<'a> {
    /// Lends out a session of a login.
    pub(super) fn new(pool: &'a Pool, epoch: u64, connection: Arc<Connection>, held: Held) -> Self {
        Self {
            pool,
            epoch,
            connection,
            held: Some(held),
            end: End::Keep,
        }
    }

    /// Does work on the session, and decides by what it came to what becomes of the session.
    pub(super) fn work<T>(
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
            self.pool.changed.notify_all();
            return;
        }
        if state.epoch == self.epoch {
            state.open = state.open.saturating_sub(1);
        }
        drop(state);
        self.pool.changed.notify_all();
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
