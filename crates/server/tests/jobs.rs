//! Keystead's own work, and what a crash leaves to it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;

use keystead_server::jobs;
use keystead_store::{Commit, SqliteStore, Store as _};
use keystead_testkit::NodeOptions;
use serde_json::{Value, json};

fn audit_events(folder: &Path) -> Vec<Value> {
    let text = fs::read_to_string(folder.join("audit/segment-00000001.jsonl")).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[tokio::test]
async fn a_key_is_destroyed_when_its_waiting_period_is_over_and_not_before() {
    let folder = tempfile::tempdir().unwrap();
    let node = NodeOptions::new().admin("ada").start(folder.path()).await;
    let (doomed, kept) = (node.key("ada", None).await, node.key("ada", None).await);
    let blob = node
        .ok(
            "ada",
            "Encrypt",
            &json!({ "KeyId": doomed, "Plaintext": "aGk=" }),
        )
        .await;
    let alias = json!({ "AliasName": "alias/doomed", "TargetKeyId": doomed });
    let _ = node.ok("ada", "CreateAlias", &alias).await;
    for key in [&doomed, &kept] {
        let schedule = json!({ "KeyId": key, "PendingWindowInDays": 7 });
        let _ = node.ok("ada", "ScheduleKeyDeletion", &schedule).await;
    }
    let _ = node
        .ok("ada", "CancelKeyDeletion", &json!({ "KeyId": kept }))
        .await;

    node.clock.advance_days(6);
    jobs::run_once(node.node.corridor()).await;
    let state = node
        .ok("ada", "DescribeKey", &json!({ "KeyId": doomed }))
        .await;
    assert_eq!(state["KeyMetadata"]["KeyState"], "PendingDeletion");

    node.clock.advance_days(1);
    jobs::run_once(node.node.corridor()).await;
    let (code, message) = node
        .err("ada", "DescribeKey", &json!({ "KeyId": doomed }))
        .await;
    assert_eq!(code, "NotFoundException");
    assert!(
        message.ends_with(&format!("key/{doomed}' does not exist")),
        "{message}"
    );
    let blob = json!({ "CiphertextBlob": blob["CiphertextBlob"] });
    assert_eq!(
        node.err("ada", "Decrypt", &blob).await.0,
        "AccessDeniedException"
    );
    assert_eq!(
        node.ok("ada", "ListAliases", &json!({})).await["Aliases"],
        json!([])
    );
    let state = node
        .ok("ada", "DescribeKey", &json!({ "KeyId": kept }))
        .await;
    assert_eq!(state["KeyMetadata"]["KeyState"], "Disabled");

    node.node.stop().await.unwrap();
    let events = audit_events(folder.path());
    let deleted: Vec<_> = events
        .iter()
        .filter(|event| event["eventName"] == "DeleteKey")
        .collect();
    assert_eq!(deleted.len(), 1);
    assert_eq!(deleted[0]["eventType"], "AwsServiceEvent");
    assert_eq!(deleted[0]["userIdentity"]["invokedBy"], "AWS Internal");
    assert!(
        deleted[0]["resources"][0]["ARN"]
            .as_str()
            .unwrap()
            .ends_with(&doomed)
    );
    let store = SqliteStore::open(folder.path().join("region.sqlite")).unwrap();
    let left = store.range("/", None, 100).await.unwrap();
    let keys: Vec<_> = left.items.iter().map(|entry| entry.key.as_str()).collect();
    assert_eq!(keys, [format!("/r/us-east-1/a/111122223333/key/{kept}")]);
}

#[tokio::test]
async fn a_change_that_a_crash_kept_from_the_log_is_logged_at_the_next_start_once() {
    let folder = tempfile::tempdir().unwrap();
    let node = NodeOptions::new().admin("ada").start(folder.path()).await;
    let _ = node.key("ada", None).await;
    node.node.stop().await.unwrap();
    let logged = audit_events(folder.path())[0]["eventID"]
        .as_str()
        .unwrap()
        .to_owned();

    // As after a crash: one record that reached the log, one that did not.
    let store = SqliteStore::open(folder.path().join("region.sqlite")).unwrap();
    let commit = Commit::new()
        .put(
            format!("/outbox/{logged}"),
            format!(r#"{{"eventID":"{logged}"}}"#),
        )
        .put(
            "/outbox/e-2",
            r#"{"eventID":"e-2","eventName":"CreateKey"}"#,
        );
    store.commit(commit).await.unwrap();
    store.close().await;
    drop(store);

    let node = NodeOptions::new().admin("ada").start(folder.path()).await;
    node.node.stop().await.unwrap();
    let ids: Vec<_> = audit_events(folder.path())
        .iter()
        .map(|e| e["eventID"].clone())
        .collect();
    assert_eq!(ids, [json!(logged), json!("e-2")]);
}

#[tokio::test]
async fn without_its_record_no_call_succeeds() {
    let folder = tempfile::tempdir().unwrap();
    let node = NodeOptions::new().admin("ada").start(folder.path()).await;
    let key = node.key("ada", None).await;
    node.node.corridor().audit.close().await.unwrap();
    for (operation, input) in [
        ("Encrypt", json!({ "KeyId": key, "Plaintext": "aGk=" })),
        ("DescribeKey", json!({ "KeyId": key })),
        ("CreateKey", json!({})),
        (
            "Encrypt",
            json!({ "KeyId": "nonsense", "Plaintext": "aGk=" }),
        ),
    ] {
        let answer = node.call("ada", operation, &input).await;
        assert_eq!(
            (answer.status, answer.error().as_str()),
            (500, "KMSInternalException"),
            "{operation}"
        );
        assert!(answer.json().get("CiphertextBlob").is_none());
    }
}

#[tokio::test]
async fn changes_of_one_key_at_the_same_time_all_happen() {
    let folder = tempfile::tempdir().unwrap();
    let node = NodeOptions::new().admin("ada").start(folder.path()).await;
    let key = node.key("ada", None).await;
    let tag = |i: usize| {
        let (node, key) = (&node, &key);
        async move {
            let tags = json!([{ "TagKey": format!("k{i}"), "TagValue": "v" }]);
            let _ = node
                .ok("ada", "TagResource", &json!({ "KeyId": key, "Tags": tags }))
                .await;
        }
    };
    tokio::join!(tag(0), tag(1), tag(2), tag(3), tag(4), tag(5));
    let tags = node
        .ok("ada", "ListResourceTags", &json!({ "KeyId": key }))
        .await;
    assert_eq!(tags["Tags"].as_array().unwrap().len(), 6);
}
