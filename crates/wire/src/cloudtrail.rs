//! The CloudTrail API model, version 2013-11-01, as far as it is served: events are looked up, and trails and the keys
//! of their digests told of. It is spoken in JSON 1.1.
//!
//! A new operation is an input and an output, a line for each member; a new shape is a line in [`shapes`]; a new
//! enum a block in [`enums`]. `tests/model` holds an extract of the published model that all of them are compared
//! with.

pub mod enums;
pub mod input;
mod invalid_lookup;
pub mod output;
pub mod shapes;

pub use enums::*;

#[cfg(test)]
mod model_tests;
