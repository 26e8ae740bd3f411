use super::WarningKind::{
    AdministrationWithUse, NobodyKeepsPutKeyPolicy, NotActionWithAllow, NotPrincipalWithAllow,
    OpenToEveryone, UnguardedForAllValues, UnknownAction, UnknownConditionKey,
};
use super::*;

/// The warnings about a key policy that keeps control and has one statement besides.
fn found(elements: &str) -> Vec<(WarningKind, String)> {
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"kms:*",
            "Principal":{{"AWS":"111122223333"}},"Resource":"*"}},{{"Resource":"*",{elements}}}]}}"#
    );
    let document = Document::parse(&text, PolicyKind::Key).unwrap();
    let warnings = warnings(&document, PolicyKind::Key);
    for warning in &warnings {
        assert!(warning.text.ends_with('.') && warning.to_string().contains(": "));
    }
    let pair = |warning: Warning| (warning.kind, warning.path);
    warnings.into_iter().map(pair).collect()
}

const ALLOW: &str = r#""Effect":"Allow","Action":"kms:Decrypt""#;
const ALICE: &str = r#""Principal":{"AWS":"arn:aws:iam::111122223333:user/alice"}"#;

fn check(elements: &str, expected: Option<(WarningKind, &str)>) {
    let expected = expected.map(|(kind, path)| (kind, format!("Statement[1].{path}")));
    assert_eq!(found(elements), Vec::from_iter(expected), "{elements}");
}

#[test]
fn open_to_everyone() {
    let open = Some((OpenToEveryone, "Principal"));
    check(&format!("{ALLOW},{ALICE}"), None);
    check(&format!(r#"{ALLOW},"Principal":"*""#), open);
    check(
        &format!(r#"{ALLOW},"Principal":{{"AWS":["111122223333","*"]}}"#),
        open,
    );
    for (condition, expected) in [
        (r#""StringEquals":{"kms:CallerAccount":"1"}"#, None),
        (r#""StringEquals":{"aws:PrincipalTag/t":"1"}"#, None),
        (r#""IpAddress":{"aws:SourceIp":"10.0.0.0/8"}"#, None),
        (r#""StringEqualsIfExists":{"kms:CallerAccount":"1"}"#, open),
        (r#""StringNotEquals":{"kms:CallerAccount":"1"}"#, open),
        (r#""Null":{"aws:PrincipalTag/t":"true"}"#, open),
        (r#""Bool":{"aws:SecureTransport":"true"}"#, open),
    ] {
        let elements = format!(r#"{ALLOW},"Principal":"*","Condition":{{{condition}}}"#);
        check(&elements, expected);
    }
}

#[test]
fn opposites_in_an_allowance() {
    let not_principal = r#""NotPrincipal":{"AWS":"444455556666"}"#;
    let expected = Some((NotPrincipalWithAllow, "NotPrincipal"));
    check(&format!("{ALLOW},{not_principal}"), expected);
    check(
        &format!(r#""Effect":"Deny","Action":"kms:*",{not_principal}"#),
        None,
    );
    let not_action = r#""NotAction":["kms:D*","kms:PutKeyPolicy","kms:S*"]"#;
    let expected = Some((NotActionWithAllow, "NotAction"));
    check(
        &format!(r#""Effect":"Allow",{ALICE},{not_action}"#),
        expected,
    );
    check(&format!(r#""Effect":"Deny",{ALICE},{not_action}"#), None);
}

#[test]
fn actions_that_do_not_fit() {
    for (effect, actions, expected) in [
        (
            "Allow",
            r#""kms:Put*","kms:Sign""#,
            Some((AdministrationWithUse, "Action")),
        ),
        ("Allow", r#""kms:Put*","kms:Verify""#, None),
        ("Deny", r#""kms:Put*","kms:Sign""#, None),
        (
            "Allow",
            r#""kms:Encrypt","kms:Decrpt""#,
            Some((UnknownAction, "Action[1]")),
        ),
        (
            "Allow",
            r#""kms:ReEncrypt","s3:Nothing""#,
            Some((UnknownAction, "Action[0]")),
        ),
        ("Deny", r#""KMS:Zap*""#, Some((UnknownAction, "Action[0]"))),
        ("Deny", r#""KMS:reencrypt*""#, None),
    ] {
        let elements = format!(r#""Effect":"{effect}",{ALICE},"Action":[{actions}]"#);
        check(&elements, expected);
    }
}

#[test]
fn conditions_that_hold_too_often_or_never() {
    let all = r#"Condition["ForAllValues:StringLike"]"#;
    for (condition, expected) in [
        (
            r#""ForAllValues:StringLike":{"aws:TagKeys":"a"}"#,
            Some((UnguardedForAllValues, all)),
        ),
        (
            r#""ForAllValues:StringLike":{"aws:TagKeys":"a"},"Null":{"aws:TagKeys":true}"#,
            Some((UnguardedForAllValues, all)),
        ),
        (
            r#""ForAllValues:StringLike":{"aws:TagKeys":"a"},"Null":{"AWS:tagkeys":false}"#,
            None,
        ),
        (
            r#""StringLike":{"kms:ViaServices":"a","oidc.example:sub":"b"}"#,
            Some((UnknownConditionKey, "Condition.StringLike")),
        ),
        (
            r#""StringLike":{"kms:ViaService":"${aws:usrname}"}"#,
            Some((UnknownConditionKey, "Condition.StringLike")),
        ),
    ] {
        check(
            &format!(r#"{ALLOW},{ALICE},"Condition":{{{condition}}}"#),
            expected,
        );
    }
}

#[test]
fn a_key_policy_that_nobody_can_change() {
    let check = |elements: &str, kind| {
        let text = format!(r#"{{"Statement":[{{{elements}}}]}}"#);
        let document = Document::parse(&text, kind).unwrap();
        let kinds: Vec<_> = warnings(&document, kind).iter().map(|w| w.kind).collect();
        kinds.contains(&NobodyKeepsPutKeyPolicy)
    };
    let named = r#""Principal":{"AWS":"111122223333"}"#;
    for (elements, expected) in [
        (
            r#""Effect":"Allow","Action":"kms:Put*","Resource":"*""#,
            false,
        ),
        (
            r#""Effect":"Allow","NotAction":"kms:Decrypt","Resource":"*""#,
            false,
        ),
        (r#""Effect":"Allow","Action":"kms:Put*""#, true),
        (
            r#""Effect":"Allow","Action":"kms:Decrypt","Resource":"*""#,
            true,
        ),
        (r#""Effect":"Deny","Action":"kms:*","Resource":"*""#, true),
    ] {
        let elements = format!("{elements},{named}");
        assert_eq!(check(&elements, PolicyKind::Key), expected, "{elements}");
    }
    let identity = r#""Effect":"Allow","Action":"s3:*","Resource":"*""#;
    assert!(!check(identity, PolicyKind::Identity));
}

#[test]
fn the_default_key_policy_is_above_suspicion() {
    let text = super::super::default_key_policy("aws", "111122223333");
    let document = Document::parse(&text, PolicyKind::Key).unwrap();
    assert_eq!(warnings(&document, PolicyKind::Key), []);
}
