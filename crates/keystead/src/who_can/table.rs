//! The answer in plain English, a paragraph for each who may.

use std::fmt::Write as _;

use serde_json::Value;

use crate::words::clean;

/// What the server answered, for people.
pub(super) fn table(answer: &Value) -> String {
    let none = Vec::new();
    let accesses = answer["Accesses"].as_array().unwrap_or(&none);
    let (action, key) = (shown(&answer["Action"]), shown(&answer["KeyArn"]));
    if accesses.is_empty() {
        return format!("Nobody may {action} on {key}.\n");
    }
    let mut text = format!("Who may {action} on {key}:\n");
    for access in accesses {
        let _ = writeln!(text, "\n{}", who(access));
        if let Some(condition) = condition(access) {
            let _ = writeln!(text, "  may, if {condition}");
        } else {
            let _ = writeln!(text, "  may");
        }
        for condition in access["Conditions"].as_array().into_iter().flatten() {
            let _ = writeln!(text, "  {}", open_condition(condition));
        }
        for reason in access["Because"].as_array().into_iter().flatten() {
            let _ = writeln!(text, "  - {}", shown(reason));
        }
    }
    text
}

fn who(access: &Value) -> String {
    let name = shown(&access["Principal"]);
    let grant = access["GrantId"].as_str();
    let what = match access["Kind"].as_str().unwrap_or_default() {
        "Everyone" => "everyone, of any account".to_owned(),
        "RootUser" => format!("{name} (root user)"),
        "User" => format!("{name} (user)"),
        "Role" => format!("{name} (every session of the role)"),
        "RoleSession" => format!("{name} (one session of a role)"),
        "FederatedUser" => format!("{name} (federated user)"),
        "Account" => format!("{name} (an account)"),
        "Service" => format!("{name} (service)"),
        other => format!("{name} ({})", clean(other)),
    };
    let elsewhere = match (access["Local"].as_bool(), access["Kind"].as_str()) {
        (Some(false), Some("Everyone")) | (Some(true) | None, _) => "",
        (Some(false), _) => ", not of this deployment",
    };
    let by = grant.map_or(String::new(), |_| ", by a grant".to_owned());
    format!("{what}{elsewhere}{by}")
}

/// What else it takes; nothing if it takes nothing else.
fn condition(access: &Value) -> Option<String> {
    let keys = access["ConditionKeys"].as_array();
    let keys: Vec<_> = keys.into_iter().flatten().map(shown).collect();
    let keys = match keys.as_slice() {
        [] => None,
        [key] => Some(format!("the request's {key} fits")),
        keys => Some(format!("the request fits in {}", keys.join(", "))),
    };
    let also = access["AlsoNeeds"].as_str();
    let also = also.map(|also| format!("it has {}", clean(also)));
    let all: Vec<String> = keys.into_iter().chain(also).collect();
    let unnamed = || {
        let is_conditional = access["Certainty"] == "Conditional";
        is_conditional.then(|| "the request fits".to_owned())
    };
    (!all.is_empty())
        .then(|| all.join(", and "))
        .or_else(unnamed)
}

/// A condition that a request must meet, or must not if its statement denies.
fn open_condition(condition: &Value) -> String {
    let word = match condition["Effect"].as_str() {
        Some("Deny") => "unless",
        _ => "if",
    };
    let values = condition["Values"].as_array().into_iter().flatten();
    let values: Vec<_> = values.map(shown).collect();
    let (operator, key) = (shown(&condition["Operator"]), shown(&condition["Key"]));
    format!("{word} {operator} {key}: {}", values.join(", "))
}

fn shown(value: &Value) -> String {
    clean(value.as_str().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_paragraph_for_each() {
        let answer = json!({"Action": "kms:Decrypt", "KeyArn": "arn:key", "Accesses": [
            {"Principal": "arn:ada", "Kind": "User", "Local": true, "Certainty": "Certain",
                "ConditionKeys": [], "Because": ["allowed by statement 1 of the key policy"]},
            {"Principal": "arn:role", "Kind": "Role", "Local": true, "Certainty": "Conditional",
                "ConditionKeys": ["aws:SourceIp"], "Conditions": [
                    {"Effect": "Allow", "Operator": "IpAddress", "Key": "aws:SourceIp",
                        "Values": ["10.0.0.0/8", "192.0.2.0/24"]},
                    {"Effect": "Deny", "Operator": "IpAddress", "Key": "aws:SourceIp",
                        "Values": ["10.1.0.0/16"]},
                ], "Because": ["a", "b"]},
            {"Principal": "arn:bob", "Kind": "User", "Local": false, "Certainty": "Conditional",
                "ConditionKeys": ["aws:SourceIp", "kms:ViaService"], "GrantId": "07",
                "AlsoNeeds": "an encryption context with a=1", "Because": ["allowed by grant 07"]},
        ]});
        let expected = "Who may kms:Decrypt on arn:key:

arn:ada (user)
  may
  - allowed by statement 1 of the key policy

arn:role (every session of the role)
  may, if the request's aws:SourceIp fits
  if IpAddress aws:SourceIp: 10.0.0.0/8, 192.0.2.0/24
  unless IpAddress aws:SourceIp: 10.1.0.0/16
  - a
  - b

arn:bob (user), not of this deployment, by a grant
  may, if the request fits in aws:SourceIp, kms:ViaService, and it has an encryption context with a=1
  - allowed by grant 07
";
        assert_eq!(table(&answer), expected);
    }

    #[test]
    fn nobody() {
        let answer = json!({"Action": "kms:Sign", "KeyArn": "arn:key", "Accesses": []});
        assert_eq!(table(&answer), "Nobody may kms:Sign on arn:key.\n");
    }
}
