//! Structures: inputs, and the structures inside them.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use super::token::{FromJson, Nullable, Scalar, without_message};

/// What the deserializer says of a scalar where a structure or map is expected.
pub(super) const EXPECTED_STRUCTURE: &str = "Expected null";

/// Declares structures of the model, one line for each member:
///
/// ```text
/// Tag {
///     "TagKey" tag_key: String = required TagKeyType;
/// }
/// ```
///
/// A member is `required`, `optional` (the field is an `Option`) or `defaulted` (absent is the same as empty or
/// false). `Debug` shows the structure's name only: members may be secret.
macro_rules! structures {
    ($(
        $(#[$doc:meta])*
        $name:ident { $($member:literal $field:ident: $type:ty = $mode:ident $shape:ident;)* }
    )*) => {$(
        $(#[$doc])*
        pub struct $name {$(
            #[doc = concat!("`", $member, "`, ", stringify!($mode), ": [`", stringify!($shape), "`].")]
            pub $field: $type,
        )*}

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }

        const _: () = {
            #[derive(Default)]
            pub(crate) struct Raw {
                $($field: Option<<$shape as $crate::json::Shape>::Raw>,)*
            }

            impl $crate::json::Fields for Raw {
                fn read<'de, A: serde::de::MapAccess<'de>>(
                    &mut self,
                    name: &str,
                    members: &mut A,
                ) -> Result<(), A::Error> {
                    match name {
                        $($member => $crate::json::fill(&mut self.$field, members),)*
                        _ => members.next_value::<serde::de::IgnoredAny>().map(drop),
                    }
                }
            }

            impl $crate::json::Shape for $name {
                type Raw = Raw;
                type Value = Self;
                const RULES: &'static [$crate::json::Rule] = &[];

                fn check(
                    raw: Raw,
                    at: &$crate::json::Path<'_>,
                    violations: &mut $crate::json::Violations,
                ) -> Option<Self> {
                    $(let $field = $crate::json::member::$mode::<$shape>(
                        raw.$field,
                        &at.member($member),
                        violations,
                    );)*
                    Some(Self { $($field: $field?,)* })
                }
            }
        };
    )*};
}
pub(crate) use structures;

/// Declares the inputs of operations, as [`structures!`] does structures.
macro_rules! inputs {
    ($(
        $(#[$doc:meta])*
        $name:ident { $($member:literal $field:ident: $type:ty = $mode:ident $shape:ident;)* }
    )*) => {
        $crate::json::structures! {$(
            $(#[$doc])*
            $name { $($member $field: $type = $mode $shape;)* }
        )*}
        $(impl $crate::json::Input for $name {
            const OPERATION: &'static str = stringify!($name);
            const MEMBERS: &'static [$crate::json::Member] = &[$($crate::json::Member {
                name: $member,
                shape: stringify!($shape),
                required: $crate::json::member::is_required(stringify!($mode)),
            }),*];

            fn decode(body: &[u8]) -> Result<Self, $crate::error::ApiError> {
                $crate::json::decode::<Self>(body)
            }
        })*
    };
}
pub(crate) use inputs;

/// What a member's absence means: the modes of [`structures!`].
pub(crate) mod member {
    use crate::json::path::Path;
    use crate::json::rule::Violations;
    use crate::json::shape::Shape;

    pub(crate) fn required<S: Shape>(
        raw: Option<S::Raw>,
        at: &Path<'_>,
        violations: &mut Violations,
    ) -> Option<S::Value> {
        if raw.is_none() {
            violations.null(at);
        }
        S::check(raw?, at, violations)
    }

    #[expect(
        clippy::option_option,
        reason = "the outer option is whether the constraints hold, the inner whether the member is there"
    )]
    pub(crate) fn optional<S: Shape>(
        raw: Option<S::Raw>,
        at: &Path<'_>,
        violations: &mut Violations,
    ) -> Option<Option<S::Value>> {
        match raw {
            None => Some(None),
            Some(raw) => S::check(raw, at, violations).map(Some),
        }
    }

    pub(crate) fn defaulted<S: Shape<Value: Default>>(
        raw: Option<S::Raw>,
        at: &Path<'_>,
        violations: &mut Violations,
    ) -> Option<S::Value> {
        optional::<S>(raw, at, violations).map(Option::unwrap_or_default)
    }

    /// Whether a mode is the one whose members must be there.
    pub(crate) const fn is_required(mode: &str) -> bool {
        matches!(mode.as_bytes(), b"required")
    }
}

/// The raw members of a structure, as they are found one by one.
pub(crate) trait Fields: Default {
    /// Reads the value of a member into its place, or skips that of an unknown one.
    fn read<'de, A: MapAccess<'de>>(&mut self, name: &str, members: &mut A)
    -> Result<(), A::Error>;
}

/// Reads a member's value into its place, which must still be empty.
pub(crate) fn fill<'de, R: FromJson, A: MapAccess<'de>>(
    place: &mut Option<R>,
    members: &mut A,
) -> Result<(), A::Error> {
    if place.is_some() {
        return Err(without_message());
    }
    *place = members.next_value::<Nullable<R>>()?.0;
    Ok(())
}

impl<F: Fields> FromJson for F {
    fn from_scalar<E: Error>(_scalar: Scalar<'_>) -> Result<Self, E> {
        Err(E::custom(EXPECTED_STRUCTURE))
    }

    fn from_members<'de, A: MapAccess<'de>>(mut members: A) -> Result<Self, A::Error> {
        let mut fields = Self::default();
        while let Some(Name(name)) = members.next_key()? {
            fields.read(&name, &mut members)?;
        }
        Ok(fields)
    }
}

/// A member's name, borrowed from the body unless it has escapes.
pub(super) struct Name<'de>(pub(super) Cow<'de, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(NameVisitor)
    }
}

struct NameVisitor;

impl<'de> Visitor<'de> for NameVisitor {
    type Value = Name<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(Name(Cow::Borrowed(name)))
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Name(Cow::Owned(name.to_owned())))
    }
}
