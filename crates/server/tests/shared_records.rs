//! What the owner of a key is told of the calls of others, and what is told of a service's calls.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::Path;

use keystead_testkit::node::{ACCOUNT, OTHER_ACCOUNT};
use keystead_testkit::{NodeOptions, TestNode};
use serde_json::{Value, json};

const SERVICE: &str = "s3.us-east-1.amazonaws.com";

/// A policy by which an account may do all with its key, and the other account may encrypt and
/// grant.
fn shared() -> String {
    let root = |account| format!("arn:aws:iam::{account}:root");
    json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": root(ACCOUNT)}, "Action": "kms:*", "Resource": "*"},
        {"Effect": "Allow", "Principal": {"AWS": root(OTHER_ACCOUNT)}, "Action": ["kms:Encrypt", "kms:CreateGrant"], "Resource": "*"},
        {"Effect": "Allow", "Principal": {"Service": SERVICE}, "Action": "kms:Encrypt", "Resource": "*"},
    ]})
    .to_string()
}

/// Ada has the keys, fay is of another account.
async fn node(folder: &Path) -> TestNode {
    NodeOptions::new()
        .admin("ada")
        .foreign_admin("fay")
        .service(SERVICE)
        .start(folder)
        .await
}

/// The records of an operation, in order.
fn records(folder: &Path, name: &str) -> Vec<Value> {
    let text = fs::read_to_string(folder.join("audit/segment-00000001.jsonl")).unwrap();
    text.lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|event| event["eventName"] == name)
        .collect()
}

/// The owner's copy and the caller's record of one call, with what they must have in common.
fn pair(records: &[Value]) -> (&Value, &Value) {
    let [copy, own] = records else {
        panic!("{} records, and not two: {records:?}", records.len());
    };
    assert_eq!(own["recipientAccountId"], OTHER_ACCOUNT);
    assert_eq!(copy["recipientAccountId"], ACCOUNT);
    for member in [
        "sharedEventID",
        "requestID",
        "requestParameters",
        "responseElements",
        "resources",
        "errorCode",
        "eventTime",
        "sourceIPAddress",
    ] {
        assert_eq!(own.get(member), copy.get(member), "{member}");
    }
    assert!(own["sharedEventID"].as_str().unwrap().len() == 36);
    assert_ne!(own["eventID"], copy["eventID"]);
    assert_eq!(own["userIdentity"]["type"], "IAMUser");
    let who = &copy["userIdentity"];
    assert_eq!(who["type"], "AWSAccount");
    assert_eq!(who["accountId"], OTHER_ACCOUNT);
    assert_eq!(who["principalId"], own["userIdentity"]["principalId"]);
    assert_eq!(who.as_object().unwrap().len(), 3, "{who}");
    assert!(copy["additionalEventData"].get("authorization").is_none());
    assert!(own["additionalEventData"].get("authorization").is_some());
    (copy, own)
}

#[tokio::test]
async fn the_owner_of_a_key_is_told_of_calls_from_other_accounts() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(folder.path()).await;
    let key = node.key("ada", Some(&shared())).await;
    let arn = format!("arn:aws:kms:us-east-1:{ACCOUNT}:key/{key}");
    let encrypt = json!({"KeyId": arn, "Plaintext": "aGk="});

    node.ok("ada", "Encrypt", &encrypt).await;
    let own = records(folder.path(), "Encrypt");
    assert_eq!(own.len(), 1, "nobody else is told");
    assert!(own[0].get("sharedEventID").is_none());

    node.ok("fay", "Encrypt", &encrypt).await;
    let all = records(folder.path(), "Encrypt");
    let (copy, _) = pair(&all[1..]);
    assert_eq!(copy["resources"][0]["ARN"], arn.as_str());
    assert!(copy["additionalEventData"]["keyMaterialId"].is_string());
}

#[tokio::test]
async fn changes_are_told_to_both_too_and_once() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(folder.path()).await;
    let key = node.key("ada", Some(&shared())).await;
    let arn = format!("arn:aws:kms:us-east-1:{ACCOUNT}:key/{key}");
    let grant = json!({
        "KeyId": arn, "Operations": ["Encrypt"],
        "GranteePrincipal": format!("arn:aws:iam::{OTHER_ACCOUNT}:user/fay"),
    });
    let made = node.ok("fay", "CreateGrant", &grant).await;
    let all = records(folder.path(), "CreateGrant");
    let (copy, _) = pair(&all);
    assert_eq!(copy["responseElements"]["grantId"], made["GrantId"]);
}

#[tokio::test]
async fn failures_are_told_to_the_owner_and_denials_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(folder.path()).await;
    let key = node.key("ada", Some(&shared())).await;
    let arn = format!("arn:aws:kms:us-east-1:{ACCOUNT}:key/{key}");
    node.err("fay", "DescribeKey", &json!({"KeyId": arn})).await;
    assert_eq!(records(folder.path(), "DescribeKey").len(), 1);

    node.ok("ada", "DisableKey", &json!({"KeyId": key})).await;
    let encrypt = json!({"KeyId": arn, "Plaintext": "aGk="});
    let (code, _) = node.err("fay", "Encrypt", &encrypt).await;
    assert_eq!(code, "DisabledException");
    let all = records(folder.path(), "Encrypt");
    let (copy, _) = pair(&all);
    assert_eq!(copy["errorCode"], "DisabledException");
}

#[tokio::test]
async fn a_services_calls_come_from_the_service() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(folder.path()).await;
    let key = node.key("ada", Some(&shared())).await;
    let encrypt = json!({"KeyId": key, "Plaintext": "aGk="});
    let ada = format!("arn:aws:iam::{ACCOUNT}:user/ada");
    let for_ada = [("x-keystead-on-behalf-of", ada.as_str())];
    let answer = node.call_with(SERVICE, &for_ada, "Encrypt", &encrypt).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let all = records(folder.path(), "Encrypt");
    assert_eq!(all[0]["userIdentity"]["arn"], ada.as_str());
    assert_eq!(all[0]["userIdentity"]["invokedBy"], SERVICE);
    for member in ["sourceIPAddress", "userAgent"] {
        assert_eq!(all[0][member], SERVICE);
    }
    assert!(all[0].get("tlsDetails").is_none());
    let address = &all[0]["additionalEventData"]["serviceAddress"];
    assert!(address.is_string(), "where it really came from is kept");
}
