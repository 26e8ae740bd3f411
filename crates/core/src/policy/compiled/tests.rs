use std::cell::Cell;

use super::super::context::{Context, NoContext, Values};
use super::super::principal::Principal;
use super::super::question::Resource;
use super::*;

const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/alice";

const ROOT: Principal<'_> = Principal::Root {
    account: "111122223333",
    arn: "arn:aws:iam::111122223333:root",
};
const ALICE: Principal<'_> = Principal::User {
    account: "111122223333",
    arn: "arn:aws:iam::111122223333:user/alice",
    user_id: "AIDAALICEALICEALICEAL",
};
const SESSION: Principal<'_> = Principal::RoleSession {
    account: "111122223333",
    arn: "arn:aws:sts::111122223333:assumed-role/r/s",
    role_arn: "arn:aws:iam::111122223333:role/r",
    role_id: "AROAROLEROLEROLEROLER",
    service_linked: false,
};
const FEDERATED: Principal<'_> = Principal::FederatedUser {
    account: "111122223333",
    arn: "arn:aws:sts::111122223333:federated-user/f",
    user_arn: "arn:aws:iam::111122223333:user/alice",
    user_id: "AIDAALICEALICEALICEAL",
};
const LOGS: Principal<'_> = Principal::Service {
    name: "logs.amazonaws.com",
};

fn question<'a>(principal: Principal<'a>, context: &'a dyn Context) -> Question<'a> {
    Question {
        principal,
        action: "kms:Encrypt",
        resource: Resource {
            arn: KEY,
            account: "111122223333",
        },
        context,
    }
}

/// Whether a key policy of one statement applies to a caller.
fn applies(elements: &str, caller: Principal<'_>) -> bool {
    let policy = KeyPolicy::parse(&format!(r#"{{"Statement":{{{elements}}}}}"#)).unwrap();
    policy
        .covering(&question(caller, &NoContext))
        .next()
        .is_some()
}

#[test]
fn the_principals_that_ought_to_exist() {
    let text = r#"{"Statement":[
        {"Effect":"Allow","Principal":"*"},
        {"Effect":"Deny","Principal":{"Service":"logs.amazonaws.com",
            "Federated":"cognito-identity.amazonaws.com",
            "AWS":["*","111122223333","arn:aws:iam::111122223333:user/alice"]}},
        {"Effect":"Deny","NotPrincipal":{"AWS":["AIDAALICEALICEALICEAL",
            "arn:aws:iam::111122223333:role/r","arn:aws:iam::111122223333:user/alice"]}}]}"#;
    let ids = [(
        "arn:aws:iam::111122223333:role/r".to_owned(),
        "AROAROLEROLEROLEROLER".to_owned(),
    )];
    let policy = KeyPolicy::parse_bound(text, &PrincipalIds::from(ids)).unwrap();
    let user = || NamedPrincipal::User {
        arn: "arn:aws:iam::111122223333:user/alice".to_owned(),
        id: None,
    };
    let expected = [
        NamedPrincipal::Account {
            partition: None,
            account: "111122223333".to_owned(),
        },
        user(),
        NamedPrincipal::UniqueId {
            id: "AIDAALICEALICEALICEAL".to_owned(),
        },
        NamedPrincipal::Role {
            arn: "arn:aws:iam::111122223333:role/r".to_owned(),
            id: Some("AROAROLEROLEROLEROLER".to_owned()),
        },
        user(),
    ];
    assert!(policy.principals().eq(&expected));
}

#[test]
fn one_kind_does_not_parse_as_another() {
    let key = super::super::default_key_policy("aws", "111122223333");
    let identity = r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
    let trust = r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}}"#;
    let control = r#"{"Statement":{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}}"#;
    assert!(KeyPolicy::parse(&key).is_ok());
    assert!(IdentityPolicy::parse(&key).is_err());
    assert!(TrustPolicy::parse(&key).is_err());
    assert!(ResourceControlPolicy::parse(&key).is_err());
    assert!(EndpointPolicy::parse(control).is_ok());
    assert!(ResourceControlPolicy::parse(control).is_ok());
    for parse in [
        IdentityPolicy::parse,
        IdentityPolicy::parse_session,
        IdentityPolicy::parse_service_control,
    ] {
        assert!(parse(identity).is_ok());
        assert!(parse(control).is_err());
    }
    assert!(KeyPolicy::parse(identity).is_err());
    assert!(TrustPolicy::parse(trust).is_ok());
    assert!(TrustPolicy::parse(identity).is_err());
}

#[test]
fn only_aws_allows_in_a_resource_control_policy() {
    let full = r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}"#;
    assert!(ResourceControlPolicy::parse_managed(full).is_ok());
    assert_eq!(
        ResourceControlPolicy::parse(full).unwrap_err().to_string(),
        r#"Statement[0].Effect may only be "Deny" in a resource control policy"#
    );
}

#[test]
fn a_trust_policy_is_about_its_role() {
    let text = r#"{"Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},
        "Action":"kms:Enc*"}}"#;
    let policy = TrustPolicy::parse(text).unwrap();
    let found: Vec<_> = policy.covering(&question(ALICE, &NoContext)).collect();
    assert!(matches!(found.as_slice(),
        [(Naming::ByAccount, Effect::Allow, statement)] if matches!(statement.policy, PolicyRef::Trust)));
}

#[test]
fn exceptions_cover_the_rest() {
    let of = |rest: &str| format!(r#""Effect":"Deny","Principal":"*",{rest}"#);
    for (rest, expected) in [
        (r#""NotAction":"kms:Decrypt","Resource":"*""#, true),
        (
            r#""NotAction":["kms:Decrypt","KMS:enc*"],"Resource":"*""#,
            false,
        ),
        (
            r#""Action":"*","NotResource":"arn:aws:kms:*:*:key/bob""#,
            true,
        ),
        (
            r#""Action":"*","NotResource":"arn:aws:kms:*:*:key/*""#,
            false,
        ),
        (r#""Action":"*","NotResource":"*""#, false),
        (r#""NotAction":"s3:*","NotResource":"arn:aws:s3:::*""#, true),
        (r#""NotAction":"s3:*""#, false),
        (r#""NotResource":"arn:aws:s3:::*""#, false),
        (r#""NotAction":"kms:Decrypt","Resource":[]"#, false),
    ] {
        assert_eq!(applies(&of(rest), ALICE), expected, "{rest}");
    }
}

#[test]
fn whom_a_denial_of_all_but_some_spares() {
    const ACCOUNT: &str = r#""111122223333""#;
    const ALICE_ARN: &str = r#""arn:aws:iam::111122223333:user/alice""#;
    const ROLE: &str = r#""arn:aws:iam::111122223333:role/r""#;
    const ROLE_SESSION: &str = r#""arn:aws:sts::111122223333:assumed-role/r/s""#;
    const FEDERATED_ARN: &str = r#""arn:aws:sts::111122223333:federated-user/f""#;
    const BY_ROOT: Principal<'_> = Principal::FederatedUser {
        account: "111122223333",
        arn: "arn:aws:sts::111122223333:federated-user/f",
        user_arn: "arn:aws:iam::111122223333:root",
        user_id: "111122223333",
    };
    let cases: [(Principal<'_>, &[&str], bool); 18] = [
        (ROOT, &[ACCOUNT], true),
        (ROOT, &[ALICE_ARN], false),
        (ALICE, &[ACCOUNT], false),
        (ALICE, &[ALICE_ARN], false),
        (ALICE, &[ACCOUNT, ALICE_ARN], true),
        (ALICE, &[ACCOUNT, r#""AIDAALICEALICEALICEAL""#], true),
        (ALICE, &[r#""444455556666""#, ALICE_ARN], false),
        (ALICE, &[r#""*""#], true),
        (SESSION, &[ACCOUNT], false),
        (SESSION, &[ACCOUNT, ROLE], false),
        (SESSION, &[ROLE, ROLE_SESSION], false),
        (SESSION, &[ACCOUNT, ROLE_SESSION], false),
        (SESSION, &[ACCOUNT, ROLE, ROLE_SESSION], true),
        (FEDERATED, &[ACCOUNT, FEDERATED_ARN], false),
        (FEDERATED, &[ACCOUNT, ALICE_ARN, FEDERATED_ARN], true),
        (BY_ROOT, &[ACCOUNT, FEDERATED_ARN], true),
        (BY_ROOT, &[ACCOUNT], false),
        (LOGS, &[ACCOUNT, ROLE], false),
    ];
    for (caller, listed, spared) in cases {
        let names = listed.join(",");
        let rest = format!(r#""NotPrincipal":{{"AWS":[{names}]}},"Action":"*","Resource":"*""#);
        let deny = format!(r#""Effect":"Deny",{rest}"#);
        assert_eq!(applies(&deny, caller), !spared, "{caller:?} {names}");
        // An Allow passes over whoever is listed in any way.
        let allow = format!(r#""Effect":"Allow",{rest}"#);
        let is_listed = caller != LOGS
            && !matches!((caller, listed), (Principal::Root { .. }, [a]) if *a == ALICE_ARN);
        assert_eq!(applies(&allow, caller), !is_listed, "{caller:?} {names}");
    }
    let service = r#""Effect":"Deny","NotPrincipal":{"Service":"logs.amazonaws.com"},"Action":"*","Resource":"*""#;
    assert!(!applies(service, LOGS) && applies(service, ROOT));
}

/// Counts how often it is asked.
#[derive(Default)]
struct Asked(Cell<usize>);

impl Context for Asked {
    fn values(&self, key: &ConditionKey) -> Values<'_> {
        self.0.set(self.0.get() + 1);
        match key.to_string().as_str() {
            "aws:username" => Values::one("alice"),
            _ => Values::Absent,
        }
    }
}

#[test]
fn the_context_is_asked_last() {
    let condition = r#""Condition":{"StringLike":{"aws:username":"*"}}"#;
    let asked = |elements: &str| {
        let text = format!(r#"{{"Statement":{{"Effect":"Allow",{elements},{condition}}}}}"#);
        let context = Asked::default();
        let policy = KeyPolicy::parse(&text).unwrap();
        let count = policy.covering(&question(ALICE, &context)).count();
        (count, context.0.get())
    };
    let everyone = r#""Principal":"*""#;
    for (elements, expected) in [
        (
            format!(r#"{everyone},"Action":"kms:Decrypt","Resource":"*""#),
            (0, 0),
        ),
        (
            format!(r#"{everyone},"Action":"*","Resource":"arn:aws:kms:::x""#),
            (0, 0),
        ),
        (
            r#""Principal":{"AWS":"444455556666"},"Action":"*","Resource":"*""#.to_owned(),
            (0, 0),
        ),
        (format!(r#"{everyone},"Action":"*","Resource":"*""#), (1, 1)),
    ] {
        assert_eq!(asked(&elements), expected, "{elements}");
    }
}

#[test]
fn variables_in_resources() {
    let covers = |version: &str, resource: &str| {
        let text = format!(
            r#"{{"Version":"{version}","Statement":{{"Effect":"Allow","Action":"*","Resource":"{resource}"}}}}"#
        );
        let policy = IdentityPolicy::parse(&text).unwrap();
        let source = PolicySource::Inline {
            name: "p".to_owned(),
        };
        let context = Asked::default();
        policy.covering(&question(ALICE, &context), &source).count() == 1
    };
    for (resource, expected) in [
        ("arn:aws:kms:*:*:key/${aws:username}", true),
        ("arn:aws:kms:*:*:key/${aws:username}?", false),
        ("arn:aws:kms:*:*:*/${aws:userid, 'alice'}", true),
        ("arn:aws:kms:*:*:key/*${aws:userid}", false),
    ] {
        assert_eq!(covers("2012-10-17", resource), expected, "{resource}");
        assert!(!covers("2008-10-17", resource), "{resource}");
    }
}

#[test]
fn what_may_be_read_and_not_written() {
    let policy = |operator: &str, key: &str| {
        let text = format!(
            r#"{{"Statement":[{{"Effect":"Deny","Principal":"*"}},{{"Effect":"Allow","Principal":"*",
            "Action":"*","Resource":"*","Condition":{{"{operator}":{{"{key}":"v"}}}}}}]}}"#
        );
        KeyPolicy::parse(&text).unwrap().check_writable()
    };
    for key in [
        "kms:EncryptionContext:app",
        "KMS:encryptioncontext:app",
        "aws:RequestTag/t",
    ] {
        let error = policy("ForAllValues:StringEquals", key)
            .unwrap_err()
            .to_string();
        let start = "OverlyPermissiveCondition: Using the ForAllValues set operator with a \
                     single-valued condition key";
        assert!(error.starts_with(start), "{error}");
        assert!(error.ends_with("Statement[1]"), "{error}");
        assert!(policy("ForAnyValue:StringEquals", key).is_ok());
        assert!(policy("StringEquals", key).is_ok());
    }
    for key in [
        "aws:TagKeys",
        "kms:EncryptionContextKeys",
        "aws:PrincipalTag/t",
    ] {
        assert!(policy("ForAllValues:StringEquals", key).is_ok());
    }
}

#[test]
fn keys_that_are_read() {
    let text = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*",
        "Resource":"arn:aws:kms:::key/${aws:username}",
        "Condition":{"StringLike":{"kms:KeySpec":"${aws:userid}"}}}]}"#;
    let policy = KeyPolicy::parse(text).unwrap();
    let names: Vec<_> = policy.condition_keys().map(ToString::to_string).collect();
    assert_eq!(names.join(" "), "kms:KeySpec aws:userid aws:username");
    assert!(
        EndpointPolicy::parse(text)
            .unwrap()
            .condition_keys()
            .eq(policy.condition_keys())
    );
}
