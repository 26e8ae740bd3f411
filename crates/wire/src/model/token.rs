//! What a value is before the model has been asked, and what AWS says when it is not what the model expects.
//!
//! JSON tells texts, numbers and booleans apart. A Query parameter is a text, whatever the model wants to see in it: it
//! comes to the visitor as bytes, which JSON has none of.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// A scalar other than `null`.
#[derive(Clone, Copy)]
pub(crate) enum Scalar<'a> {
    Text(&'a str),
    /// A whole number; those of 64 bits that `i64` has no room for are its greatest.
    Number(i64),
    /// A number that is written with a fraction or an exponent, or beyond 64 bits.
    Decimal(f64),
    Boolean(bool),
    /// The value of a Query parameter, of whatever type.
    Parameter(&'a str),
}

impl Scalar<'_> {
    /// The refusal of a scalar that is not of the kind expected: "an Integer".
    pub(crate) fn unfit<E: Error>(self, kind: &str) -> E {
        let token = match self {
            Self::Text(_) | Self::Parameter(_) => "STRING_VALUE",
            Self::Number(_) | Self::Decimal(_) => "NUMBER_VALUE",
            Self::Boolean(true) => "TRUE_VALUE",
            Self::Boolean(false) => "FALSE_VALUE",
        };
        E::custom(format_args!("{token} can not be converted to {kind}"))
    }
}

/// The refusal that says nothing.
pub(crate) fn without_message<E: Error>() -> E {
    E::custom("")
}

pub(crate) fn unexpected_list<E: Error>() -> E {
    E::custom("Start of list found where not expected")
}

pub(crate) fn unexpected_structure<E: Error>() -> E {
    E::custom("Start of structure or map found where not expected.")
}

/// A value that is read from a request. Each kind overrides what it expects; the rest is refused in AWS's words.
pub(crate) trait FromWire: Sized {
    fn from_scalar<E: Error>(scalar: Scalar<'_>) -> Result<Self, E>;

    fn from_list<'de, A: SeqAccess<'de>>(_list: A) -> Result<Self, A::Error> {
        Err(unexpected_list())
    }

    fn from_members<'de, A: MapAccess<'de>>(_members: A) -> Result<Self, A::Error> {
        Err(unexpected_structure())
    }
}

/// A value or `null`.
pub(crate) struct Nullable<T>(pub(crate) Option<T>);

impl<'de, T: FromWire> Deserialize<'de> for Nullable<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TokenVisitor(PhantomData))
    }
}

struct TokenVisitor<T>(PhantomData<T>);

impl<T: FromWire> TokenVisitor<T> {
    fn scalar<E: Error>(scalar: Scalar<'_>) -> Result<Nullable<T>, E> {
        T::from_scalar(scalar).map(Some).map(Nullable)
    }
}

impl<'de, T: FromWire> Visitor<'de> for TokenVisitor<T> {
    type Value = Nullable<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Nullable(None))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Self::scalar(Scalar::Text(text))
    }

    fn visit_bytes<E: Error>(self, parameter: &[u8]) -> Result<Self::Value, E> {
        let text = std::str::from_utf8(parameter).map_err(|_| without_message())?;
        Self::scalar(Scalar::Parameter(text))
    }

    fn visit_bool<E: Error>(self, boolean: bool) -> Result<Self::Value, E> {
        Self::scalar(Scalar::Boolean(boolean))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        Self::scalar(Scalar::Number(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        Self::scalar(Scalar::Number(i64::try_from(number).unwrap_or(i64::MAX)))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        Self::scalar(Scalar::Decimal(number))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
        T::from_list(list).map(Some).map(Nullable)
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Self::Value, A::Error> {
        T::from_members(members).map(Some).map(Nullable)
    }
}
