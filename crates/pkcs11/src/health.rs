//! How a token is.

use std::time::Duration;

use crate::Error;
use crate::pool::Pool;

/// What a probe of a token found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    /// The token is there, the login holds, and it answers.
    Connected,
    /// All sessions are in use, or somebody logs in, so that there was none to ask with. That is no bad sign by itself; if
    /// it stays so, the library no longer returns from calls.
    Busy,
    /// The token is not there or doesn't answer. Each call looks for it again.
    Lost(Error),
    /// The token doesn't let us in: somebody has to do something.
    LockedOut(Error),
}

/// Probes a token: is the session a user's, is the token there, does it give random bytes? Waits for no session.
pub(crate) fn probe(pool: &Pool) -> Health {
    let answer = pool.call_within(Duration::ZERO, |seat| {
        seat.look()?;
        let mut drawn = [0; 16];
        Ok(seat.session.generate_random_slice(&mut drawn)?)
    });
    match answer {
        Ok(()) => Health::Connected,
        Err(Error::Busy { .. }) => Health::Busy,
        Err(error) if error.is_login() => Health::LockedOut(error),
        Err(error) => Health::Lost(error),
    }
}
