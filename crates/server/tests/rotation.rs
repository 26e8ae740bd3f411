//! Rotation: on demand and by the calendar, and what stays readable.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use keystead_server::clock::Clock as _;
use keystead_server::jobs;
use keystead_testkit::{NodeOptions, TestNode};
use serde_json::{Value, json};

const ARN: &str = "arn:aws:kms:us-east-1:111122223333:key/";

async fn start(folder: &Path) -> TestNode {
    let node = NodeOptions::new().admin("ada").start(folder).await;
    node.node.rest();
    node
}

async fn call(node: &TestNode, operation: &str, key: &str) -> Value {
    let answer = node.call("ada", operation, &json!({ "KeyId": key })).await;
    if answer.text().is_empty() {
        return Value::Null;
    }
    answer.json()
}

async fn encrypt(node: &TestNode, key: &str) -> Value {
    let input = json!({ "KeyId": key, "Plaintext": "aGk=" });
    node.ok("ada", "Encrypt", &input).await["CiphertextBlob"].clone()
}

async fn decrypts(node: &TestNode, blob: &Value) -> String {
    let input = json!({ "CiphertextBlob": blob });
    let answer = node.ok("ada", "Decrypt", &input).await;
    assert_eq!(answer["Plaintext"], "aGk=");
    answer["KeyMaterialId"].as_str().unwrap().to_owned()
}

async fn rotations(node: &TestNode, key: &str, which: &str) -> Vec<Value> {
    let input = json!({ "KeyId": key, "IncludeKeyMaterial": which });
    let listed = node.ok("ada", "ListKeyRotations", &input).await;
    listed["Rotations"].as_array().unwrap().clone()
}

fn events(folder: &Path, name: &str) -> Vec<Value> {
    let text = fs::read_to_string(folder.join("audit/segment-00000001.jsonl")).unwrap();
    text.lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|event| event["eventName"] == name)
        .collect()
}

#[tokio::test]
async fn old_ciphertexts_decrypt_after_rotations_and_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let node = start(folder.path()).await;
    let key = node.key("ada", None).await;
    let mut blobs = vec![encrypt(&node, &key).await];
    for _ in 0..3 {
        let answer = call(&node, "RotateKeyOnDemand", &key).await;
        assert_eq!(answer, json!({ "KeyId": format!("{ARN}{key}") }));
        blobs.push(encrypt(&node, &key).await);
    }
    let now = node.clock.now();
    node.node.stop().await.unwrap();
    let node = NodeOptions::new()
        .admin("ada")
        .at(now)
        .start(folder.path())
        .await;
    let mut used = BTreeSet::new();
    for blob in &blobs {
        used.insert(decrypts(&node, blob).await);
    }
    assert_eq!(used.len(), 4);
    let described = call(&node, "DescribeKey", &key).await;
    let current = decrypts(&node, &blobs[3]).await;
    assert_eq!(described["KeyMetadata"]["CurrentKeyMaterialId"], current);
}

#[tokio::test]
async fn the_calendar_rotates_an_enabled_key_and_makes_up_for_one_date() {
    let folder = tempfile::tempdir().unwrap();
    let node = start(folder.path()).await;
    let key = node.key("ada", None).await;
    let run = || jobs::run_once(node.node.corridor());
    let enable = json!({ "KeyId": key, "RotationPeriodInDays": 90 });
    let _ = node.ok("ada", "EnableKeyRotation", &enable).await;
    let status = call(&node, "GetKeyRotationStatus", &key).await;
    let due = node.clock.now().plus_days(90).as_seconds();
    let expected = json!({
        "KeyRotationEnabled": true, "KeyId": format!("{ARN}{key}"),
        "RotationPeriodInDays": 90, "NextRotationDate": due,
    });
    assert_eq!(status, expected);

    node.clock.advance_days(89);
    run().await;
    assert_eq!(rotations(&node, &key, "ROTATIONS_ONLY").await.len(), 0);
    // Down for ten periods: one rotation, and the next a period later.
    node.clock.advance_days(900);
    run().await;
    run().await;
    let rotated = rotations(&node, &key, "ROTATIONS_ONLY").await;
    assert_eq!(rotated.len(), 1);
    assert_eq!(rotated[0]["RotationType"], "AUTOMATIC");
    assert_eq!(rotated[0]["RotationDate"], node.clock.now().as_seconds());
    let status = call(&node, "GetKeyRotationStatus", &key).await;
    let due = node.clock.now().plus_days(90).as_seconds();
    assert_eq!(status["NextRotationDate"], due);

    // Disabled or doomed, it waits; usable again, it is rotated at once.
    for (away, back) in [
        ("DisableKey", &["EnableKey"][..]),
        ("ScheduleKeyDeletion", &["CancelKeyDeletion", "EnableKey"]),
    ] {
        let before = rotations(&node, &key, "ROTATIONS_ONLY").await.len();
        node.clock.advance_days(88);
        let _ = call(&node, away, &key).await;
        node.clock.advance_days(3);
        run().await;
        assert_eq!(rotations(&node, &key, "ROTATIONS_ONLY").await.len(), before);
        for step in back {
            let _ = call(&node, step, &key).await;
        }
        run().await;
        let after = rotations(&node, &key, "ROTATIONS_ONLY").await.len();
        assert_eq!(after, before + 1, "{away}");
    }
    node.node.stop().await.unwrap();

    let events = events(folder.path(), "RotateKey");
    assert_eq!(events.len(), 3);
    let event = &events[0];
    assert_eq!(event["eventType"], "AwsServiceEvent");
    assert_eq!(event["userIdentity"]["invokedBy"], "AWS Internal");
    assert_eq!(event["responseElements"], Value::Null);
    assert_eq!(event["readOnly"], false);
    let details = &event["serviceEventDetails"];
    assert_eq!(details["rotationType"], "AUTOMATIC");
    assert_eq!(details["keyOrigin"], "AWS_KMS");
    assert_eq!(details["keyId"], key);
    let next = &events[1]["serviceEventDetails"]["previousKeyMaterialId"];
    assert_eq!(details["currentKeyMaterialId"], *next);
}

#[tokio::test]
async fn on_demand_rotation_is_told_of_twice_and_counted_for_life() {
    let folder = tempfile::tempdir().unwrap();
    let node = start(folder.path()).await;
    let key = node.key("ada", None).await;
    for _ in 0..25 {
        let input = json!({ "KeyId": key });
        let _ = node.ok("ada", "RotateKeyOnDemand", &input).await;
    }
    let refused = node
        .err("ada", "RotateKeyOnDemand", &json!({ "KeyId": key }))
        .await;
    let message = format!(
        "The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: {ARN}{key}"
    );
    assert_eq!(refused, ("LimitExceededException".to_owned(), message));

    // Pages of the whole list: the first material, and 25 that came by rotation.
    let (mut marker, mut found) = (Value::Null, Vec::new());
    loop {
        let input = json!({
            "KeyId": key, "IncludeKeyMaterial": "ALL_KEY_MATERIAL", "Limit": 7, "Marker": marker,
        });
        let page = node.ok("ada", "ListKeyRotations", &input).await;
        found.extend(page["Rotations"].as_array().unwrap().clone());
        if page["Truncated"] == false {
            break;
        }
        marker = page["NextMarker"].clone();
    }
    assert_eq!(found, rotations(&node, &key, "ALL_KEY_MATERIAL").await);
    assert_eq!(found.len(), 26);
    assert_eq!(found[1..], rotations(&node, &key, "ROTATIONS_ONLY").await);
    let first = json!({
        "KeyId": key, "KeyMaterialId": found[0]["KeyMaterialId"], "KeyMaterialState": "NON_CURRENT",
    });
    assert_eq!(found[0], first);
    assert_eq!(found[25]["KeyMaterialState"], "CURRENT");
    assert_eq!(found[25]["RotationType"], "ON_DEMAND");

    node.node.stop().await.unwrap();
    let calls = events(folder.path(), "RotateKeyOnDemand");
    let done = events(folder.path(), "RotateKey");
    assert_eq!((calls.len(), done.len()), (26, 25));
    assert_eq!(calls[0]["responseElements"]["keyId"], format!("{ARN}{key}"));
    assert_eq!(done[24]["serviceEventDetails"]["rotationType"], "ON_DEMAND");
    let current = &done[24]["serviceEventDetails"]["currentKeyMaterialId"];
    assert_eq!(*current, found[25]["KeyMaterialId"]);
}

#[tokio::test]
async fn a_rotation_on_demand_gives_way_to_the_calendar() {
    let folder = tempfile::tempdir().unwrap();
    let node = start(folder.path()).await;
    let key = node.key("ada", None).await;
    let _ = call(&node, "EnableKeyRotation", &key).await;
    node.clock.advance_days(364);
    node.clock.advance_seconds(24 * 60 * 60 - 20 * 60 - 1);
    let input = json!({ "KeyId": key });
    let _ = node.ok("ada", "RotateKeyOnDemand", &input).await;
    node.clock.advance_seconds(1);
    let refused = node.err("ada", "RotateKeyOnDemand", &input).await;
    assert_eq!(refused.0, "ConflictException");
    let _ = call(&node, "DisableKeyRotation", &key).await;
    let _ = node.ok("ada", "RotateKeyOnDemand", &input).await;
    let status = call(&node, "GetKeyRotationStatus", &key).await;
    let off = json!({ "KeyRotationEnabled": false, "KeyId": format!("{ARN}{key}") });
    assert_eq!(status, off);
}

#[tokio::test]
async fn a_doomed_key_shows_no_rotation_and_keeps_it() {
    let folder = tempfile::tempdir().unwrap();
    let node = start(folder.path()).await;
    let key = node.key("ada", None).await;
    let _ = call(&node, "EnableKeyRotation", &key).await;
    let _ = call(&node, "ScheduleKeyDeletion", &key).await;
    let status = call(&node, "GetKeyRotationStatus", &key).await;
    assert_eq!(status["KeyRotationEnabled"], false);
    assert_eq!(status.get("NextRotationDate"), None);
    let _ = call(&node, "CancelKeyDeletion", &key).await;
    let status = call(&node, "GetKeyRotationStatus", &key).await;
    assert_eq!(status["RotationPeriodInDays"], 365);
    let refused = call(&node, "EnableKeyRotation", &key).await;
    assert_eq!(refused["__type"], "DisabledException");
}

#[tokio::test]
async fn policies_may_ask_for_the_period() {
    let folder = tempfile::tempdir().unwrap();
    let policy = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": "kms:*", "Resource": "*" },
        { "Effect": "Deny", "Action": "kms:EnableKeyRotation", "Resource": "*",
          "Condition": { "NumericGreaterThan": { "kms:RotationPeriodInDays": "180" } } },
    ]});
    let node = NodeOptions::new()
        .user("bo", Some(&policy.to_string()))
        .start(folder.path())
        .await;
    let key = node.key("bo", None).await;
    for (period, allowed) in [
        (json!(180), true),
        (json!(181), false),
        (Value::Null, false),
    ] {
        let input = json!({ "KeyId": key, "RotationPeriodInDays": period });
        let answer = node.call("bo", "EnableKeyRotation", &input).await;
        assert_eq!(answer.status == 200, allowed, "{period} {}", answer.text());
    }
}
