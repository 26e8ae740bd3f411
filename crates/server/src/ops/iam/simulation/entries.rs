//! The context that a caller gives: condition keys and their values.

use std::collections::BTreeMap;
use std::net::IpAddr;

use keystead_core::identity::lower;
use keystead_core::policy::{ConditionKey, Context, Values};
use keystead_wire::iam::ContextKeyTypeEnum as Type;
use keystead_wire::iam::input::ContextEntry;

use super::invalid;
use crate::fault::Fault;
use crate::identities::Member;

/// The condition keys that a caller gives, by their names in lower case.
pub(super) struct Entries<'a>(BTreeMap<String, &'a ContextEntry>);

/// A simulated request: what is given, and what is known of whose policies are simulated.
pub(super) struct Simulated<'a> {
    pub(super) entries: &'a Entries<'a>,
    /// The user, or a session of the role.
    pub(super) member: Option<&'a Member>,
}

impl<'a> Entries<'a> {
    /// # Errors
    /// `InvalidInput` for a key that is given twice, and for a value that is not of its type.
    pub(super) fn new(entries: &'a [ContextEntry]) -> Result<Self, Fault> {
        let mut given = BTreeMap::new();
        for entry in entries {
            let name = entry.context_key_name.as_deref().unwrap_or_default();
            check(name, entry)?;
            if given
                .insert(key_of(&ConditionKey::parse(name)), entry)
                .is_some()
            {
                return Err(invalid(format!(
                    "The context key {name} is given more than once."
                )));
            }
        }
        Ok(Self(given))
    }

    fn get(&self, key: &ConditionKey) -> Option<&'a ContextEntry> {
        self.0.get(&key_of(key)).copied()
    }
}

/// The one name of a key, however it is written: in lower case, and as AWS calls it whatever else
/// IAM does.
fn key_of(key: &ConditionKey) -> String {
    lower(&key.to_string())
}

impl Simulated<'_> {
    /// Whether there is a value for a key, or the word that there is none.
    pub(super) fn supplies(&self, key: &ConditionKey) -> bool {
        let is_known = |member: &Member| member.values(key) != Values::Absent;
        self.entries.get(key).is_some() || self.member.is_some_and(is_known)
    }
}

impl Context for Simulated<'_> {
    fn values(&self, key: &ConditionKey) -> Values<'_> {
        match self.entries.get(key) {
            Some(entry) => {
                let mut values = entry.context_key_values.iter().map(String::as_str);
                if key.is_multivalued() || is_list(entry.context_key_type) {
                    Values::many(values)
                } else {
                    Values::maybe(values.next_back())
                }
            }
            None => self
                .member
                .map_or(Values::Absent, |member| member.values(key)),
        }
    }
}

const fn is_list(kind: Option<Type>) -> bool {
    matches!(
        kind,
        Some(
            Type::StringList
                | Type::NumericList
                | Type::BooleanList
                | Type::IpList
                | Type::BinaryList
                | Type::DateList
        )
    )
}

fn check(name: &str, entry: &ContextEntry) -> Result<(), Fault> {
    let values = &entry.context_key_values;
    let is_single = entry
        .context_key_type
        .is_some_and(|kind| !is_list(Some(kind)));
    if name.is_empty() {
        return Err(invalid("A context entry needs a ContextKeyName."));
    }
    if is_single && values.len() > 1 {
        return Err(invalid(format!(
            "The context key {name} has several values and is not of a list type."
        )));
    }
    let fits: fn(&str) -> bool = match entry.context_key_type {
        Some(Type::Numeric | Type::NumericList) => |text| text.parse::<f64>().is_ok(),
        Some(Type::Boolean | Type::BooleanList) => |text| {
            ["true", "false"]
                .iter()
                .any(|word| text.eq_ignore_ascii_case(word))
        },
        Some(Type::Ip | Type::IpList) => |text| {
            text.split('/')
                .next()
                .is_some_and(|ip| ip.parse::<IpAddr>().is_ok())
        },
        _ => |_| true,
    };
    match values.iter().find(|value| !fits(value)) {
        None => Ok(()),
        Some(value) => Err(invalid(format!(
            "The value {value} of the context key {name} is not of its type."
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str, kind: Type, values: &[&str]) -> ContextEntry {
        ContextEntry {
            context_key_name: Some(name.to_owned()),
            context_key_type: Some(kind),
            context_key_values: values.iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn values_come_from_the_entries_in_any_case_of_their_names() {
        let given = [
            entry("AWS:SourceIP", Type::Ip, &["192.0.2.7"]),
            entry("aws:TagKeys", Type::String, &["a"]),
            entry("custom:list", Type::StringList, &["a", "b"]),
            entry("aws:username", Type::String, &[]),
            entry("iam:ResourceTag/Team", Type::String, &["a"]),
        ];
        let entries = Entries::new(&given).unwrap();
        let simulated = Simulated {
            entries: &entries,
            member: None,
        };
        let values = |name: &str| simulated.values(&ConditionKey::parse(name));
        assert_eq!(values("aws:SourceIp"), Values::one("192.0.2.7"));
        assert_eq!(values("aws:TagKeys"), Values::many(["a"]));
        assert_eq!(values("Custom:List"), Values::many(["a", "b"]));
        assert_eq!(values("aws:username"), Values::Absent);
        assert_eq!(values("aws:userid"), Values::Absent);
        assert_eq!(values("aws:ResourceTag/team"), Values::one("a"));
        assert!(simulated.supplies(&ConditionKey::parse("aws:username")));
        assert!(!simulated.supplies(&ConditionKey::parse("aws:userid")));
    }

    #[test]
    fn a_key_that_only_looks_alike_is_another_key() {
        // U+212A KELVIN SIGN is a `k` in lower case to Unicode, and not to ASCII.
        let given = [
            entry("aws:PrincipalTag/kind", Type::String, &["own"]),
            entry("aws:PrincipalTag/\u{212A}ind", Type::String, &["other"]),
        ];
        let entries = Entries::new(&given).unwrap();
        for (name, expected) in [("KIND", "own"), ("\u{212A}IND", "other")] {
            let key = ConditionKey::parse(&format!("aws:PrincipalTag/{name}"));
            let found = entries.get(&key).map(|entry| &*entry.context_key_values);
            assert_eq!(found, Some(&[expected.to_owned()][..]), "{name}");
        }
    }

    #[test]
    fn what_is_not_of_its_type_is_refused() {
        for (kind, value, good) in [
            (Type::Numeric, "1.5", true),
            (Type::Numeric, "one", false),
            (Type::BooleanList, "TRUE", true),
            (Type::Boolean, "yes", false),
            (Type::Ip, "10.0.0.0/8", true),
            (Type::IpList, "10.0.0", false),
            (Type::String, "", true),
        ] {
            let given = [entry("a:key", kind, &[value])];
            assert_eq!(Entries::new(&given).is_ok(), good, "{kind} {value}");
        }
        let twice = [
            entry("a:key", Type::String, &["1"]),
            entry("A:KEY", Type::String, &["2"]),
        ];
        assert!(Entries::new(&twice).is_err());
        let several = [entry("a:key", Type::String, &["1", "2"])];
        assert!(Entries::new(&several).is_err());
        assert!(Entries::new(&[entry("", Type::String, &[])]).is_err());
    }
}
