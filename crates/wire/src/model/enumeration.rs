//! Enums of the model: values that are written as one of a fixed set of strings.

use std::str::FromStr;

use serde::de::Error;

use super::token::{FromWire, Scalar};

/// A value as it came: a variant, or the text that names none.
pub(crate) type RawEnum<E> = Result<E, String>;

impl<V: FromStr> FromWire for RawEnum<V> {
    fn from_scalar<E: Error>(scalar: Scalar<'_>) -> Result<Self, E> {
        match scalar {
            Scalar::Text(text) | Scalar::Parameter(text) => {
                Ok(text.parse().map_err(|_| text.to_owned()))
            }
            other => Err(other.unfit("a String")),
        }
    }
}

/// A text that names no value of an enum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text names no value of the enum")]
pub struct UnknownValue;

/// Declares enums, one line for each value, in the model's order.
macro_rules! enums {
    ($(
        $(#[$doc:meta])*
        $name:ident { $($variant:ident = $text:literal,)* }
    )*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub enum $name {$(
                #[doc = concat!("`", $text, "`")]
                $variant,
            )*}

            impl $name {
                /// Every value, in the model's order.
                pub const ALL: &'static [Self] = &[$(Self::$variant),*];

                const TEXTS: &'static [&'static str] = &[$($text),*];

                /// The value as it is written on the wire.
                #[must_use]
                pub const fn as_str(self) -> &'static str {
                    match self {
                        $(Self::$variant => $text,)*
                    }
                }
            }

            impl std::str::FromStr for $name {
                type Err = $crate::model::UnknownValue;

                fn from_str(text: &str) -> Result<Self, Self::Err> {
                    match text {
                        $($text => Ok(Self::$variant),)*
                        _ => Err($crate::model::UnknownValue),
                    }
                }
            }

            impl std::fmt::Display for $name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str(self.as_str())
                }
            }

            impl serde::Serialize for $name {
                fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.serialize_str(self.as_str())
                }
            }

            impl $crate::query::XmlValue for $name {
                fn write(&self, xml: &mut $crate::query::XmlWriter) {
                    $crate::query::write_text(xml, self.as_str());
                }
            }

            impl $crate::model::Record for $name {
                fn record(&self) -> Option<$crate::model::RecordedValue> {
                    Some($crate::model::RecordedValue::Text(self.as_str().to_owned()))
                }
            }

            impl $crate::model::Shape for $name {
                type Raw = $crate::model::RawEnum<Self>;
                type Value = Self;
                const RULES: &'static [$crate::model::Rule] = &[$crate::model::Rule::OneOf(Self::TEXTS)];

                fn check(
                    raw: $crate::model::RawEnum<Self>,
                    at: &$crate::model::Path<'_>,
                    violations: &mut $crate::model::Violations,
                ) -> Option<Self> {
                    $crate::model::check_scalar(raw, Self::RULES, at, violations)?.ok()
                }
            }
        )*

        /// Every enum's name and rules, for comparison with the model.
        #[cfg(test)]
        pub(super) const TABLE: &[(&str, &[$crate::model::Rule])] =
            &[$((stringify!($name), <$name as $crate::model::Shape>::RULES)),*];
    };
}
pub(crate) use enums;
