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
mod input;
mod instant;
mod output;

pub use crate::model::{Member, Structure, UnknownValue};
pub use input::Input;
pub use instant::EpochSeconds;
pub use output::{Blob, EmptyOutput, NoOutput, Output, SecretBlob};

// What the model's declarations need, and what the macros' expansions name.
#[cfg(test)]
pub(crate) use crate::model::Rule;
pub(crate) use crate::model::{enums, recorded_structures, shapes, structures};
pub(crate) use body::{decode, decode_or};
pub(crate) use input::{inputs, recorded_inputs};
pub(crate) use output::{emit, outputs, recorded_outputs, serialize_blob, serialize_secret_blob};
