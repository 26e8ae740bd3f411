//! The Query protocol of STS and IAM: `Action=…&Version=…&…` in, XML out.
//!
//! Parameters are the members of the operation's input: `UserName=a`, `Tags.member.1.Key=b`. They are put into a tree
//! and read as JSON bodies are; what is no input of the operation is `MalformedInput`, and what breaks the constraints
//! of the API model a `ValidationError`.
//!
//! What AWS leaves open is decided as follows. Parameters that no member has are skipped, as AWS does. A parameter
//! that occurs twice is refused. The elements of a list are read in the order of their numbers, which may leave gaps;
//! `Tags=` is the empty list, which is how clients write it.

mod input;
mod output;
mod request;
mod tree;

pub use crate::json::NoOutput;
pub use crate::xml::XmlWriter;
pub use input::Input;
pub use output::{Document, Envelope, Iso8601, Output};
pub use request::{MAX_BYTES, MAX_PARAMETERS, QueryRequest};

// What the model's declarations need, and what the macros' expansions name.
pub(crate) use crate::model::{recorded_structures as structures, shapes};
pub(crate) use input::{decode, inputs};
pub(crate) use output::{XmlValue, emit, outputs, response, write_text};

/// The content type of replies in the Query protocol.
pub const XML_CONTENT_TYPE: &str = "text/xml";
