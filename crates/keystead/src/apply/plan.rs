//! What is to be done: steps, each of one item and made of calls.

use std::collections::BTreeMap;

use serde_json::Value;

use super::document::AccessKey;
use crate::api::Service;

/// What a step does to its item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Create,
    Change,
    Remove,
}

/// Everything that is to be done to one item.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) kind: Kind,
    /// Such as `user ada`.
    pub(super) item: String,
    /// The number of its account, or a placeholder of it.
    pub(super) account: String,
    /// What differs, a line each.
    pub(super) lines: Vec<String>,
    pub(super) calls: Vec<Call>,
}

/// A call of an operation.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) service: Service,
    pub(super) operation: String,
    /// The input, with placeholders in its texts.
    pub(super) input: Value,
    pub(super) after: After,
}

/// What is done with the answer.
#[derive(Debug, Clone)]
pub(super) enum After {
    Nothing,
    /// A text of it is what a placeholder stands for from now on.
    Keep {
        placeholder: String,
        /// A JSON pointer (RFC 6901).
        pointer: &'static str,
    },
    /// It holds an access key with its secret.
    HandOver(AccessKey),
}

impl Call {
    pub(super) fn new(service: Service, operation: impl Into<String>, input: Value) -> Self {
        Self {
            service,
            operation: operation.into(),
            input,
            after: After::Nothing,
        }
    }

    /// Keeps a text of the answer.
    pub(super) fn keep(mut self, placeholder: String, pointer: &'static str) -> Self {
        self.after = After::Keep {
            placeholder,
            pointer,
        };
        self
    }

    /// Hands the access key of the answer over.
    pub(super) fn hand_over(mut self, access_key: AccessKey) -> Self {
        self.after = After::HandOver(access_key);
        self
    }
}

/// What placeholders stand for: `{{account payments}}` for a number, `{{key orders}}` for an id.
/// What is still to be made stands for itself until then.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeMap<String, String>);

impl Names {
    pub(super) fn set(&mut self, placeholder: impl Into<String>, value: impl Into<String>) {
        self.0.insert(placeholder.into(), value.into());
    }

    pub(super) fn value(&self, placeholder: &str) -> Option<&str> {
        self.0.get(placeholder).map(String::as_str)
    }

    /// The text with what is known.
    pub(super) fn fill(&self, text: &str) -> String {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, name, after)) = next(rest) {
            filled.push_str(before);
            match self.value(name) {
                Some(value) => filled.push_str(value),
                None => filled.push_str(&placeholder(name)),
            }
            rest = after;
        }
        filled.push_str(rest);
        filled
    }

    /// The same for every text of a value. Members' names are left alone.
    pub(super) fn fill_all(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.fill(text)),
            Value::Array(values) => values.iter().map(|value| self.fill_all(value)).collect(),
            Value::Object(members) => members
                .iter()
                .map(|(name, value)| (name.clone(), self.fill_all(value)))
                .collect(),
            _ => value.clone(),
        }
    }
}

/// The placeholder of a name.
pub(super) fn placeholder(name: &str) -> String {
    format!("{{{{{name}}}}}")
}

/// The names of all placeholders in a value's texts.
pub(super) fn placeholders(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => {
            let mut rest = text.as_str();
            std::iter::from_fn(|| {
                let (_, name, after) = next(rest)?;
                rest = after;
                Some(name)
            })
            .collect()
        }
        Value::Array(values) => values.iter().flat_map(placeholders).collect(),
        Value::Object(members) => members.values().flat_map(placeholders).collect(),
        _ => Vec::new(),
    }
}

/// What is before the first placeholder, its name, and what is after it.
fn next(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("{{")?;
    let (name, after) = rest.split_once("}}")?;
    Some((before, name, after))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn placeholders_are_filled_as_far_as_they_are_known() {
        let mut names = Names::default();
        names.set("account a", "111122223333");
        for (text, expected) in [
            ("", ""),
            ("plain ${aws:username} {}", "plain ${aws:username} {}"),
            ("{{account a}}", "111122223333"),
            (
                "arn:{{account a}}:x{{account b}}",
                "arn:111122223333:x{{account b}}",
            ),
            ("{{open", "{{open"),
            ("{{}}", "{{}}"),
        ] {
            assert_eq!(names.fill(text), expected);
        }
        let value = json!({"{{account a}}": ["{{account a}}", 1, null]});
        let filled = json!({"{{account a}}": ["111122223333", 1, null]});
        assert_eq!(names.fill_all(&value), filled);
        let value = json!(["{{a}} {{b}}", {"x": "{{c}}"}, 1]);
        assert_eq!(placeholders(&value), ["a", "b", "c"]);
    }
}
