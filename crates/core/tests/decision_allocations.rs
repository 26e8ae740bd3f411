//! A decision is on the path of every call: what it allocates does not grow with what there is to look through.
#![expect(
    clippy::unwrap_used,
    reason = "a test's texts are policies, or the test is wrong"
)]

use std::collections::BTreeMap;
use std::sync::Arc;

use keystead_core::arn::AccountId;
use keystead_core::grant::{
    ContextConstraint, GrantBook, GrantConstraints, GrantOperation, GrantPrincipal, GrantRecord,
};
use keystead_core::key_id::KeyId;
use keystead_core::policy::{
    AttachedPolicy, CallerPolicies, ConditionKey, Context, Facts, Grants, KeyPolicy, PolicySource,
    Principal, Question, Resource, ResourcePolicy, Values, decide,
};
use keystead_core::time::Timestamp;

const ACCOUNT: &str = "111122223333";
const ROLE: &str = "arn:aws:iam::111122223333:role/orders";
const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/// The reasons, and the two lists that evidence is gathered in.
const MOST: u64 = 3;

/// Knows nothing of a request.
struct Silent;

impl Context for Silent {
    fn values(&self, _: &ConditionKey) -> Values<'_> {
        Values::Absent
    }
}

/// Whether the role may decrypt, and how often deciding it allocates.
fn decided(key_policy: &KeyPolicy, identity: &[AttachedPolicy], book: &GrantBook) -> (bool, u64) {
    let context = BTreeMap::from([("tenant".to_owned(), "tenant-900".to_owned())]);
    let question = Question {
        principal: Principal::RoleSession {
            account: ACCOUNT,
            arn: "arn:aws:sts::111122223333:assumed-role/orders/i-0abcdef1234567890",
            role_arn: ROLE,
            role_id: "AROAORDERSORDERSORDER",
            service_linked: false,
        },
        action: "kms:Decrypt",
        resource: Resource {
            arn: KEY,
            account: ACCOUNT,
        },
        context: &Silent,
    };
    let caller = CallerPolicies {
        identity,
        ..CallerPolicies::default()
    };
    let grants = Grants {
        book,
        encryption_context: Some(&context),
        source_arn: None,
    };
    let facts = Facts {
        grants: Some(grants),
        ..Facts::new(ResourcePolicy::Key(Ok(key_policy)), caller)
    };
    let mut is_allowed = false;
    let allocated = allocation_counter::measure(|| {
        is_allowed = decide(&question, &facts).is_allowed();
    });
    (is_allowed, allocated.count_total)
}

/// A key policy of as many statements for other roles, and one for whom it is about.
fn key_policy(others: usize, principal: &str) -> KeyPolicy {
    let statement = |principal: &str| {
        format!(
            r#"{{"Effect":"Allow","Principal":{{"AWS":"{principal}"}},"Action":"kms:*","Resource":"*"}}"#
        )
    };
    let statements: Vec<_> = (0..others)
        .map(|number| statement(&format!("{ROLE}-{number}")))
        .chain([statement(principal)])
        .collect();
    let statements = statements.join(",");
    KeyPolicy::parse(&format!(
        r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#
    ))
    .unwrap()
}

fn identity_policies(count: usize) -> Vec<AttachedPolicy> {
    let policy = |number| {
        let source = PolicySource::Managed {
            arn: format!("arn:aws:iam::{ACCOUNT}:policy/{number}"),
        };
        AttachedPolicy::compile(
            source,
            r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:De*","Resource":"*"}}"#,
        )
    };
    (0..count).map(policy).collect()
}

/// Grants to the role, each for a tenant of its own.
fn book(grants: usize) -> GrantBook {
    let account: AccountId = ACCOUNT.parse().unwrap();
    let mut book = GrantBook::default();
    for number in 0..grants {
        let tenant = ("tenant".to_owned(), format!("tenant-{number}"));
        book.insert(Arc::new(GrantRecord {
            id: format!("{number:064x}"),
            account,
            key: KeyId::from_random([1; 16]),
            name: None,
            created: Timestamp::from_millis(0),
            grantee: GrantPrincipal::Aws {
                arn: ROLE.to_owned(),
                unique_id: None,
            },
            retiring: None,
            issuing_account: account,
            operations: [GrantOperation::Decrypt].into_iter().collect(),
            constraints: GrantConstraints {
                context: Some(ContextConstraint::Subset([tenant].into())),
                source_arn: None,
            },
        }));
    }
    book
}

#[test]
fn a_key_policy_and_identity_policies_of_any_number() {
    let account = format!("arn:aws:iam::{ACCOUNT}:root");
    for count in [1, 10, 100] {
        let (is_allowed, allocations) = decided(
            &key_policy(count, &account),
            &identity_policies(count),
            &GrantBook::default(),
        );
        assert!(is_allowed);
        assert!(allocations <= MOST, "{count} policies: {allocations}");
    }
}

#[test]
fn grants_of_any_number() {
    let admin = format!("arn:aws:iam::{ACCOUNT}:role/admin");
    for count in [1_000, 10_000] {
        let (is_allowed, allocations) = decided(&key_policy(0, &admin), &[], &book(count));
        assert!(is_allowed);
        assert!(allocations <= MOST, "{count} grants: {allocations}");
    }
    let (is_allowed, allocations) = decided(&key_policy(0, &admin), &[], &book(900));
    assert!(!is_allowed, "tenant-900 is not among them");
    assert!(allocations <= MOST, "a denial: {allocations}");
}
