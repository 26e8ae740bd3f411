//! A node whose stores fail: whatever a store does, what was acknowledged is there after a restart, what was refused is
//! there wholly or not at all, and each change that was made has one record in the audit log.
//!
//! Ordinary runs take a few hundred steps, of seeds that never change; `KEYSTEAD_FAULTS_CASES` asks for more.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

#[path = "faults/action.rs"]
mod action;
#[path = "faults/ledgers.rs"]
mod ledgers;
#[path = "faults/model.rs"]
mod model;
#[path = "faults/world.rs"]
mod world;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use keystead_server::clock::Clock as _;
use keystead_server::jobs;
use keystead_testkit::faulty_store::{CommitFault, Faults, FaultyStore, WatchEnd};
use keystead_testkit::{NodeOptions, TestNode};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

use crate::action::{Action, actions};
use crate::ledgers::{Ledgers, requests};
use crate::world::World;

/// Sequences in an ordinary run.
const CASES: u32 = 12;
/// How long a node may take to go on once its store does.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn acknowledged_changes_outlive_every_fault_of_the_stores() {
    #[expect(
        clippy::disallowed_methods,
        reason = "how long to look for trouble is the runner's choice"
    )]
    let cases = std::env::var("KEYSTEAD_FAULTS_CASES").ok();
    let config = Config {
        cases: cases.map_or(CASES, |cases| cases.parse().unwrap()),
        failure_persistence: None,
        max_shrink_iters: 20,
        ..Config::default()
    };
    let seeds = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, seeds);
    let result = runner.run(&actions(), |actions| {
        live(&actions);
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

/// Lives through actions. At a crash, the runtime is dropped with all that was going on.
fn live(actions: &[Action]) {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::new(folder.path());
    for life in actions.split(|action| *action == Action::Crash) {
        let runtime = runtime();
        world = runtime.block_on(async {
            let mut running = world.start().await;
            for action in life {
                running.act(action).await;
            }
            running.leave().await
        });
    }
    let runtime = runtime();
    runtime.block_on(async {
        let running = world.start().await;
        running.end().await;
    });
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

/// A node, its stores, and a key.
async fn scene(folder: &Path) -> (TestNode, [Arc<FaultyStore>; 2], String) {
    let options = NodeOptions::new().admin("ada");
    let (node, stores) = options.start_faulty(folder).await;
    let key = node.key("ada", None).await;
    (node, stores, key)
}

fn commits(fault: CommitFault) -> Faults {
    Faults {
        commits: Some((fault, 1)),
        ..Faults::default()
    }
}

fn encrypt(key: &str) -> Value {
    json!({ "KeyId": key, "Plaintext": "aGk=" })
}

async fn heal(node: &TestNode) {
    let healing = async {
        while node.node.corridor().check_ready().is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let healed = tokio::time::timeout(PATIENCE, healing).await;
    assert!(healed.is_ok(), "the node goes on once its store does");
}

/// What a call answers while commits fail, and whether its change is there after a restart. What needs no commit goes
/// on.
#[tokio::test]
async fn a_commit_that_fails_is_a_call_that_failed() {
    for (fault, status, code, is_made) in [
        (CommitFault::Fails, 500, "KMSInternalException", false),
        (CommitFault::Full, 500, "KMSInternalException", false),
        (CommitFault::AnswerLost, 500, "KMSInternalException", true),
        (CommitFault::Conflicts, 400, "ThrottlingException", false),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let (node, [_, region], key) = scene(folder.path()).await;
        region.set(commits(fault));
        let input = json!({ "AliasName": "alias/x", "TargetKeyId": key });
        let refused = node.call("ada", "CreateAlias", &input).await;
        assert_eq!((refused.status, refused.error().as_str()), (status, code));
        let _ = node.ok("ada", "Encrypt", &encrypt(&key)).await;
        assert!(node.node.corridor().check_ready().is_ok());

        region.set(Faults::default());
        let alias = json!({ "KeyId": "alias/x", "Plaintext": "aGk=" });
        let by_alias = node.call("ada", "Encrypt", &alias).await;
        assert_eq!(by_alias.status == 200, is_made, "{fault:?}");
        let later = node.key("ada", None).await;
        let request = refused.request_id().to_owned();
        let ledgers = Ledgers::of(&[&region]);
        node.node.stop().await.unwrap();

        let node = NodeOptions::new().admin("ada").start(folder.path()).await;
        let by_alias = node.call("ada", "Encrypt", &alias).await;
        assert_eq!(by_alias.status == 200, is_made, "{fault:?}");
        let _ = node.ok("ada", "Encrypt", &encrypt(&later)).await;
        node.node.stop().await.unwrap();
        let records = ledgers::records(folder.path());
        ledgers.check(&records);
        // The failure that was told, and the change that was made all the same.
        let told = requests(&records, &request);
        let errors: Vec<bool> = told
            .iter()
            .map(|record| record["errorCode"].is_string())
            .collect();
        let expected = if is_made {
            vec![true, false]
        } else {
            vec![true]
        };
        assert_eq!(errors, expected, "{fault:?}");
    }
}

/// A record that can't leave the outbox is in the log already, and is not logged again by the next start.
#[tokio::test]
async fn a_record_that_stays_in_the_outbox_is_not_logged_twice() {
    let folder = tempfile::tempdir().unwrap();
    let (node, [_, region], key) = scene(folder.path()).await;
    // The first commit is the call's, the second that by which its record leaves the outbox.
    region.set(Faults {
        commits: Some((CommitFault::Fails, 2)),
        ..Faults::default()
    });
    let input = json!({ "AliasName": "alias/x", "TargetKeyId": key });
    let made = node.call("ada", "CreateAlias", &input).await;
    assert_eq!(made.status, 200);
    region.set(commits(CommitFault::Fails));
    let refused = node
        .call("ada", "DeleteAlias", &json!({ "AliasName": "alias/x" }))
        .await;
    assert_eq!(refused.status, 500);
    let ledgers = Ledgers::of(&[&region]);
    let request = made.request_id().to_owned();
    node.node.stop().await.unwrap();
    let node = NodeOptions::new().admin("ada").start(folder.path()).await;
    node.node.stop().await.unwrap();
    let records = ledgers::records(folder.path());
    ledgers.check(&records);
    assert_eq!(requests(&records, &request).len(), 1);
}

/// Nor is one that stays there until the log has begun new segments.
#[tokio::test]
async fn a_record_that_stays_in_the_outbox_for_days_is_not_logged_twice() {
    let folder = tempfile::tempdir().unwrap();
    let options = || NodeOptions::new().admin("ada").retention_days(365);
    let (node, [_, region]) = options().start_faulty(folder.path()).await;
    node.node.rest();
    region.set(Faults {
        commits: Some((CommitFault::Fails, 2)),
        ..Faults::default()
    });
    let _ = node.key("ada", None).await;
    region.set(commits(CommitFault::Fails));
    for _ in 0..3 {
        node.clock.advance_days(1);
        jobs::run_once(node.node.corridor()).await;
        let _ = node.ok("ada", "ListKeys", &json!({})).await;
    }
    let (ledgers, now) = (Ledgers::of(&[&region]), node.clock.now());
    node.node.stop().await.unwrap();
    let node = options().at(now).start(folder.path()).await;
    node.node.stop().await.unwrap();
    ledgers.check(&ledgers::records(folder.path()));
}

/// Nobody is served by a directory, of a Region or of the identities, that can't follow its store; not even whoever was
/// served a moment ago. It goes on by itself.
#[tokio::test]
async fn a_directory_that_cannot_follow_serves_nobody_until_it_can() {
    for store in [0, 1] {
        for end in [WatchEnd::Compacted, WatchEnd::Unavailable] {
            let folder = tempfile::tempdir().unwrap();
            let (node, stores, key) = scene(folder.path()).await;
            let sealed = node.ok("ada", "Encrypt", &encrypt(&key)).await;
            stores[store].set(Faults {
                reads_fail: true,
                ..Faults::default()
            });
            // What is in memory is still right.
            let _ = node.ok("ada", "Encrypt", &encrypt(&key)).await;
            stores[store].end_watches(end);
            let cut_off = async {
                while node.node.corridor().check_ready().is_ok() {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            };
            tokio::time::timeout(PATIENCE, cut_off).await.unwrap();
            let mut refused = Vec::new();
            for (operation, input) in [
                ("Encrypt", encrypt(&key)),
                (
                    "Decrypt",
                    json!({ "CiphertextBlob": sealed["CiphertextBlob"] }),
                ),
                ("DescribeKey", json!({ "KeyId": key })),
                ("ListKeys", json!({})),
                ("CreateKey", json!({})),
                ("DisableKey", json!({ "KeyId": key })),
            ] {
                let answer = node.call("ada", operation, &input).await;
                assert_eq!(answer.status, 500, "{operation}: {}", answer.text());
                refused.push(answer.request_id().to_owned());
            }
            stores[store].set(Faults::default());
            heal(&node).await;
            let input = json!({ "CiphertextBlob": sealed["CiphertextBlob"] });
            assert_eq!(node.ok("ada", "Decrypt", &input).await["Plaintext"], "aGk=");
            let _ = node.key("ada", None).await;
            let keys = node.ok("ada", "ListKeys", &json!({})).await;
            assert_eq!(keys["Keys"].as_array().unwrap().len(), 2);
            node.node.stop().await.unwrap();
            let records = ledgers::records(folder.path());
            for request in refused {
                let told = requests(&records, &request);
                assert_eq!(told.len(), 1);
                assert_eq!(told[0]["errorCode"], "KMSInternalException");
            }
        }
    }
}

/// A change is answered when this node goes by it, and not before.
#[tokio::test]
async fn a_change_that_is_not_shown_yet_is_not_answered_yet() {
    let folder = tempfile::tempdir().unwrap();
    let (node, [_, region], key) = scene(folder.path()).await;
    region.set(Faults {
        watches_stall: true,
        ..Faults::default()
    });
    let name = json!({ "KeyId": key });
    let disabling = node.call("ada", "DisableKey", &name);
    let early = tokio::time::timeout(Duration::from_millis(200), disabling).await;
    assert!(early.is_err(), "the key may still be used");
    region.set(Faults::default());
    // The caller has hung up, and the change goes on to its end.
    node.catch_up().await;
    let (code, _) = node.err("ada", "Encrypt", &encrypt(&key)).await;
    assert_eq!(code, "DisabledException");
    let ledgers = Ledgers::of(&[&region]);
    node.node.stop().await.unwrap();
    let records = ledgers::records(folder.path());
    ledgers.check(&records);
    let disabled = records
        .iter()
        .filter(|record| record["eventName"] == "DisableKey");
    assert_eq!(disabled.count(), 1);
}

/// A slow store makes changes slow, and nothing else.
#[tokio::test]
async fn a_slow_store_makes_no_cryptographic_call_wait() {
    let folder = tempfile::tempdir().unwrap();
    let (node, stores, key) = scene(folder.path()).await;
    let slow = Faults {
        delay: Duration::from_secs(3600),
        ..Faults::default()
    };
    stores.iter().for_each(|store| store.set(slow));
    let calls = async {
        let sealed = node.ok("ada", "Encrypt", &encrypt(&key)).await;
        let input = json!({ "CiphertextBlob": sealed["CiphertextBlob"] });
        let _ = node.ok("ada", "Decrypt", &input).await;
        let input = json!({ "KeyId": key, "KeySpec": "AES_256" });
        let _ = node.ok("ada", "GenerateDataKey", &input).await;
    };
    tokio::time::timeout(PATIENCE, calls).await.unwrap();
    let input = json!({});
    let making = node.call("ada", "CreateKey", &input);
    let early = tokio::time::timeout(Duration::from_millis(200), making).await;
    assert!(early.is_err(), "a key is there that is not stored");
}
