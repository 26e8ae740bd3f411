//! A token that is logged in to: where it is, and what is known of it.

use cryptoki::session::SessionState;
use cryptoki::slot::{Slot, TokenInfo};

use crate::failure::{Failure, Trouble};
use crate::module::Inside;
use crate::{Error, TokenName, Vendor};

/// Where a token is, and what it said of itself at the login.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    pub(crate) slot: Slot,
    /// The library's generation in which the slot is this token's.
    pub(crate) generation: u64,
    pub(crate) label: String,
    pub(crate) serial: String,
    pub(crate) model: String,
    pub(crate) vendor: &'static Vendor,
    /// The most sessions, by the token, its vendor and the settings; at least one.
    pub(crate) sessions: usize,
}

/// Finds the token with a name among all that the library has.
pub(crate) fn find(inside: &Inside<'_>, name: &TokenName) -> Result<(Slot, TokenInfo), Trouble> {
    let library = inside.library();
    let mut unreadable = None;
    let mut found = Vec::new();
    for slot in library.get_slots_with_token()? {
        match library.get_token_info(slot) {
            Ok(info) if !info.token_initialized() => {}
            Ok(info) if name.fits(info.label(), info.serial_number()) => found.push((slot, info)),
            Ok(_) => {}
            // Another token may be the one that is broken.
            Err(error) => unreadable = Some(error),
        }
    }
    let count = found.len();
    match (found.pop(), unreadable) {
        (Some(found), _) if count == 1 => Ok(found),
        (Some(_), _) => Err(Trouble::Final(Error::TokenAmbiguous {
            name: name.clone(),
            count,
        })),
        (None, Some(error)) => Err(Trouble::Lost(Failure::of(&error))),
        (None, None) => Err(Trouble::Final(Error::TokenNotFound { name: name.clone() })),
    }
}

/// Asks whether the token is there and the session is a user's. A library may go on answering for a token that was
/// removed, and for private objects without a login it says that there are none.
pub(crate) fn look(
    inside: &Inside<'_>,
    connection: &Connection,
    session: &cryptoki::session::Session,
) -> Result<(), Trouble> {
    let lost = |error: cryptoki::error::Error| Trouble::Lost(Failure::of(&error));
    let info = session.get_session_info().map_err(lost)?;
    if !is_user(info.session_state()) {
        let failure = Failure::found("C_GetSessionInfo", "CKR_USER_NOT_LOGGED_IN");
        return Err(Trouble::Lost(failure));
    }
    let token = inside.library().get_token_info(connection.slot);
    if token.map_err(lost)?.serial_number() != connection.serial {
        let failure = Failure::found("C_GetTokenInfo", "CKR_DEVICE_REMOVED");
        return Err(Trouble::Lost(failure));
    }
    Ok(())
}

/// Whether a session in this state has the rights of the token's user.
pub(crate) fn is_user(state: SessionState) -> bool {
    matches!(state, SessionState::RoUser | SessionState::RwUser)
}
