//! The published tables: how a name in the resource's policy goes together with what the caller's
//! own policies leave unsaid.

use super::super::super::{Attached, IdentityPolicy, TrustPolicy};
use super::*;

const HOME: &str = "111122223333";
const ROLE: &str = "arn:aws:iam::111122223333:role/ops/Deploy";
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/Deploy/ci";
const FEDERATED: &str = "arn:aws:sts::111122223333:federated-user/guest";

const DEPLOY: Principal<'_> = Principal::RoleSession {
    account: HOME,
    arn: SESSION,
    role_arn: ROLE,
    role_id: "AROADEPLOYDEPLOYDEPLO",
    service_linked: false,
};
const GUEST: Principal<'_> = Principal::FederatedUser {
    account: HOME,
    arn: FEDERATED,
    user_arn: "arn:aws:iam::111122223333:user/alice",
    user_id: "AIDAALICEALICEALICEAL",
};
const GUEST_OF_ROOT: Principal<'_> = Principal::FederatedUser {
    account: HOME,
    arn: FEDERATED,
    user_arn: "arn:aws:iam::111122223333:root",
    user_id: HOME,
};
const WEB: Principal<'_> = Principal::WebIdentity {
    provider: "arn:aws:iam::111122223333:oidc-provider/id.example.com/a",
};

/// Which of the caller's own policies allow, as letters: `i`dentity, `b`oundary, `s`ession.
fn decided(question: &Question<'_>, resource_policy: ResourcePolicy<'_>, allowing: &str) -> String {
    let policy = |letter| {
        let action = if allowing.contains(letter) {
            "*"
        } else {
            "s3:*"
        };
        attached("Allow", action, "*")
    };
    let (identity, boundary, session) = ([policy('i')], policy('b'), [policy('s')]);
    let is_session = !matches!(
        question.principal,
        Principal::Root { .. } | Principal::User { .. }
    );
    let caller = CallerPolicies {
        identity: &identity,
        boundary: Some(&boundary),
        session: is_session.then_some(&session),
        service_controls: &[],
    };
    why(question, &Facts::new(resource_policy, caller))
}

fn aws(principal: &str) -> String {
    format!(r#"{{"AWS":"{principal}"}}"#)
}

/// "Permissions boundaries for IAM entities" and the table of resource-based policies in the IAM
/// guide, by whom the key policy names, with what the caller's own policies leave unsaid.
#[test]
fn what_limits_an_allowance_of_the_key_policy() {
    let direct = |_: &str| "yes: +key[0]".to_owned();
    let limited = |allowing: &str| match (allowing.contains('b'), allowing.contains('s')) {
        (true, true) => "yes: +key[0]".to_owned(),
        (false, true) => "no: -boundary".to_owned(),
        (true, false) => "no: -session".to_owned(),
        (false, false) => "no: -boundary -session".to_owned(),
    };
    let delegated = |allowing: &str| {
        let all = [('i', " -identity"), ('b', " -boundary"), ('s', " -session")];
        let missing = all.map(|(letter, missing)| match allowing.contains(letter) {
            true => "",
            false => missing,
        });
        match missing.concat().as_str() {
            "" => "yes: >key[0] +identity[0]".to_owned(),
            missing => format!("no:{missing}"),
        }
    };
    let nobody = |_: &str| "no: -resource".to_owned();
    type Expected<'e> = &'e dyn Fn(&str) -> String;
    let table: [(Principal<'_>, &str, Expected<'_>); 15] = [
        (DEPLOY, HOME, &delegated),
        (DEPLOY, "arn:aws:iam::111122223333:root", &delegated),
        (DEPLOY, ROLE, &limited),
        (DEPLOY, "AROADEPLOYDEPLOYDEPLO", &limited),
        (DEPLOY, SESSION, &direct),
        (DEPLOY, "*", &limited),
        (DEPLOY, "arn:aws:iam::111122223333:role/Deploy", &nobody),
        (
            DEPLOY,
            "arn:aws:sts::111122223333:assumed-role/Deploy/cd",
            &nobody,
        ),
        (GUEST, HOME, &delegated),
        (GUEST, "arn:aws:iam::111122223333:user/alice", &limited),
        (GUEST, "AIDAALICEALICEALICEAL", &limited),
        (GUEST, FEDERATED, &direct),
        (GUEST, "*", &limited),
        (
            GUEST,
            "arn:aws:sts::111122223333:federated-user/other",
            &nobody,
        ),
        (GUEST, "arn:aws:iam::111122223333:user/bob", &nobody),
    ];
    for (caller, named, expected) in table {
        let policy = key_policy(&[("Allow", &aws(named))]);
        for allowing in ["", "i", "b", "s", "ib", "is", "bs", "ibs"] {
            let found = decided(&encrypt(caller), ResourcePolicy::Key(Ok(&policy)), allowing);
            assert_eq!(
                found,
                expected(allowing),
                "{} {named} {allowing:?}",
                caller.arn()
            );
        }
    }
}

#[test]
fn a_user_is_limited_by_its_boundary_only_through_its_account() {
    let cases = [
        ("arn:aws:iam::111122223333:user/alice", "", "yes: +key[0]"),
        (HOME, "i", "no: -boundary"),
        (HOME, "b", "no: -identity"),
        (HOME, "ib", "yes: >key[0] +identity[0]"),
        ("*", "i", "no: -boundary"),
        ("*", "b", "yes: +key[0]"),
    ];
    for (named, allowing, expected) in cases {
        let policy = key_policy(&[("Allow", &aws(named))]);
        let found = decided(&encrypt(ALICE), ResourcePolicy::Key(Ok(&policy)), allowing);
        assert_eq!(found, expected, "{named} {allowing:?}");
    }
}

#[test]
fn a_session_of_the_root_user_needs_no_identity_policy() {
    let policy = key_policy(&[("Allow", ACCOUNT)]);
    for (allowing, expected) in [
        ("bs", "yes: >key[0] +root"),
        ("b", "no: -session"),
        ("i", "no: -boundary -session"),
    ] {
        let key = ResourcePolicy::Key(Ok(&policy));
        assert_eq!(decided(&encrypt(GUEST_OF_ROOT), key, allowing), expected);
    }
    let none = decided(&encrypt(GUEST_OF_ROOT), ResourcePolicy::None, "bs");
    assert_eq!(none, "yes: +root");
}

#[test]
fn without_a_resource_policy_everything_of_the_callers_must_allow() {
    for (caller, allowing, expected) in [
        (DEPLOY, "ibs", "yes: +identity[0]"),
        (DEPLOY, "bs", "no: -identity"),
        (DEPLOY, "is", "no: -boundary"),
        (DEPLOY, "ib", "no: -session"),
        (GUEST, "", "no: -identity -boundary -session"),
        (ALICE, "ib", "yes: +identity[0]"),
        (ALICE, "i", "no: -boundary"),
    ] {
        let found = decided(&encrypt(caller), ResourcePolicy::None, allowing);
        assert_eq!(found, expected, "{} {allowing:?}", caller.arn());
    }
}

#[test]
fn another_account_must_allow_its_caller_too() {
    let foreign = Principal::RoleSession {
        account: "444455556666",
        arn: "arn:aws:sts::444455556666:assumed-role/Ops/x",
        role_arn: "arn:aws:iam::444455556666:role/Ops",
        role_id: "AROAOPSOPSOPSOPSOPSOP",
        service_linked: false,
    };
    for named in [
        "*",
        "444455556666",
        "arn:aws:iam::444455556666:role/Ops",
        "arn:aws:sts::444455556666:assumed-role/Ops/x",
    ] {
        let policy = key_policy(&[("Allow", &aws(named))]);
        let key = ResourcePolicy::Key(Ok(&policy));
        let sign = if named == "444455556666" { '>' } else { '+' };
        for (allowing, expected) in [
            ("ibs", format!("yes: {sign}key[0] +identity[0]")),
            ("bs", "no: -identity".to_owned()),
            ("is", "no: -boundary".to_owned()),
            ("ib", "no: -session".to_owned()),
        ] {
            assert_eq!(
                decided(&encrypt(foreign), key, allowing),
                expected,
                "{named}"
            );
        }
    }
    let policy = key_policy(&[("Allow", ACCOUNT)]);
    let found = decided(&encrypt(foreign), ResourcePolicy::Key(Ok(&policy)), "");
    assert_eq!(found, "no: -resource -identity -boundary -session");
}

/// A trust policy with one statement.
fn trust(effect: &str, principal: &str) -> TrustPolicy {
    let text = format!(
        r#"{{"Statement":{{"Effect":"{effect}","Principal":{principal},"Action":"sts:*"}}}}"#
    );
    TrustPolicy::parse(&text).unwrap()
}

fn assume(principal: Principal<'_>) -> Question<'_> {
    Question {
        action: "sts:AssumeRole",
        resource: Resource {
            arn: ROLE,
            account: HOME,
        },
        ..encrypt(principal)
    }
}

#[test]
fn who_may_become_a_role() {
    let provider = r#"{"Federated":"arn:aws:iam::111122223333:oidc-provider/id.example.com/a"}"#;
    let other = r#"{"Federated":"arn:aws:iam::111122223333:oidc-provider/id.example.com/b"}"#;
    let cases = [
        (ALICE, NAMED_ALICE, "", "yes: +trust[0]"),
        (ALICE, ACCOUNT, "b", "no: -identity"),
        (ALICE, ACCOUNT, "ib", "yes: >trust[0] +identity[0]"),
        (ALICE, NAMED_BOB, "ib", "no: -trust"),
        (BOB, NAMED_BOB, "b", "no: -identity"),
        (BOB, NAMED_BOB, "ib", "yes: +trust[0] +identity[0]"),
        (BOB, FOREIGN_ACCOUNT, "ib", "yes: >trust[0] +identity[0]"),
        (LOGS, NAMED_LOGS, "", "yes: +trust[0]"),
        (WEB, provider, "", "yes: +trust[0]"),
        (WEB, other, "ibs", "no: -trust"),
        (WEB, EVERYONE, "ibs", "no: -trust"),
        (WEB, ACCOUNT, "ibs", "no: -trust"),
    ];
    for (caller, named, allowing, expected) in cases {
        let policy = trust("Allow", named);
        let found = decided(
            &assume(caller),
            ResourcePolicy::Trust(Ok(&policy)),
            allowing,
        );
        assert_eq!(found, expected, "{} {named} {allowing:?}", caller.arn());
        let policy = trust("Deny", named);
        let denied = decided(
            &assume(caller),
            ResourcePolicy::Trust(Ok(&policy)),
            allowing,
        );
        let applies =
            expected.starts_with("yes") || named == EVERYONE || expected == "no: -identity";
        assert_eq!(
            denied == "no: !trust[0]",
            applies,
            "{} {named}",
            caller.arn()
        );
    }
    let policy = trust("Allow", NAMED_BOB);
    let facts = facts(ResourcePolicy::Trust(Ok(&policy)), &[]);
    let clause = decide(&assume(ALICE), &facts).denial_clause("sts:AssumeRole");
    let expected = "because no role trust policy allows the sts:AssumeRole action";
    assert_eq!(clause.as_deref(), Some(expected));
}

#[test]
fn a_user_made_again_is_another() {
    let alice = "arn:aws:iam::111122223333:user/alice".to_owned();
    let named = |id: &str| {
        let ids = [(alice.clone(), id.to_owned())].into();
        let named = super::super::super::NamedPrincipal::parse_aws(&alice).unwrap();
        named.bind(&ids).names(&ALICE)
    };
    assert_eq!(
        named("AIDAALICEALICEALICEAL"),
        Some(super::super::super::Naming::Itself)
    );
    assert_eq!(named("AIDAFORMERALICEALICEA"), None);
}

#[test]
fn an_explanation_tells_of_every_side() {
    use super::super::super::Side::{Absent, Allows, Denies, Silent};
    let policy = key_policy(&[("Allow", ACCOUNT), ("Deny", NAMED_BOB)]);
    let (identity, boundary) = ([attached("Deny", "*", "*")], attached("Allow", "s3:*", "*"));
    let session: [Attached<IdentityPolicy>; 1] = [attached("Allow", "kms:*", "*")];
    let caller = CallerPolicies {
        identity: &identity,
        boundary: Some(&boundary),
        session: Some(&session),
        service_controls: &[],
    };
    let facts = Facts::new(ResourcePolicy::Key(Ok(&policy)), caller);
    let explained = explain(&encrypt(DEPLOY), &facts);
    let matched = explained.matched.iter().map(|matched| {
        let at = policy_name(&matched.statement.policy);
        format!("{:?} {at}[{}]", matched.effect, matched.statement.index)
    });
    let expected = ["Allow key[0]", "Deny identity[0]", "Allow session[0]"];
    assert_eq!(matched.collect::<Vec<_>>(), expected);
    let sides = explained.sides;
    assert_eq!((sides.resource_policy, sides.identity), (Allows, Denies));
    assert_eq!((sides.boundary, sides.session), (Silent, Allows));
    assert_eq!(
        (sides.service_controls, sides.resource_controls),
        (Absent, Absent)
    );
    assert_eq!((sides.endpoint, sides.grant), (Absent, None));
    let missing: Vec<_> = explained.missing.iter().map(short).collect();
    assert_eq!(missing, ["-identity", "-boundary"]);
    assert!(explained.decision.is_explicit_deny());
}

#[test]
fn an_explanation_tells_which_side_denies() {
    use super::super::super::Side::{Absent, Denies};
    let policy = key_policy(&[("Deny", NAMED_ALICE)]);
    let source = PolicySource::Inline { name: "b".into() };
    let malformed = AttachedPolicy::compile(source, "{");
    let session = [attached("Deny", "kms:*", "*")];
    let caller = CallerPolicies {
        boundary: Some(&malformed),
        session: Some(&session),
        ..CallerPolicies::default()
    };
    let sides = |resource_policy| {
        let facts = Facts::new(resource_policy, caller);
        let sides = explain(&encrypt(ALICE), &facts).sides;
        [sides.resource_policy, sides.boundary, sides.session]
    };
    assert_eq!(sides(ResourcePolicy::Key(Ok(&policy))), [Denies; 3]);
    assert_eq!(sides(ResourcePolicy::None), [Absent, Denies, Denies]);
}

#[test]
fn of_two_statements_that_name_alike_the_first_is_told() {
    let policy = key_policy(&[("Allow", NAMED_ALICE), ("Allow", NAMED_ALICE)]);
    let facts = facts(ResourcePolicy::Key(Ok(&policy)), &[]);
    assert_eq!(why(&encrypt(ALICE), &facts), "yes: +key[0]");
}
