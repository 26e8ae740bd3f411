//! What is wrong with a message, in either direction.

use super::error::{ErrorAnswer, ErrorName};

/// Why a body can't be read as a message. No text shows a value that the body has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The body is longer than is read.
    #[error("The body has more than {limit} bytes.")]
    BodyTooLong {
        /// How many bytes are read.
        limit: usize,
    },
    /// The body is not JSON in UTF-8, or no object.
    #[error("The body is not a JSON object.")]
    NotAnObject,
    /// A member is not as it must be.
    #[error("{member} {problem}.")]
    Member {
        /// Its name, after those of the members that it is in: `requestMetadata.kmsRequestId`.
        member: &'static str,
        /// What is wrong with it.
        problem: Problem,
    },
}

/// What is wrong with a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// It is not there, or `null`.
    #[error("is missing")]
    Missing,
    /// It is there more than once.
    #[error("occurs more than once")]
    Repeated,
    /// It is of another type, or a text that is not Base64.
    #[error("must be {expected}")]
    Unfit {
        /// What it must be: `a string`.
        expected: &'static str,
    },
    /// It is an algorithm that version 1 of the API does not have.
    #[error("must be {supported}")]
    UnknownAlgorithm {
        /// The algorithm that it has.
        supported: &'static str,
    },
    /// It has the wrong size.
    #[error("{0}")]
    WrongSize(WrongSize),
}

/// A value that is too short or too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("has {found} {unit} and must have {allowed}")]
pub struct WrongSize {
    /// How many it has.
    pub found: usize,
    /// Of what: `bytes`.
    pub unit: &'static str,
    /// How many it must have: `12 or 16`.
    pub allowed: &'static str,
    /// Where the rule comes from.
    pub rule: SizeRule,
}

/// Where a rule on a size comes from, on which the error's name depends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SizeRule {
    /// Every ciphertext has it so.
    OfCiphertexts,
    /// The specification forbids more, or less.
    OfSpecification,
    /// The specification leaves open how much more than its minimum is taken.
    OfImplementation,
}

impl Fault {
    pub(super) const fn of(member: &'static str, problem: Problem) -> Self {
        Self::Member { member, problem }
    }

    /// The name of the error that a proxy answers to a request with this fault.
    ///
    /// The specification has `UnsupportedOperationException` for operations that are not implemented and for values
    /// longer than an implementation takes, and `InvalidCiphertextException` for a ciphertext, an initialization
    /// vector or a tag that is "otherwise invalid".
    #[must_use]
    pub const fn error_name(self) -> ErrorName {
        match self {
            Self::BodyTooLong { .. } => ErrorName::UnsupportedOperation,
            Self::NotAnObject => ErrorName::Validation,
            Self::Member { problem, .. } => match problem {
                Problem::Missing | Problem::Repeated | Problem::Unfit { .. } => {
                    ErrorName::Validation
                }
                Problem::UnknownAlgorithm { .. } => ErrorName::UnsupportedOperation,
                Problem::WrongSize(size) => match size.rule {
                    SizeRule::OfCiphertexts => ErrorName::InvalidCiphertext,
                    SizeRule::OfSpecification => ErrorName::Validation,
                    SizeRule::OfImplementation => ErrorName::UnsupportedOperation,
                },
            },
        }
    }

    /// What a proxy answers to a request with this fault.
    #[must_use]
    pub fn to_answer(self) -> ErrorAnswer {
        ErrorAnswer::new(self.error_name(), &self.to_string())
    }
}
