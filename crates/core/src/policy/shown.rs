//! A policy's text as it is shown once principals that it names have gone or are called otherwise.
//!
//! Source: "AWS JSON policy elements: Principal" in the IAM guide: AWS keeps the unique id of a
//! user or role, shows its present ARN, and shows the id itself once it is deleted.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::error::PolicyError;
use super::json::Json;

/// The text with the principals of its statements renamed; all else means what it meant, in the
/// same order.
///
/// # Errors
///
/// [`PolicyError::NotJson`].
pub fn with_principals_renamed(
    text: &str,
    names: &BTreeMap<String, String>,
) -> Result<String, PolicyError> {
    let mut policy = Json::parse(text)?;
    for statement in members(&mut policy, &["Statement"]) {
        for_each(statement, &mut |statement| {
            for principal in members(statement, &["Principal", "NotPrincipal"]) {
                for named in members(principal, &["AWS"]) {
                    for_each(named, &mut |named| rename(named, names));
                }
            }
        });
    }
    let mut out = String::with_capacity(text.len());
    write(&policy, 0, &mut out);
    Ok(out)
}

fn members<'j>(json: &'j mut Json, names: &[&str]) -> impl Iterator<Item = &'j mut Json> {
    let members = match json {
        Json::Object(members) => members.as_mut_slice(),
        _ => &mut [],
    };
    members
        .iter_mut()
        .filter(|(name, _)| names.contains(&name.as_str()))
        .map(|(_, value)| value)
}

fn for_each(json: &mut Json, each: &mut dyn FnMut(&mut Json)) {
    match json {
        Json::Array(items) => items.iter_mut().for_each(each),
        single => each(single),
    }
}

fn rename(json: &mut Json, names: &BTreeMap<String, String>) {
    if let Json::String(text) = json
        && let Some(name) = names.get(text.as_str())
    {
        text.clone_from(name);
    }
}

/// Writes with an indentation of two, as AWS writes its default key policy.
fn write(json: &Json, depth: usize, out: &mut String) {
    match json {
        Json::Null => out.push_str("null"),
        Json::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Json::Number(text) => out.push_str(text),
        Json::String(text) => write_text(text, out),
        Json::Array(items) => {
            let write_item = |item: &Json, out: &mut String| write(item, depth + 1, out);
            write_all(items, ['[', ']'], depth, out, write_item);
        }
        Json::Object(members) => {
            let write_member = |(name, value): &(String, Json), out: &mut String| {
                write_text(name, out);
                out.push_str(" : ");
                write(value, depth + 1, out);
            };
            write_all(members, ['{', '}'], depth, out, write_member);
        }
    }
}

fn write_all<T>(
    items: &[T],
    [open, close]: [char; 2],
    depth: usize,
    out: &mut String,
    write_item: impl Fn(&T, &mut String),
) {
    out.push(open);
    for (index, item) in items.iter().enumerate() {
        out.push_str(if index == 0 { "\n" } else { ",\n" });
        out.push_str(&"  ".repeat(depth + 1));
        write_item(item, out);
    }
    if !items.is_empty() {
        out.push('\n');
        out.push_str(&"  ".repeat(depth));
    }
    out.push(close);
}

/// Writes a text with escapes for the characters that no policy may hold, so that what is shown can be written again.
fn write_text(text: &str, out: &mut String) {
    // Writing to a String can't fail, nor can the JSON of a text.
    let quoted = serde_json::to_string(text).unwrap_or_default();
    for character in quoted.chars() {
        if character <= '\u{ff}' {
            out.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            let _ = write!(out, "\\u{unit:04x}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn principals_alone_are_renamed() {
        let ada = "arn:aws:iam::111122223333:user/ada";
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"{ada}","Effect":"Allow",
            "Principal":{{"AWS":["{ada}","*"]}},"NotPrincipal":{{"AWS":"{ada}"}},"Action":"kms:*",
            "Resource":"*","Condition":{{"StringEquals":{{"aws:PrincipalArn":"{ada}"}},
            "NumericLessThan":{{"x":1.50}},"Bool":{{"y":true}}}}}}]}}"#
        );
        let names = BTreeMap::from([(ada.to_owned(), "AIDAEXAMPLE\"".to_owned())]);
        let shown = with_principals_renamed(&text, &names).unwrap();
        let expected = text
            .replace(&format!(r#""AWS":["{ada}""#), r#""AWS":["AIDAEXAMPLE\"""#)
            .replace(&format!(r#""AWS":"{ada}""#), r#""AWS":"AIDAEXAMPLE\"""#);
        let parse = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(parse(&shown), parse(&expected));
        assert!(shown.contains("1.50"), "{shown}");
        assert!(
            shown.starts_with("{\n  \"Version\" : \"2012-10-17\",\n"),
            "{shown}"
        );
    }

    /// Found by fuzzing: such a text was shown with a character that no policy may hold.
    #[test]
    fn what_was_escaped_can_be_written_again() {
        let text = r#"{"Id":"\u0100\ud83d\ude00\u00ff\u0007","Statement":[]}"#;
        let shown = with_principals_renamed(text, &BTreeMap::new()).unwrap();
        assert!(shown.contains(r#""\u0100\ud83d\ude00ÿ\u0007""#), "{shown}");
    }

    #[test]
    fn a_text_that_is_no_policy_is_no_trouble() {
        for text in ["[]", "1", r#"{"Statement":1}"#, r#"{"Statement":[[1]]}"#] {
            with_principals_renamed(text, &BTreeMap::new()).unwrap();
        }
        assert!(with_principals_renamed("{", &BTreeMap::new()).is_err());
    }
}
