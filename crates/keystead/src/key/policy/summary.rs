//! A policy in a line for each statement.

use keystead_core::policy::statement_name;
use serde_json::Value;

use crate::client::answer::text;

/// What each statement of a key policy says, shortly; the text itself if it is not one.
pub(in crate::key) fn summary(policy: &str) -> Vec<String> {
    let parsed: Value = serde_json::from_str(policy).unwrap_or_default();
    let statements = match parsed.get("Statement") {
        Some(Value::Array(statements)) => statements.iter().collect(),
        Some(one) => vec![one],
        None => return vec![policy.to_owned()],
    };
    let numbered = statements.into_iter().enumerate();
    numbered
        .map(|(index, statement)| line(index, statement))
        .collect()
}

fn line(index: usize, statement: &Value) -> String {
    let effect = match text(statement, "Effect") {
        "Allow" => "allows",
        _ => "denies",
    };
    let first_of = |members: [(&str, &str); 2]| {
        let mut found = members.into_iter().filter_map(|(member, before)| {
            let value = statement.get(member)?;
            Some(format!("{before}{}", values(value)))
        });
        found.next().unwrap_or_default()
    };
    let who = first_of([("Principal", ""), ("NotPrincipal", "all but ")]);
    let what = first_of([("Action", ""), ("NotAction", "all but ")]);
    let name = statement_name(Some(text(statement, "Sid")), index);
    let condition = statement.get("Condition").map_or("", |_| ", on conditions");
    format!("{name} {effect} {who}: {what}{condition}")
}

/// The texts in a value, however deep.
fn values(value: &Value) -> String {
    let all: Vec<_> = match value {
        Value::String(text) => return text.clone(),
        Value::Array(list) => list.iter().map(values).collect(),
        Value::Object(members) => members.values().map(values).collect(),
        other => return other.to_string(),
    };
    all.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_for_each_statement() {
        let policy = r#"{"Statement": [
            {"Sid": "All", "Effect": "Allow", "Principal": {"AWS": "arn:root"}, "Action": "kms:*"},
            {"Effect": "Deny", "NotPrincipal": {"AWS": ["a", "b"], "Service": "c"},
             "NotAction": ["kms:A", "kms:B"], "Condition": {}}]}"#;
        assert_eq!(
            summary(policy),
            [
                "statement \"All\" allows arn:root: kms:*",
                "statement 2 denies all but a, b, c: all but kms:A, kms:B, on conditions",
            ]
        );
        let one = r#"{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "kms:*"}}"#;
        assert_eq!(summary(one), ["statement 1 allows *: kms:*"]);
        assert_eq!(summary("x"), ["x"]);
    }
}
