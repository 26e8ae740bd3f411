use std::collections::BTreeMap;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::*;
use crate::grant::{ContextConstraint, GrantConstraints, GrantPrincipal};
use crate::key_id::KeyId;
use crate::time::Timestamp;

const ROLE_SESSION: Principal<'_> = Principal::RoleSession {
    account: "111122223333",
    arn: "arn:aws:sts::111122223333:assumed-role/R/s",
    role_arn: "arn:aws:iam::111122223333:role/R",
    role_id: "AROARRRRRRRRRRRRRRRRR",
    service_linked: false,
};

const CALLERS: [Principal<'_>; 7] = [
    ROLE_SESSION,
    Principal::Root {
        account: "111122223333",
        arn: "arn:aws:iam::111122223333:root",
    },
    Principal::User {
        account: "111122223333",
        arn: "arn:aws:iam::111122223333:user/a",
        user_id: "AIDAAAAAAAAAAAAAAAAAA",
    },
    Principal::FederatedUser {
        account: "111122223333",
        arn: "arn:aws:sts::111122223333:federated-user/f",
        user_arn: "arn:aws:iam::111122223333:user/a",
        user_id: "AIDAAAAAAAAAAAAAAAAAA",
    },
    Principal::FederatedUser {
        account: "111122223333",
        arn: "arn:aws:sts::111122223333:federated-user/f",
        user_arn: "arn:aws:iam::111122223333:root",
        user_id: "111122223333",
    },
    Principal::Service {
        name: "logs.amazonaws.com",
    },
    Principal::WebIdentity {
        provider: "arn:aws:iam::111122223333:oidc-provider/logs.amazonaws.com",
    },
];

/// ARNs with the unique ids that they may be bound to.
const GRANTEES: [(&str, Option<&str>); 11] = [
    ("arn:aws:iam::111122223333:root", None),
    ("arn:aws-cn:iam::111122223333:root", None),
    ("arn:aws:iam::111122223333:role/R", None),
    (
        "arn:aws:iam::111122223333:role/R",
        Some("AROARRRRRRRRRRRRRRRRR"),
    ),
    (
        "arn:aws:iam::111122223333:role/R",
        Some("AROAFORMERFORMERFORME"),
    ),
    ("arn:aws:sts::111122223333:assumed-role/R/s", None),
    ("arn:aws:iam::111122223333:user/a", None),
    (
        "arn:aws:iam::111122223333:user/a",
        Some("AIDAAAAAAAAAAAAAAAAAA"),
    ),
    (
        "arn:aws:iam::111122223333:user/a",
        Some("AIDAFORMERFORMERFORME"),
    ),
    ("arn:aws:sts::111122223333:federated-user/f", None),
    ("not an arn", None),
];

const SOURCES: [Option<&str>; 3] = [None, Some("arn:aws:logs:::a"), Some("arn:aws:logs:::b")];

const OPERATIONS: [GrantOperation; 5] = [
    GrantOperation::Decrypt,
    GrantOperation::Encrypt,
    GrantOperation::CreateGrant,
    GrantOperation::DescribeKey,
    GrantOperation::RetireGrant,
];

fn aws(arn: &str, unique_id: Option<&str>) -> GrantPrincipal {
    GrantPrincipal::Aws {
        arn: arn.to_owned(),
        unique_id: unique_id.map(str::to_owned),
    }
}

fn grant(id: &str, grantee: GrantPrincipal, constraints: GrantConstraints) -> GrantRecord {
    GrantRecord {
        id: id.to_owned(),
        account: "111122223333".parse().unwrap(),
        key: KeyId::from_random([7; 16]),
        name: None,
        created: Timestamp::from_millis(0),
        grantee,
        retiring: None,
        issuing_account: "111122223333".parse().unwrap(),
        operations: OPERATIONS.into_iter().collect(),
        constraints,
    }
}

fn contexts() -> impl Strategy<Value = BTreeMap<String, String>> {
    let text = || select(["a", "b", "A"].as_slice()).prop_map(str::to_owned);
    btree_map(text(), text(), 0..3)
}

fn grants() -> impl Strategy<Value = GrantRecord> {
    let context = prop_oneof![
        Just(None),
        contexts().prop_map(|pairs| Some(ContextConstraint::Equals(pairs))),
        contexts().prop_map(|pairs| Some(ContextConstraint::Subset(pairs))),
    ];
    let grantee = prop_oneof![
        8 => select(GRANTEES.as_slice()).prop_map(|(arn, id)| aws(arn, id)),
        1 => Just(GrantPrincipal::Service { name: "logs.amazonaws.com".to_owned() }),
    ];
    let operations = subsequence(OPERATIONS.as_slice(), 1..=3);
    // Few ids, so that some are inserted twice.
    let id = (0..30u8).prop_map(|id| id.to_string());
    (id, grantee, operations, context, select(SOURCES.as_slice())).prop_map(
        |(id, grantee, operations, context, source)| {
            let source_arn = source.map(str::to_owned);
            let constraints = GrantConstraints {
                context,
                source_arn,
            };
            GrantRecord {
                operations: operations.into_iter().collect(),
                ..grant(&id, grantee, constraints)
            }
        },
    )
}

/// The closest grant, by asking them all.
fn by_scan(book: &BTreeMap<String, GrantRecord>, request: &GrantRequest<'_>) -> Option<Naming> {
    let permitting = book.values().filter_map(|grant| {
        let is_about = grant.operations.contains(request.operation);
        let naming = grant.grantee.names(request.principal)?;
        (is_about && grant.constraints.hold_of(request)).then_some(naming)
    });
    permitting.min()
}

proptest! {
    #[test]
    fn the_index_finds_what_a_scan_finds(
        inserted in vec(grants(), 0..40),
        removed in vec(0..30u8, 0..15),
        contexts in vec(proptest::option::weighted(0.8, contexts()), 4),
    ) {
        let (mut book, mut plain) = (GrantBook::default(), BTreeMap::new());
        for grant in inserted {
            plain.insert(grant.id.clone(), grant.clone());
            book.insert(Arc::new(grant));
        }
        for id in removed {
            let id = id.to_string();
            let taken = book.remove(&id).map(|grant| (*grant).clone());
            prop_assert_eq!(taken, plain.remove(&id));
        }
        prop_assert_eq!(book.len(), plain.len());
        prop_assert!(book.after(None).map(|grant| &**grant).eq(plain.values()));
        for (principal, context) in CALLERS.iter().zip(contexts.iter().cycle()) {
            for operation in OPERATIONS {
                for source_arn in SOURCES {
                    let encryption_context = context.as_ref();
                    let request = GrantRequest { principal, operation, encryption_context, source_arn };
                    let found = book.closest(&request, |_| true).map(|(naming, _)| naming);
                    prop_assert_eq!(found, by_scan(&plain, &request), "{:?}", request);
                }
            }
        }
        for id in plain.keys() {
            book.remove(id);
        }
        prop_assert!(book.is_empty() && book.shelves.is_empty() && book.alike.is_empty());
    }
}

/// Every grant is to the caller's role, and each has a pair of its own beside one that all share.
#[test]
fn subsets_lie_where_few_others_do() {
    let mut book = GrantBook::default();
    for number in 0..2_000 {
        let pairs = [("tenant", "t".to_owned()), ("user", number.to_string())];
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value));
        let constraints = GrantConstraints {
            context: Some(ContextConstraint::Subset(pairs.into())),
            source_arn: None,
        };
        let role = aws("arn:aws:iam::111122223333:role/R", None);
        book.insert(Arc::new(grant(&format!("{number:04}"), role, constraints)));
    }
    let asked = std::cell::Cell::new(0);
    let context = [("tenant", "t"), ("user", "1999"), ("more", "m")];
    let context: BTreeMap<_, _> = context
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    let request = GrantRequest {
        principal: &ROLE_SESSION,
        operation: GrantOperation::Decrypt,
        encryption_context: Some(&context),
        source_arn: None,
    };
    let refuse = |_: &GrantRecord| {
        asked.set(asked.get() + 1);
        false
    };
    assert!(book.permitting_and(&request, refuse).is_none());
    assert_eq!(asked.get(), 1, "grants that permit");
    let shelf = book.shelves.values().next().unwrap();
    // The three operations that heed no encryption context have all grants on one pile each.
    assert_eq!(
        shelf
            .pile_sizes()
            .filter(|&size| size > 2)
            .collect::<Vec<_>>(),
        [2_000; 3]
    );
    let permitting = book.permitting_and(&request, |_| true);
    assert_eq!(permitting.map(|grant| grant.id.as_str()), Some("1999"));
}

#[test]
fn an_identical_request_finds_its_grant() {
    let role = || aws("arn:aws:iam::111122223333:role/R", None);
    let named = |id: &str, name: Option<&str>| GrantRecord {
        name: name.map(str::to_owned),
        ..grant(id, role(), GrantConstraints::default())
    };
    let mut book = GrantBook::default();
    book.insert(Arc::new(named("1", Some("n"))));
    book.insert(Arc::new(named("2", None)));
    let find = |book: &GrantBook, wanted: &GrantRecord| {
        book.find_identical(wanted).map(|grant| grant.id.clone())
    };
    let wanted = named("new", Some("n"));
    assert_eq!(find(&book, &wanted).as_deref(), Some("1"));
    assert_eq!(find(&book, &named("new", None)), None);
    assert_eq!(find(&book, &named("new", Some("m"))), None);
    let narrower = [GrantOperation::Decrypt].into_iter().collect();
    let source_arn = Some("arn:aws:logs:::a".to_owned());
    for other in [
        GrantRecord {
            operations: narrower,
            ..wanted.clone()
        },
        GrantRecord {
            retiring: Some(role()),
            ..wanted.clone()
        },
        GrantRecord {
            issuing_account: "444455556666".parse().unwrap(),
            ..wanted.clone()
        },
        GrantRecord {
            grantee: aws("arn:aws:iam::111122223333:role/S", None),
            ..wanted.clone()
        },
        GrantRecord {
            constraints: GrantConstraints {
                context: None,
                source_arn,
            },
            ..wanted.clone()
        },
    ] {
        assert_eq!(find(&book, &other), None, "{other:?}");
    }
    book.remove("1");
    assert_eq!(find(&book, &wanted), None);
}

#[test]
fn a_grant_is_found_by_its_id() {
    let role = aws("arn:aws:iam::111122223333:role/R", None);
    let mut book = GrantBook::default();
    book.insert(Arc::new(grant("1", role, GrantConstraints::default())));
    assert!(!book.is_empty());
    let grantee = book.get("1").map(|grant| grant.grantee.as_str());
    assert_eq!(grantee, Some("arn:aws:iam::111122223333:role/R"));
    assert!(book.get("2").is_none());
}

/// What is stored of a grant binds as much as the grant.
#[test]
fn a_stored_grant_keeps_its_constraints() {
    let pairs = BTreeMap::from([("a".to_owned(), "1".to_owned())]);
    let context = ContextConstraint::Subset(pairs);
    let role = || aws("arn:aws:iam::111122223333:role/R", None);
    for (context, source) in [
        (None, None),
        (Some(context.clone()), None),
        (None, SOURCES[1]),
        (Some(context), SOURCES[1]),
    ] {
        let constraints = GrantConstraints {
            context,
            source_arn: source.map(str::to_owned),
        };
        let grant = grant("1", role(), constraints);
        let stored = serde_json::to_string(&grant).unwrap();
        assert_eq!(serde_json::from_str::<GrantRecord>(&stored).unwrap(), grant);
    }
}

#[test]
fn a_child_is_no_wider_than_its_parent() {
    let role = || aws("arn:aws:iam::111122223333:role/R", None);
    let parent = grant("p", role(), GrantConstraints::default());
    let fewer = [GrantOperation::Decrypt].into_iter().collect();
    let child = GrantRecord {
        operations: fewer,
        ..parent.clone()
    };
    assert!(child.is_no_wider_than(&parent) && parent.is_no_wider_than(&parent));
    assert!(!parent.is_no_wider_than(&child));
    let constraints = GrantConstraints {
        context: Some(ContextConstraint::Equals(BTreeMap::new())),
        source_arn: None,
    };
    let bound = GrantRecord {
        constraints,
        ..parent.clone()
    };
    assert!(bound.is_no_wider_than(&parent) && !parent.is_no_wider_than(&bound));
}
