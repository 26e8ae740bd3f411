//! The IAM API model, version 2010-05-08, as far as it is served.
//!
//! A new operation is an input and an output, a line for each member; a new shape is a line in [`shapes`]; a new
//! enum a block in [`enums`]. Names that the model starts with a small letter (`userNameType`) have a capital here.
//! `tests/model` holds an extract of the published model that all of them are compared with.

pub mod enums;
pub mod input;
pub mod output;
pub mod shapes;

mod pattern;

pub use enums::*;

#[cfg(test)]
mod model_tests;

/// The API version that requests name.
pub const VERSION: &str = "2010-05-08";

/// The XML namespace of replies and errors.
pub const NAMESPACE: &str = "https://iam.amazonaws.com/doc/2010-05-08/";
