//! AWS JSON 1.1 bodies: strict in what they mean, lenient where AWS is, and AWS's texts for what is wrong.
//!
//! Decoding goes in two steps. One pass over the body turns every member of the operation's input into a value of
//! its JSON type: what fails here is a `SerializationException`. Then the constraints of the API model (lengths,
//! ranges, patterns, enum values, required members) are all checked, and reported together in one
//! `ValidationException`.
//!
//! What AWS leaves open is decided as follows. A member that occurs twice is refused, and so is an encryption
//! context key: were the last to win, two readers of one body could differ. Unknown members are skipped, `null` is
//! the same as absent, decimals are truncated where integers are expected. The limit on a body's size is the
//! reader's; nesting is bounded by the model's, and skipping an unknown member does not recurse.

mod body;
mod enumeration;
mod list;
mod map;
mod output;
mod path;
mod rule;
mod scalar;
mod shape;
mod structure;
mod token;

pub use enumeration::UnknownValue;
pub use output::{Blob, EpochSeconds, NoOutput, Output, SecretBlob};

// What the model's declarations need, and what the macros' expansions name.
pub(crate) use body::decode;
pub(crate) use enumeration::{RawEnum, enums};
pub(crate) use list::{check_scalars, check_structures};
pub(crate) use map::{RawStringMap, check_string_map};
pub(crate) use output::{emit, outputs};
pub(crate) use path::Path;
pub(crate) use rule::{Rule, Violations, check_scalar};
pub(crate) use shape::{Shape, shapes};
pub(crate) use structure::{Fields, fill, inputs, member, structures};

use crate::error::ApiError;

/// An operation's input.
pub trait Input: Sized {
    /// The operation's name, as in `X-Amz-Target`.
    const OPERATION: &'static str;

    /// The members of the input, in the model's order.
    const MEMBERS: &'static [Member];

    /// Reads a request's body.
    ///
    /// # Errors
    /// `SerializationException` for what is not JSON, not a structure, or of another JSON type than the model's;
    /// else `ValidationException` with every constraint that is broken.
    fn decode(body: &[u8]) -> Result<Self, ApiError>;
}

/// A member of an input, as the API model declares it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// The name on the wire: `KeyId`.
    pub name: &'static str,
    /// The model's name for its shape: `KeyIdType`.
    pub shape: &'static str,
    /// Whether requests without it are refused.
    pub required: bool,
}
