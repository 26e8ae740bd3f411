//! The KMS API model, version 2014-11-01.
//!
//! A new operation is an input and an output, a line for each member; a new shape is a line in [`shapes`]; a new
//! enum a block in [`enums`]. `tests/model` holds an extract of the published model that all of them are compared
//! with.

pub mod enums;
pub mod input;
pub mod output;
pub mod shapes;

mod pattern;

pub use enums::*;

#[cfg(test)]
mod model_tests;
