//! Maps of strings to strings: the encryption context.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use serde::de::{Error, MapAccess};
use serde_json::value::RawValue;

use super::path::Path;
use super::rule::{NOT_NULL, Rule, Violations};
use super::structure::{EXPECTED_STRUCTURE, Name};
use super::token::{FromWire, Scalar, unexpected_list, unexpected_structure, without_message};

/// A map as it came.
#[derive(Default)]
pub(crate) struct RawStringMap {
    entries: BTreeMap<String, String>,
    /// The names whose value is `null`.
    nulls: Vec<String>,
}

impl FromWire for RawStringMap {
    fn from_scalar<E: Error>(_scalar: Scalar<'_>) -> Result<Self, E> {
        Err(E::custom(EXPECTED_STRUCTURE))
    }

    fn from_members<'de, A: MapAccess<'de>>(mut members: A) -> Result<Self, A::Error> {
        let mut raw = Self::default();
        while let Some(Name(name)) = members.next_key()? {
            let value = text_of(members.next_value()?)?;
            match (raw.entries.entry(name.into_owned()), value) {
                (Entry::Occupied(_), _) => return Err(without_message()),
                (Entry::Vacant(entry), Some(value)) => drop(entry.insert(value)),
                (Entry::Vacant(entry), None) => raw.nulls.push(entry.into_key()),
            }
        }
        Ok(raw)
    }
}

/// A map's value: a string, or the very text of a number or boolean, since an encryption context is authenticated
/// byte for byte; nothing for `null`.
fn text_of<E: Error>(raw: &RawValue) -> Result<Option<String>, E> {
    let text = raw.get();
    match text.as_bytes().first() {
        Some(b'"') => serde_json::from_str(text)
            .map(Some)
            .map_err(|_| without_message()),
        Some(b'[') => Err(unexpected_list()),
        Some(b'{') => Err(unexpected_structure()),
        Some(b'n') => Ok(None),
        _ => Ok(Some(text.to_owned())),
    }
}

/// Checks a map: it has no constraints but that every value is there.
pub(crate) fn check_string_map(
    raw: RawStringMap,
    _rules: &[Rule],
    at: &Path<'_>,
    violations: &mut Violations,
) -> Option<BTreeMap<String, String>> {
    if raw.nulls.is_empty() {
        return Some(raw.entries);
    }
    let mut shown: Vec<String> = raw
        .nulls
        .iter()
        .map(|name| format!("{name}=null"))
        .collect();
    shown.extend(
        raw.entries
            .iter()
            .map(|(name, value)| format!("{name}={value}")),
    );
    shown.sort();
    violations.broken_inside(
        at,
        Some(&format!("{{{}}}", shown.join(", "))),
        format_args!("Map value must satisfy constraint: [{NOT_NULL}]"),
    );
    None
}
