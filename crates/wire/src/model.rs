//! The language that the API models are written in: what a declaration of an input, a shape or an enum turns into.
//!
//! A request's body, be it JSON or Query parameters, is read as a tree of tokens. One pass turns the
//! tokens into raw values of the model's types: what fails here is no input of the operation at all. Then the
//! constraints of the model (lengths, ranges, patterns, enum values, required members) are all checked, and reported
//! together in AWS's words. Both passes are the protocols' in common; they differ in how a tree is grown and in the
//! code of the error.

mod enumeration;
mod list;
mod map;
mod member_name;
mod path;
pub(crate) mod pattern;
mod recorded;
mod rule;
mod scalar;
mod sensitive;
mod shape;
mod structure;
mod token;

#[cfg(test)]
pub(crate) mod conformance;

pub use enumeration::UnknownValue;
pub use recorded::{Recorded, RecordedValue};
pub use sensitive::Sensitive;

// What the declarations need, and what the macros' expansions name.
pub(crate) use enumeration::{RawEnum, enums};
pub(crate) use list::{check_scalars, check_structures};
pub(crate) use map::{RawStringMap, check_string_map};
pub(crate) use member_name::{as_text, lower_camel};
pub(crate) use path::Path;
pub(crate) use recorded::{Record, present, record};
pub(crate) use rule::{Breach, Rule, Violations, check_scalar};
pub(crate) use scalar::decode_secret;
pub(crate) use shape::{Shape, shapes};
pub(crate) use structure::{Fields, Name, fill, member, recorded_structures, structures};
pub(crate) use token::{FromWire, Nullable, Scalar};

/// A structure of the model, as inputs are made of.
pub trait Structure: Sized {
    /// The members, in the model's order.
    const MEMBERS: &'static [Member];
}

/// A member of a structure, as the API model declares it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// The name on the wire: `KeyId`.
    pub name: &'static str,
    /// The model's name for its shape: `KeyIdType`. Names that the model starts with a small letter have a capital.
    pub shape: &'static str,
    /// Its type here: `Option<String>`.
    pub kind: &'static str,
    /// Whether requests without it are refused.
    pub required: bool,
}

/// A structure of the model, as outputs are made of.
pub trait OutputStructure {
    /// The members, in the order in which they are written.
    const MEMBERS: &'static [OutputMember];
}

/// A member of an output, as it is declared here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutputMember {
    /// The name on the wire: `KeyId`.
    pub name: &'static str,
    /// Its type here: `Option<String>`.
    pub kind: &'static str,
    /// Whether every reply has it.
    pub always: bool,
}
