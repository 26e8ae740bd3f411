use clap::Parser;
use keystead_server::audit::index::Facts;
use serde_json::{Value, json};

use super::*;

#[derive(Debug, Parser)]
struct Line {
    #[command(flatten)]
    arguments: SearchArguments,
}

fn parse(words: &[&str]) -> Result<SearchArguments, clap::Error> {
    let words = std::iter::once("audit").chain(words.iter().copied());
    Ok(Line::try_parse_from(words)?.arguments)
}

/// A record of a call with an alias.
fn record() -> Value {
    json!({
        "userIdentity": {"type": "AssumedRole", "accessKeyId": "ASIAEXAMPLE",
            "arn": "arn:aws:sts::111122223333:assumed-role/deployer/ci-42",
            "sessionContext": {"sessionIssuer": {
                "arn": "arn:aws:iam::111122223333:role/deployer", "userName": "deployer"}}},
        "eventTime": "2026-01-02T03:04:05Z", "eventSource": "kms.amazonaws.com",
        "eventName": "Decrypt", "awsRegion": "eu-west-1", "readOnly": true,
        "errorCode": "AccessDenied", "requestID": "r-1", "eventID": "e-1",
        "requestParameters": {"keyId": "alias/app", "encryptionContext": {"a": "1", "b": "=2"}},
        "resources": [{"type": "AWS::KMS::Key",
            "ARN": "arn:aws:kms:eu-west-1:111122223333:key/6c1f"}],
        "recipientAccountId": "111122223333",
    })
}

fn finds(words: &[&str], record: &Value) -> bool {
    let now = Timestamp::from_millis(1_767_323_645_000);
    let query = parse(words).unwrap().query(now);
    let line = record.to_string();
    let facts = Facts::of(line.as_bytes()).unwrap();
    query.is_at(facts.seconds().unwrap()) && query.matches(&facts)
}

#[test]
fn every_argument_narrows_the_search() {
    for (argument, right, wrong) in [
        ("--key", "6c1f", "6c1e"),
        ("--key", "alias/app", "alias/other"),
        (
            "--key",
            "arn:aws:kms:eu-west-1:111122223333:key/6c1f",
            "arn:aws:kms:us-east-1:111122223333:key/6c1f",
        ),
        (
            "--key",
            "arn:aws:kms:eu-west-1:111122223333:alias/app",
            "arn:aws:kms:eu-west-1:444455556666:alias/app",
        ),
        ("--principal", "ci-42", "ada"),
        ("--principal", "deployer", "deploy"),
        ("--principal", "ASIAEXAMPLE", "AKIAEXAMPLE"),
        (
            "--principal",
            "arn:aws:iam::111122223333:role/deployer",
            "arn:aws:iam::111122223333:role/other",
        ),
        ("--action", "kms:decrypt", "iam:Decrypt"),
        ("--action", "Decrypt", "Encrypt"),
        ("--context", "a=1", "a=2"),
        ("--context", "b==2", "b=2"),
        ("--account", "111122223333", "444455556666"),
        ("--region", "eu-west-1", "us-east-1"),
        ("--since", "10m", "9m"),
        ("--until", "2026-01-02T03:04:05Z", "2026-01-02T03:04:04Z"),
        ("--request-id", "R-1", "r-2"),
        ("--event-id", "e-1", "r-1"),
    ] {
        assert!(finds(&[argument, right], &record()), "{argument} {right}");
        assert!(!finds(&[argument, wrong], &record()), "{argument} {wrong}");
    }
    let either = ["--action", "Encrypt", "--action", "Decrypt"];
    assert!(finds(&either, &record()));
    let both = ["--context", "a=1", "--context", "b=3"];
    assert!(!finds(&both, &record()));
}

#[test]
fn outcomes_are_told_apart() {
    for (code, denied, failed) in [
        (json!("AccessDenied"), true, true),
        (json!("NotFoundException"), false, true),
        (json!(null), false, false),
    ] {
        let mut record = record();
        record["errorCode"] = code;
        assert_eq!(finds(&["--denied"], &record), denied);
        assert_eq!(finds(&["--failed"], &record), failed);
        assert!(finds(&[], &record));
    }
}

#[test]
fn limits() {
    for (words, expected) in [
        (&[][..], Some(100)),
        (&["--follow"], Some(10)),
        (&["--limit", "7", "--follow"], Some(7)),
        (&["--limit", "all"], None),
    ] {
        assert_eq!(parse(words).unwrap().most(), expected);
    }
}

#[test]
fn odd_arguments_are_refused() {
    for words in [
        &["--limit", "many"][..],
        &["--context", "a"],
        &["--action", "kms:"],
        &["--action", ":Decrypt"],
        &["--account", "1"],
        &["--since", "yesterday"],
        &["--follow", "--until", "2h"],
        &["--key", "a", "--key", "b"],
    ] {
        assert!(parse(words).is_err(), "{words:?}");
    }
}
