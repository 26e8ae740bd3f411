use serde_json::{Value as Json, json};

use super::*;

/// Everything that a record is found by, as texts.
fn terms(record: &Json) -> Vec<(Attribute, String)> {
    let line = record.to_string();
    let facts = Facts::of(line.as_bytes()).unwrap();
    let mut terms = Vec::new();
    facts.each(|attribute, value| {
        terms.push(match value {
            Value::Text(text) => (attribute, text.to_owned()),
            Value::Pair(name, value) => (attribute, format!("{name}={value}")),
        });
    });
    terms
}

fn record(identity: &Json, more: &Json) -> Json {
    let mut record = json!({
        "userIdentity": identity, "eventTime": "2026-01-02T03:04:05Z",
        "eventSource": "kms.amazonaws.com", "eventName": "Decrypt", "awsRegion": "eu-west-1",
        "requestParameters": null, "responseElements": null, "requestID": "r-1", "eventID": "e-1",
        "readOnly": true, "recipientAccountId": "111122223333", "eventCategory": "Management",
    });
    for (name, value) in more.as_object().unwrap() {
        record[name] = value.clone();
    }
    record
}

fn values(record: &Json, attribute: Attribute) -> Vec<String> {
    let mut values: Vec<_> = terms(record)
        .into_iter()
        .filter_map(|(found, value)| (found == attribute).then_some(value))
        .collect();
    values.dedup();
    values
}

#[test]
fn a_call_is_found_by_all_that_it_is() {
    const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/6c1f";
    let user = json!({"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/ops/ada",
        "accessKeyId": "AKIAEXAMPLE", "userName": "ada"});
    let record = record(
        &user,
        &json!({
            "errorCode": "AccessDenied",
            "requestParameters": {"keyId": "alias/k", "encryptionContext": {"a\n": "ü", "b": "2"}},
            "resources": [{"accountId": "111122223333", "type": "AWS::KMS::Key", "ARN": KEY}],
        }),
    );
    let expected: Vec<(Attribute, String)> = [
        (Attribute::EventId, "e-1"),
        (Attribute::RequestId, "r-1"),
        (Attribute::EventName, "Decrypt"),
        (Attribute::ReadOnly, "true"),
        (Attribute::EventSource, "kms.amazonaws.com"),
        (Attribute::Category, "Management"),
        (Attribute::Account, "111122223333"),
        (Attribute::Region, "eu-west-1"),
        (Attribute::Username, "ada"),
        (Attribute::AccessKeyId, "AKIAEXAMPLE"),
        (
            Attribute::Principal,
            "arn:aws:iam::111122223333:user/ops/ada",
        ),
        (Attribute::ResourceType, "AWS::KMS::Key"),
        (Attribute::ResourceName, KEY),
        (Attribute::Outcome, "failed"),
        (Attribute::Outcome, "denied"),
        (Attribute::Key, "6c1f"),
        (Attribute::Key, "alias/k"),
        (Attribute::Key, "alias/k"),
        (Attribute::Context, "a\n=ü"),
        (Attribute::Context, "b=2"),
    ]
    .map(|(attribute, value)| (attribute, value.to_owned()))
    .into();
    assert_eq!(terms(&record), expected);
    let line = record.to_string();
    let facts = Facts::of(line.as_bytes()).unwrap();
    assert_eq!(facts.seconds(), Some(1_767_323_045));
}

#[test]
fn names_are_those_that_lookup_events_has() {
    let session = json!({"type": "AssumedRole",
        "arn": "arn:aws:sts::111122223333:assumed-role/deployer/ci-42",
        "sessionContext": {"attributes": {}, "sessionIssuer":
            {"arn": "arn:aws:iam::111122223333:role/ci/deployer", "userName": "deployer"}}});
    let federated = json!({"type": "FederatedUser",
        "arn": "arn:aws:sts::111122223333:federated-user/bob"});
    for (identity, expected) in [
        (json!({"type": "Root", "accountId": "1"}), Some("root")),
        (json!({"type": "IAMUser", "userName": "ada"}), Some("ada")),
        (session.clone(), Some("ci-42")),
        (federated, Some("bob")),
        (
            json!({"type": "WebIdentityUser", "userName": "repo:a"}),
            Some("repo:a"),
        ),
        (
            json!({"type": "AWSService", "invokedBy": "s3.amazonaws.com"}),
            Some("s3.amazonaws.com"),
        ),
        (json!({"accountId": "1", "invokedBy": "AWS Internal"}), None),
    ] {
        let found = values(&record(&identity, &json!({})), Attribute::Username);
        assert_eq!(found.first().map(String::as_str), expected, "{identity}");
    }
    let principals = values(&record(&session, &json!({})), Attribute::Principal);
    let expected = [
        "arn:aws:sts::111122223333:assumed-role/deployer/ci-42",
        "arn:aws:iam::111122223333:role/ci/deployer",
        "deployer",
    ];
    assert_eq!(principals, expected);
}

#[test]
fn what_iam_is_asked_about_is_named_by_its_parameters() {
    let with = |source: &str| {
        let parameters = json!({"roleName": "deployer", "policyArn": "arn:p"});
        let record = record(
            &json!({"type": "Root"}),
            &json!({"eventSource": source, "requestParameters": parameters}),
        );
        values(&record, Attribute::ResourceName)
    };
    assert_eq!(with("iam.amazonaws.com"), ["deployer", "arn:p"]);
    assert!(with("kms.amazonaws.com").is_empty());
}

#[test]
fn members_of_another_type_hide_nothing() {
    for odd in [json!(1), json!(-1.5), json!([{}]), json!(true), json!(null)] {
        let parameters = json!({"keyId": odd, "encryptionContext": odd, "aliasName": "alias/k"});
        let record = record(
            &json!({"type": "IAMUser", "userName": odd}),
            &json!({"requestParameters": parameters, "requestID": odd}),
        );
        assert_eq!(values(&record, Attribute::Key), ["alias/k"], "{odd}");
    }
}

#[test]
fn other_lines_are_no_records() {
    for line in ["", "{}", "[]", "7", r#"{"eventID":"e"}"#, "{\"eventID\":"] {
        assert!(Facts::of(line.as_bytes()).is_none(), "{line}");
    }
}

#[test]
fn arns_have_bare_names() {
    for (name, expected) in [
        ("arn:aws:kms:r:1:key/6c1f", "6c1f"),
        ("arn:aws:kms:r:1:alias/a/b:c", "alias/a/b:c"),
        ("arn:aws:kms", "arn:aws:kms"),
        ("alias/k", "alias/k"),
        ("6c1f", "6c1f"),
    ] {
        assert_eq!(bare_name(name), expected);
    }
}
