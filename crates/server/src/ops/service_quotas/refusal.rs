//! What Service Quotas refuses, and in which words.

use crate::fault::Fault;

/// Why Service Quotas refuses a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The service has no such quota.
    NoSuchQuota,
    /// No such service has quotas.
    NoSuchService,
    /// A token that was not given out.
    InvalidToken,
}

impl Refusal {
    /// The exception and its message, as observed.
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::NoSuchQuota => (
                "NoSuchResourceException",
                "The request failed because the specified quota and service do not exist.",
            ),
            Self::NoSuchService => (
                "NoSuchResourceException",
                "The request failed because the specified service does not exist.",
            ),
            Self::InvalidToken => (
                "InvalidPaginationTokenException",
                "You specified an invalid value for nextToken. You must get the value from the response to the previous API call.",
            ),
        }
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        let (code, message) = refusal.words();
        Self::Named {
            code,
            status: 400,
            message: message.to_owned(),
        }
    }
}
