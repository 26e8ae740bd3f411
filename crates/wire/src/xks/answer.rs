//! What KMS makes of an answer.

use super::MAX_ANSWER_BYTES;
use super::error::{ErrorAnswer, ErrorName};
use super::fault::Fault;
use super::members::{self, Members, members};

/// Why a call that got an answer failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The proxy answered with an error that the specification has.
    #[error("the proxy answered with {0}")]
    Refused(ErrorAnswer),
    /// "AWS KMS cannot interpret the response from the external key store proxy."
    #[error("the proxy's answer can't be interpreted: {0}")]
    Uninterpretable(#[from] Uninterpretable),
}

/// Why an answer can't be interpreted. No text shows what the answer has, but for the name of an error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Uninterpretable {
    /// The answer to a request that was done is not what it must be.
    #[error("{0}")]
    Body(#[from] Fault),
    /// The answer has a status other than 200, and no error for a body.
    #[error("status {status} without an error. {fault}")]
    Status {
        /// The HTTP status.
        status: u16,
        /// What is wrong with the body.
        fault: Fault,
    },
    /// The answer is an error that the specification does not have.
    #[error("status {status} with an unknown error, {name}")]
    UnknownError {
        /// The HTTP status.
        status: u16,
        /// The error's name: up to 64 characters of printable ASCII.
        name: String,
    },
    /// What came out is not as long as what went in.
    #[error("{member} has {found} bytes and must have {sent}")]
    OtherLength {
        /// The member that came out.
        member: &'static str,
        /// How many bytes it has.
        found: usize,
        /// How many went in.
        sent: usize,
    },
    /// The value that proves the ciphertext intact was asked for and is missing.
    #[error("ciphertextDataIntegrityValue is missing")]
    NoIntegrityValue,
    /// The value that proves the ciphertext intact does not.
    #[error("ciphertextDataIntegrityValue does not match")]
    WrongIntegrityValue,
}

impl From<Fault> for CallError {
    fn from(fault: Fault) -> Self {
        Self::Uninterpretable(fault.into())
    }
}

/// Reads the body of an answer as that of a request that was done; another status tells of an error.
pub(super) fn read<M: Members>(status: u16, body: &[u8]) -> Result<M, CallError> {
    if status == 200 {
        return Ok(members::read(body, MAX_ANSWER_BYTES)?);
    }
    Err(match read_error(status, body) {
        Ok(answer) => CallError::Refused(answer),
        Err(uninterpretable) => uninterpretable.into(),
    })
}

members! {
    /// The body of an error.
    FoundError {
        "errorName" error_name: String;
        "errorMessage" error_message: String;
    }
}

/// Reads an error. Its name counts: the specification has KMS go by it, whatever the status, and an error that is not for
/// this API says what is wrong no less.
fn read_error(status: u16, body: &[u8]) -> Result<ErrorAnswer, Uninterpretable> {
    let of_body = |fault| Uninterpretable::Status { status, fault };
    let found: FoundError = members::read(body, MAX_ANSWER_BYTES).map_err(of_body)?;
    let name = found.error_name.required("errorName").map_err(of_body)?;
    let message = found.error_message.optional("errorMessage");
    let message = message.map_err(of_body)?;
    match ErrorName::parse(&name) {
        Some(name) => Ok(message.map_or(ErrorAnswer::bare(name), |message| {
            ErrorAnswer::new(name, &message)
        })),
        None => Err(Uninterpretable::UnknownError {
            status,
            name: super::error::printable(&name, 64),
        }),
    }
}

/// Checks that what came out is as long as what went in.
pub(super) fn check_length(
    member: &'static str,
    found: usize,
    sent: usize,
) -> Result<(), Uninterpretable> {
    if found == sent {
        return Ok(());
    }
    Err(Uninterpretable::OtherLength {
        member,
        found,
        sent,
    })
}
