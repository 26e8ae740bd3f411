//! What differs between two values, in lines for people.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// The lines of two documents that differ. They are compared as values: neither the order of members
/// nor white space counts, and nothing comes back of two that are equal. Null is no document.
pub(super) fn documents(name: &str, was: &Value, is: &Value) -> Vec<String> {
    let (mut before, mut after) = (BTreeMap::new(), BTreeMap::new());
    for (document, into) in [(was, &mut before), (is, &mut after)] {
        if !document.is_null() {
            flatten(name, document, into);
        }
    }
    let paths: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let mut lines = Vec::new();
    for path in paths {
        let (was, is) = (before.get(path), after.get(path));
        if was != is {
            lines.extend(was.map(|was| format!("- {path}: {was}")));
            lines.extend(is.map(|is| format!("+ {path}: {is}")));
        }
    }
    lines
}

/// Every leaf by its path. Lists of scalars are leaves: an action that moves all others by one would
/// otherwise be a line for each of them.
fn flatten(path: &str, value: &Value, into: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (name, value) in members {
                flatten(&format!("{path}.{name}"), value, into);
            }
        }
        Value::Array(values) if values.iter().any(|v| v.is_object() || v.is_array()) => {
            for (index, value) in values.iter().enumerate() {
                flatten(&format!("{path}[{index:02}]"), value, into);
            }
        }
        scalar => {
            into.insert(path.to_owned(), scalar.to_string());
        }
    }
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

/// A line for the tags that a new item is made with.
pub(super) fn tags(tags: Option<&BTreeMap<String, String>>) -> Option<String> {
    let tags = tags.filter(|tags| !tags.is_empty())?;
    Some(format!("+ tags {tags:?}"))
}

/// A path that is worth a line: everything stands at the root unless it says.
pub(super) fn path(path: &str) -> Option<&str> {
    (path != "/").then_some(path)
}

/// What is to be put on and taken off, so that pairs are as they shall be.
pub(super) fn pairs<'a>(
    was: &'a BTreeMap<String, String>,
    is: &'a BTreeMap<String, String>,
) -> (BTreeMap<&'a str, &'a str>, Vec<&'a str>) {
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
                r#"- policy.Statement[00].Action: "kms:*""#,
                r#"+ policy.Statement[00].Action: ["kms:Encrypt","kms:Decrypt"]"#,
                r#"+ policy.Statement[01].Effect: "Deny""#,
            ]
        );
        assert_eq!(
            documents("p", &json!({}), &json!([])),
            ["- p: {}", "+ p: []"]
        );
        assert_eq!(documents("p", &Value::Null, &json!({"A": 1})), ["+ p.A: 1"]);
    }

    #[test]
    fn pairs_to_put_and_to_take() {
        let map = |pairs: &[(&str, &str)]| {
            let owned = pairs
                .iter()
                .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()));
            owned.collect::<BTreeMap<_, _>>()
        };
        let (was, is) = (
            map(&[("a", "1"), ("b", "2")]),
            map(&[("b", "3"), ("c", "4")]),
        );
        let (put, take) = pairs(&was, &is);
        assert_eq!(put, BTreeMap::from([("b", "3"), ("c", "4")]));
        assert_eq!(take, ["a"]);
    }
}
