//! What `DescribeKey` tells, and instants in words.

use serde_json::{Value, json};

use super::error::KeyError;
use super::session::Session;
use crate::client::answer;

/// The metadata of a key, by any of its names.
///
/// # Errors
/// [`KeyError::Call`], and [`KeyError::Answer`] of a server that is no KMS.
pub(super) fn of(session: &Session, name: &str) -> Result<Value, KeyError> {
    let answer = session.call("DescribeKey", &json!({"KeyId": name}))?;
    from(answer, "DescribeKey")
}

/// The metadata in an answer.
///
/// # Errors
/// [`KeyError::Answer`].
pub(super) fn from(mut answer: Value, operation: &'static str) -> Result<Value, KeyError> {
    let metadata = answer.get_mut("KeyMetadata").map(Value::take);
    metadata.ok_or(KeyError::Answer {
        operation,
        member: "KeyMetadata",
    })
}

/// A member that is an instant, such as `2026-01-02T03:04:05Z`; nothing if there is none.
pub(super) fn instant(value: &Value, member: &str) -> Option<String> {
    answer::instant(value, member).map(|instant| instant.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_in_words() {
        let value = json!({"A": 1_767_323_045, "B": 1_767_323_045.678, "C": "x"});
        for (member, expected) in [
            ("A", Some("2026-01-02T03:04:05Z")),
            ("B", Some("2026-01-02T03:04:05Z")),
            ("C", None),
            ("D", None),
        ] {
            assert_eq!(instant(&value, member).as_deref(), expected);
        }
    }
}
