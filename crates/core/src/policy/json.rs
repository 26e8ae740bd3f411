//! JSON read strictly: names that occur twice are kept so that they can be refused, every object is
//! read against the list of the elements it may hold, and numbers keep their text.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::error::PolicyError;
use super::flaws::{Flaws, PolicyErrors};
use super::path::Path;

/// The deepest nesting that is read. No policy needs more than six levels.
const MAX_DEPTH: usize = 128;

/// A JSON value.
#[derive(Debug)]
pub(super) enum Json {
    Null,
    Bool(bool),
    /// A number as it is written.
    Number(String),
    String(String),
    Array(Vec<Json>),
    /// The members in their order, repeated names included.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Parses one value, of at most 128 levels.
    pub(super) fn parse(text: &str) -> Result<Self, PolicyError> {
        serde_json::from_str(text)
            .and_then(|raw| Self::from_raw(raw, MAX_DEPTH))
            .map_err(|source| PolicyError::NotJson { source })
    }

    /// Reads a value level by level, since a number that `serde_json` has read has lost its text.
    fn from_raw(raw: &RawValue, depth: usize) -> serde_json::Result<Self> {
        let deeper = || {
            let too_deep = || serde_json::Error::custom("the policy is nested too deeply");
            depth.checked_sub(1).ok_or_else(too_deep)
        };
        let text = raw.get();
        Ok(match text.as_bytes().first() {
            Some(b'{') => {
                let depth = deeper()?;
                let members: RawMembers<'_> = serde_json::from_str(text)?;
                let read = |(name, raw)| Ok((name, Self::from_raw(raw, depth)?));
                Self::Object(members.0.into_iter().map(read).collect::<Result<_, _>>()?)
            }
            Some(b'[') => {
                let depth = deeper()?;
                let items: Vec<&RawValue> = serde_json::from_str(text)?;
                let read = |raw| Self::from_raw(raw, depth);
                Self::Array(items.into_iter().map(read).collect::<Result<_, _>>()?)
            }
            Some(b'"') => Self::String(serde_json::from_str(text)?),
            Some(b't') => Self::Bool(true),
            Some(b'f') => Self::Bool(false),
            Some(b'n') => Self::Null,
            _ => Self::Number(text.to_owned()),
        })
    }

    /// The members of an object that may hold the elements `known` and no others, each once, in
    /// the order of `known`.
    pub(super) fn members<const N: usize>(
        &self,
        path: Path<'_>,
        known: [&'static str; N],
    ) -> Result<[Option<&Json>; N], PolicyErrors> {
        let Json::Object(members) = self else {
            return Err(self.mismatch(path, "an object").into());
        };
        let (mut found, mut flaws) = ([None; N], Flaws::default());
        for (name, value) in members {
            let slot = known
                .iter()
                .zip(&mut found)
                .find_map(|(known, slot)| (known == name).then_some(slot));
            let path = || path.member_text(name);
            let flaw = match slot.map(|slot| slot.replace(value)) {
                Some(None) => continue,
                Some(Some(_)) => PolicyError::DuplicateElement { path: path() },
                None => PolicyError::UnknownElement { path: path() },
            };
            flaws.add(flaw.into());
        }
        flaws.none_in(found)
    }

    /// The members of an object that may hold any names.
    pub(super) fn entries(&self, path: Path<'_>) -> Result<&[(String, Json)], PolicyError> {
        match self {
            Json::Object(members) => Ok(members),
            other => Err(other.mismatch(path, "an object")),
        }
    }

    /// Reads a list, or a single value written without the list, as the policy grammar permits in
    /// most places.
    pub(super) fn one_or_many<T, E: Into<PolicyErrors>>(
        &self,
        path: Path<'_>,
        mut read: impl FnMut(&Json, Path<'_>) -> Result<T, E>,
    ) -> Result<Vec<T>, PolicyErrors> {
        let Json::Array(items) = self else {
            return Ok(vec![read(self, path).map_err(Into::into)?]);
        };
        let (mut read_items, mut flaws) = (Vec::with_capacity(items.len()), Flaws::default());
        for (index, item) in items.iter().enumerate() {
            read_items.extend(flaws.keep(read(item, Path::Item(&path, index))));
        }
        flaws.none_in(read_items)
    }

    /// The text of a string.
    pub(super) fn string(&self, path: Path<'_>) -> Result<&str, PolicyError> {
        match self {
            Json::String(text) => Ok(text),
            other => Err(other.mismatch(path, "a string")),
        }
    }

    /// The text of a string, number or truth value.
    pub(super) fn scalar(&self, path: Path<'_>) -> Result<&str, PolicyError> {
        match self {
            Json::String(text) | Json::Number(text) => Ok(text),
            Json::Bool(true) => Ok("true"),
            Json::Bool(false) => Ok("false"),
            other => Err(other.mismatch(path, "a string, number or boolean")),
        }
    }

    fn mismatch(&self, path: Path<'_>, expected: &'static str) -> PolicyError {
        let found = match self {
            Json::Null => "null",
            Json::Bool(_) => "a boolean",
            Json::Number(_) => "a number",
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

/// The members of an object in their order, their values unread.
pub(super) struct RawMembers<'a>(pub(super) Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for RawMembers<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = RawMembers<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = access.next_entry()? {
            members.push(member);
        }
        Ok(RawMembers(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(text: &str) -> String {
        let json = Json::parse(text).unwrap();
        match json.members(Path::Root, ["A", "B"]) {
            Ok(found) => format!("{:?}", found.map(|value| value.is_some())),
            Err(errors) => errors.into_first().to_string(),
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
    fn scalars_keep_their_text() {
        let cases = [
            ("1", "1"),
            ("-1.50", "-1.50"),
            (
                "123456789012345678901234567890",
                "123456789012345678901234567890",
            ),
            ("1e400", "1e400"),
            ("true", "true"),
            ("false", "false"),
            (r#""\u0041""#, "A"),
        ];
        for (text, expected) in cases {
            let json = Json::parse(text).unwrap();
            assert_eq!(json.scalar(Path::Root).unwrap(), expected);
        }
        for text in ["null", "[]", "{}"] {
            assert!(Json::parse(text).unwrap().scalar(Path::Root).is_err());
        }
        assert!(Json::parse(r#""\ud800""#).is_err());
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
