//! Inputs, from the bodies that clients send.

use crate::error::ApiError;
use crate::model::Structure;

/// An operation's input.
pub trait Input: Structure {
    /// The operation's name, as in `X-Amz-Target`.
    const OPERATION: &'static str;

    /// Reads a request's body.
    ///
    /// # Errors
    /// `SerializationException` for what is not JSON, not a structure, or of another JSON type than the model's;
    /// else `ValidationException` with every constraint that is broken, or the error that the service has instead.
    fn decode(body: &[u8]) -> Result<Self, ApiError>;
}

/// Declares the inputs of operations, as `structures!` does structures.
macro_rules! inputs {
    ($(
        $(#[$doc:meta])*
        $name:ident { $($member:literal $field:ident: $type:ty = $mode:ident $shape:ident;)* }
    )*) => {
        $crate::model::structures! {$(
            $(#[$doc])*
            $name { $($member $field: $type = $mode $shape;)* }
        )*}
        $(impl $crate::json::Input for $name {
            const OPERATION: &'static str = stringify!($name);

            fn decode(body: &[u8]) -> Result<Self, $crate::error::ApiError> {
                $crate::json::decode::<Self>(body)
            }
        })*
    };
}
pub(crate) use inputs;

/// Declares inputs as [`inputs!`] does, that audit records may show member by member.
macro_rules! recorded_inputs {
    ($(
        $(#[$doc:meta])*
        $name:ident { $($member:literal $field:ident: $type:ty = $mode:ident $shape:ident;)* }
    )*) => {
        $crate::json::inputs! {$(
            $(#[$doc])*
            $name { $($member $field: $type = $mode $shape;)* }
        )*}
        $($crate::model::record! { $name { $($member $field;)* } })*
    };
}
pub(crate) use recorded_inputs;
