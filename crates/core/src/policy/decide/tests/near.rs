//! Which conditions are told that kept a statement from allowing.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::grants::{grant, grantee};
use super::*;
use crate::grant::{ContextConstraint, GrantBook, GrantConstraints, GrantOperation, GrantRecord};
use crate::policy::{Attached, ControlLevel, Grants, TrustPolicy, Unmet, near_misses};
use crate::policy::{ConditionKey, Context, EndpointPolicy, IdentityPolicy, KnownKey, Values};

/// A request that came through S3, from a stranger to every other condition.
struct ViaS3;

impl Context for ViaS3 {
    fn values(&self, key: &ConditionKey) -> Values<'_> {
        match key {
            ConditionKey::Known(KnownKey::ViaService) => Values::one("s3.us-east-1.amazonaws.com"),
            _ => Values::Absent,
        }
    }
}

fn question(principal: Principal<'_>) -> Question<'_> {
    Question {
        context: &ViaS3,
        ..encrypt(principal)
    }
}

/// A statement: its effect, its action and what else it says.
fn statement(effect: &str, action: &str, rest: &str) -> String {
    format!(r#"{{"Effect":"{effect}","Action":"{action}","Resource":"*"{rest}}}"#)
}

fn document(statements: &[String]) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{}]}}"#,
        statements.join(",")
    )
}

fn identity(name: &str, statements: &[String]) -> AttachedPolicy {
    let source = PolicySource::Inline { name: name.into() };
    AttachedPolicy::compile(source, &document(statements))
}

/// Where each condition is, what it wants and what the request has.
fn near(question: &Question<'_>, facts: &Facts<'_>) -> Vec<String> {
    let shown = near_misses(question, facts).into_iter().map(|near| {
        let (wanted, found) = (near.wanted.join(","), near.found.join(","));
        let what = match near.unmet {
            Unmet::Condition {
                statement,
                operator,
                key,
            } => format!("{statement}: {operator} {key}"),
            Unmet::Grant { grant, part } => format!("grant {}: {part}", grant.id),
        };
        format!("{what} {wanted}, not {found}")
    });
    shown.collect()
}

const VIA_EC2: &str =
    r#","Condition":{"StringEquals":{"kms:ViaService":["ec2.us-east-1.amazonaws.com","rds"]}}"#;
const VIA_S3: &str = r#""StringLike":{"kms:ViaService":"s3.*"}"#;

#[test]
fn a_statement_that_lacks_only_conditions_is_told_with_each_that_does_not_hold() {
    let both = format!(r#","Condition":{{{VIA_S3},"Bool":{{"aws:SecureTransport":true}}}}"#);
    let policy = identity(
        "p",
        &[
            statement("Allow", "kms:Encrypt", VIA_EC2),
            statement("Allow", "kms:*", &both),
            // Not about this action; or a denial, which is no lack; or it applies.
            statement("Allow", "kms:Decrypt", VIA_EC2),
            statement("Deny", "kms:Encrypt", VIA_EC2),
        ],
    );
    let key = key_policy(&[("Allow", r#"{"AWS":"111122223333"}"#)]);
    let identity = [policy];
    let facts = facts(ResourcePolicy::Key(Ok(&key)), &identity);
    assert_eq!(
        near(&question(ALICE), &facts),
        [
            "statement 1 of identity policy p: StringEquals kms:ViaService \
             ec2.us-east-1.amazonaws.com,rds, not s3.us-east-1.amazonaws.com",
            "statement 2 of identity policy p: Bool aws:SecureTransport true, not ",
        ]
    );
}

#[test]
fn a_statement_about_others_is_not_near() {
    let rest = |principal: &str| format!(r#","Principal":{{"AWS":"{principal}"}}{VIA_EC2}"#);
    let text = document(&[
        statement("Allow", "kms:*", &rest(ALICE.arn())),
        statement("Allow", "kms:*", &rest("444455556666")),
    ]);
    let key = KeyPolicy::parse(&text).unwrap();
    let facts = facts(ResourcePolicy::Key(Ok(&key)), &[]);
    let wants = "StringEquals kms:ViaService ec2.us-east-1.amazonaws.com,rds, not s3.us-east-1.amazonaws.com";
    for (caller, expected) in [
        (
            ALICE,
            vec![format!("statement 1 of the key policy: {wants}")],
        ),
        (BOB, vec![format!("statement 2 of the key policy: {wants}")]),
        (LOGS, vec![]),
    ] {
        assert_eq!(near(&question(caller), &facts), expected);
    }
}

#[test]
fn every_kind_of_policy_is_looked_at_that_may_allow() {
    let named = |name| identity(name, &[statement("Allow", "kms:*", VIA_EC2)]);
    let (own, boundary, session) = ([named("own")], named("boundary"), [named("session")]);
    let text = document(&[statement("Allow", "*", VIA_EC2)]);
    let control = Attached::new(
        PolicySource::Inline { name: "scp".into() },
        IdentityPolicy::parse(&text),
    );
    let levels = [ControlLevel {
        node: "r-1".to_owned(),
        policies: vec![control],
    }];
    let rest = format!(r#","Principal":"*"{VIA_EC2}"#);
    let endpoint = Attached::new(
        PolicySource::Inline {
            name: "door".into(),
        },
        EndpointPolicy::parse(&document(&[statement("Allow", "*", &rest)])),
    );
    let key = key_policy(&[]);
    let facts = Facts {
        caller: CallerPolicies {
            identity: &own,
            boundary: Some(&boundary),
            session: Some(&session),
            service_controls: &levels,
        },
        endpoint_policy: Some(&endpoint),
        ..facts(ResourcePolicy::Key(Ok(&key)), &[])
    };
    let near = near(&question(ALICE), &facts);
    let places: Vec<_> = near.iter().map(|near| near.split(':').next()).collect();
    let expected = [
        "statement 1 of identity policy own",
        "statement 1 of permissions boundary boundary",
        "statement 1 of session policy session",
        "statement 1 of service control policy scp on r-1",
        "statement 1 of VPC endpoint policy door",
    ];
    assert_eq!(places, expected.map(Some));
}

/// Nothing of what is near is asked for where another statement of the same kind of policy allows.
#[test]
fn what_lets_the_request_pass_lacks_nothing() {
    let open = |rest: &str| {
        let statements =
            ["", VIA_EC2].map(|near| statement("Allow", "*", &format!("{rest}{near}")));
        document(&statements)
    };
    let source = |name: &str| PolicySource::Inline { name: name.into() };
    let named = |name| AttachedPolicy::compile(source(name), &open(""));
    let (own, boundary, session) = ([named("own")], named("boundary"), [named("session")]);
    let levels = [ControlLevel {
        node: "r-1".to_owned(),
        policies: vec![named("scp")],
    }];
    let everyone = EndpointPolicy::parse(&open(r#","Principal":"*""#));
    let endpoint = Attached::new(source("door"), everyone);
    let key = KeyPolicy::parse(&open(r#","Principal":"*""#)).unwrap();
    let facts = Facts {
        caller: CallerPolicies {
            identity: &own,
            boundary: Some(&boundary),
            session: Some(&session),
            service_controls: &levels,
        },
        endpoint_policy: Some(&endpoint),
        ..facts(ResourcePolicy::Key(Ok(&key)), &[])
    };
    let question = question(ALICE);
    assert_eq!(why(&question, &facts), "yes: +key[0]");
    assert!(near(&question, &facts).is_empty());
}

#[test]
fn a_trust_policy_is_looked_at_too() {
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":"*",
        "Action":"sts:AssumeRole"{VIA_EC2}}}}}"#
    );
    let trust = TrustPolicy::parse(&text).unwrap();
    let facts = facts(ResourcePolicy::Trust(Ok(&trust)), &[]);
    let question = Question {
        action: "sts:AssumeRole",
        resource: Resource {
            arn: "arn:aws:iam::111122223333:role/deploy",
            account: "111122223333",
        },
        ..question(ALICE)
    };
    assert_eq!(
        near(&question, &facts),
        [
            "statement 1 of the role's trust policy: StringEquals kms:ViaService \
             ec2.us-east-1.amazonaws.com,rds, not s3.us-east-1.amazonaws.com"
        ]
    );
}

#[test]
fn no_more_are_told_than_fit_in_a_record() {
    let many = vec![statement("Allow", "kms:*", VIA_EC2); 2 * MAX_NEAR_MISSES];
    let identity = [identity("many", &many), identity("more", &many)];
    let facts = facts(ResourcePolicy::None, &identity);
    assert_eq!(near(&question(ALICE), &facts).len(), MAX_NEAR_MISSES);
}

/// A grant to Alice, for these operations.
fn granted(id: &str, operations: &[GrantOperation], constraints: GrantConstraints) -> GrantRecord {
    GrantRecord {
        id: id.to_owned(),
        operations: operations.iter().copied().collect(),
        ..grant(grantee(ALICE.arn()), constraints)
    }
}

#[test]
fn grants_to_the_caller_tell_what_they_lack() {
    let pairs = |text: &str| {
        let pairs = text.split(' ').filter_map(|pair| pair.split_once('='));
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        pairs.collect::<BTreeMap<_, _>>()
    };
    let context = |context| GrantConstraints {
        context: Some(context),
        source_arn: None,
    };
    let source = GrantConstraints {
        context: None,
        source_arn: Some("arn:aws:s3:::bucket".to_owned()),
    };
    let (encrypt_only, free) = ([GrantOperation::Encrypt], GrantConstraints::default());
    let mut book = GrantBook::default();
    for grant in [
        granted(
            "1",
            &[GrantOperation::Decrypt, GrantOperation::Sign],
            free.clone(),
        ),
        granted(
            "2",
            &encrypt_only,
            context(ContextConstraint::Equals(pairs("a=1"))),
        ),
        granted(
            "3",
            &encrypt_only,
            context(ContextConstraint::Subset(pairs("a=2 b=3"))),
        ),
        granted("4", &encrypt_only, source),
        GrantRecord {
            id: "5".to_owned(),
            ..grant(grantee(BOB.arn()), free.clone())
        },
    ] {
        book.insert(Arc::new(grant));
    }
    let key = key_policy(&[]);
    let encryption_context = pairs("a=2 c=4");
    let facts = |book| Facts {
        grants: Some(Grants {
            book,
            encryption_context: Some(&encryption_context),
            source_arn: None,
        }),
        ..facts(ResourcePolicy::Key(Ok(&key)), &[])
    };
    let expected = [
        "grant 2: EncryptionContextEquals a=1, not a=2,c=4",
        "grant 3: EncryptionContextSubset a=2,b=3, not a=2,c=4",
        "grant 4: SourceArn arn:aws:s3:::bucket, not ",
        "grant 1: Operations Decrypt,Sign, not Encrypt",
    ];
    assert_eq!(near(&question(ALICE), &facts(&book)), expected);
    // No grant can permit this, and none is to this caller.
    let other = Question {
        action: "kms:PutKeyPolicy",
        ..question(ALICE)
    };
    assert!(near(&other, &facts(&book)).is_empty());
    assert!(near(&question(LOGS), &facts(&book)).is_empty());
    // Where one permits, the others lack nothing.
    let mut more = GrantBook::default();
    more.insert(Arc::new(granted("6", &encrypt_only, free)));
    for grant in book.after(None) {
        more.insert(Arc::clone(grant));
    }
    assert!(near(&question(ALICE), &facts(&more)).is_empty());
}

#[test]
fn grants_beyond_those_that_are_looked_at_cost_nothing() {
    let mut book = GrantBook::default();
    for number in 0..2_000 {
        let id = format!("{number:04}");
        let constraints = GrantConstraints::default();
        book.insert(Arc::new(granted(&id, &[GrantOperation::Sign], constraints)));
    }
    let key = key_policy(&[]);
    let grants = Grants {
        book: &book,
        encryption_context: None,
        source_arn: None,
    };
    let facts = Facts {
        grants: Some(grants),
        ..facts(ResourcePolicy::Key(Ok(&key)), &[])
    };
    assert_eq!(near(&question(ALICE), &facts).len(), MAX_NEAR_MISSES);
}
