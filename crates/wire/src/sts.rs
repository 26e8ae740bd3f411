//! The STS API model, version 2011-06-15, as far as it is served.
//!
//! A new operation is an input and an output, a line for each member; a new shape is a line in [`shapes`]. Names that
//! the model starts with a small letter (`arnType`) have a capital here. `tests/model` holds an extract of the
//! published model that all of them are compared with.

pub mod input;
pub mod output;
pub mod shapes;

mod pattern;

#[cfg(test)]
mod model_tests;

/// The API version that requests name.
pub const VERSION: &str = "2011-06-15";

/// The XML namespace of replies and errors.
pub const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";
