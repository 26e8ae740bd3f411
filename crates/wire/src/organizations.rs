//! The Organizations API model, version 2016-11-28, as far as it is served. It is spoken in JSON 1.1.
//!
//! A new operation is an input and an output, a line for each member; a new shape is a line in [`shapes`]; a new
//! enum a block in [`enums`]. `tests/model` holds an extract of the published model that all of them are compared
//! with.

pub mod enums;
pub mod input;
pub mod output;
pub mod shapes;

mod invalid_input;
mod pattern;

pub use enums::*;
use invalid_input::{inputs, invalid_input};

#[cfg(test)]
mod model_tests;
