//! What a token's library answered, and what that means for the session that it came from.

use std::fmt;

use cryptoki::error::{Error as CryptokiError, RvError};

use crate::Error;

/// A call of the library that failed, as the standard names it: for the operator's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The function, such as `C_Encrypt`; empty if the failure is that of the bindings.
    pub function: String,
    /// The return value, such as `CKR_DEVICE_ERROR`.
    pub code: String,
}

impl Failure {
    /// The failure behind an error of the bindings.
    pub(crate) fn of(error: &CryptokiError) -> Self {
        match error {
            CryptokiError::Pkcs11(value, function) => Self {
                function: format!("C_{function:?}"),
                code: ckr_name(*value),
            },
            other => Self {
                function: String::new(),
                code: other.to_string(),
            },
        }
    }

    /// A failure that this crate finds, in the standard's words.
    pub(crate) fn found(function: &str, code: &str) -> Self {
        Self {
            function: function.to_owned(),
            code: code.to_owned(),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.function.is_empty() {
            return f.write_str(&self.code);
        }
        write!(f, "{}: {}", self.function, self.code)
    }
}

/// `CKR_PIN_LEN_RANGE` for `PinLenRange`: the bindings' names are the standard's in another case.
fn ckr_name(value: RvError) -> String {
    match value {
        RvError::VendorDefined(code) => return format!("CKR_VENDOR_DEFINED ({code:#x})"),
        RvError::UnknownErrorCode(code) => return format!("{code:#x}"),
        _ => {}
    }
    let mut name = String::from("CKR");
    for letter in format!("{value:?}").chars() {
        if letter.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(letter.to_ascii_uppercase());
    }
    name
}

/// Why a piece of work on a session came to nothing.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// The answer is an error, and the session is fine.
    Final(Error),
    /// The token, the session or the login is gone; found by looking, not by an answer.
    Lost(Failure),
    /// A call of the library failed.
    Failed(CryptokiError),
}

impl From<CryptokiError> for Trouble {
    fn from(error: CryptokiError) -> Self {
        Self::Failed(error)
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Final(error)
    }
}

/// What a return value says of the session and the login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The session is no more: its handle means nothing, and is not closed.
    SessionGone,
    /// The session can't be used without a new login, or at all; its handle may still be known.
    LoginGone,
    /// It may be that the token is gone, or that only this call failed: one has to look.
    Doubtful,
    /// This application has as many sessions as the token gives it.
    NoMoreSessions,
    /// The call failed and nothing else is known.
    CallFailed,
}

/// Reads a failure of any function but `C_Login`.
pub(crate) fn verdict(error: &CryptokiError) -> Verdict {
    let CryptokiError::Pkcs11(value, _) = error else {
        return Verdict::CallFailed;
    };
    match value {
        RvError::SessionHandleInvalid
        | RvError::SessionClosed
        | RvError::CryptokiNotInitialized
        | RvError::SlotIdInvalid => Verdict::SessionGone,
        RvError::UserNotLoggedIn
        | RvError::DeviceRemoved
        | RvError::DeviceError
        | RvError::TokenNotPresent
        | RvError::TokenNotRecognized => Verdict::LoginGone,
        RvError::GeneralError
        | RvError::FunctionFailed
        | RvError::ObjectHandleInvalid
        | RvError::KeyHandleInvalid
        | RvError::VendorDefined(_) => Verdict::Doubtful,
        RvError::SessionCount => Verdict::NoMoreSessions,
        _ => Verdict::CallFailed,
    }
}

/// The caller's error for a failure after which the token still works.
pub(crate) fn call_failed(error: &CryptokiError) -> Error {
    let failure = Failure::of(error);
    match error {
        CryptokiError::Pkcs11(RvError::DeviceMemory, _) => Error::Full { failure },
        CryptokiError::Pkcs11(RvError::MechanismInvalid, _) => Error::MechanismMissing {
            mechanism: "a mechanism that it lists",
        },
        _ => Error::Other { failure },
    }
}

/// Whether an object's handle is no longer one: the object was destroyed, or the login that it was found in is over.
pub(crate) fn is_stale_handle(error: &CryptokiError) -> bool {
    matches!(
        error,
        CryptokiError::Pkcs11(RvError::ObjectHandleInvalid | RvError::KeyHandleInvalid, _)
    )
}

#[cfg(test)]
mod tests {
    use cryptoki::context::Function;

    use super::*;

    #[test]
    fn failures_are_named_as_in_the_standard() {
        for (value, name) in [
            (RvError::DeviceError, "C_Encrypt: CKR_DEVICE_ERROR"),
            (RvError::PinLenRange, "C_Encrypt: CKR_PIN_LEN_RANGE"),
            (
                RvError::SessionReadWriteSoExists,
                "C_Encrypt: CKR_SESSION_READ_WRITE_SO_EXISTS",
            ),
            (
                RvError::VendorDefined(0x8000_0001),
                "C_Encrypt: CKR_VENDOR_DEFINED (0x80000001)",
            ),
            (RvError::UnknownErrorCode(0x35), "C_Encrypt: 0x35"),
        ] {
            let failure = Failure::of(&CryptokiError::Pkcs11(value, Function::Encrypt));
            assert_eq!(failure.to_string(), name);
        }
        assert_eq!(
            Failure::of(&CryptokiError::PinNotSet).to_string(),
            CryptokiError::PinNotSet.to_string()
        );
    }

    #[test]
    fn what_return_values_mean() {
        for (value, expected) in [
            (RvError::SessionHandleInvalid, Verdict::SessionGone),
            (RvError::SessionClosed, Verdict::SessionGone),
            (RvError::CryptokiNotInitialized, Verdict::SessionGone),
            (RvError::UserNotLoggedIn, Verdict::LoginGone),
            (RvError::DeviceRemoved, Verdict::LoginGone),
            (RvError::DeviceError, Verdict::LoginGone),
            (RvError::TokenNotPresent, Verdict::LoginGone),
            (RvError::GeneralError, Verdict::Doubtful),
            (RvError::ObjectHandleInvalid, Verdict::Doubtful),
            (RvError::SessionCount, Verdict::NoMoreSessions),
            (RvError::DeviceMemory, Verdict::CallFailed),
            (RvError::DataLenRange, Verdict::CallFailed),
        ] {
            let error = CryptokiError::Pkcs11(value, Function::GenerateKey);
            assert_eq!(verdict(&error), expected, "{value:?}");
        }
    }

    #[test]
    fn a_full_token_is_told_apart() {
        let full = CryptokiError::Pkcs11(RvError::DeviceMemory, Function::GenerateKey);
        assert!(matches!(call_failed(&full), Error::Full { .. }));
        let other = CryptokiError::Pkcs11(RvError::ArgumentsBad, Function::GenerateKey);
        assert!(matches!(call_failed(&other), Error::Other { .. }));
    }
}
