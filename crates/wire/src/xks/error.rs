//! The errors that a proxy answers with.

use std::fmt;

use serde::Serialize;

use super::api::Api;
use super::body;

/// The most characters that an error's message has.
const MAX_MESSAGE_CHARACTERS: usize = 511;

/// An error that the specification has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorName {
    /// A parameter is missing or otherwise invalid.
    Validation,
    /// The external key or the key store is disabled or blocked.
    InvalidState,
    /// The ciphertext, or what belongs to it, is not what was once encrypted.
    InvalidCiphertext,
    /// The external key is not for this operation.
    InvalidKeyUsage,
    /// The signature is not valid.
    AuthenticationFailed,
    /// What the request's metadata says may not be done.
    AccessDenied,
    /// There is no such external key.
    KeyNotFound,
    /// There is nothing at the path.
    InvalidUriPath,
    /// There are too many requests.
    Throttling,
    /// The key manager failed, or something else did.
    Internal,
    /// The operation is not implemented, or a value is longer than is taken.
    UnsupportedOperation,
    /// Something that the proxy depends on did not answer in time.
    DependencyTimeout,
}

/// A row of the table of errors.
struct Row {
    error: ErrorName,
    name: &'static str,
    status: u16,
    apis: &'static [Api],
}

const fn row(error: ErrorName, name: &'static str, status: u16, apis: &'static [Api]) -> Row {
    Row {
        error,
        name,
        status,
        apis,
    }
}

const OF_KEYS: &[Api] = &[Api::GetKeyMetadata, Api::Encrypt, Api::Decrypt];
const OF_USE: &[Api] = &[Api::Encrypt, Api::Decrypt];

/// The table of "Error codes" in the specification. It has no `ValidationException` for GetHealthStatus, which the test
/// client of AWS expects of proxies nonetheless.
#[rustfmt::skip]
const TABLE: &[Row] = &[
    row(ErrorName::Validation, "ValidationException", 400, &Api::ALL),
    row(ErrorName::InvalidState, "InvalidStateException", 400, &Api::ALL),
    row(ErrorName::InvalidCiphertext, "InvalidCiphertextException", 400, &[Api::Decrypt]),
    row(ErrorName::InvalidKeyUsage, "InvalidKeyUsageException", 400, OF_USE),
    row(ErrorName::AuthenticationFailed, "AuthenticationFailedException", 401, &Api::ALL),
    row(ErrorName::AccessDenied, "AccessDeniedException", 403, OF_KEYS),
    row(ErrorName::KeyNotFound, "KeyNotFoundException", 404, OF_KEYS),
    row(ErrorName::InvalidUriPath, "InvalidUriPathException", 404, &Api::ALL),
    row(ErrorName::Throttling, "ThrottlingException", 429, &Api::ALL),
    row(ErrorName::Internal, "InternalException", 500, &Api::ALL),
    row(ErrorName::UnsupportedOperation, "UnsupportedOperationException", 501, &Api::ALL),
    row(ErrorName::DependencyTimeout, "DependencyTimeoutException", 503, &Api::ALL),
];

impl ErrorName {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|row| row.error)
    }

    /// The error of this name on the wire.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let row = TABLE.iter().find(|row| row.name == name)?;
        Some(row.error)
    }

    /// Its name on the wire: `ValidationException`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.row().map_or("InternalException", |row| row.name)
    }

    /// The HTTP status that a proxy answers it with.
    #[must_use]
    pub fn status(self) -> u16 {
        self.row().map_or(500, |row| row.status)
    }

    /// Whether a proxy may answer it to a request for this API.
    #[must_use]
    pub fn may_answer(self, api: Api) -> bool {
        self.row().is_some_and(|row| row.apis.contains(&api))
    }

    /// Every error has a row; a test tells.
    fn row(self) -> Option<&'static Row> {
        TABLE.iter().find(|row| row.error == self)
    }
}

/// An error as a proxy answers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorAnswer {
    name: ErrorName,
    message: Option<String>,
}

impl ErrorAnswer {
    /// An error without a message.
    #[must_use]
    pub const fn bare(name: ErrorName) -> Self {
        Self {
            name,
            message: None,
        }
    }

    /// An error with a message. KMS shows it to nobody who calls it, but to the owner of the key store. What is not
    /// printable ASCII becomes `?`, and characters after the 511th are cut off.
    #[must_use]
    pub fn new(name: ErrorName, message: &str) -> Self {
        Self {
            name,
            message: Some(printable(message, MAX_MESSAGE_CHARACTERS)),
        }
    }

    /// Which error it is.
    #[must_use]
    pub const fn name(&self) -> ErrorName {
        self.name
    }

    /// What the proxy says of it: up to 511 characters of printable ASCII.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.name.status()
    }

    /// Writes the body.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        body::write(&Body {
            error_name: self.name.as_str(),
            error_message: self.message(),
        })
    }
}

impl fmt::Display for ErrorAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name.as_str())?;
        match &self.message {
            Some(message) => write!(f, ": {message}"),
            None => Ok(()),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    error_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<&'a str>,
}

/// The beginning of a text, in printable ASCII.
pub(super) fn printable(text: &str, characters: usize) -> String {
    text.chars()
        .take(characters)
        .map(|c| if matches!(c, ' '..='~') { c } else { '?' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_has_its_row() {
        for (error, name, status) in [
            (ErrorName::Validation, "ValidationException", 400),
            (ErrorName::InvalidState, "InvalidStateException", 400),
            (
                ErrorName::InvalidCiphertext,
                "InvalidCiphertextException",
                400,
            ),
            (ErrorName::InvalidKeyUsage, "InvalidKeyUsageException", 400),
            (
                ErrorName::AuthenticationFailed,
                "AuthenticationFailedException",
                401,
            ),
            (ErrorName::AccessDenied, "AccessDeniedException", 403),
            (ErrorName::KeyNotFound, "KeyNotFoundException", 404),
            (ErrorName::InvalidUriPath, "InvalidUriPathException", 404),
            (ErrorName::Throttling, "ThrottlingException", 429),
            (ErrorName::Internal, "InternalException", 500),
            (
                ErrorName::UnsupportedOperation,
                "UnsupportedOperationException",
                501,
            ),
            (
                ErrorName::DependencyTimeout,
                "DependencyTimeoutException",
                503,
            ),
        ] {
            assert_eq!((error.as_str(), error.status()), (name, status));
            assert_eq!(ErrorName::parse(name), Some(error));
        }
        assert_eq!(ErrorName::all().count(), 12);
        assert_eq!(ErrorName::parse("validationException"), None);
    }

    #[test]
    fn apis_that_an_error_answers() {
        let only = |error: ErrorName| {
            Api::ALL
                .into_iter()
                .filter(|api| error.may_answer(*api))
                .collect::<Vec<_>>()
        };
        assert_eq!(only(ErrorName::InvalidCiphertext), [Api::Decrypt]);
        assert_eq!(
            only(ErrorName::InvalidKeyUsage),
            [Api::Encrypt, Api::Decrypt]
        );
        assert_eq!(
            only(ErrorName::AccessDenied),
            [Api::GetKeyMetadata, Api::Encrypt, Api::Decrypt]
        );
        assert_eq!(only(ErrorName::Throttling), Api::ALL);
    }

    #[test]
    fn bodies() {
        let body = |answer: ErrorAnswer| String::from_utf8(answer.write()).unwrap();
        assert_eq!(
            body(ErrorAnswer::bare(ErrorName::Internal)),
            r#"{"errorName":"InternalException"}"#
        );
        assert_eq!(
            body(ErrorAnswer::new(ErrorName::Validation, "é\n\"~ \u{7f}")),
            r#"{"errorName":"ValidationException","errorMessage":"??\"~ ?"}"#
        );
        let long = ErrorAnswer::new(ErrorName::Internal, &"é".repeat(600));
        assert_eq!(long.message().unwrap(), "?".repeat(511));
    }
}
