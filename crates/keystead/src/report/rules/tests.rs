//! The rules, case by case: a key that each finds nothing in, and what makes one find something.

use super::super::account::{Grant, LastUse};
use super::super::findings::tests::limits;
use super::*;

const OWN: &str = r#"{"Statement": [{"Effect": "Allow", "Principal": {"AWS": "111122223333"},
    "Action": "kms:*", "Resource": "*"}]}"#;

fn days_ago(days: i64) -> Timestamp {
    Timestamp::from_millis(limits().now.as_millis() - days * 24 * 60 * 60 * 1000)
}

/// A key that no rule finds anything in.
fn good() -> Key {
    Key {
        arn: "arn:aws:kms:us-east-1:111122223333:key/1".to_owned(),
        name: "alias/good".to_owned(),
        about: Ok(About {
            is_customer_managed: true,
            spec: "SYMMETRIC_DEFAULT".to_owned(),
            origin: "AWS_KMS".to_owned(),
            state: "Enabled".to_owned(),
            deletion: None,
            valid_to: None,
        }),
        policy: Ok(OWN.to_owned()),
        rotates: Ok(true),
        rotations: Ok(0),
        tags: Ok(1),
        last_use: Ok(LastUse {
            at: Some(days_ago(89)),
            known_since: Some(days_ago(500)),
        }),
        grants: Ok(vec![grant(364)]),
    }
}

fn grant(days: i64) -> Grant {
    Grant {
        id: "g1".to_owned(),
        grantee: "arn:ada".to_owned(),
        created: Some(days_ago(days)),
    }
}

/// What all rules find, with their names.
fn found(key: &Key) -> Vec<(&'static str, String)> {
    let mut all = Vec::new();
    for rule in &KEY_RULES {
        let found = (rule.check)(key, &limits()).unwrap();
        all.extend(found.into_iter().map(|detail| (rule.name, detail)));
    }
    all
}

fn about(key: &mut Key) -> &mut About {
    key.about.as_mut().unwrap()
}

fn with_policy(key: &mut Key, principal: &str) {
    key.policy = Ok(OWN.replace(r#"{"AWS": "111122223333"}"#, principal));
}

/// What is changed of a good key, and what is then found.
type Case = (fn(&mut Key), &'static [(&'static str, &'static str)]);

const CASES: &[Case] = &[
    (|_| (), &[]),
    (
        |key| {
            about(key).origin = "EXTERNAL".to_owned();
            key.rotates = Ok(false);
        },
        &[],
    ),
    (
        |key| {
            about(key).spec = "RSA_2048".to_owned();
            key.rotates = Ok(false);
        },
        &[],
    ),
    (
        |key| key.rotates = Ok(false),
        &[(
            "cmk-backing-key-rotation-enabled",
            "is not rotated automatically",
        )],
    ),
    (
        // Nothing else counts of a key that is about to go.
        |key| {
            about(key).state = "PendingDeletion".to_owned();
            about(key).deletion = Some(days_ago(-7));
            key.rotates = Ok(false);
            key.tags = Ok(0);
            key.last_use = Ok(LastUse {
                at: None,
                known_since: Some(days_ago(500)),
            });
            with_policy(key, r#""*""#);
        },
        &[(
            "kms-cmk-not-scheduled-for-deletion",
            "will be deleted at 2026-01-09T03:04:05Z",
        )],
    ),
    (
        |key| about(key).state = "Disabled".to_owned(),
        &[("kms-key-enabled", "is disabled")],
    ),
    (
        |key| key.last_use.as_mut().unwrap().at = Some(days_ago(90)),
        &[(
            "kms-key-used-recently",
            "was last used at 2025-10-04T03:04:05Z",
        )],
    ),
    (
        |key| key.last_use.as_mut().unwrap().at = None,
        &[(
            "kms-key-used-recently",
            "was never used since 2024-08-20T03:04:05Z",
        )],
    ),
    (
        |key| {
            key.last_use = Ok(LastUse {
                at: None,
                known_since: Some(days_ago(89)),
            });
        },
        &[],
    ),
    (|key| key.tags = Ok(0), &[("kms-key-tagged", "has no tags")]),
    (
        |key| with_policy(key, r#""*""#),
        &[
            (
                "kms-key-policy-no-public-access",
                "lets everybody in, of any account",
            ),
            (
                "kms-key-policy-separation-of-duties",
                "may be administered and used by everybody whom a statement on * means",
            ),
        ],
    ),
    (
        |key| with_policy(key, r#"{"AWS": "arn:aws:iam::111122223333:role/r"}"#),
        &[(
            "kms-key-policy-separation-of-duties",
            "may be administered and used by arn:aws:iam::111122223333:role/r",
        )],
    ),
    (
        |key| {
            key.policy = Ok(OWN
                .replace("111122223333", "444455556666")
                .replace("kms:*", "kms:Decrypt"));
        },
        &[(
            "kms-key-policy-no-cross-account-access",
            "lets account 444455556666 in",
        )],
    ),
    (
        |key| key.grants = Ok(vec![grant(364), grant(365)]),
        &[(
            "kms-grant-not-outdated",
            "has grant g1 to arn:ada, of 2025-01-02T03:04:05Z",
        )],
    ),
    (
        |key| {
            about(key).origin = "EXTERNAL".to_owned();
            about(key).valid_to = Some(days_ago(-30));
        },
        &[(
            "kms-imported-key-material-not-expiring",
            "has material that expires at 2026-02-01T03:04:05Z, in 30 days",
        )],
    ),
    (
        |key| {
            about(key).origin = "EXTERNAL".to_owned();
            about(key).valid_to = Some(days_ago(-31));
        },
        &[],
    ),
];

#[test]
fn each_rule_finds_its_own_and_no_other() {
    for (index, (change, expected)) in CASES.iter().enumerate() {
        let mut key = good();
        change(&mut key);
        let found = found(&key);
        let found: Vec<_> = found
            .iter()
            .map(|(name, detail)| (*name, detail.as_str()))
            .collect();
        assert_eq!(found, *expected, "case {index}");
    }
}

#[test]
fn nothing_is_said_of_what_was_not_read() {
    let why = Unread {
        action: "kms:DescribeKey".to_owned(),
        code: "AccessDeniedException".to_owned(),
    };
    let unknown = Key::unknown("arn:1", "1".to_owned(), &why);
    for rule in &KEY_RULES {
        assert_eq!(
            (rule.check)(&unknown, &limits()),
            Err(why.clone()),
            "{}",
            rule.name
        );
    }
    let mut garbled = good();
    garbled.policy = Ok("{".to_owned());
    let code = public(&garbled, &limits()).unwrap_err().code;
    assert_eq!(code, "MalformedPolicyDocument");
}

#[test]
fn names_are_told_apart() {
    let names: std::collections::BTreeSet<_> = KEY_RULES.iter().map(|rule| rule.name).collect();
    assert_eq!(names.len(), KEY_RULES.len());
}
