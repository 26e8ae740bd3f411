//! The answer in plain English, a paragraph for each who may.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use serde_json::Value;

use crate::words::{clean, counted};

/// What the server answered, for people.
pub(super) fn table(answer: &Value) -> String {
    let none = Vec::new();
    let accesses = answer["Accesses"].as_array().unwrap_or(&none);
    let (action, key) = (shown(&answer["Action"]), shown(&answer["KeyArn"]));
    if accesses.is_empty() {
        return format!("Nobody may {action} on {key}.\n");
    }
    let mut text = format!("Who may {action} on {key}:\n");
    for paragraph in paragraphs(accesses) {
        let _ = writeln!(text, "\n{}", paragraph.who(account(&key)));
        if let Some(condition) = condition(paragraph.access) {
            let _ = writeln!(text, "  may, if {condition}");
        } else {
            let _ = writeln!(text, "  may");
        }
        let conditions = paragraph.access["Conditions"].as_array();
        for condition in conditions.into_iter().flatten() {
            let _ = writeln!(text, "  {}", open_condition(condition));
        }
        for reason in paragraph.reasons {
            let _ = writeln!(text, "  - {reason}");
        }
    }
    text
}

/// What is said of somebody once, for however many reasons.
struct Paragraph<'a> {
    /// One of the accesses, which differ in nothing else.
    access: &'a Value,
    reasons: Vec<String>,
    /// The same, to be found.
    told: HashSet<String>,
    /// How many of the accesses are by a grant.
    grants: usize,
    accesses: usize,
}

/// A paragraph for each who may on the same conditions, in the order of the answer: a grantee has
/// an access for each grant.
fn paragraphs(accesses: &[Value]) -> Vec<Paragraph<'_>> {
    let mut paragraphs: Vec<Paragraph<'_>> = Vec::new();
    let mut places = HashMap::new();
    for access in accesses {
        let place = *places.entry(sameness(access)).or_insert(paragraphs.len());
        if place == paragraphs.len() {
            paragraphs.push(Paragraph {
                access,
                reasons: Vec::new(),
                told: HashSet::new(),
                grants: 0,
                accesses: 0,
            });
        }
        if let Some(paragraph) = paragraphs.get_mut(place) {
            paragraph.add(access);
        }
    }
    paragraphs
}

/// What two accesses have in common that are of the same principal, on the same conditions.
fn sameness(access: &Value) -> [String; 6] {
    [
        "Principal",
        "Kind",
        "Certainty",
        "ConditionKeys",
        "Conditions",
        "AlsoNeeds",
    ]
    .map(|member| access[member].to_string())
}

impl Paragraph<'_> {
    fn add(&mut self, access: &Value) {
        let reasons = access["Because"].as_array().into_iter().flatten();
        for reason in reasons.map(shown) {
            if self.told.insert(reason.clone()) {
                self.reasons.push(reason);
            }
        }
        self.accesses += 1;
        self.grants += usize::from(access["GrantId"].is_string());
    }

    fn who(&self, own: &str) -> String {
        let by = match self.grants {
            // What else gives it goes without a word.
            grants if grants < self.accesses => String::new(),
            1 => ", by a grant".to_owned(),
            grants => format!(", by {}", counted(grants, "grant")),
        };
        format!("{}{by}", who(self.access, own))
    }
}

/// The principal, and what it is. `own` is the key's account.
fn who(access: &Value, own: &str) -> String {
    let name = shown(&access["Principal"]);
    let kind = access["Kind"].as_str().unwrap_or_default();
    // The server tells no more of it than the key does. Whether there is such an account here is
    // not for everybody to know.
    let is_strange = access["Local"] == false && account(&name) != own;
    let what = match kind {
        "Everyone" => return "everyone, of any account".to_owned(),
        "Account" if is_strange => return format!("{name} (an account that you do not see)"),
        "Service" if is_strange => return format!("{name} (service, not registered here)"),
        "RootUser" => "root user",
        "User" => "user",
        "Role" => "every session of the role",
        "RoleSession" => "one session of a role",
        "FederatedUser" => "federated user",
        "Account" => "an account",
        "Service" => "service",
        other => other,
    };
    let elsewhere = match is_strange {
        true => ", of an account that you do not see",
        false => "",
    };
    format!("{name} ({}){elsewhere}", clean(what))
}

/// The account in an ARN; empty if it is none.
fn account(arn: &str) -> &str {
    arn.split(':').nth(4).unwrap_or_default()
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
            {"Principal": "arn:aws:iam::444455556666:user/bob", "Kind": "User", "Local": false, "Certainty": "Conditional",
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

arn:aws:iam::444455556666:user/bob (user), of an account that you do not see, by a grant
  may, if the request fits in aws:SourceIp, kms:ViaService, and it has an encryption context with a=1
  - allowed by grant 07
";
        assert_eq!(table(&answer), expected);
    }

    #[test]
    fn whoever_is_strange_is_of_an_account_that_is_not_seen() {
        let shown = |kind: &str, principal: &str, local: bool| {
            let access = json!({"Principal": principal, "Kind": kind, "Local": local});
            who(&access, "111122223333")
        };
        let own = "arn:aws:sts::111122223333:federated-user/f";
        let other = "arn:aws:iam::444455556666:root";
        for (kind, principal, local, expected) in [
            ("User", "arn:ada", true, "arn:ada (user)".to_owned()),
            (
                "FederatedUser",
                own,
                false,
                format!("{own} (federated user)"),
            ),
            (
                "Account",
                other,
                false,
                format!("{other} (an account that you do not see)"),
            ),
            ("RootUser", other, true, format!("{other} (root user)")),
            (
                "Service",
                "s3.amazonaws.com",
                false,
                "s3.amazonaws.com (service, not registered here)".to_owned(),
            ),
            (
                "Everyone",
                "*",
                false,
                "everyone, of any account".to_owned(),
            ),
        ] {
            assert_eq!(shown(kind, principal, local), expected);
        }
    }

    #[test]
    fn several_accesses_of_one_on_the_same_conditions_are_one_paragraph() {
        let granted = |id: &str, needs: Value| {
            json!({"Principal": "arn:ada", "Kind": "User", "Local": true, "Certainty": "Certain",
                "ConditionKeys": [], "Conditions": [], "GrantId": id, "AlsoNeeds": needs,
                "Because": [format!("allowed by grant {id}"), "x"]})
        };
        let by_policy = json!({"Principal": "arn:bob", "Kind": "User", "Local": true,
            "Certainty": "Certain", "ConditionKeys": [], "Conditions": [], "Because": ["p"]});
        let mut by_grant = by_policy.clone();
        by_grant["GrantId"] = json!("09");
        by_grant["Because"] = json!(["g"]);
        let answer = json!({"Action": "kms:Sign", "KeyArn": "arn:key", "Accesses": [
            by_policy, granted("07", Value::Null), granted("08", json!("more")),
            granted("10", Value::Null), by_grant,
        ]});
        let expected = "Who may kms:Sign on arn:key:

arn:bob (user)
  may
  - p
  - g

arn:ada (user), by 2 grants
  may
  - allowed by grant 07
  - x
  - allowed by grant 10

arn:ada (user), by a grant
  may, if it has more
  - allowed by grant 08
  - x
";
        assert_eq!(table(&answer), expected);
    }

    #[test]
    fn nobody() {
        let answer = json!({"Action": "kms:Sign", "KeyArn": "arn:key", "Accesses": []});
        assert_eq!(table(&answer), "Nobody may kms:Sign on arn:key.\n");
    }
}
