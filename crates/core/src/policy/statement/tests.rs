use super::super::document::Document;
use super::*;

fn parse(text: &str) -> Result<Vec<Statement>, PolicyError> {
    Document::parse(text, PolicyKind::Key).map(|document| document.statements)
}

/// A key policy with one statement, of these elements besides `Effect`.
fn policy_of(elements: &str) -> String {
    format!(r#"{{"Statement":[{{"Effect":"Allow",{elements}}}]}}"#)
}

#[test]
fn principals_of_every_type() {
    let principals = |principal: &str| {
        let text = policy_of(&format!(r#""Principal":{principal}"#));
        parse(&text)
            .unwrap()
            .remove(0)
            .principals
            .unwrap()
            .items()
            .to_vec()
    };
    assert_eq!(principals(r#""*""#), [NamedPrincipal::Everyone]);
    assert_eq!(principals(r#"{"AWS":"*"}"#), [NamedPrincipal::Everyone]);
    let all = principals(
        r#"{"Service":"logs.amazonaws.com","AWS":["*","111122223333"],
                "Federated":["cognito-identity.amazonaws.com"]}"#,
    );
    assert_eq!(all.len(), 4);
    assert!(matches!(all[0], NamedPrincipal::Everyone));
    assert!(matches!(all[1], NamedPrincipal::Account { .. }));
    assert!(matches!(all[2], NamedPrincipal::Service { .. }));
    assert!(matches!(all[3], NamedPrincipal::Federated { .. }));
}

#[test]
fn a_key_policy_may_lack_actions_and_resources_and_repeat_a_sid() {
    let text = r#"{"Statement":[{"Sid":"a","Effect":"Allow","Principal":"*"},
            {"Sid":"a","Effect":"Deny","Principal":"*","Action":[],"Resource":[]}]}"#;
    for statement in parse(text).unwrap() {
        assert_eq!(statement.actions, Listed::Only(vec![]));
        assert_eq!(statement.resources, Some(Listed::Only(vec![])));
    }
}

/// Elements of a statement, and what is said of them.
const PRINCIPALS_REFUSED: [(&str, &str); 13] = [
    (
        r#""Principal":"111122223333""#,
        r#"Principal: "111122223333" is not a valid principal"#,
    ),
    (
        r#""Principal":["*"]"#,
        "Principal: expected an object, found a list",
    ),
    (r#""Principal":{}"#, "Principal names nobody"),
    (r#""Principal":{"AWS":[]}"#, "Principal names nobody"),
    (
        r#""Principal":{"AWS":{}}"#,
        "Principal.AWS: expected a string, found an object",
    ),
    (
        r#""Principal":{"AWS":["*",["*"]]}"#,
        "Principal.AWS[1]: expected a string, found a list",
    ),
    (
        r#""Principal":{"AWS":"*","AWS":"*"}"#,
        "Principal.AWS occurs more than once",
    ),
    (
        r#""Principal":{"aws":"*"}"#,
        "Principal.aws is not an element of the policy language",
    ),
    (
        r#""Principal":{"*":"*"}"#,
        r#"Principal["*"] is not an element of the policy language"#,
    ),
    (
        r#""Principal":{"AWS":["*","alice"]}"#,
        r#"Principal.AWS[1]: "alice" is not a valid principal"#,
    ),
    (
        r#""Principal":{"Service":"*"}"#,
        r#"Principal.Service: "*" is not a valid principal"#,
    ),
    (
        r#""Principal":{"Federated":"*"}"#,
        r#"Principal.Federated: "*" is not a valid principal"#,
    ),
    (
        r#""Principal":{"AWS":"*","CanonicalUser":"79a5"}"#,
        r#"Principal.CanonicalUser: "79a5" is not a valid principal"#,
    ),
];

/// The same, with a good principal or none.
const OTHERS_REFUSED: [(&str, &str); 14] = [
    (
        r#""Principal":"*","Effect":"Allow""#,
        "Effect occurs more than once",
    ),
    (
        r#""Principal":"*","Actions":"kms:*""#,
        "Actions is not an element of the policy language",
    ),
    (
        r#""Principal":"*","Sid":7"#,
        "Sid: expected a string, found a number",
    ),
    (
        r#""Principal":"*","NotPrincipal":"*""#,
        "has both Principal and NotPrincipal; it may have only one of them",
    ),
    (
        r#""Principal":"*","Action":"*","NotAction":"kms:*""#,
        "has both Action and NotAction; it may have only one of them",
    ),
    (
        r#""Principal":"*","Resource":"*","NotResource":"*""#,
        "has both Resource and NotResource; it may have only one of them",
    ),
    (r#""NotPrincipal":{}"#, "NotPrincipal names nobody"),
    (
        r#""Principal":"*","NotAction":[]"#,
        "NotAction lists nothing",
    ),
    (
        r#""Principal":"*","NotResource":[]"#,
        "NotResource lists nothing",
    ),
    (
        r#""Principal":"*","Condition":[]"#,
        "Condition: expected an object, found a list",
    ),
    (
        r#""Principal":"*","Action":null"#,
        "Action: expected a string, found null",
    ),
    (
        r#""Principal":"*","Action":[["kms:*"]]"#,
        "Action[0]: expected a string, found a list",
    ),
    (
        r#""Principal":"*","Action":["kms:*","Encrypt"]"#,
        r#"Action[1]: "Encrypt" is not a valid action"#,
    ),
    (
        r#""Principal":"*","Resource":"key/1""#,
        r#"Resource: "key/1" is neither "*" nor an ARN"#,
    ),
];

#[test]
fn what_a_statement_refuses() {
    for (elements, expected) in PRINCIPALS_REFUSED.iter().chain(&OTHERS_REFUSED) {
        let error = parse(&policy_of(elements)).unwrap_err();
        let dot = if expected.starts_with("has ") {
            ' '
        } else {
            '.'
        };
        assert_eq!(error.to_string(), format!("Statement[0]{dot}{expected}"));
    }
}

#[test]
fn forms_of_actions_and_resources() {
    let check = |element: &str, text: &str, valid: bool| {
        let policy = policy_of(&format!(r#""Principal":"*","{element}":"{text}""#));
        let parsed = parse(&policy);
        assert_eq!(parsed.is_ok(), valid, "{element} {text}");
    };
    for text in [
        "*",
        "*:*",
        "kms:*",
        "kms:Encrypt",
        "KMS:en?rypt*",
        "s3:GetObject",
        "a-b:C",
    ] {
        check("Action", text, true);
    }
    for text in [
        "",
        "kms",
        "kms:",
        ":Encrypt",
        "k*:Encrypt",
        "?",
        "kms:a:b",
        "kms:${a}",
        "kms: a",
    ] {
        check("Action", text, false);
    }
    for text in [
        "*",
        "arn:aws:kms:*:*:*",
        "arn:*:*:*:*:*",
        "arn:aws:s3:::b",
        "arn:aws:a:b:c:d:e",
    ] {
        check("Resource", text, true);
    }
    for text in [
        "",
        "**",
        "?",
        "arn:*",
        "arn:aws:kms:*",
        "arn:aws:kms:us-east-1:1",
        "ARN:a:b:c:d:e",
        "a*:b:c:d:e:f",
    ] {
        check("Resource", text, false);
    }
}

#[test]
fn elements_and_their_opposites() {
    let text = policy_of(
        r#""NotPrincipal":{"AWS":"111122223333"},"NotAction":"kms:*","NotResource":["*"]"#,
    );
    let statement = parse(&text).unwrap().remove(0);
    assert!(matches!(statement.principals, Some(Listed::AllBut(names)) if names.len() == 1));
    assert_eq!(statement.actions, Listed::AllBut(vec!["kms:*".to_owned()]));
    assert!(
        matches!(statement.resources, Some(Listed::AllBut(resources))
            if resources.iter().map(ResourcePattern::as_str).eq(["*"]))
    );
}

#[test]
fn variables_stand_behind_the_fifth_colon() {
    let check = |resource: &str, version: &str| {
        let statement =
            format!(r#"{{"Effect":"Allow","Principal":"*","Action":"*","Resource":"{resource}"}}"#);
        let text = format!(r#"{{"Statement":{statement},"Version":"{version}"}}"#);
        parse(&text).map_err(|error| error.to_string())
    };
    for (resource, valid) in [
        ("arn:aws:kms:::key/${aws:username}", true),
        ("arn:aws:kms:::${aws:a:b}:${x, '}'}", true),
        ("arn:aws:kms::${aws:a}:x", false),
        ("${aws:a}", false),
        ("arn:aws:kms:::${", false),
        ("arn:aws:kms:::${}", false),
    ] {
        assert_eq!(check(resource, "2012-10-17").is_ok(), valid, "{resource}");
    }
    assert_eq!(
        check("arn:aws:kms:::${", "2012-10-17").unwrap_err(),
        r#"Statement.Resource: "arn:aws:kms:::${" holds a policy variable that is malformed or misplaced"#
    );
    assert!(check("arn:aws:kms::${aws:a}:x", "2008-10-17").is_ok());
}

#[test]
fn what_belongs_where() {
    use PolicyKind::{Endpoint, Identity, Key, ResourceControl, ServiceControl, Session, Trust};
    let whole = r#""Action":"sts:*","Resource":"*""#;
    let named = r#""Principal":{"AWS":"111122223333"}"#;
    let cases: [(String, &[PolicyKind]); 9] = [
        (whole.to_owned(), &[Identity, Session, ServiceControl]),
        (format!(r#"{whole},{named}"#), &[Key, Endpoint]),
        (
            format!(r#"{whole},"Principal":"*""#),
            &[Key, ResourceControl, Endpoint],
        ),
        (
            format!(r#"{whole},"Principal":{{"AWS":["*"]}}"#),
            &[Key, ResourceControl, Endpoint],
        ),
        (format!(r#"{whole},"NotPrincipal":"*""#), &[Key, Endpoint]),
        (format!(r#""Action":"sts:*",{named}"#), &[Key, Trust]),
        (format!(r#""NotAction":"sts:*",{named}"#), &[Key, Trust]),
        (
            r#""NotAction":"a:b","Resource":"*","Principal":"*""#.to_owned(),
            &[Key, Endpoint],
        ),
        (named.to_owned(), &[Key]),
    ];
    for (elements, fit) in cases {
        let text = policy_of(&elements);
        for kind in PolicyKind::ALL {
            let parsed = Document::parse(&text, kind);
            assert_eq!(parsed.is_ok(), fit.contains(&kind), "{kind:?} {elements}");
        }
    }
}
