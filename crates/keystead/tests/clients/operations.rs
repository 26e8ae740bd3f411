//! All operations of KMS with all their exceptions, with boto3: a committed table.

use std::fs;
use std::path::Path;

use keystead_store::{Commit, SqliteStore, Store as _};
use keystead_testkit::{Server, committed};
use serde_json::{Value, json};

use crate::machine::Machine;
use crate::{ServerOptions, boto3};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/operations_table.txt");
/// The table's name where the script runs.
const FOUND: &str = "operations_table.txt";
const TEN_MINUTES: u64 = 10 * 60 * 1000;
/// The custom key stores that the account can have.
const STORES: u32 = 8;
/// As many tokens as those, and one that trusts another certificate than the script's. They have no
/// library, so that stores in them can't be connected.
const TOKENS: &str = "abcdefgh";
const DISTRUSTFUL_TOKEN: char = 'z';

#[test]
fn the_table_of_operations() {
    // As few of everything as the script (`operations/world.py`) expects.
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("keystead.toml");
    fs::write(&config, tokens()).unwrap();
    fs::write(folder.path().join("anchor.pem"), "another certificate").unwrap();
    let options = ServerOptions::new(env!("CARGO_BIN_EXE_keystead"))
        .arg(format!("--config={}", config.display()))
        .arg(format!("--quota=custom_key_stores={STORES}"))
        .arg("--quota=aliases_per_key=2")
        .arg("--quota=grants_per_key=2");
    let (server, key) = with_a_key_that_is_nearly_rotated(options);
    let mut machine = Machine::of(&server);
    let process = server.pid().to_string();
    boto3::run_on(
        &mut machine,
        &server,
        "boto3_operations.py",
        &[&process, &key, FOUND],
    );
    committed::check(Path::new(FILE), &machine.read(FOUND));
}

/// The tables of the tokens.
fn tokens() -> String {
    let token = |letter: char| {
        format!(
            "[[token]]\ncluster_id = \"cluster-{letter}2345672345\"\nmodule = \"none.so\"\nlabel = \"none\"\n"
        )
    };
    let trusting: String = TOKENS.chars().map(token).collect();
    format!(
        "{trusting}{}trust_anchor = \"anchor.pem\"\n",
        token(DISTRUSTFUL_TOKEN)
    )
}

/// A server with a key that is to be rotated automatically ten minutes after it was made. In the
/// calendar that is 90 days at the earliest, so that the date is written into the store between two
/// starts.
fn with_a_key_that_is_nearly_rotated(options: ServerOptions) -> (Server, String) {
    let mut server = options.start();
    let client = server.client();
    let made = client.ok("CreateKey", &json!({}));
    let key = made["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned();
    let enabled = client.ok("EnableKeyRotation", &json!({ "KeyId": key }));
    assert_eq!(enabled, Value::Null);
    assert!(server.terminate().success());
    let region = server.data_dir().join("regions/us-east-1.sqlite");
    let place = format!("/r/us-east-1/a/000000000000/key/{key}");
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime
        .unwrap()
        .block_on(bring_rotation_near(&region, &place));
    (server.restart(), key)
}

async fn bring_rotation_near(region: &Path, place: &str) {
    let store = SqliteStore::open(region).unwrap();
    let stored = store.get(place).await.unwrap().unwrap();
    let mut value: Value = serde_json::from_slice(&stored.value).unwrap();
    let record = &mut value["record"];
    let created = record["created"].as_u64().unwrap();
    assert!(record["rotation"]["next"].is_u64());
    record["rotation"]["next"] = (created + TEN_MINUTES).into();
    let commit = Commit::new().put(place, value.to_string());
    store.commit(commit).await.unwrap();
    store.close().await;
}
