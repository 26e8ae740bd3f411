//! What is known of a key, as a table of facts.

use serde_json::Value;

use super::Known;
use crate::client::ClientError;
use crate::client::answer::{is_access_denied, text};
use crate::key::metadata::instant;
use crate::key::session::Reading;
use crate::key::{materials, policy, rotation};
use crate::table::Table;

/// The facts, by any name of the key.
pub(super) fn table(name: &str, known: &Known) -> String {
    let mut table = Table::default();
    match &known.metadata {
        Ok(metadata) => describe(&mut table, metadata),
        Err(error) => {
            table.fact("Key", [name.to_owned()]);
            table.fact("About", [refusal(error, "DescribeKey")]);
        }
    }
    let mut fact = |name, operation, reading: &Reading, lines: fn(&Value) -> Vec<String>| {
        table.fact(
            name,
            match reading {
                Ok(value) => lines(value),
                Err(error) => vec![refusal(error, operation)],
            },
        );
    };
    fact("Aliases", "ListAliases", &known.aliases, |found| {
        each(found, |alias| text(alias, "AliasName").to_owned())
    });
    fact("Tags", "ListResourceTags", &known.tags, |found| {
        each(found, |tag| {
            format!("{}={}", text(tag, "TagKey"), text(tag, "TagValue"))
        })
    });
    if let Some(reading) = &known.rotation {
        fact("Rotation", "GetKeyRotationStatus", reading, |status| {
            vec![rotation::words(status)]
        });
    }
    if let Some(reading) = &known.materials {
        fact("Materials", "ListKeyRotations", reading, |found| {
            let materials = found.as_array().map(Vec::as_slice).unwrap_or_default();
            or_none(materials::words(materials))
        });
    }
    fact("Policy", "GetKeyPolicy", &known.policy, |answer| {
        policy::summary(text(answer, "Policy"))
    });
    table.to_string()
}

fn describe(table: &mut Table, metadata: &Value) {
    for (name, member) in [
        ("Key", "KeyId"),
        ("ARN", "Arn"),
        ("Description", "Description"),
        ("Spec", "KeySpec"),
        ("Usage", "KeyUsage"),
        ("Origin", "Origin"),
        ("State", "KeyState"),
    ] {
        let value = text(metadata, member);
        table.fact(name, (!value.is_empty()).then(|| value.to_owned()));
    }
    for (name, member) in [
        ("Created", "CreationDate"),
        ("To be deleted", "DeletionDate"),
        ("Expires at", "ValidTo"),
    ] {
        table.fact(name, instant(metadata, member));
    }
}

/// A line for each; `none` if there is nothing.
fn each(found: &Value, line: impl Fn(&Value) -> String) -> Vec<String> {
    let all = found.as_array().into_iter().flatten();
    or_none(all.map(line).collect())
}

fn or_none(lines: Vec<String>) -> Vec<String> {
    match lines.is_empty() {
        true => vec!["none".to_owned()],
        false => lines,
    }
}

/// Why a fact is missing.
fn refusal(error: &ClientError, operation: &str) -> String {
    const NOT_THERE: [(&str, &str); 2] = [
        ("UnsupportedOperationException", "not of keys of this kind"),
        ("UnknownOperationException", "not told by this server"),
    ];
    if is_access_denied(error) {
        return format!("not permitted (kms:{operation})");
    }
    let known = NOT_THERE.into_iter().find(
        |(known, _)| matches!(error, ClientError::Refused(refusal) if refusal.code == *known),
    );
    known.map_or_else(|| error.to_string(), |(_, words)| words.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::client::Refusal;

    fn refused(code: &str) -> Reading {
        Err(ClientError::Refused(Refusal {
            code: code.to_owned(),
            message: "m".to_owned(),
            request_id: String::new(),
        }))
    }

    #[test]
    fn what_is_known_and_what_is_not() {
        let known = Known {
            metadata: Ok(json!({"KeyId": "1", "Arn": "arn:1", "Description": "",
                "KeySpec": "SYMMETRIC_DEFAULT", "KeyState": "Enabled", "CreationDate": 0})),
            aliases: Ok(json!([{"AliasName": "alias/a"}, {"AliasName": "alias/b"}])),
            tags: Ok(json!([])),
            rotation: Some(refused("AccessDeniedException")),
            materials: Some(Ok(json!([
                {"KeyMaterialId": "m1", "KeyMaterialState": "NON_CURRENT"},
                {"KeyMaterialId": "m2", "KeyMaterialState": "CURRENT", "RotationDate": 0,
                    "ImportState": "PENDING_IMPORT", "KeyMaterialDescription": "new"},
            ]))),
            policy: refused("Else"),
        };
        let expected = "\
Key        1
ARN        arn:1
Spec       SYMMETRIC_DEFAULT
State      Enabled
Created    1970-01-01T00:00:00Z
Aliases    alias/a
           alias/b
Tags       none
Rotation   not permitted (kms:GetKeyRotationStatus)
Materials  m1: former, current from the start to 1970-01-01T00:00:00Z
           m2: current since 1970-01-01T00:00:00Z, not imported (new)
Policy     Else: m
";
        assert_eq!(table("alias/a", &known), expected);
        let object = known.object();
        assert_eq!(object["Refused"]["GetKeyPolicy"], "Else: m");
        assert_eq!(object["Tags"], json!([]));
    }

    #[test]
    fn refusals_in_words() {
        for (code, expected) in [
            ("AccessDeniedException", "not permitted (kms:X)"),
            ("UnsupportedOperationException", "not of keys of this kind"),
            ("UnknownOperationException", "not told by this server"),
        ] {
            assert_eq!(refusal(&refused(code).unwrap_err(), "X"), expected);
        }
    }
}
