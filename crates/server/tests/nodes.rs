//! Two nodes on the same stores: what comes due happens once, what meets is put in a row, and what
//! one node changes the other goes by once it has heard of it.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[path = "support/wrapping.rs"]
mod wrapping;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use keystead_core::last_use::LastUseRecord;
use keystead_server::clock::Clock as _;
use keystead_server::directory::record::decode;
use keystead_server::jobs;
use keystead_testkit::query::QueryService;
use keystead_testkit::{Credentials, NodeOptions, TestNode};
use serde_json::{Value, json};

use crate::wrapping::{Parameters, with};

/// How many keys come due at once, so that some nodes are early and some late.
const KEYS: usize = 5;

async fn start(folder: &Path) -> [TestNode; 2] {
    NodeOptions::new()
        .admin("ada")
        .admin("bob")
        .service("s3.us-east-1.amazonaws.com")
        .start_two(folder)
        .await
}

/// Every node does what is due, all of them at once, and then shows what came of it.
async fn run_jobs(nodes: &[TestNode; 2]) {
    let [one, other] = nodes.each_ref().map(|node| node.node.corridor());
    tokio::join!(jobs::run_once(one), jobs::run_once(other));
    catch_up(nodes).await;
}

async fn catch_up(nodes: &[TestNode; 2]) {
    for node in nodes {
        node.catch_up().await;
    }
}

async fn keys(node: &TestNode, input: &Value) -> Vec<String> {
    let mut keys = Vec::new();
    for _ in 0..KEYS {
        let made = node.ok("ada", "CreateKey", input).await;
        keys.push(made["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned());
    }
    keys
}

/// The ids of the keys that events of a name are about, over the logs of both nodes.
fn recorded(folder: &Path, name: &str) -> Vec<String> {
    let logs = ["audit", "audit-2"].map(|log| folder.join(log).join("segment-00000001.jsonl"));
    let text: String = logs.map(|log| fs::read_to_string(log).unwrap()).concat();
    let events = text.lines().map(serde_json::from_str::<Value>);
    let events = events
        .map(Result::unwrap)
        .filter(|event| event["eventName"] == name && event["eventType"] == "AwsServiceEvent");
    let mut keys: Vec<String> = events
        .map(|event| event["resources"][0]["ARN"].as_str().unwrap().to_owned())
        .map(|arn| arn.rsplit('/').next().unwrap().to_owned())
        .collect();
    keys.sort();
    keys
}

fn sorted(mut keys: Vec<String>) -> Vec<String> {
    keys.sort();
    keys
}

async fn rotations(node: &TestNode, key: &str) -> Vec<Value> {
    let input = json!({ "KeyId": key, "IncludeKeyMaterial": "ROTATIONS_ONLY" });
    let listed = node.ok("ada", "ListKeyRotations", &input).await;
    listed["Rotations"].as_array().unwrap().clone()
}

async fn state(node: &TestNode, key: &str) -> String {
    let input = json!({ "KeyId": key });
    let described = node.ok("ada", "DescribeKey", &input).await;
    let state = &described["KeyMetadata"]["KeyState"];
    state.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_key_that_is_due_is_rotated_once() {
    let folder = tempfile::tempdir().unwrap();
    let nodes = start(folder.path()).await;
    let keys = keys(&nodes[0], &json!({})).await;
    for key in &keys {
        let input = json!({ "KeyId": key, "RotationPeriodInDays": 90 });
        let _ = nodes[0].ok("ada", "EnableKeyRotation", &input).await;
    }
    catch_up(&nodes).await;
    nodes[0].clock.advance_days(90);
    run_jobs(&nodes).await;
    run_jobs(&nodes).await;
    for key in &keys {
        let [one, other] = [
            rotations(&nodes[0], key).await,
            rotations(&nodes[1], key).await,
        ];
        assert_eq!(one.len(), 1);
        assert_eq!(one, other);
    }
    assert_eq!(recorded(folder.path(), "RotateKey"), sorted(keys));
}

#[tokio::test]
async fn a_key_whose_waiting_period_is_over_is_destroyed_once() {
    let folder = tempfile::tempdir().unwrap();
    let nodes = start(folder.path()).await;
    let keys = keys(&nodes[0], &json!({})).await;
    for key in &keys {
        let alias = json!({ "AliasName": format!("alias/{key}"), "TargetKeyId": key });
        let _ = nodes[0].ok("ada", "CreateAlias", &alias).await;
        let grant = json!({
            "KeyId": key, "Operations": ["Decrypt"],
            "GranteePrincipal": "arn:aws:iam::111122223333:user/bob",
        });
        let _ = nodes[0].ok("ada", "CreateGrant", &grant).await;
        let schedule = json!({ "KeyId": key, "PendingWindowInDays": 7 });
        let _ = nodes[0].ok("ada", "ScheduleKeyDeletion", &schedule).await;
    }
    catch_up(&nodes).await;
    nodes[0].clock.advance_days(7);
    run_jobs(&nodes).await;
    // What is left of keys may take another round.
    run_jobs(&nodes).await;
    for node in &nodes {
        for key in &keys {
            let (code, _) = node
                .err("ada", "DescribeKey", &json!({ "KeyId": key }))
                .await;
            assert_eq!(code, "NotFoundException");
        }
        let aliases = node.ok("ada", "ListAliases", &json!({})).await;
        assert!(!aliases.to_string().contains(&keys[0]), "{aliases}");
    }
    assert_eq!(recorded(folder.path(), "DeleteKey"), sorted(keys));
    let store = &nodes[0]
        .node
        .corridor()
        .regions
        .iter()
        .next()
        .unwrap()
        .ledger
        .store;
    let left = store.range("/r/", None, 100).await.unwrap();
    assert!(left.items.is_empty(), "{:?}", left.items);
}

#[tokio::test]
async fn material_that_expires_is_deleted_once() {
    let folder = tempfile::tempdir().unwrap();
    let nodes = start(folder.path()).await;
    let keys = keys(&nodes[0], &json!({ "Origin": "EXTERNAL" })).await;
    for key in &keys {
        let parameters = Parameters::get(&nodes[0], key, "RSAES_OAEP_SHA_256").await;
        let until = nodes[0].clock.now().as_seconds() + 3600;
        let expires = json!({ "ExpirationModel": "KEY_MATERIAL_EXPIRES", "ValidTo": until });
        let input = with(parameters.import(key, &[7; 32]), &expires);
        // The token that one node gave out is as good at the other.
        nodes[1].catch_up().await;
        let _ = nodes[1].ok("ada", "ImportKeyMaterial", &input).await;
    }
    catch_up(&nodes).await;
    nodes[0].clock.advance_seconds(3600);
    run_jobs(&nodes).await;
    run_jobs(&nodes).await;
    for key in &keys {
        assert_eq!(state(&nodes[0], key).await, "PendingImport");
        assert_eq!(state(&nodes[1], key).await, "PendingImport");
    }
    let deleted = recorded(folder.path(), "DeleteExpiredKeyMaterial");
    assert_eq!(deleted, sorted(keys));
}

#[tokio::test]
async fn rotations_on_demand_that_meet_are_put_in_a_row() {
    let folder = tempfile::tempdir().unwrap();
    let nodes = start(folder.path()).await;
    let key = nodes[0].key("ada", None).await;
    nodes[1].catch_up().await;
    let input = json!({ "KeyId": key });
    let rotate = |node: usize| nodes[node].call("ada", "RotateKeyOnDemand", &input);
    let (one, other, third) = tokio::join!(rotate(0), rotate(1), rotate(0));
    for answer in [one, other, third] {
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    catch_up(&nodes).await;
    let found = rotations(&nodes[0], &key).await;
    assert_eq!(found, rotations(&nodes[1], &key).await);
    let materials: BTreeSet<_> = found
        .iter()
        .map(|r| r["KeyMaterialId"].to_string())
        .collect();
    assert_eq!((found.len(), materials.len()), (3, 3));
    let recorded = recorded(folder.path(), "RotateKey");
    assert_eq!(recorded, [key.as_str(); 3]);
}

#[tokio::test]
async fn first_uses_of_a_service_on_all_nodes_make_one_key() {
    let folder = tempfile::tempdir().unwrap();
    let nodes = start(folder.path()).await;
    let input = json!({ "KeyId": "alias/aws/s3" });
    let look = |node: usize| nodes[node].ok("ada", "DescribeKey", &input);
    let (one, other) = tokio::join!(look(0), look(1));
    assert_eq!(one, other);
}

#[tokio::test]
async fn of_uses_on_several_nodes_the_last_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let nodes = start(folder.path()).await;
    let keys = keys(&nodes[0], &json!({})).await;
    nodes[1].catch_up().await;
    // Each node has the last use of some keys.
    for (i, key) in keys.iter().enumerate() {
        for node in [i % 2, (i + 1) % 2] {
            let input = json!({ "KeyId": key, "Plaintext": "aGk=" });
            let _ = nodes[node].ok("ada", "Encrypt", &input).await;
            nodes[0].clock.advance_seconds(60);
        }
    }
    let told = async |node: &TestNode, key: &str| {
        let input = json!({ "KeyId": key });
        node.ok("ada", "GetKeyLastUsage", &input).await["KeyLastUsage"].clone()
    };
    let mut latest = Vec::new();
    for (i, key) in keys.iter().enumerate() {
        latest.push(told(&nodes[(i + 1) % 2], key).await);
    }
    let [one, other] = nodes.each_ref().map(|node| node.node.corridor());
    tokio::join!(jobs::save_last_uses(one), jobs::save_last_uses(other));
    catch_up(&nodes).await;
    let store = &one.regions.iter().next().unwrap().ledger.store;
    for (key, latest) in keys.iter().zip(&latest) {
        let path = format!("/r/us-east-1/a/111122223333/last-usage/{key}");
        let stored = store.get(&path).await.unwrap().unwrap();
        let record: LastUseRecord = decode(&path, &stored.value).unwrap();
        assert_eq!(record.last.at.as_seconds(), latest["Timestamp"]);
        assert_eq!(told(&nodes[0], key).await, *latest);
        assert_eq!(told(&nodes[1], key).await, *latest);
    }
}

#[tokio::test]
async fn what_one_node_takes_away_the_other_refuses() {
    let folder = tempfile::tempdir().unwrap();
    let nodes = start(folder.path()).await;
    let key = nodes[0].key("ada", None).await;
    nodes[1].catch_up().await;
    let encrypt = json!({ "KeyId": key, "Plaintext": "aGk=" });
    let _ = nodes[1].ok("bob", "Encrypt", &encrypt).await;
    let name = json!({ "KeyId": key });
    let disabled = nodes[0].call("ada", "DisableKey", &name).await;
    assert_eq!(disabled.status, 200);
    nodes[1].catch_up().await;
    let (code, _) = nodes[1].err("bob", "Encrypt", &encrypt).await;
    assert_eq!(code, "DisabledException");

    let enabled = nodes[1].call("ada", "EnableKey", &name).await;
    assert_eq!(enabled.status, 200);
    nodes[0].catch_up().await;
    let _ = nodes[0].ok("bob", "Encrypt", &encrypt).await;
    let deny = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"kms:Encrypt","Resource":"*"}}"#;
    let parameters = [
        ("UserName", "bob"),
        ("PolicyName", "no"),
        ("PolicyDocument", deny),
    ];
    let ada = Credentials::of("ada");
    let put = nodes[1].query(QueryService::IAM, &ada, "PutUserPolicy", &parameters);
    assert_eq!(put.await.status, 200);
    nodes[0].catch_up().await;
    let (code, _) = nodes[0].err("bob", "Encrypt", &encrypt).await;
    assert_eq!(code, "AccessDeniedException");
}
