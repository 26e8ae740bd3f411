//! JSON read strictly: names that occur twice are kept so that they can be refused, and every
//! object is read against the list of the elements it may hold.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::error::PolicyError;
use super::path::Path;

/// A JSON value. Numbers and booleans keep no value, because no element reads one.
#[derive(Debug)]
pub(super) enum Json {
    Null,
    Bool,
    Number,
    String(String),
    Array(Vec<Json>),
    /// The members in their order, repeated names included.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Parses one value. `serde_json` bounds the nesting at 128 levels.
    pub(super) fn parse(text: &str) -> Result<Self, PolicyError> {
        serde_json::from_str(text).map_err(|source| PolicyError::NotJson { source })
    }

    /// The members of an object that may hold the elements `known` and no others, each once, in
    /// the order of `known`.
    pub(super) fn members<const N: usize>(
        &self,
        path: Path<'_>,
        known: [&'static str; N],
    ) -> Result<[Option<&Json>; N], PolicyError> {
        let Json::Object(members) = self else {
            return Err(self.mismatch(path, "an object"));
        };
        let mut found = [None; N];
        for (name, value) in members {
            let slot = known
                .iter()
                .zip(&mut found)
                .find_map(|(known, slot)| (known == name).then_some(slot))
                .ok_or_else(|| PolicyError::UnknownElement {
                    path: path.member_text(name),
                })?;
            if slot.replace(value).is_some() {
                return Err(PolicyError::DuplicateElement {
                    path: path.member_text(name),
                });
            }
        }
        Ok(found)
    }

    /// Reads a list, or a single value written without the list, as the policy grammar permits in
    /// most places.
    pub(super) fn one_or_many<T>(
        &self,
        path: Path<'_>,
        mut read: impl FnMut(&Json, Path<'_>) -> Result<T, PolicyError>,
    ) -> Result<Vec<T>, PolicyError> {
        match self {
            Json::Array(items) => items
                .iter()
                .enumerate()
                .map(|(index, item)| read(item, Path::Item(&path, index)))
                .collect(),
            single => Ok(vec![read(single, path)?]),
        }
    }

    /// The text of a string.
    pub(super) fn string(&self, path: Path<'_>) -> Result<&str, PolicyError> {
        match self {
            Json::String(text) => Ok(text),
            other => Err(other.mismatch(path, "a string")),
        }
    }

    fn mismatch(&self, path: Path<'_>, expected: &'static str) -> PolicyError {
        let found = match self {
            Json::Null => "null",
            Json::Bool => "a boolean",
            Json::Number => "a number",
            Json::String(_) => "a string",
            Json::Array(_) => "a list",
            Json::Object(_) => "an object",
        };
        PolicyError::WrongType {
            path: path.to_string(),
            expected,
            found,
        }
    }
}

/// The element at `path`, which must be there.
pub(super) fn required<'j>(
    json: Option<&'j Json>,
    path: Path<'_>,
) -> Result<&'j Json, PolicyError> {
    json.ok_or_else(|| PolicyError::Missing {
        path: path.to_string(),
    })
}

/// The text of the element at `path`, if it is there.
pub(super) fn optional_string(
    json: Option<&Json>,
    path: Path<'_>,
) -> Result<Option<String>, PolicyError> {
    json.map(|json| json.string(path).map(str::to_owned))
        .transpose()
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Json, E> {
        Ok(Json::Bool)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Json, E> {
        Ok(Json::Number)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Json, E> {
        Ok(Json::Number)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Json, E> {
        Ok(Json::Number)
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::String(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut array = Vec::new();
        while let Some(item) = items.next_element()? {
            array.push(item);
        }
        Ok(Json::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json, A::Error> {
        let mut object = Vec::new();
        while let Some(member) = members.next_entry()? {
            object.push(member);
        }
        Ok(Json::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(text: &str) -> String {
        let json = Json::parse(text).unwrap();
        match json.members(Path::Root, ["A", "B"]) {
            Ok(found) => format!("{:?}", found.map(|value| value.is_some())),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn an_object_is_read_against_its_elements() {
        let cases = [
            ("{}", "[false, false]"),
            (r#"{"B":1}"#, "[false, true]"),
            (r#"{"B":1,"A":null}"#, "[true, true]"),
            (r#"{"A":1,"A":1}"#, "A occurs more than once"),
            (r#"{"A":1,"\u0041":1}"#, "A occurs more than once"),
            (r#"{"a":1}"#, "a is not an element of the policy language"),
            ("[]", "the document: expected an object, found a list"),
            ("-1", "the document: expected an object, found a number"),
            ("1.5", "the document: expected an object, found a number"),
            ("true", "the document: expected an object, found a boolean"),
            ("null", "the document: expected an object, found null"),
            (r#""A""#, "the document: expected an object, found a string"),
        ];
        for (text, expected) in cases {
            assert_eq!(members(text), expected, "{text}");
        }
    }

    #[test]
    fn anything_but_one_value_is_refused() {
        for text in [
            "",
            " ",
            "{",
            "{} {}",
            "{,}",
            "{\"a\":1,}",
            "nul",
            "'a'",
            "\u{feff}{}",
        ] {
            let error = Json::parse(text).unwrap_err();
            assert!(matches!(error, PolicyError::NotJson { .. }), "{text:?}");
        }
    }

    #[test]
    fn nesting_is_bounded() {
        for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
            let nested = |depth| [&open.repeat(depth), "1", &close.repeat(depth)].concat();
            assert!(Json::parse(&nested(100)).is_ok());
            assert!(Json::parse(&nested(1_000)).is_err());
            assert!(Json::parse(&open.repeat(1_000_000)).is_err());
        }
    }
}
