//! What can go wrong with a token: a variant for each thing that a caller may do about it.

use std::path::PathBuf;
use std::time::Duration;

use crate::{Failure, KeyId, TokenName};

/// Why a token did not do what it was asked for.
///
/// Errors can be cloned, since one that concerns the login is given to everybody who waits for it. None holds a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The library is not there, is not a PKCS#11 library, or did not start. The path or the installation is wrong.
    #[error("{}: not a PKCS#11 library that starts: {reason}", path.display())]
    ModuleUnusable {
        /// What was to be loaded.
        path: PathBuf,
        /// What the system or the library said.
        reason: String,
    },

    /// No token of the library has this name.
    #[error("the library has no token with {name}")]
    TokenNotFound {
        /// What was looked for.
        name: TokenName,
    },

    /// Several tokens of the library have this name: name it by its serial number.
    #[error("the library has {count} tokens with {name}")]
    TokenAmbiguous {
        /// What was looked for.
        name: TokenName,
        /// How many there are.
        count: usize,
    },

    /// The PIN is wrong. It was tried once and is not tried again.
    #[error("the token refuses the PIN; it is not tried again")]
    WrongPin,

    /// The PIN was not tried, since the token is close to locking it. [`Settings::risk_lockout`] allows it.
    ///
    /// [`Settings::risk_lockout`]: crate::Settings::risk_lockout
    #[error("the PIN is not tried: {risk}")]
    PinAtRisk {
        /// What the token says.
        risk: PinRisk,
    },

    /// The token has locked the PIN after too many wrong ones. Its security officer unlocks it.
    #[error("the token has locked the PIN")]
    PinLocked,

    /// The PIN is right and has expired: it must be changed, with the vendor's tools.
    #[error("the PIN has expired and must be changed")]
    PinExpired,

    /// The token has no user yet: its security officer sets the user's first PIN.
    #[error("the token has no user: its PIN was never set")]
    PinNotSet,

    /// Somebody else in this process is logged in to the token, so that the PIN could not be tried.
    #[error("somebody else is logged in to the token")]
    LoggedInByAnother,

    /// All sessions are in use, or a login takes its time. Trying again later may help.
    #[error("the token is busy: no session was free for {waited:?}")]
    Busy {
        /// How long the call waited.
        waited: Duration,
    },

    /// The token has no room for another key (`CKR_DEVICE_MEMORY`).
    #[error("the token is full ({failure})")]
    Full {
        /// What the token answered.
        failure: Failure,
    },

    /// The token was removed, or is not reached. Each later call looks for it again.
    #[error("the token is lost or not reached ({failure})")]
    Lost {
        /// What the token or its library answered last.
        failure: Failure,
    },

    /// The token has no key with this id.
    #[error("the token has no key {id}")]
    KeyNotFound {
        /// The key.
        id: KeyId,
    },

    /// The token has a key with this id already; none was made.
    #[error("the token has a key {id} already")]
    KeyExists {
        /// The key.
        id: KeyId,
    },

    /// The token has several keys with this id, so that none of them is used.
    #[error("the token has {count} keys {id}")]
    KeyAmbiguous {
        /// The key.
        id: KeyId,
        /// How many there are.
        count: usize,
    },

    /// The key could leave the token, or do more than it should. It is not used; one that was just made was destroyed.
    #[error("the key {id} is not protected as it must be: {weakness}")]
    KeyUnprotected {
        /// The key.
        id: KeyId,
        /// Which attribute is wrong.
        weakness: &'static str,
    },

    /// The ciphertext, its IV or tag, the additional data and the key do not belong together. The token itself works.
    #[error("the ciphertext, its additional data and the key do not belong together")]
    InvalidCiphertext,

    /// More plaintext than is encrypted in one call.
    #[error("the plaintext has {length} bytes, the limit is {limit}")]
    TooLong {
        /// Its length in bytes.
        length: usize,
        /// The most that is allowed, in bytes.
        limit: usize,
    },

    /// The token does not know an algorithm that is needed, or not for this use.
    #[error("the token lacks {mechanism}")]
    MechanismMissing {
        /// The mechanism and its use, in the standard's words.
        mechanism: &'static str,
    },

    /// The host's source of randomness failed; nothing was encrypted.
    #[error("the source of randomness failed")]
    RandomUnavailable,

    /// The token answered with success and with something that cannot be: its [`Vendor`](crate::Vendor) is the wrong row.
    #[error("the token answers otherwise than expected: {what}")]
    Unexpected {
        /// What is wrong.
        what: &'static str,
    },

    /// Whatever else the token answered.
    #[error("the token failed ({failure})")]
    Other {
        /// What the token answered.
        failure: Failure,
    },
}

impl Error {
    /// Whether nothing changes before somebody gives another PIN, sets it, unlocks it, or logs out.
    #[must_use]
    pub fn is_login(&self) -> bool {
        matches!(
            self,
            Self::WrongPin
                | Self::PinAtRisk { .. }
                | Self::PinLocked
                | Self::PinExpired
                | Self::PinNotSet
                | Self::LoggedInByAnother
        )
    }
}

/// Why a PIN was not tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PinRisk {
    /// A wrong PIN was tried since the last right one (`CKF_USER_PIN_COUNT_LOW`).
    #[error("a wrong one was tried since the last right one")]
    CountLow,
    /// One more wrong PIN locks the token (`CKF_USER_PIN_FINAL_TRY`).
    #[error("one more wrong one locks the token")]
    FinalTry,
}
