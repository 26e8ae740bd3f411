//! `InvalidInputException`: what Organizations answers where other services have a `ValidationException`.

use crate::error::ApiError;
use crate::model::{Breach, Rule, Violations};

/// The answer to an input that breaks constraints, which tells of the first one only. Reasons and texts are those of
/// the exception in the API reference.
pub(super) fn invalid_input(violations: &Violations) -> ApiError {
    let (reason, message) = match violations.first() {
        None | Some(Breach::Null) => (
            "INPUT_REQUIRED",
            "You must include a value for all required parameters.",
        ),
        Some(Breach::Inside) => (
            "INVALID_LIST_MEMBER",
            "You provided a list to a parameter that contains at least one invalid value.",
        ),
        Some(Breach::Rule(rule)) => broken(rule),
    };
    ApiError::client("InvalidInputException", message).with_reason(reason)
}

const fn broken(rule: Rule) -> (&'static str, &'static str) {
    match rule {
        Rule::AtMost(_) => (
            "MAX_VALUE_EXCEEDED",
            "You provided a numeric value that is larger than allowed.",
        ),
        Rule::AtLeast(_) => (
            "MIN_VALUE_EXCEEDED",
            "You provided a numeric value that is smaller than allowed.",
        ),
        Rule::Longest(_) => (
            "MAX_LENGTH_EXCEEDED",
            "You provided a string parameter that is longer than allowed.",
        ),
        Rule::Shortest(_) => (
            "MIN_LENGTH_EXCEEDED",
            "You provided a string parameter that is shorter than allowed.",
        ),
        Rule::OneOf(_) => ("INVALID_ENUM", "You specified an invalid value."),
        Rule::Matches(..) => (
            "INVALID_PATTERN",
            "You provided a value that does not match the required pattern.",
        ),
    }
}

/// Declares the inputs of operations, as `structures!` does structures.
macro_rules! inputs {
    ($(
        $(#[$doc:meta])*
        $name:ident { $($member:literal $field:ident: $type:ty = $mode:ident $shape:ident;)* }
    )*) => {
        $crate::json::recorded_structures! {$(
            $(#[$doc])*
            $name { $($member $field: $type = $mode $shape;)* }
        )*}
        $(impl $crate::json::Input for $name {
            const OPERATION: &'static str = stringify!($name);

            fn decode(body: &[u8]) -> Result<Self, $crate::error::ApiError> {
                $crate::json::decode_or::<Self>(body, |violations| {
                    $crate::organizations::invalid_input(&violations)
                })
            }
        })*
    };
}
pub(super) use inputs;
