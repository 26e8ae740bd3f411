//! JSON objects: known members are kept, others passed over, and what is wrong with a member is told by its name.
//!
//! A value that does not fit is no error of the reader but a finding, so that no text of the reader, which may quote
//! values, gets anywhere.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::fault::{Fault, Problem};
use crate::model::Name;

/// A member of an object, as it was found.
#[derive(Default)]
pub(super) enum Found<T> {
    #[default]
    Absent,
    Null,
    Unfit,
    Repeated,
    Fit(T),
}

/// What a member can be read as. Each type overrides the kind of value that it comes from.
pub(super) trait FromJson: Sized {
    /// What a value of another type is told: `a string`.
    const EXPECTED: &'static str;

    fn from_text(_text: &str) -> Option<Self> {
        None
    }

    fn from_number(_number: u64) -> Option<Self> {
        None
    }

    fn from_list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<Option<Self>, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn from_object<'de, A: MapAccess<'de>>(mut members: A) -> Result<Option<Self>, A::Error> {
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

/// An object with members that are known by name.
pub(super) trait Members: Default {
    /// Reads the value of a member into its place, or passes over that of an unknown one.
    fn put<'de, A: MapAccess<'de>>(&mut self, name: &str, members: &mut A) -> Result<(), A::Error>;
}

/// Declares an object, one line for each member: `"keySpec" key_spec: String;`.
macro_rules! members {
    ($(
        $(#[$doc:meta])*
        $name:ident { $($member:literal $field:ident: $type:ty;)* }
    )*) => {$(
        $(#[$doc])*
        #[derive(Default)]
        pub(super) struct $name { $(pub(super) $field: $crate::xks::members::Found<$type>,)* }

        impl $crate::xks::members::Members for $name {
            fn put<'de, A: serde::de::MapAccess<'de>>(
                &mut self,
                name: &str,
                members: &mut A,
            ) -> Result<(), A::Error> {
                match name {
                    $($member => self.$field.put(members),)*
                    _ => members.next_value::<serde::de::IgnoredAny>().map(drop),
                }
            }
        }
    )*};
}
pub(super) use members;

/// Reads a body as an object.
pub(super) fn read<M: Members>(body: &[u8], limit: usize) -> Result<M, Fault> {
    if body.len() > limit {
        return Err(Fault::BodyTooLong { limit });
    }
    // Checked once for the whole body, the parts that are passed over included.
    let text = std::str::from_utf8(body).map_err(|_| Fault::NotAnObject)?;
    let mut json = serde_json::Deserializer::from_str(text);
    let token = Token::deserialize(&mut json);
    match (token, json.end()) {
        (Ok(Token(Found::Fit(members))), Ok(())) => Ok(members),
        _ => Err(Fault::NotAnObject),
    }
}

impl<T: FromJson> Found<T> {
    pub(super) fn put<'de, A: MapAccess<'de>>(&mut self, members: &mut A) -> Result<(), A::Error> {
        let Token(found) = members.next_value()?;
        *self = match self {
            Self::Absent => found,
            _ => Self::Repeated,
        };
        Ok(())
    }

    /// The value of a member that must be there.
    pub(super) fn required(self, member: &'static str) -> Result<T, Fault> {
        let value = self.optional(member)?;
        value.ok_or(Fault::of(member, Problem::Missing))
    }

    /// The value of a member that may be there.
    pub(super) fn optional(self, member: &'static str) -> Result<Option<T>, Fault> {
        let problem = match self {
            Self::Absent | Self::Null => return Ok(None),
            Self::Fit(value) => return Ok(Some(value)),
            Self::Repeated => Problem::Repeated,
            Self::Unfit => Problem::Unfit {
                expected: T::EXPECTED,
            },
        };
        Err(Fault::of(member, problem))
    }
}

impl FromJson for String {
    const EXPECTED: &'static str = "a string";

    fn from_text(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
}

impl FromJson for u64 {
    const EXPECTED: &'static str = "a whole number that is not negative";

    fn from_number(number: u64) -> Option<Self> {
        Some(number)
    }
}

/// A list of values that all fit.
impl<T: FromJson> FromJson for Vec<T> {
    const EXPECTED: &'static str = "a list";

    fn from_list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<Option<Self>, A::Error> {
        let mut values = Some(Self::new());
        while let Some(Token(found)) = list.next_element()? {
            match (found, &mut values) {
                (Found::Fit(value), Some(values)) => values.push(value),
                _ => values = None,
            }
        }
        Ok(values)
    }
}

impl<M: Members> FromJson for M {
    const EXPECTED: &'static str = "an object";

    fn from_object<'de, A: MapAccess<'de>>(mut members: A) -> Result<Option<Self>, A::Error> {
        let mut object = Self::default();
        while let Some(Name(name)) = members.next_key()? {
            object.put(&name, &mut members)?;
        }
        Ok(Some(object))
    }
}

/// A value that is not absent.
struct Token<T>(Found<T>);

impl<'de, T: FromJson> Deserialize<'de> for Token<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TokenVisitor(PhantomData))
    }
}

struct TokenVisitor<T>(PhantomData<T>);

impl<T> TokenVisitor<T> {
    fn found<E>(fit: Option<T>) -> Result<Token<T>, E> {
        Ok(Token(fit.map_or(Found::Unfit, Found::Fit)))
    }
}

impl<'de, T: FromJson> Visitor<'de> for TokenVisitor<T> {
    type Value = Token<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Token(Found::Null))
    }

    fn visit_bool<E: Error>(self, _boolean: bool) -> Result<Self::Value, E> {
        Self::found(None)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        Self::found(T::from_number(number))
    }

    fn visit_i64<E: Error>(self, _negative: i64) -> Result<Self::Value, E> {
        Self::found(None)
    }

    fn visit_f64<E: Error>(self, _decimal: f64) -> Result<Self::Value, E> {
        Self::found(None)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Self::found(T::from_text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
        Self::found(T::from_list(list)?)
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Self::Value, A::Error> {
        Self::found(T::from_object(members)?)
    }
}
