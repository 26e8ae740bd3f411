//! What differs between two values, in lines for people.

use std::collections::{BTreeMap, BTreeSet};

use keystead_core::policy::statement_name;
use serde_json::Value;

use super::document::Pairs;

/// The lines of two documents that differ. They are compared as values: neither the order of members
/// nor white space counts, and nothing comes back of two that are equal. Null is no document.
pub(super) fn documents(name: &str, was: &Value, is: &Value) -> Vec<String> {
    let (mut before, mut after) = (BTreeMap::new(), BTreeMap::new());
    for (document, into) in [(was, &mut before), (is, &mut after)] {
        if !document.is_null() {
            flatten(name, name, document, into);
        }
    }
    let paths: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let mut lines = Vec::new();
    for path in paths {
        let (was, is) = (before.get(path), after.get(path));
        if was.map(|leaf| &leaf.value) != is.map(|leaf| &leaf.value) {
            lines.extend(was.map(|was| format!("- {}: {}", was.place, was.value)));
            lines.extend(is.map(|is| format!("+ {}: {}", is.place, is.value)));
        }
    }
    lines
}

/// A part of a document that has no parts of its own.
struct Leaf {
    /// Where it is, for people.
    place: String,
    value: String,
}

/// Every leaf by its path. Lists of scalars are leaves: an action that moves all others by one would
/// otherwise be a line for each of them. A path has the number of a statement, by which two
/// documents are compared; a place has its name.
fn flatten(path: &str, place: &str, value: &Value, into: &mut BTreeMap<String, Leaf>) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (name, value) in members {
                let separator = if place.ends_with(',') { " " } else { "." };
                let below = match name.as_str() {
                    "Statement" if value.is_object() => statement_place(place, value, 0),
                    name => format!("{place}{separator}{name}"),
                };
                flatten(&format!("{path}.{name}"), &below, value, into);
            }
        }
        Value::Array(values) if values.iter().any(|v| v.is_object() || v.is_array()) => {
            for (index, value) in values.iter().enumerate() {
                let below = match place.strip_suffix(".Statement") {
                    Some(policy) => statement_place(policy, value, index),
                    None => format!("{place}[{index:02}]"),
                };
                flatten(&format!("{path}[{index:02}]"), &below, value, into);
            }
        }
        scalar => {
            let (place, value) = (place.to_owned(), scalar.to_string());
            into.insert(path.to_owned(), Leaf { place, value });
        }
    }
}

/// Where a statement of a policy is. Its elements come behind the comma.
fn statement_place(policy: &str, statement: &Value, index: usize) -> String {
    let sid = statement.get("Sid").and_then(Value::as_str);
    format!("{policy}, {},", statement_name(sid, index))
}

/// A line for a text that differs.
pub(super) fn texts(name: &str, was: &str, is: &str) -> Option<String> {
    (was != is).then(|| format!("{name}: {was:?} -> {is:?}"))
}

/// A line for each setting that a new item is made with; what is not set is left to the server.
pub(super) fn settings<'a>(
    settings: impl IntoIterator<Item = (&'static str, Option<&'a str>)>,
) -> impl Iterator<Item = String> {
    let line = |(name, value): (_, Option<&str>)| Some(format!("{name}: {:?}", value?));
    settings.into_iter().filter_map(line)
}

/// A line for each tag that a new item is made with.
pub(super) fn tags(tags: Option<&Pairs>) -> impl Iterator<Item = String> {
    let tags = tags.into_iter().flatten();
    tags.map(|(name, value)| format!("+ tag {name}: {value:?}"))
}

/// What differs in the tags of an item, and a line for each.
pub(super) struct TagChanges<'a> {
    /// What is to be put on, also in place of another value.
    pub(super) put: BTreeMap<&'a str, &'a str>,
    /// The lines about it.
    pub(super) put_lines: Vec<String>,
    /// The names of what is to be taken off.
    pub(super) take: Vec<&'a str>,
    /// The lines about it.
    pub(super) take_lines: Vec<String>,
}

/// What is to be put on and taken off, so that tags are as they shall be.
pub(super) fn tag_changes<'a>(was: &'a Pairs, is: &'a Pairs) -> TagChanges<'a> {
    let (put, take) = pairs(was, is);
    let put_line = |(name, value): (&&str, &&str)| match was.get(*name) {
        Some(was) => format!("tag {name}: {was:?} -> {value:?}"),
        None => format!("+ tag {name}: {value:?}"),
    };
    let take_line = |name: &&str| {
        let was = was.get(*name).map_or("", String::as_str);
        format!("- tag {name}: {was:?}")
    };
    TagChanges {
        put_lines: put.iter().map(put_line).collect(),
        take_lines: take.iter().map(take_line).collect(),
        put,
        take,
    }
}

/// A path that is worth a line: everything stands at the root unless it says.
pub(super) fn path(path: &str) -> Option<&str> {
    (path != "/").then_some(path)
}

fn pairs<'a>(was: &'a Pairs, is: &'a Pairs) -> (BTreeMap<&'a str, &'a str>, Vec<&'a str>) {
    let put = is
        .iter()
        .filter(|(name, value)| was.get(*name) != Some(value))
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let take = was.keys().filter(|name| !is.contains_key(*name));
    (put.collect(), take.map(String::as_str).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn documents_are_compared_as_values() {
        let was =
            json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kms:*"}]});
        let same: Value = serde_json::from_str(
            r#"{ "Statement":[{"Action":"kms:*","Effect":"Allow"}], "Version":"2012-10-17" }"#,
        )
        .unwrap();
        assert!(documents("policy", &was, &same).is_empty());
        let is = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": ["kms:Encrypt", "kms:Decrypt"]}, {"Effect": "Deny"}]});
        assert_eq!(
            documents("policy", &was, &is),
            [
                r#"- policy, statement 1, Action: "kms:*""#,
                r#"+ policy, statement 1, Action: ["kms:Encrypt","kms:Decrypt"]"#,
                r#"+ policy, statement 2, Effect: "Deny""#,
            ]
        );
        // One that has another name at the same place is compared all the same.
        let named =
            |sid: &str| json!({"Statement": [{"Sid": sid, "Condition": {"Bool": {"a": sid}}}]});
        assert_eq!(
            documents("policy p", &named("a"), &named("b b")),
            [
                r#"- policy p, statement "a", Condition.Bool.a: "a""#,
                r#"+ policy p, statement "b b", Condition.Bool.a: "b b""#,
                r#"- policy p, statement "a", Sid: "a""#,
                r#"+ policy p, statement "b b", Sid: "b b""#,
            ]
        );
        let single = json!({"Statement": {"Effect": "Deny"}});
        assert_eq!(
            documents("p", &Value::Null, &single),
            [r#"+ p, statement 1, Effect: "Deny""#]
        );
        // What is no policy has no statements.
        assert_eq!(
            documents("keys", &Value::Null, &json!({"keys": [{"kid": "1"}]})),
            [r#"+ keys.keys[00].kid: "1""#]
        );
        assert_eq!(
            documents("p", &json!({}), &json!([])),
            ["- p: {}", "+ p: []"]
        );
        assert_eq!(documents("p", &Value::Null, &json!({"A": 1})), ["+ p.A: 1"]);
    }

    #[test]
    fn tags_to_put_and_to_take() {
        let map = |pairs: &[(&str, &str)]| {
            let owned = pairs
                .iter()
                .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()));
            owned.collect::<Pairs>()
        };
        let (was, is) = (
            map(&[("a", "1"), ("b", "2")]),
            map(&[("b", "3"), ("c", "4")]),
        );
        let changes = tag_changes(&was, &is);
        assert_eq!(changes.put, BTreeMap::from([("b", "3"), ("c", "4")]));
        assert_eq!(
            changes.put_lines,
            [r#"tag b: "2" -> "3""#, r#"+ tag c: "4""#]
        );
        assert_eq!(changes.take, ["a"]);
        assert_eq!(changes.take_lines, [r#"- tag a: "1""#]);
    }
}
