//! Grants among the policies.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::super::Grants;
use super::*;
use crate::grant::{
    ContextConstraint, GrantBook, GrantConstraints, GrantOperation, GrantPrincipal, GrantRecord,
};
use crate::key_id::KeyId;
use crate::time::Timestamp;

const SESSION: Principal<'_> = Principal::RoleSession {
    account: "111122223333",
    arn: "arn:aws:sts::111122223333:assumed-role/R/s",
    role_arn: "arn:aws:iam::111122223333:role/R",
    role_id: "AROARRRRRRRRRRRRRRRRR",
    service_linked: false,
};

pub(super) fn grant(grantee: GrantPrincipal, constraints: GrantConstraints) -> GrantRecord {
    GrantRecord {
        id: "g".to_owned(),
        account: "111122223333".parse().unwrap(),
        key: KeyId::from_random([7; 16]),
        name: None,
        created: Timestamp::from_millis(0),
        grantee,
        retiring: None,
        issuing_account: "111122223333".parse().unwrap(),
        operations: [GrantOperation::Encrypt, GrantOperation::CreateGrant]
            .into_iter()
            .collect(),
        constraints,
    }
}

pub(super) fn grantee(name: &str) -> GrantPrincipal {
    if name.starts_with("arn:") {
        let arn = name.to_owned();
        GrantPrincipal::Aws {
            arn,
            unique_id: None,
        }
    } else {
        let name = name.to_owned();
        GrantPrincipal::Service { name }
    }
}

fn book(grant: GrantRecord) -> GrantBook {
    let mut book = GrantBook::default();
    book.insert(Arc::new(grant));
    book
}

fn with_grants<'a>(facts: Facts<'a>, book: &'a GrantBook) -> Facts<'a> {
    let grants = Grants {
        book,
        encryption_context: None,
        source_arn: None,
    };
    Facts {
        grants: Some(grants),
        ..facts
    }
}

/// The caller, the grantee, and what comes of it without and with an identity policy that allows.
#[test]
fn a_grantee_is_like_a_name_in_the_key_policy() {
    let (granted, nobody) = ("yes: +grant g", "no: -resource");
    let both = "yes: +grant g +identity[0]";
    let cases = [
        (
            ALICE,
            "arn:aws:iam::111122223333:user/alice",
            granted,
            granted,
        ),
        (
            ALICE,
            "arn:aws:iam::111122223333:root",
            "no: -identity",
            both,
        ),
        (ALICE, "arn:aws:iam::111122223333:user/bob", nobody, nobody),
        (ALICE, "arn:aws:iam::111122223333:group/g", nobody, nobody),
        (ROOT, "arn:aws:iam::111122223333:root", granted, granted),
        (
            SESSION,
            "arn:aws:iam::111122223333:role/R",
            granted,
            granted,
        ),
        (
            SESSION,
            "arn:aws:sts::111122223333:assumed-role/R/s",
            granted,
            granted,
        ),
        (SESSION, "arn:aws:iam::111122223333:role/S", nobody, nobody),
        (LOGS, "logs.amazonaws.com", granted, granted),
        (LOGS, "s3.amazonaws.com", nobody, nobody),
        (BOB, "arn:aws:iam::444455556666:user/bob", granted, granted),
        (BOB, "arn:aws:iam::444455556666:root", "no: -identity", both),
        (
            FOREIGN_ROOT,
            "arn:aws:iam::444455556666:root",
            granted,
            granted,
        ),
    ];
    let policy = key_policy(&[("Allow", r#"{"Service":"other.amazonaws.com"}"#)]);
    let identity = [attached("Allow", "*", "*")];
    for (caller, name, without, with) in cases {
        let book = book(grant(grantee(name), GrantConstraints::default()));
        let why_with = |identity| {
            let facts = facts(ResourcePolicy::Key(Ok(&policy)), identity);
            why(&encrypt(caller), &with_grants(facts, &book))
        };
        assert_eq!(why_with(&[]), without, "{} {name}", caller.arn());
        assert_eq!(why_with(&identity), with, "{} {name}", caller.arn());
    }
}

#[test]
fn a_session_of_another_accounts_role_needs_no_identity_policies() {
    let foreign = Principal::RoleSession {
        account: "444455556666",
        arn: "arn:aws:sts::444455556666:assumed-role/R/s",
        role_arn: "arn:aws:iam::444455556666:role/R",
        role_id: "AROARRRRRRRRRRRRRRRRR",
        service_linked: false,
    };
    let policy = key_policy(&[("Deny", NAMED_BOB)]);
    let identity = [attached("Allow", "*", "*")];
    for (name, without) in [
        ("arn:aws:iam::444455556666:role/R", "yes: +grant g"),
        ("arn:aws:iam::444455556666:root", "no: -identity"),
        (
            "arn:aws:sts::444455556666:assumed-role/R/s",
            "yes: +grant g",
        ),
    ] {
        let book = book(grant(grantee(name), GrantConstraints::default()));
        let facts_with =
            |identity| with_grants(facts(ResourcePolicy::Key(Ok(&policy)), identity), &book);
        assert_eq!(why(&encrypt(foreign), &facts_with(&[])), without);
        assert!(decide(&encrypt(foreign), &facts_with(&identity)).is_allowed());
    }
}

#[test]
fn a_grant_is_bound_by_what_denies_and_by_what_limits() {
    let role = grant(
        grantee("arn:aws:iam::111122223333:role/R"),
        GrantConstraints::default(),
    );
    let book = book(role);
    let silent = attached("Allow", "s3:*", "*");
    let deny = [attached("Deny", "kms:Encrypt", "*")];
    let named = r#"{"AWS":"arn:aws:iam::111122223333:role/R"}"#;
    let (key, denying) = (key_policy(&[]), key_policy(&[("Deny", named)]));
    let base = with_grants(facts(ResourcePolicy::Key(Ok(&key)), &[]), &book);
    assert_eq!(why(&encrypt(SESSION), &base), "yes: +grant g");
    let resource_policy = ResourcePolicy::Key(Ok(&denying));
    let cases = [
        (
            Facts {
                resource_policy,
                ..base
            },
            "no: !key[0]",
        ),
        (
            with_grants(facts(ResourcePolicy::Key(Ok(&key)), &deny), &book),
            "no: !identity[0]",
        ),
        (
            Facts {
                caller: CallerPolicies {
                    boundary: Some(&silent),
                    ..base.caller
                },
                ..base
            },
            "no: -boundary",
        ),
        (
            Facts {
                caller: CallerPolicies {
                    session: Some(slice::from_ref(&silent)),
                    ..base.caller
                },
                ..base
            },
            "no: -session",
        ),
    ];
    for (facts, expected) in cases {
        assert_eq!(why(&encrypt(SESSION), &facts), expected);
    }
}

#[test]
fn a_grant_is_asked_last_and_only_for_its_operations() {
    let alice = grantee("arn:aws:iam::111122223333:user/alice");
    let book = book(grant(alice, GrantConstraints::default()));
    let (closed, open) = (key_policy(&[]), key_policy(&[("Allow", ACCOUNT)]));
    let identity = [attached("Allow", "kms:CreateGrant", "*")];
    let ask = |action, policy, identity| {
        let question = Question {
            action,
            ..encrypt(ALICE)
        };
        let facts = with_grants(facts(ResourcePolicy::Key(Ok(policy)), identity), &book);
        let decision = decide(&question, &facts);
        (
            decision.is_allowed(),
            decision.granted_by().map(|grant| grant.id.clone()),
        )
    };
    let by_grant = (true, Some("g".to_owned()));
    assert_eq!(ask("kms:CreateGrant", &closed, &identity), by_grant);
    assert_eq!(ask("kms:CreateGrant", &open, &[]), by_grant);
    assert_eq!(ask("kms:CreateGrant", &open, &identity), (true, None));
    assert_eq!(ask("kms:Decrypt", &closed, &[]), (false, None));
    assert_eq!(ask("kms:PutKeyPolicy", &closed, &[]), (false, None));
}

#[test]
fn a_constrained_grant_permits_what_its_constraints_do() {
    let pairs = |value: &str| BTreeMap::from([("team".to_owned(), value.to_owned())]);
    let constraints = GrantConstraints {
        context: Some(ContextConstraint::Equals(pairs("red"))),
        source_arn: None,
    };
    let alice = grantee("arn:aws:iam::111122223333:user/alice");
    let book = book(grant(alice, constraints));
    let policy = key_policy(&[]);
    let ask = |context: Option<BTreeMap<String, String>>| {
        let mut facts = with_grants(facts(ResourcePolicy::Key(Ok(&policy)), &[]), &book);
        facts.grants = facts.grants.map(|grants| Grants {
            encryption_context: context.as_ref(),
            ..grants
        });
        decide(&encrypt(ALICE), &facts).is_allowed()
    };
    assert!(ask(Some(pairs("red"))));
    assert!(!ask(Some(pairs("blue"))));
    assert!(!ask(None));
}
