//! The Service Quotas API model, version 2019-06-24, as far as it is served: quotas are read and not requested. It is
//! spoken in JSON 1.1.
//!
//! A new operation is an input and an output, a line for each member; a new shape is a line in [`shapes`]; a new
//! enum a block in [`enums`]. `tests/model` holds an extract of the published model that all of them are compared
//! with.
//!
//! Inputs that break constraints are answered with a `ValidationException`, as other services do that model none. The
//! model's own `IllegalArgumentException` is for what the operations find wrong.

pub mod enums;
pub mod input;
pub mod output;
pub mod shapes;

mod pattern;

pub use enums::*;

#[cfg(test)]
mod model_tests;
