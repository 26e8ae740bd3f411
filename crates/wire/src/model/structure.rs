//! Structures: inputs, and the structures inside them.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use super::token::{FromWire, Nullable, Scalar, without_message};

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
                $($field: Option<<$shape as $crate::model::Shape>::Raw>,)*
            }

            impl $crate::model::Fields for Raw {
                fn read<'de, A: serde::de::MapAccess<'de>>(
                    &mut self,
                    name: &str,
                    members: &mut A,
                ) -> Result<(), A::Error> {
                    match name {
                        $($member => $crate::model::fill(&mut self.$field, members),)*
                        _ => members.next_value::<serde::de::IgnoredAny>().map(drop),
                    }
                }
            }

            impl $crate::model::Shape for $name {
                type Raw = Raw;
                type Value = Self;
                const RULES: &'static [$crate::model::Rule] = &[];

                fn check(
                    raw: Raw,
                    at: &$crate::model::Path<'_>,
                    violations: &mut $crate::model::Violations,
                ) -> Option<Self> {
                    let Raw { $($field,)* } = raw;
                    $(let $field = $crate::model::member::$mode::<$shape>(
                        $field,
                        &at.member($member),
                        violations,
                    );)*
                    // Inputs without members use neither.
                    _ = (at, violations);
                    Some(Self { $($field: $field?,)* })
                }
            }

            impl $crate::model::Structure for $name {
                const MEMBERS: &'static [$crate::model::Member] = &[$($crate::model::Member {
                    name: $member,
                    shape: stringify!($shape),
                    kind: stringify!($type),
                    required: $crate::model::member::is_required(stringify!($mode)),
                }),*];
            }
        };
    )*};
}
pub(crate) use structures;

/// Declares structures as [`structures!`] does, that audit records may show.
macro_rules! recorded_structures {
    ($(
        $(#[$doc:meta])*
        $name:ident { $($member:literal $field:ident: $type:ty = $mode:ident $shape:ident;)* }
    )*) => {
        $crate::model::structures! {$(
            $(#[$doc])*
            $name { $($member $field: $type = $mode $shape;)* }
        )*}
        $($crate::model::record! { $name { $($member $field;)* } })*
    };
}
pub(crate) use recorded_structures;

/// What a member's absence means: the modes of [`structures!`].
pub(crate) mod member {
    use crate::model::path::Path;
    use crate::model::rule::Violations;
    use crate::model::shape::Shape;

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
pub(crate) fn fill<'de, R: FromWire, A: MapAccess<'de>>(
    place: &mut Option<R>,
    members: &mut A,
) -> Result<(), A::Error> {
    if place.is_some() {
        return Err(without_message());
    }
    *place = members.next_value::<Nullable<R>>()?.0;
    Ok(())
}

impl<F: Fields> FromWire for F {
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
pub(crate) struct Name<'de>(pub(crate) Cow<'de, str>);

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
