//! Inputs as the parameters of the Query protocol ("Making query requests" in the IAM guide).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

/// All but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The body of a call. Members of structures are dotted, elements of lists numbered from one.
pub(super) fn encode(operation: &str, version: &str, input: &Value) -> String {
    let mut form = format!("Action={operation}&Version={version}");
    push("", input, &mut form);
    form
}

fn push(name: &str, value: &Value, form: &mut String) {
    match value {
        Value::Null => {}
        Value::Object(members) => {
            for (member, value) in members {
                let dot = if name.is_empty() { "" } else { "." };
                push(&format!("{name}{dot}{member}"), value, form);
            }
        }
        Value::Array(values) if values.is_empty() => parameter(name, "", form),
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                push(&format!("{name}.member.{}", index + 1), value, form);
            }
        }
        Value::String(text) => parameter(name, text, form),
        Value::Bool(_) | Value::Number(_) => parameter(name, &value.to_string(), form),
    }
}

fn parameter(name: &str, value: &str, form: &mut String) {
    form.push('&');
    form.push_str(name);
    form.push('=');
    form.extend(utf8_percent_encode(value, RESERVED));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn inputs_as_parameters() {
        for (input, expected) in [
            (json!({}), ""),
            (json!({"A": null, "B": 7, "C": true}), "&B=7&C=true"),
            (json!({"A": "a b&c=d/é~"}), "&A=a%20b%26c%3Dd%2F%C3%A9~"),
            (json!({"L": []}), "&L="),
            (
                json!({"Tags": [{"Key": "k", "Value": "v"}, {"Key": "l", "Value": ""}]}),
                "&Tags.member.1.Key=k&Tags.member.1.Value=v&Tags.member.2.Key=l&Tags.member.2.Value=",
            ),
        ] {
            let form = encode("GetUser", "2010-05-08", &input);
            assert_eq!(form, format!("Action=GetUser&Version=2010-05-08{expected}"));
        }
    }
}
