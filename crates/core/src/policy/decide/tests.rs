use std::slice;

use super::super::{
    AttachedPolicy, CallerPolicies, KeyPolicy, NoContext, PolicyRef, PolicySource, Principal,
    Reason, Resource, ResourcePolicy, StatementRef,
};
use super::*;

mod gates;
mod grants;
mod near;
mod retirement;
mod tables;

const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/1";

const ROOT: Principal<'_> = Principal::Root {
    account: "111122223333",
    arn: "arn:aws:iam::111122223333:root",
};
const ALICE: Principal<'_> = Principal::User {
    account: "111122223333",
    arn: "arn:aws:iam::111122223333:user/alice",
    user_id: "AIDAALICEALICEALICEAL",
};
const FOREIGN_ROOT: Principal<'_> = Principal::Root {
    account: "444455556666",
    arn: "arn:aws:iam::444455556666:root",
};
const BOB: Principal<'_> = Principal::User {
    account: "444455556666",
    arn: "arn:aws:iam::444455556666:user/bob",
    user_id: "AIDABOBBOBBOBBOBBOBBO",
};
const LOGS: Principal<'_> = Principal::Service {
    name: "logs.amazonaws.com",
};

/// Statements of a key policy, by what they do and whom they name.
fn key_policy(statements: &[(&str, &str)]) -> KeyPolicy {
    let statement = |(effect, principal): &(&str, &str)| {
        format!(
            r#"{{"Sid":"for {}","Effect":"{effect}","Principal":{principal},"Action":"kms:*","Resource":"*"}}"#,
            principal.replace(['"', '{', '}'], "")
        )
    };
    let statements: Vec<_> = statements.iter().map(statement).collect();
    KeyPolicy::parse(&format!(r#"{{"Statement":[{}]}}"#, statements.join(","))).unwrap()
}

/// An identity policy named after its one statement.
fn attached(effect: &str, action: &str, resource: &str) -> AttachedPolicy {
    let source = PolicySource::Inline {
        name: format!("{effect} {action}"),
    };
    let text = format!(
        r#"{{"Statement":{{"Effect":"{effect}","Action":"{action}","Resource":"{resource}"}}}}"#
    );
    let attached = AttachedPolicy::compile(source, &text);
    assert!(attached.policy.is_ok(), "{text}");
    attached
}

fn encrypt(principal: Principal<'_>) -> Question<'_> {
    Question {
        principal,
        action: "kms:Encrypt",
        resource: Resource {
            arn: KEY,
            account: "111122223333",
        },
        context: &NoContext,
    }
}

fn facts<'a>(resource_policy: ResourcePolicy<'a>, identity: &'a [AttachedPolicy]) -> Facts<'a> {
    let caller = CallerPolicies {
        identity,
        ..CallerPolicies::default()
    };
    Facts::new(resource_policy, caller)
}

/// The reasons in short: `+` allows, `>` delegates, `!` denies, `?` malformed, `-` missing.
fn why(question: &Question<'_>, facts: &Facts<'_>) -> String {
    let decision = decide(question, facts);
    let explained = explain(question, facts).decision;
    assert_eq!(format!("{decision:?}"), format!("{explained:?}"));
    let reasons: Vec<_> = decision.reasons().iter().map(short).collect();
    let verdict = if decision.is_allowed() { "yes" } else { "no" };
    format!("{verdict}: {}", reasons.join(" "))
}

fn short(reason: &Reason<'_>) -> String {
    let at = |s: &StatementRef<'_>| format!("{}[{}]", policy_name(&s.policy), s.index);
    match reason {
        Reason::Allowed(s) => format!("+{}", at(s)),
        Reason::Delegated(s) => format!(">{}", at(s)),
        Reason::Granted(grant) => format!("+grant {}", grant.id),
        Reason::Retires { right, .. } => format!("+{right:?}"),
        Reason::NoRightToRetire { .. } => "-retirement".to_owned(),
        Reason::Denied(s) => format!("!{}", at(s)),
        Reason::Malformed { policy: p, .. } => format!("?{}", policy_name(p)),
        Reason::RootUser => "+root".to_owned(),
        Reason::NoResourceControlPolicyAllows { node } => format!("-rcp at {node}"),
        Reason::NoServiceControlPolicyAllows { node } => format!("-scp at {node}"),
        Reason::NoEndpointPolicyAllows => "-endpoint".to_owned(),
        Reason::NoResourcePolicyAllows => "-resource".to_owned(),
        Reason::NoTrustPolicyAllows => "-trust".to_owned(),
        Reason::NoIdentityPolicyAllows => "-identity".to_owned(),
        Reason::NoBoundaryAllows => "-boundary".to_owned(),
        Reason::NoSessionPolicyAllows => "-session".to_owned(),
    }
}

fn policy_name(policy: &PolicyRef<'_>) -> String {
    match policy {
        PolicyRef::Key => "key".to_owned(),
        PolicyRef::Trust => "trust".to_owned(),
        PolicyRef::Identity(_) => "identity".to_owned(),
        PolicyRef::Boundary(_) => "boundary".to_owned(),
        PolicyRef::Session(_) => "session".to_owned(),
        PolicyRef::ServiceControl { node, .. } => format!("scp at {node}"),
        PolicyRef::ResourceControl { node, .. } => format!("rcp at {node}"),
        PolicyRef::Endpoint(_) => "endpoint".to_owned(),
    }
}

const EVERYONE: &str = r#""*""#;
const ACCOUNT: &str = r#"{"AWS":"111122223333"}"#;
const ACCOUNT_ARN: &str = r#"{"AWS":"arn:aws:iam::111122223333:root"}"#;
const NAMED_ALICE: &str = r#"{"AWS":"arn:aws:iam::111122223333:user/alice"}"#;
const ALICE_ID: &str = r#"{"AWS":"AIDAALICEALICEALICEAL"}"#;
const ACCOUNT_AND_ALICE: &str =
    r#"{"AWS":["111122223333","arn:aws:iam::111122223333:user/alice","111122223333"]}"#;
const FOREIGN_ACCOUNT: &str = r#"{"AWS":"arn:aws:iam::444455556666:root"}"#;
const NAMED_BOB: &str = r#"{"AWS":"arn:aws:iam::444455556666:user/bob"}"#;
const NAMED_LOGS: &str = r#"{"Service":"logs.amazonaws.com"}"#;

#[test]
fn on_a_key_by_whom_its_policy_allows() {
    // The caller, whom the key policy allows, without and with an identity policy that allows.
    let delegated = ("no: -identity", "yes: >key[0] +identity[0]");
    let direct = ("yes: +key[0]", "yes: +key[0]");
    let both = ("no: -identity", "yes: +key[0] +identity[0]");
    let root = ("yes: +key[0] +root", "yes: +key[0] +root");
    let nothing = ("no: -resource", "no: -resource");
    let neither = ("no: -resource -identity", "no: -resource");
    let cases = [
        (ALICE, EVERYONE, direct),
        (ALICE, ACCOUNT, delegated),
        (ALICE, ACCOUNT_ARN, delegated),
        (ALICE, NAMED_ALICE, direct),
        (ALICE, ALICE_ID, direct),
        (ALICE, ACCOUNT_AND_ALICE, direct),
        (ALICE, FOREIGN_ACCOUNT, nothing),
        (ALICE, NAMED_BOB, nothing),
        (ALICE, NAMED_LOGS, nothing),
        (ROOT, EVERYONE, direct),
        (ROOT, ACCOUNT, direct),
        (ROOT, ACCOUNT_ARN, direct),
        (ROOT, NAMED_ALICE, nothing),
        (ROOT, FOREIGN_ACCOUNT, nothing),
        (BOB, EVERYONE, both),
        (BOB, FOREIGN_ACCOUNT, delegated),
        (BOB, NAMED_BOB, both),
        (BOB, ACCOUNT, neither),
        (BOB, NAMED_ALICE, neither),
        (FOREIGN_ROOT, EVERYONE, root),
        (FOREIGN_ROOT, FOREIGN_ACCOUNT, root),
        (FOREIGN_ROOT, NAMED_BOB, nothing),
        (FOREIGN_ROOT, ACCOUNT, nothing),
        (LOGS, NAMED_LOGS, direct),
        (LOGS, EVERYONE, direct),
        (LOGS, ACCOUNT, nothing),
    ];
    let identity = [attached("Allow", "kms:Encrypt", KEY)];
    for (caller, allowed, (without, with)) in cases {
        let policy = key_policy(&[("Allow", allowed)]);
        let resource_policy = ResourcePolicy::Key(Ok(&policy));
        let why_with = |identity_policies| {
            let facts = facts(resource_policy, identity_policies);
            why(&encrypt(caller), &facts)
        };
        assert_eq!(why_with(&[]), without, "{caller:?} {allowed}");
        assert_eq!(why_with(&identity), with, "{caller:?} {allowed}");
    }
}

#[test]
fn an_explicit_deny_wins() {
    let cases = [
        (ALICE, EVERYONE, true),
        (ALICE, ACCOUNT, true),
        (ALICE, NAMED_ALICE, true),
        (ALICE, ALICE_ID, true),
        (ALICE, FOREIGN_ACCOUNT, false),
        (ROOT, ACCOUNT, true),
        (ROOT, NAMED_ALICE, false),
        (BOB, FOREIGN_ACCOUNT, true),
        (BOB, NAMED_BOB, true),
        (FOREIGN_ROOT, FOREIGN_ACCOUNT, true),
        (LOGS, NAMED_LOGS, true),
        (LOGS, EVERYONE, true),
        (LOGS, ACCOUNT, false),
    ];
    let allow = [attached("Allow", "*", "*")];
    let deny = [
        attached("Allow", "*", "*"),
        attached("Deny", "kms:enc*", KEY),
    ];
    for (caller, denied, applies) in cases {
        let policy = key_policy(&[("Allow", EVERYONE), ("Deny", denied), ("Deny", denied)]);
        let resource_policy = ResourcePolicy::Key(Ok(&policy));
        let why_with = |identity_policies| {
            let facts = facts(resource_policy, identity_policies);
            why(&encrypt(caller), &facts)
        };
        let (without, with) = match applies {
            true => ("no: !key[1] !key[2]", "no: !key[1] !key[2] !identity[0]"),
            false if caller == BOB => ("yes: +key[0] +identity[0]", "no: !identity[0]"),
            false if caller == FOREIGN_ROOT => ("yes: +key[0] +root", "no: !identity[0]"),
            false => ("yes: +key[0]", "no: !identity[0]"),
        };
        assert_eq!(why_with(&allow), without, "{caller:?} {denied}");
        assert_eq!(why_with(&deny), with, "{caller:?} {denied}");
    }
}

#[test]
fn without_a_resource_policy() {
    let create = |principal| Question {
        principal,
        action: "kms:CreateKey",
        resource: Resource {
            arn: "*",
            account: "111122223333",
        },
        context: &NoContext,
    };
    let allow = attached("Allow", "kms:Create*", "*");
    let on_keys = attached("Allow", "kms:Create*", "arn:aws:kms:*:*:key/*");
    let deny = attached("Deny", "kms:CreateKey", "*");
    let cases: [(_, &[AttachedPolicy], _); 11] = [
        (ROOT, &[], "yes: +root"),
        (ROOT, slice::from_ref(&deny), "no: !identity[0]"),
        (ALICE, &[], "no: -identity"),
        (ALICE, &[on_keys], "no: -identity"),
        (ALICE, slice::from_ref(&allow), "yes: +identity[0]"),
        (ALICE, &[allow.clone(), deny.clone()], "no: !identity[0]"),
        (BOB, &[], "no: -resource -identity"),
        (BOB, slice::from_ref(&allow), "no: -resource"),
        (BOB, slice::from_ref(&deny), "no: !identity[0]"),
        (FOREIGN_ROOT, slice::from_ref(&allow), "no: -resource"),
        (LOGS, &[], "no: -identity"),
    ];
    for (caller, identity_policies, expected) in cases {
        let resource_policy = ResourcePolicy::None;
        let facts = facts(resource_policy, identity_policies);
        assert_eq!(why(&create(caller), &facts), expected, "{caller:?}");
    }
}

#[test]
fn actions_and_resources_narrow_a_statement() {
    let other = "arn:aws:kms:us-east-1:111122223333:key/2";
    let alias = "arn:aws:kms:us-east-1:111122223333:alias/1";
    let both =
        |action: &str, resource: &str| format!(r#","Action":{action},"Resource":{resource}"#);
    let cases = [
        (both(r#""kms:Encrypt""#, r#""*""#), true),
        (both(r#""KMS:eNCRYPT""#, r#""*""#), true),
        (both(r#""*""#, &format!("{KEY:?}")), true),
        (
            both(
                r#"["kms:Decrypt","kms:E?crypt"]"#,
                &format!("[{other:?},{KEY:?}]"),
            ),
            true,
        ),
        (
            both(r#""kms:*""#, r#""arn:aws:kms:*:111122223333:key/*""#),
            true,
        ),
        (both(r#""kms:Decrypt""#, r#""*""#), false),
        (both(r#""s3:*""#, r#""*""#), false),
        (both(r#""kms:EncryptX""#, r#""*""#), false),
        (both(r#""kms:*""#, &format!("{other:?}")), false),
        (both(r#""kms:*""#, &format!("{alias:?}")), false),
        (both(r#""kms:*""#, r#""arn:aws:KMS:*:*:*""#), false),
        (both("[]", r#""*""#), false),
        (both(r#""*""#, "[]"), false),
        (r#","Action":"*""#.to_owned(), false),
        (r#","Resource":"*""#.to_owned(), false),
        (String::new(), false),
    ];
    for (elements, applies) in cases {
        for effect in ["Allow", "Deny"] {
            let allow_all = r#"{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"},"#;
            let first = if effect == "Deny" { allow_all } else { "" };
            let text = format!(
                r#"{{"Statement":[{first}{{"Effect":"{effect}","Principal":"*"{elements}}}]}}"#
            );
            let policy = KeyPolicy::parse(&text).unwrap();
            let facts = facts(ResourcePolicy::Key(Ok(&policy)), &[]);
            let allowed = decide(&encrypt(ALICE), &facts).is_allowed();
            assert_eq!(allowed, applies == (effect == "Allow"), "{text}");
        }
    }
}

#[test]
fn an_identity_policy_must_cover_the_key() {
    let policy = key_policy(&[("Allow", ACCOUNT)]);
    for (action, resource, expected) in [
        ("kms:Encrypt", KEY, "yes: >key[0] +identity[0]"),
        ("kms:Decrypt", KEY, "no: -identity"),
        ("kms:*", "arn:aws:kms:*:*:key/2", "no: -identity"),
        ("kms:*", "arn:aws:kms:*:444455556666:key/1", "no: -identity"),
    ] {
        let identity = [attached("Allow", action, resource)];
        let facts = facts(ResourcePolicy::Key(Ok(&policy)), &identity);
        assert_eq!(
            why(&encrypt(ALICE), &facts),
            expected,
            "{action} {resource}"
        );
    }
}

#[test]
fn the_caller_itself_goes_before_its_account() {
    let policy = key_policy(&[("Allow", ACCOUNT), ("Allow", NAMED_ALICE)]);
    let facts = facts(ResourcePolicy::Key(Ok(&policy)), &[]);
    assert_eq!(why(&encrypt(ALICE), &facts), "yes: +key[1]");
    let decision = decide(&encrypt(ALICE), &facts);
    let [Reason::Allowed(statement)] = decision.reasons() else {
        panic!("{decision:?}")
    };
    let sid = "for AWS:arn:aws:iam::111122223333:user/alice";
    assert_eq!(
        (statement.policy, statement.sid),
        (PolicyRef::Key, Some(sid))
    );
}

#[test]
fn an_empty_policy_allows_nobody() {
    let policy = KeyPolicy::parse(r#"{"Statement":[]}"#).unwrap();
    let identity = [attached("Allow", "*", "*")];
    let facts = facts(ResourcePolicy::Key(Ok(&policy)), &identity);
    for caller in [ROOT, ALICE, BOB, FOREIGN_ROOT, LOGS] {
        assert_eq!(why(&encrypt(caller), &facts), "no: -resource");
    }
}

#[test]
fn a_malformed_policy_denies() {
    let error = KeyPolicy::parse("{").unwrap_err();
    let allow = attached("Allow", "*", "*");
    let broken = AttachedPolicy::compile(allow.source.clone(), "{");
    let policy = key_policy(&[("Allow", EVERYONE)]);
    let (good, bad) = (
        ResourcePolicy::Key(Ok(&policy)),
        ResourcePolicy::Key(Err(&error)),
    );
    let none = ResourcePolicy::None;
    let cases: [(_, &[AttachedPolicy], _); 5] = [
        (bad, slice::from_ref(&allow), "no: ?key"),
        (good, &[allow.clone(), broken.clone()], "no: ?identity"),
        (bad, slice::from_ref(&broken), "no: ?key ?identity"),
        (none, slice::from_ref(&broken), "no: ?identity"),
        (bad, &[attached("Deny", "*", "*")], "no: ?key !identity[0]"),
    ];
    for (resource_policy, identity_policies, expected) in cases {
        let facts = facts(resource_policy, identity_policies);
        for caller in [ROOT, ALICE, BOB] {
            assert_eq!(why(&encrypt(caller), &facts), expected);
        }
    }
}

#[test]
fn how_a_denial_is_worded() {
    let resource = "because no resource-based policy allows the kms:Encrypt action";
    let identity = "because no identity-based policy allows the kms:Encrypt action";
    let key_deny = "with an explicit deny in a resource-based policy";
    let identity_deny = "with an explicit deny in an identity-based policy";
    let deny = [attached("Deny", "*", "*")];
    let error = KeyPolicy::parse("{").unwrap_err();
    let delegating = key_policy(&[("Allow", ACCOUNT)]);
    let denying = key_policy(&[("Allow", EVERYONE), ("Deny", NAMED_ALICE)]);
    let foreign = key_policy(&[("Allow", FOREIGN_ACCOUNT)]);
    let key = |policy| ResourcePolicy::Key(Ok(policy));
    let cases: [(_, &[AttachedPolicy], _); 9] = [
        (key(&delegating), &[], Some(identity)),
        (key(&foreign), &[], Some(resource)),
        (key(&denying), &[], Some(key_deny)),
        (key(&denying), &deny, Some(key_deny)),
        (key(&delegating), &deny, Some(identity_deny)),
        (ResourcePolicy::None, &[], Some(identity)),
        (ResourcePolicy::Key(Err(&error)), &[], Some(resource)),
        (ResourcePolicy::Key(Err(&error)), &deny, Some(identity_deny)),
        (key(&delegating), &[attached("Allow", "*", "*")], None),
    ];
    for (resource_policy, identity_policies, expected) in cases {
        let facts = facts(resource_policy, identity_policies);
        let clause = decide(&encrypt(ALICE), &facts).denial_clause("kms:Encrypt");
        assert_eq!(clause.as_deref(), expected);
    }
    let facts = facts(key(&delegating), &[]);
    let clause = decide(&encrypt(BOB), &facts).denial_clause("kms:Encrypt");
    assert_eq!(clause.as_deref(), Some(resource));
}

#[test]
fn a_policy_of_the_greatest_size_is_decided() {
    let filler = r#"{"Effect":"Deny","Principal":"*","Action":"kms:*a*a*a*a*b","Resource":"*"},"#;
    let deny = r#"{"Effect":"Deny","Principal":"*","Action":"kms:Encrypt","Resource":"*"}"#;
    let count = (32_768 - deny.len() - 20) / filler.len();
    let text = format!(r#"{{"Statement":[{}{deny}]}}"#, filler.repeat(count));
    let policy = KeyPolicy::parse(&text).unwrap();
    let facts = facts(ResourcePolicy::Key(Ok(&policy)), &[]);
    assert_eq!(why(&encrypt(ALICE), &facts), format!("no: !key[{count}]"));
}
