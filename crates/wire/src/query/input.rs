//! Inputs, from the parameters that clients send.

use serde::de::value::Error as Refusal;

use super::request::QueryRequest;
use super::tree::Node;
use crate::error::ApiError;
use crate::model::{FromWire, Path, Recorded, Shape, Structure, Violations};

/// An operation's input.
pub trait Input: Structure + Recorded {
    /// The operation's name, as in `Action`.
    const OPERATION: &'static str;

    /// Reads a request's parameters.
    ///
    /// # Errors
    /// `MalformedInput` for what is of another type than the model's; else `ValidationError` with every constraint
    /// that is broken. HTTP 400 both.
    fn decode(request: &QueryRequest) -> Result<Self, ApiError>;
}

/// Reads parameters as a structure and checks the model's constraints.
pub(crate) fn decode<S: Shape>(request: &QueryRequest) -> Result<S::Value, ApiError> {
    let tree = Node::grow(request.parameters());
    let raw = S::Raw::from_members(tree.members()).map_err(|refusal| malformed(&refusal))?;
    let mut violations = Violations::default();
    match S::check(raw, &Path::Root, &mut violations) {
        Some(input) if violations.is_empty() => Ok(input),
        _ => Err(ApiError::client(
            "ValidationError",
            violations.into_message(),
        )),
    }
}

fn malformed(refusal: &Refusal) -> ApiError {
    let message = refusal.to_string();
    ApiError::new(
        "MalformedInput",
        400,
        (!message.is_empty()).then_some(message),
    )
}

/// Declares the inputs of operations, as `structures!` does structures:
///
/// ```text
/// CreateUser {
///     "Path" path: Option<String> = optional PathType;
///     "UserName" user_name: String = required UserNameType;
///     "Tags" tags: Vec<Tag> = defaulted TagListType;
/// }
/// ```
macro_rules! inputs {
    ($(
        $(#[$doc:meta])*
        $name:ident { $($member:literal $field:ident: $type:ty = $mode:ident $shape:ident;)* }
    )*) => {
        $crate::query::structures! {$(
            $(#[$doc])*
            $name { $($member $field: $type = $mode $shape;)* }
        )*}
        $(impl $crate::query::Input for $name {
            const OPERATION: &'static str = stringify!($name);

            fn decode(
                request: &$crate::query::QueryRequest,
            ) -> Result<Self, $crate::error::ApiError> {
                $crate::query::decode::<Self>(request)
            }
        })*
    };
}
pub(crate) use inputs;
