//! The texts of policies, of every kind.

use std::collections::BTreeMap;

use keystead_core::policy::{
    Document, EndpointPolicy, IdentityPolicy, KeyPolicy, PolicyError, PolicyKind,
    ResourceControlPolicy, TrustPolicy, check_policy, combined_duties, is_public, open_on_all,
    outsiders, statement_positions, warnings, with_principals_renamed,
};

const KINDS: [PolicyKind; 7] = [
    PolicyKind::Key,
    PolicyKind::Identity,
    PolicyKind::Session,
    PolicyKind::Trust,
    PolicyKind::ServiceControl,
    PolicyKind::ResourceControl,
    PolicyKind::Endpoint,
];

const ACCOUNT: &str = "111122223333";

/// The bytes are the text of a policy.
pub(crate) fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    for kind in KINDS {
        of_kind(text, kind);
    }
}

fn of_kind(text: &str, kind: PolicyKind) {
    let document = Document::parse(text, kind);
    assert_eq!(compiled(text, kind).is_ok(), document.is_ok(), "{kind:?}");
    let checked = check_policy(text, kind);
    let document = match document {
        Ok(document) => document,
        Err(error) => {
            assert!(checked.is_err(), "{kind:?}");
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    if let Ok(checked) = checked {
        assert_eq!(checked, document);
    }
    let positions = statement_positions(text).expect("a policy");
    assert_eq!(positions.len(), document.statements.len());
    assert!(positions.iter().all(|span| span.start < span.end));
    shown(text, kind, &document);
    told(&document, kind);
}

fn compiled(text: &str, kind: PolicyKind) -> Result<(), PolicyError> {
    match kind {
        PolicyKind::Key => KeyPolicy::parse(text).map(drop),
        PolicyKind::Identity => IdentityPolicy::parse(text).map(drop),
        PolicyKind::Session => IdentityPolicy::parse_session(text).map(drop),
        PolicyKind::Trust => TrustPolicy::parse(text).map(drop),
        PolicyKind::ServiceControl => IdentityPolicy::parse_service_control(text).map(drop),
        PolicyKind::ResourceControl => ResourceControlPolicy::parse_managed(text).map(drop),
        PolicyKind::Endpoint => EndpointPolicy::parse(text).map(drop),
    }
}

/// A policy that is shown means what it meant.
fn shown(text: &str, kind: PolicyKind, document: &Document) {
    let shown = with_principals_renamed(text, &BTreeMap::new()).expect("a policy");
    match Document::parse(&shown, kind) {
        Ok(again) => assert_eq!(&again, document),
        // It is longer with its indentation.
        Err(PolicyError::TooLarge { .. }) => {}
        Err(error) => panic!("{error}: {shown}"),
    }
    let again = with_principals_renamed(&shown, &BTreeMap::new());
    assert_eq!(again.ok().as_ref(), Some(&shown));
}

/// What reports and warnings say of a policy. A public one lets outsiders in.
fn told(document: &Document, kind: PolicyKind) {
    let told = warnings(document, kind);
    let again = warnings(document, kind);
    assert_eq!(format!("{told:?}"), format!("{again:?}"));
    let public = is_public(document);
    assert_eq!(is_public(document), public);
    let _ = outsiders(document, ACCOUNT).is_empty();
    let _ = combined_duties(document, ACCOUNT);
    let _ = open_on_all(document, &["kms:Decrypt"], &["*"]);
}
