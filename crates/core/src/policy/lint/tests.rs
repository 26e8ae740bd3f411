use super::WarningKind::{
    AdministrationWithUse, AliasWithoutPrefix, ConditionKeyOfOtherActions, EverythingAllowed,
    MultivaluedKeyWithoutSetOperator, NeverOnAlias, NoEffectInKeyPolicy, NobodyKeepsPutKeyPolicy,
    NobodyMayPutKeyPolicy, NotActionWithAllow, NotPrincipalWithAllow, OpenToEveryone,
    UnguardedForAllValues, UnknownAction, UnknownConditionKey, UnsuppliedConditionKey,
    VariableWithoutVersion,
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

/// Between them, calls of these have all condition keys of the tests but those they are about.
const ALLOW: &str =
    r#""Effect":"Allow","Action":["kms:Decrypt","kms:CreateGrant","kms:TagResource"]"#;
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
            r#""kms:ReEncrypt""#,
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
fn actions_on_which_a_key_policy_does_not_decide() {
    for (actions, expected) in [
        (r#""keystead:WhoCan""#, Some("Action[0]")),
        (r#""kms:Encrypt","keystead:*""#, Some("Action[1]")),
        (r#""kms:ListKeys""#, Some("Action[0]")),
        (r#""KMS:*CustomKeyStore""#, Some("Action[0]")),
        (r#""kms:RetireGrant""#, Some("Action[0]")),
        (r#""s3:GetObject""#, Some("Action[0]")),
        (r#""kms:*Grant""#, None),
        (r#""kms:List*""#, None),
        (r#""kms:CreateAlias""#, None),
        (r#""*:Encrypt""#, None),
    ] {
        let expected = expected.map(|path| (NoEffectInKeyPolicy, path));
        check(
            &format!(r#""Effect":"Deny",{ALICE},"Action":[{actions}]"#),
            expected,
        );
    }
    let identity = r#""Effect":"Allow","Action":"keystead:WhoCan","Resource":"*""#;
    assert_eq!(about(PolicyKind::Identity, "2012-10-17", identity), []);
}

#[test]
fn condition_keys_that_no_call_of_the_actions_has() {
    let equals = "Condition.StringEquals";
    for (actions, condition, expected) in [
        (
            r#""kms:DescribeKey""#,
            r#""StringEquals":{"kms:EncryptionContext:a":"1"}"#,
            Some(equals),
        ),
        (
            r#""kms:Describe*","kms:Get*""#,
            r#""StringEquals":{"kms:EncryptionContext:a":"1"}"#,
            Some(equals),
        ),
        (
            r#""kms:DescribeKey","kms:Decrypt""#,
            r#""StringEquals":{"kms:EncryptionContext:a":"1"}"#,
            None,
        ),
        (
            r#""kms:*""#,
            r#""StringEquals":{"kms:EncryptionContext:a":"1"}"#,
            None,
        ),
        (
            r#""kms:PutKeyPolicy""#,
            r#""StringEquals":{"kms:RequestAlias":"alias/a"}"#,
            Some(equals),
        ),
        (
            r#""kms:PutKeyPolicy""#,
            r#""StringEquals":{"kms:ViaService":"s3"}"#,
            None,
        ),
        (
            r#""kms:Decrpt""#,
            r#""StringEquals":{"kms:ViaService":"s3"}"#,
            None,
        ),
    ] {
        let statement = format!(
            r#""Effect":"Allow","Action":[{actions}],"Resource":"*","Condition":{{{condition}}}"#
        );
        let mut found = about(PolicyKind::Identity, "2012-10-17", &statement);
        found.retain(|(kind, _)| *kind != UnknownAction);
        let expected =
            expected.map(|path| (ConditionKeyOfOtherActions, format!("Statement[0].{path}")));
        assert_eq!(found, Vec::from_iter(expected), "{statement}");
    }
    // A denial that was to spare some spares nobody.
    let text = r#"{"Statement":{"Effect":"Deny","Action":"kms:Sign","Resource":"*",
        "Condition":{"StringNotEquals":{"kms:EncryptionContext:a":"1"}}}}"#;
    let document = Document::parse(text, PolicyKind::Identity).unwrap();
    let found = warnings(&document, PolicyKind::Identity);
    assert!(
        matches!(&*found, [one] if one.text.contains(" always holds")),
        "{found:?}"
    );
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
        (
            r#""StringLike":{"sts:ExternalIds":"a","sts:ExternalId":"a"}"#,
            Some((UnknownConditionKey, "Condition.StringLike")),
        ),
        (
            r#""StringLike":{"iam:PolicyARNs":"a","iam:PolicyArn":"a","iam:ResourceTag/a":"b"}"#,
            Some((UnknownConditionKey, "Condition.StringLike")),
        ),
        (
            r#""StringLike":{"organizations:PolicyTypes":"a","organizations:PolicyType":"a"}"#,
            Some((UnknownConditionKey, "Condition.StringLike")),
        ),
        (
            r#""StringLike":{"iam:AssociatedResourceArn":"a","sts:RequestContext/a":"b"}"#,
            None,
        ),
    ] {
        check(
            &format!(r#"{ALLOW},{ALICE},"Condition":{{{condition}}}"#),
            expected,
        );
    }
}

#[test]
fn values_of_condition_keys() {
    let alias = Some((AliasWithoutPrefix, "Condition.StringLike"));
    let any_alias = Some((
        AliasWithoutPrefix,
        r#"Condition["ForAnyValue:StringEquals"]"#,
    ));
    let plain = Some((
        MultivaluedKeyWithoutSetOperator,
        "Condition.StringNotEquals",
    ));
    for (condition, expected) in [
        (r#""StringLike":{"kms:RequestAlias":"alias/a*"}"#, None),
        (r#""StringLike":{"kms:RequestAlias":"a*"}"#, None),
        (r#""StringLike":{"kms:RequestAlias":"?????/a"}"#, None),
        (
            r#""StringLike":{"kms:RequestAlias":"alias/${aws:username}"}"#,
            None,
        ),
        (
            r#""StringLike":{"kms:RequestAlias":"${aws:username}"}"#,
            None,
        ),
        (r#""Null":{"kms:RequestAlias":"true"}"#, None),
        (r#""StringLike":{"kms:RequestAlias":"alias"}"#, alias),
        (
            r#""StringLike":{"kms:RequestAlias":["alias/a","b*"]}"#,
            alias,
        ),
        (
            r#""StringLike":{"kms:RequestAlias":"a-${aws:username}"}"#,
            alias,
        ),
        (
            r#""StringEqualsIgnoreCase":{"kms:RequestAlias":"ALIAS/A"}"#,
            None,
        ),
        (
            r#""ForAnyValue:StringEquals":{"kms:ResourceAliases":"alias/a"}"#,
            None,
        ),
        (
            r#""ForAnyValue:StringEquals":{"kms:ResourceAliases":"a"}"#,
            any_alias,
        ),
        (r#""Null":{"aws:TagKeys":"false"}"#, None),
    ] {
        check(
            &format!(r#"{ALLOW},{ALICE},"Condition":{{{condition}}}"#),
            expected,
        );
    }
    for key in [
        "kms:EncryptionContextKeys",
        "kms:GrantOperations",
        "aws:TagKeys",
        "aws:CalledVia",
        "aws:PrincipalOrgPaths",
    ] {
        for (operator, expected) in [
            ("StringNotEquals", plain),
            ("ForAnyValue:StringNotEquals", None),
        ] {
            let condition = format!(r#""Condition":{{"{operator}":{{"{key}":"a"}}}}"#);
            check(&format!("{ALLOW},{ALICE},{condition}"), expected);
        }
    }
}

#[test]
fn keys_that_no_request_has_here() {
    for (condition, how_often) in [
        (
            r#""NumericLessThan":{"aws:MultiFactorAuthAge":"30"}"#,
            "never",
        ),
        (r#""ArnLike":{"aws:SourceVpcArn":"arn:a:b:c:d:e"}"#, "never"),
        (
            r#""ArnNotLike":{"aws:SourceVpcArn":"arn:a:b:c:d:e"}"#,
            "always",
        ),
        (
            r#""StringEqualsIfExists":{"iam:PassedToService":"a"}"#,
            "always",
        ),
        (r#""Null":{"iam:PassedToService":"false"}"#, "never"),
    ] {
        let text = format!(
            r#"{{"Statement":[{{"Effect":"Deny","Action":"kms:*","Resource":"*",
                "Condition":{{{condition}}}}}]}}"#
        );
        let document = Document::parse(&text, PolicyKind::Identity).unwrap();
        let found = warnings(&document, PolicyKind::Identity);
        assert!(
            matches!(&*found, [one] if one.kind == UnsuppliedConditionKey
                && one.text.contains(&format!(" {how_often} holds"))),
            "{condition}: {found:?}"
        );
    }
}

#[test]
fn denials_that_lock_out() {
    let locked = Some((NobodyMayPutKeyPolicy, "Principal"));
    let conditional = r#""Principal":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}"#;
    for (actions, whom, expected) in [
        (r#""Action":"kms:*""#, r#""Principal":"*""#, locked),
        (
            r#""Action":"kms:Put*""#,
            r#""Principal":{"AWS":"111122223333"}"#,
            locked,
        ),
        (
            r#""NotAction":"kms:Decrypt""#,
            r#""Principal":{"AWS":"arn:aws:iam::111122223333:root"}"#,
            locked,
        ),
        (r#""Action":"kms:Decrypt""#, r#""Principal":"*""#, None),
        (
            r#""NotAction":"kms:PutKeyPolicy""#,
            r#""Principal":"*""#,
            None,
        ),
        (r#""Action":"kms:*""#, ALICE, None),
        (r#""Action":"kms:*""#, conditional, None),
    ] {
        check(&format!(r#""Effect":"Deny",{actions},{whom}"#), expected);
    }
}

/// The warnings about a policy of one statement, which is whole.
fn about(kind: PolicyKind, version: &str, statement: &str) -> Vec<(WarningKind, String)> {
    let text = format!(r#"{{"Version":"{version}","Statement":{{{statement}}}}}"#);
    let document = Document::parse(&text, kind).unwrap();
    let pair = |warning: Warning| (warning.kind, warning.path);
    warnings(&document, kind).into_iter().map(pair).collect()
}

#[test]
fn everything_on_everything() {
    let expected = [(EverythingAllowed, "Statement[0].Action".to_owned())];
    let all = r#""Effect":"Allow","Action":["a:B","*"],"Resource":"*""#;
    assert_eq!(about(PolicyKind::Identity, "2012-10-17", all), expected);
    assert_eq!(about(PolicyKind::ServiceControl, "2012-10-17", all), []);
    for narrower in [
        r#""Effect":"Deny","Action":"*","Resource":"*""#,
        r#""Effect":"Allow","Action":"kms:*","Resource":"*""#,
        r#""Effect":"Allow","Action":"*","Resource":"arn:aws:kms:*:1:key/*""#,
    ] {
        assert_eq!(
            about(PolicyKind::Identity, "2012-10-17", narrower),
            [],
            "{narrower}"
        );
    }
}

#[test]
fn actions_that_are_never_on_an_alias() {
    let alias = r#""arn:aws:kms:us-east-1:111122223333:alias/a""#;
    let key = r#""arn:aws:kms:us-east-1:111122223333:key/*""#;
    let both = format!("{key},{alias}");
    let action = |index| Some(format!("Action[{index}]"));
    for (actions, resources, expected) in [
        (r#""kms:CreateAlias","kms:UpdateAlias""#, alias, None),
        (r#""kms:*""#, alias, None),
        (r#""kms:*Alias""#, alias, None),
        (r#""kms:Decrypt""#, key, None),
        (r#""kms:Decrypt","kms:DeleteAlias""#, &both, None),
        (r#""kms:Decrypt""#, alias, Some("Resource[0]".to_owned())),
        (r#""kms:Decrypt""#, &both, Some("Resource[1]".to_owned())),
        (
            r#""s3:Get*","kms:DeleteAlias","kms:Decrypt""#,
            alias,
            action(2),
        ),
    ] {
        let statement =
            format!(r#""Effect":"Allow","Action":[{actions}],"Resource":[{resources}]"#);
        let expected = expected.map(|path| (NeverOnAlias, format!("Statement[0].{path}")));
        let found = about(PolicyKind::Identity, "2012-10-17", &statement);
        assert_eq!(found, Vec::from_iter(expected), "{statement}");
    }
}

#[test]
fn variables_in_a_version_without() {
    let statement = |resource: &str, condition: &str| {
        format!(
            r#""Effect":"Allow","Action":"kms:Decrypt","Resource":"{resource}",
                "Condition":{{{condition}}}"#
        )
    };
    let key = "arn:aws:kms:*:1:key/*";
    for (statement, path) in [
        (
            statement("arn:aws:kms:*:1:key/${aws:username}", ""),
            "Resource[0]",
        ),
        (
            statement(
                key,
                r#""StringEquals":{"aws:PrincipalTag/a":"${aws:username}"}"#,
            ),
            "Condition.StringEquals",
        ),
        (
            statement(
                key,
                r#""StringLike":{"aws:PrincipalTag/a":"*-${aws:username}"}"#,
            ),
            "Condition.StringLike",
        ),
        (
            statement(
                key,
                r#""ArnLike":{"aws:PrincipalArn":"arn:aws:iam::1:role/${aws:username}"}"#,
            ),
            "Condition.ArnLike",
        ),
    ] {
        let expected = [(VariableWithoutVersion, format!("Statement[0].{path}"))];
        let found = about(PolicyKind::Identity, "2008-10-17", &statement);
        assert_eq!(found, expected, "{statement}");
        assert_eq!(about(PolicyKind::Identity, "2012-10-17", &statement), []);
    }
    let plain = statement(key, r#""StringLike":{"aws:PrincipalTag/a":"*-$a{?"}"#);
    assert_eq!(about(PolicyKind::Identity, "2008-10-17", &plain), []);
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
