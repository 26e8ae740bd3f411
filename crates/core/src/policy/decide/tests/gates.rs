//! What an organization, a VPC endpoint, a boundary and a session hold back.

use std::sync::Arc;

use super::super::super::{
    Attached, ControlLevel, EndpointPolicy, IdentityPolicy, PolicyError, ResourceControlPolicy,
};
use super::*;

const LINKED: Principal<'_> = Principal::RoleSession {
    account: "111122223333",
    arn: "arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForAutoScaling/AutoScaling",
    role_arn: "arn:aws:iam::111122223333:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
    role_id: "AROALINKEDLINKEDLINKE",
    service_linked: true,
};

/// A level of one policy with these statements: an effect and an action each, without principals.
fn service_control(node: &str, statements: &[(&str, &str)]) -> ControlLevel<IdentityPolicy> {
    level(node, statements, "", IdentityPolicy::parse)
}

/// The same of a resource control policy, about everybody.
fn resource_control(
    node: &str,
    statements: &[(&str, &str)],
) -> ControlLevel<ResourceControlPolicy> {
    level(
        node,
        statements,
        r#""Principal":"*","#,
        ResourceControlPolicy::parse_managed,
    )
}

fn level<P>(
    node: &str,
    statements: &[(&str, &str)],
    principal: &str,
    parse: impl Fn(&str) -> Result<P, PolicyError>,
) -> ControlLevel<P> {
    let one = |(effect, action): &(&str, &str)| {
        let text = format!(
            r#"{{"Statement":{{"Effect":"{effect}",{principal}"Action":"{action}","Resource":"*"}}}}"#
        );
        Attached {
            source: PolicySource::Managed {
                arn: format!("arn:aws:organizations::aws:policy/{node}/p-{effect}"),
            },
            policy: Arc::new(parse(&text)),
        }
    };
    ControlLevel {
        node: node.to_owned(),
        policies: statements.iter().map(one).collect(),
    }
}

const ALL: [(&str, &str); 1] = [("Allow", "*")];
const OTHER: [(&str, &str); 1] = [("Allow", "s3:*")];

/// What a policy of a level does to which actions.
type Statements = &'static [(&'static str, &'static str)];

/// Levels of a service or resource control policy, root first, and what they come to.
fn hierarchies() -> Vec<(Vec<Statements>, Option<&'static str>)> {
    vec![
        (vec![], None),
        (vec![&ALL], None),
        (vec![&ALL, &ALL, &ALL], None),
        (vec![&[("Allow", "s3:*"), ("Allow", "kms:Enc*")]], None),
        (vec![&OTHER, &ALL, &ALL], Some("- at 0")),
        (vec![&ALL, &OTHER, &ALL], Some("- at 1")),
        (vec![&ALL, &ALL, &OTHER], Some("- at 2")),
        (vec![&ALL, &OTHER, &OTHER], Some("- at 1")),
        (vec![&ALL, &[]], Some("- at 1")),
        (
            vec![&[("Allow", "*"), ("Deny", "kms:Encrypt")], &ALL],
            Some("! at 0[0]"),
        ),
        (vec![&ALL, &[("Allow", "*"), ("Deny", "kms:Decrypt")]], None),
        (vec![&OTHER, &[("Deny", "*")]], Some("! at 1[0]")),
    ]
}

#[test]
fn service_control_policies_at_every_level() {
    let policy = key_policy(&[("Allow", EVERYONE)]);
    let identity = [attached("Allow", "*", "*")];
    for (levels, held) in hierarchies() {
        let numbered = levels.iter().enumerate();
        let levels: Vec<_> = numbered
            .map(|(index, level)| service_control(&index.to_string(), level))
            .collect();
        let why_of = |caller| {
            let mut facts = facts(ResourcePolicy::Key(Ok(&policy)), &identity);
            facts.caller.service_controls = &levels;
            why(&encrypt(caller), &facts)
        };
        let refused = held.map(|held| format!("no: {}scp{}", &held[..1], &held[1..]));
        for (caller, open) in [
            (ALICE, "yes: +key[0]"),
            (ROOT, "yes: +key[0]"),
            (BOB, "yes: +key[0] +identity[0]"),
            (FOREIGN_ROOT, "yes: +key[0] +root"),
        ] {
            assert_eq!(
                why_of(caller),
                refused.clone().unwrap_or_else(|| open.to_owned())
            );
        }
        for exempt in [LINKED, LOGS] {
            assert_eq!(why_of(exempt), "yes: +key[0]", "{held:?}");
        }
    }
}

#[test]
fn resource_control_policies_at_every_level() {
    let policy = key_policy(&[("Allow", EVERYONE)]);
    let identity = [attached("Allow", "*", "*")];
    for (levels, held) in hierarchies() {
        let numbered = levels.iter().enumerate();
        let levels: Vec<_> = numbered
            .map(|(index, level)| resource_control(&index.to_string(), level))
            .collect();
        let why_of = |question: Question<'_>| {
            let mut facts = facts(ResourcePolicy::Key(Ok(&policy)), &identity);
            facts.resource_controls = &levels;
            why(&question, &facts)
        };
        let refused = held.map(|held| format!("no: {}rcp{}", &held[..1], &held[1..]));
        for (caller, open) in [
            (ALICE, "yes: +key[0]"),
            (ROOT, "yes: +key[0]"),
            (LOGS, "yes: +key[0]"),
            (BOB, "yes: +key[0] +identity[0]"),
        ] {
            let expected = refused.clone().unwrap_or_else(|| open.to_owned());
            assert_eq!(why_of(encrypt(caller)), expected);
        }
        assert_eq!(why_of(encrypt(LINKED)), "yes: +key[0]", "{held:?}");
        let retire = Question {
            action: "kms:RetireGrant",
            ..encrypt(ALICE)
        };
        assert_eq!(why_of(retire), "yes: +key[0]", "{held:?}");
    }
}

#[test]
fn an_endpoint_policy_must_allow() {
    let policy = key_policy(&[("Allow", EVERYONE)]);
    let endpoint = |effect: &str, principal: &str| Attached {
        source: PolicySource::Inline {
            name: "vpce-1".to_owned(),
        },
        policy: Arc::new(EndpointPolicy::parse(&format!(
            r#"{{"Statement":{{"Effect":"{effect}","Principal":{principal},"Action":"*","Resource":"*"}}}}"#
        ))),
    };
    for (effect, principal, expected) in [
        ("Allow", EVERYONE, "yes: +key[0]"),
        ("Allow", ACCOUNT, "yes: +key[0]"),
        ("Allow", NAMED_ALICE, "yes: +key[0]"),
        ("Allow", NAMED_BOB, "no: -endpoint"),
        ("Deny", NAMED_BOB, "no: -endpoint"),
        ("Deny", ACCOUNT, "no: !endpoint[0]"),
        ("Allow", r#"{"AWS":"x"}"#, "no: ?endpoint"),
    ] {
        let endpoint = endpoint(effect, principal);
        let mut facts = facts(ResourcePolicy::Key(Ok(&policy)), &[]);
        facts.endpoint_policy = Some(&endpoint);
        assert_eq!(
            why(&encrypt(ALICE), &facts),
            expected,
            "{effect} {principal}"
        );
    }
}

#[test]
fn a_denial_in_a_boundary_or_a_session_policy_denies_a_named_session() {
    let session_arn = "arn:aws:sts::111122223333:assumed-role/R/s";
    let caller = Principal::RoleSession {
        account: "111122223333",
        arn: session_arn,
        role_arn: "arn:aws:iam::111122223333:role/R",
        role_id: "AROARRRRRRRRRRRRRRRRR",
        service_linked: false,
    };
    let policy = key_policy(&[("Allow", &format!(r#"{{"AWS":"{session_arn}"}}"#))]);
    let (silent, deny) = (attached("Allow", "s3:*", "*"), attached("Deny", "*", "*"));
    let why_with = |boundary, session| {
        let policies = CallerPolicies {
            boundary: Some(boundary),
            session: Some(slice::from_ref(session)),
            ..CallerPolicies::default()
        };
        why(
            &encrypt(caller),
            &Facts::new(ResourcePolicy::Key(Ok(&policy)), policies),
        )
    };
    assert_eq!(why_with(&silent, &silent), "yes: +key[0]");
    assert_eq!(why_with(&deny, &silent), "no: !boundary[0]");
    assert_eq!(why_with(&silent, &deny), "no: !session[0]");
}

#[test]
fn a_session_without_any_policy_of_its_own_allows_nothing() {
    let policy = key_policy(&[("Allow", ACCOUNT)]);
    let identity = [attached("Allow", "*", "*")];
    let mut facts = facts(ResourcePolicy::Key(Ok(&policy)), &identity);
    facts.caller.session = Some(&[]);
    assert_eq!(why(&encrypt(LINKED), &facts), "no: -session");
}

#[test]
fn a_malformed_policy_anywhere_denies_even_whom_it_does_not_concern() {
    let key = key_policy(&[("Allow", EVERYONE)]);
    let source = PolicySource::Inline {
        name: "p".to_owned(),
    };
    let broken = AttachedPolicy::compile(source.clone(), "{");
    let scp = [ControlLevel {
        node: "r-1".to_owned(),
        policies: vec![broken.clone()],
    }];
    let rcp = [ControlLevel {
        node: "r-1".to_owned(),
        policies: vec![Attached {
            source,
            policy: Arc::new(ResourceControlPolicy::parse("{")),
        }],
    }];
    let good = facts(ResourcePolicy::Key(Ok(&key)), &[]);
    let with = |change: &dyn Fn(&mut Facts<'_>)| {
        let mut facts = good;
        change(&mut facts);
        why(&encrypt(LINKED), &facts)
    };
    assert_eq!(with(&|_| {}), "yes: +key[0]");
    let mut facts = good;
    facts.caller.service_controls = &scp;
    assert_eq!(why(&encrypt(LINKED), &facts), "no: ?scp at r-1");
    let mut facts = good;
    facts.resource_controls = &rcp;
    assert_eq!(why(&encrypt(LINKED), &facts), "no: ?rcp at r-1");
    let mut facts = good;
    facts.caller.boundary = Some(&broken);
    assert_eq!(why(&encrypt(LINKED), &facts), "no: ?boundary");
    let mut facts = good;
    facts.caller.session = Some(slice::from_ref(&broken));
    assert_eq!(why(&encrypt(LINKED), &facts), "no: ?session");
}

fn clause(facts: &Facts<'_>) -> String {
    let decision = decide(&encrypt(ALICE), facts);
    decision.denial_clause("kms:Encrypt").unwrap()
}

#[test]
fn the_words_where_nothing_allows() {
    let key = key_policy(&[("Allow", ACCOUNT)]);
    let identity = [attached("Allow", "*", "*")];
    let silent = attached("Allow", "s3:*", "*");
    let scp = [service_control("r-1", &OTHER)];
    let rcp = [resource_control("r-1", &OTHER)];
    let base = facts(ResourcePolicy::Key(Ok(&key)), &identity);
    let under_rcp = Facts {
        resource_controls: &rcp,
        ..base
    };
    for (facts, kind) in [
        (
            with_caller(base, |c| c.identity = &[]),
            "identity-based policy",
        ),
        (
            with_caller(base, |c| c.boundary = Some(&silent)),
            "permissions boundary",
        ),
        (
            with_caller(base, |c| c.session = Some(slice::from_ref(&silent))),
            "session policy",
        ),
        (
            with_caller(base, |c| c.service_controls = &scp),
            "service control policy",
        ),
        (under_rcp, "resource control policy"),
    ] {
        let expected = format!("because no {kind} allows the kms:Encrypt action");
        assert_eq!(clause(&facts), expected);
    }
}

#[test]
fn the_words_where_something_denies() {
    let key = key_policy(&[("Allow", ACCOUNT)]);
    let identity = [attached("Allow", "*", "*")];
    let deny = attached("Deny", "*", "*");
    let arn = "arn:aws:iam::111122223333:policy/p";
    let managed = Attached {
        source: PolicySource::Managed {
            arn: arn.to_owned(),
        },
        ..deny.clone()
    };
    let scp = [service_control("r-1", &[("Deny", "*")])];
    let rcp = [resource_control("r-1", &[("Deny", "*")])];
    let control_arn = "arn:aws:organizations::aws:policy/r-1/p-Deny";
    let base = facts(ResourcePolicy::Key(Ok(&key)), &identity);
    let under_rcp = Facts {
        resource_controls: &rcp,
        ..base
    };
    for (facts, kind, arn) in [
        (
            with_caller(base, |c| c.boundary = Some(&deny)),
            "a permissions boundary",
            None,
        ),
        (
            with_caller(base, |c| c.boundary = Some(&managed)),
            "a permissions boundary",
            Some(arn),
        ),
        (
            with_caller(base, |c| c.session = Some(slice::from_ref(&deny))),
            "a session policy",
            None,
        ),
        (
            with_caller(base, |c| c.identity = slice::from_ref(&managed)),
            "an identity-based policy",
            Some(arn),
        ),
        (
            with_caller(base, |c| c.service_controls = &scp),
            "a service control policy",
            Some(control_arn),
        ),
        (under_rcp, "a resource control policy", Some(control_arn)),
    ] {
        let arn = arn.map(|arn| format!(": {arn}")).unwrap_or_default();
        assert_eq!(
            clause(&facts),
            format!("with an explicit deny in {kind}{arn}")
        );
    }
}

fn with_caller<'a>(
    mut facts: Facts<'a>,
    change: impl FnOnce(&mut CallerPolicies<'a>),
) -> Facts<'a> {
    change(&mut facts.caller);
    facts
}
