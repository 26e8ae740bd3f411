//! Counting, over records as the log has them.

use std::fs;

use serde_json::{Value, json};

use super::super::account::{About, Key};
use super::super::reading::Unread;
use super::*;

const OWN: &str = "111122223333";
const ADA: &str = "arn:aws:iam::111122223333:user/ada";

fn arn(account: &str, id: &str) -> String {
    format!("arn:aws:kms:us-east-1:{account}:key/{id}")
}

/// An account with a key `rsa` of RSA_4096, of which more is not known.
fn account() -> Account {
    let why = Unread {
        action: "kms:GetKeyPolicy".to_owned(),
        code: "C".to_owned(),
    };
    let mut key = Key::unknown(&arn(OWN, "rsa"), "rsa".to_owned(), &why);
    key.about = Ok(About {
        is_customer_managed: true,
        spec: "RSA_4096".to_owned(),
        origin: "AWS_KMS".to_owned(),
        state: "Enabled".to_owned(),
        deletion: None,
        valid_to: None,
    });
    Account::of(OWN, "us-east-1", vec![key])
}

fn record(operation: &str, key: &str) -> Value {
    json!({
        "eventVersion": "1.11",
        "userIdentity": {"type": "IAMUser", "arn": ADA, "accountId": OWN},
        "eventTime": "2026-01-02T00:00:00Z",
        "eventSource": "kms.amazonaws.com",
        "eventName": operation,
        "awsRegion": "us-east-1",
        "eventType": "AwsApiCall",
        "recipientAccountId": OWN,
        "requestParameters": {"keyId": key},
        "resources": [{"ARN": key, "type": "AWS::KMS::Key"}],
    })
}

fn with(mut record: Value, member: &str, value: Value) -> Value {
    record[member] = value;
    record
}

fn count(records: &[Value]) -> Usage {
    let account = account();
    let mut counter = Counter::new(&account, Timestamp::from_millis(1_767_225_600_000));
    for record in records {
        let time = counter.take(record.to_string().as_bytes());
        assert_eq!(time.as_deref(), record["eventTime"].as_str());
    }
    counter.usage
}

fn calls(usage: &Usage) -> Vec<(&str, &str, u64)> {
    let uses = usage.uses.iter();
    uses.map(|((key, who), uses)| {
        let id = key.rsplit('/').next().unwrap();
        (id, who.as_str(), uses.calls)
    })
    .collect()
}

#[test]
fn uses_by_key_and_principal() {
    let aes = arn(OWN, "aes");
    let session = json!({"type": "AssumedRole", "arn": "arn:session",
        "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:role"}}});
    let usage = count(&[
        record("Encrypt", &aes),
        with(
            record("Decrypt", &aes),
            "eventTime",
            json!("2026-01-03T00:00:00Z"),
        ),
        record("DescribeKey", &aes),
        with(record("Encrypt", &aes), "errorCode", json!("AccessDenied")),
        with(record("Encrypt", &aes), "userIdentity", session),
        record("Encrypt", &arn("444455556666", "other")),
        with(record("Encrypt", &aes), "awsRegion", json!("eu-west-1")),
        with(
            record("Encrypt", &aes),
            "eventTime",
            json!("2025-12-31T23:59:59Z"),
        ),
        with(
            record("RotateKey", &aes),
            "eventType",
            json!("AwsServiceEvent"),
        ),
    ]);
    assert_eq!(calls(&usage), [("aes", ADA, 2), ("aes", "arn:role", 1)]);
    assert_eq!(
        usage.uses[&(aes, ADA.to_owned())].last,
        "2026-01-03T00:00:00Z"
    );
    // Also the use of the other account's key, and DescribeKey.
    assert_eq!(usage.requests, BTreeMap::from([(Kind::Usual, 5)]));
}

#[test]
fn requests_of_each_kind() {
    let rsa = arn(OWN, "rsa");
    let pair = with(
        record("GenerateDataKeyPair", &arn(OWN, "aes")),
        "requestParameters",
        json!({"keyPairSpec": "RSA_2048"}),
    );
    let usage = count(&[
        record("Sign", &rsa),
        with(
            record("Sign", &rsa),
            "errorCode",
            json!("DryRunOperationException"),
        ),
        pair,
        with(record("ListKeys", &rsa), "resources", Value::Null),
    ]);
    let expected = [
        (Kind::Usual, 1),
        (Kind::OtherAsymmetric, 2),
        (Kind::RsaPair, 1),
    ];
    assert_eq!(usage.requests, BTreeMap::from(expected));
    assert_eq!(
        calls(&usage),
        [("aes", ADA, 1), ("rsa", ADA, 1)],
        "a dry run is no use"
    );
}

#[test]
fn calls_of_which_two_accounts_are_told_count_once() {
    let (aes, other) = (arn(OWN, "aes"), "444455556666");
    let shared = |record| with(record, "sharedEventID", json!("s1"));
    let stranger = json!({"type": "AWSAccount", "accountId": other});
    let service = json!({"type": "AWSService", "invokedBy": "s3.amazonaws.com"});
    let by_other = json!({"type": "IAMUser", "arn": "arn:eve", "accountId": other});
    let of_other = |record| with(record, "recipientAccountId", json!(other));
    let encrypt = || record("Encrypt", &aes);
    let usage = count(&[
        shared(of_other(with(encrypt(), "userIdentity", by_other))),
        shared(with(encrypt(), "userIdentity", stranger)),
        shared(of_other(with(encrypt(), "userIdentity", service.clone()))),
        shared(with(encrypt(), "userIdentity", service)),
    ]);
    let expected = [("aes", "arn:eve", 1), ("aes", "s3.amazonaws.com", 1)];
    assert_eq!(calls(&usage), expected);
    assert!(usage.requests.is_empty(), "who calls pays");
}

#[test]
fn a_log_is_read_as_far_back_as_needed() {
    let folder = tempfile::tempdir().unwrap();
    let line = |time: &str| {
        let record = record("Encrypt", &arn(OWN, "aes"));
        with(record, "eventTime", json!(time)).to_string() + "\n"
    };
    let write = |number: u8, text: &str| {
        fs::write(
            folder.path().join(format!("segment-0000000{number}.jsonl")),
            text,
        )
        .unwrap();
    };
    write(1, "not read\n");
    write(
        2,
        &(line("2025-01-01T00:00:00Z") + &line("2026-01-02T00:00:00Z")),
    );
    write(3, &(line("2026-01-03T00:00:00Z") + "no record\n"));
    let since = Timestamp::from_millis(1_767_225_600_000);
    let usage = Usage::read(folder.path(), &account(), since).unwrap();
    assert_eq!(calls(&usage), [("aes", ADA, 2)]);
    assert_eq!(usage.unreadable, 1);
    let nowhere = folder.path().join("none");
    assert!(Usage::read(&nowhere, &account(), since).is_err());
}
