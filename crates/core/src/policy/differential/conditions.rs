//! Conditions, and the values that requests have of their keys.

use serde_json::{Map, Value, json};

use super::super::reference::Values;
use super::dice::Dice;

/// Operators with a key and values, which may be of another type than the request's.
const CONDITIONS: [(&str, &str, &[&str]); 32] = [
    ("StringEquals", "aws:username", &["alice", "bob"]),
    ("StringNotEquals", "aws:username", &["alice"]),
    ("stringequalsignorecase", "AWS:UserName", &["ALICE"]),
    ("StringLike", "aws:PrincipalTag/team", &["r*", "b?ue"]),
    (
        "StringNotLikeIfExists",
        "aws:PrincipalTag/team",
        &["${aws:username}*"],
    ),
    (
        "StringEqualsIfExists",
        "aws:PrincipalTag/team",
        &["${aws:username}", "red"],
    ),
    (
        "StringLike",
        "aws:PrincipalTag/team",
        &["${aws:PrincipalTag/none, 'r'}*", "${*}"],
    ),
    ("ForAnyValue:StringEquals", "aws:TagKeys", &["a", "b"]),
    ("ForAllValues:StringLike", "aws:TagKeys", &["a*"]),
    ("ForAllValues:StringNotEquals", "aws:TagKeys", &["b"]),
    ("ForAnyValue:StringNotEqualsIfExists", "aws:TagKeys", &["a"]),
    ("StringEquals", "aws:TagKeys", &["a"]),
    ("StringNotEquals", "aws:TagKeys", &["a", "1"]),
    ("StringLike", "aws:TagKeys", &["a*", "?"]),
    ("StringEqualsIfExists", "aws:TagKeys", &["a", "ab"]),
    ("StringNotLikeIfExists", "aws:TagKeys", &["b*"]),
    ("NumericLessThan", "aws:TagKeys", &["3"]),
    ("NumericNotEquals", "aws:TagKeys", &["1", "5"]),
    ("Null", "aws:TagKeys", &["false"]),
    (
        "StringNotLike",
        "aws:PrincipalTag/team",
        &["${aws:TagKeys, 'r'}*"],
    ),
    ("NumericLessThan", "aws:MultiFactorAuthAge", &["300"]),
    (
        "NumericNotEquals",
        "aws:MultiFactorAuthAge",
        &["60", "60.0"],
    ),
    (
        "NumericGreaterThanEqualsIfExists",
        "aws:MultiFactorAuthAge",
        &["300"],
    ),
    (
        "DateGreaterThan",
        "aws:CurrentTime",
        &["2026-01-02T00:00:00Z"],
    ),
    ("DateLessThanEquals", "aws:CurrentTime", &["1767312000"]),
    ("Bool", "aws:SecureTransport", &["true"]),
    ("BoolIfExists", "aws:SecureTransport", &["FALSE"]),
    ("IpAddress", "aws:SourceIp", &["10.0.0.0/8", "192.0.2.7"]),
    ("NotIpAddress", "aws:SourceIp", &["10.0.0.0/16"]),
    (
        "ArnLike",
        "aws:SourceArn",
        &["arn:aws:logs:*:111122223333:*"],
    ),
    (
        "ArnNotEquals",
        "aws:SourceArn",
        &["arn:aws:logs:us-east-1:*:g:a"],
    ),
    ("Null", "aws:PrincipalTag/team", &["true"]),
];

/// The values that a request can have of a key, one list at a time; nothing is as likely as each.
/// A tag has several if its name is written in several cases.
const VALUES: [(&str, &[&[&str]]); 8] = [
    ("aws:username", &[&["alice"], &["bob"], &["al*"], &[""]]),
    (
        "aws:principaltag/team",
        &[
            &["red"],
            &["blue"],
            &["alice"],
            &["*"],
            &[""],
            &["red", "alice"],
        ],
    ),
    (
        "aws:tagkeys",
        &[
            &[],
            &["a"],
            &["a", "b"],
            &["ab", "a"],
            &[""],
            &["1"],
            &["1", "5"],
            &["a", "1"],
            &["a", "5"],
        ],
    ),
    (
        "aws:multifactorauthage",
        &[&["60"], &["300"], &["3000"], &["long"]],
    ),
    (
        "aws:currenttime",
        &[
            &["2026-01-01T00:00:00Z"],
            &["2026-01-03T00:00:00Z"],
            &["now"],
        ],
    ),
    ("aws:securetransport", &[&["true"], &["false"], &["maybe"]]),
    (
        "aws:sourceip",
        &[
            &["10.0.9.9"],
            &["10.1.0.1"],
            &["192.0.2.7"],
            &["2001:db8::1"],
            &["?"],
        ],
    ),
    (
        "aws:sourcearn",
        &[
            &["arn:aws:logs:us-east-1:111122223333:g:a"],
            &["arn:aws:s3:::b"],
            &["b"],
        ],
    ),
];

/// The element `Condition`.
pub(super) fn conditions(dice: &mut Dice) -> Value {
    let mut operators = Map::new();
    for _ in 0..=dice.below(2) {
        let (operator, key, values) = dice.pick(&CONDITIONS);
        let values = match values {
            [single] => json!(single),
            several => json!(several),
        };
        operators.insert((*operator).to_owned(), json!({ *key: values }));
    }
    operators.into()
}

/// The values of a request.
pub(super) fn values(dice: &mut Dice) -> Values {
    let mut found = Values::new();
    for (key, choices) in VALUES {
        // One more than there are is nothing.
        if let Some(values) = choices.get(dice.below(choices.len() + 1)) {
            let values = values.iter().map(|&value| value.to_owned());
            found.insert(key.to_owned(), values.collect());
        }
    }
    found
}
