//! Custom key stores of tokens: their operations and the life of their connection, with tokens that are no hardware.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::time::Duration;

use keystead_testkit::{Answer, FakeTokens, NodeOptions, TestNode};
use serde_json::{Value, json};
use tempfile::TempDir;

const CLUSTER: &str = "cluster-2a23b4cdefg";
const OTHER_CLUSTER: &str = "cluster-3a23b4cdefg";
const PASSWORD: &str = "kmsPswd1";
const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----";

struct World {
    node: TestNode,
    tokens: FakeTokens,
    folder: TempDir,
}

impl World {
    async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let tokens = FakeTokens::default()
            .with(CLUSTER, PASSWORD)
            .with(OTHER_CLUSTER, PASSWORD);
        let node = options(&tokens).start(folder.path()).await;
        Self {
            node,
            tokens,
            folder,
        }
    }

    async fn call(&self, operation: &str, input: Value) -> Answer {
        self.node.call("ada", operation, &input).await
    }

    async fn ok(&self, operation: &str, input: Value) -> Value {
        let answer = self.call(operation, input).await;
        assert_eq!(answer.status, 200, "{operation}: {}", answer.text());
        answer.json()
    }

    async fn refused(&self, operation: &str, input: Value) -> String {
        let answer = self.call(operation, input).await;
        assert_eq!(answer.status, 400, "{operation}: {}", answer.text());
        answer.error()
    }

    async fn create(&self, name: &str, cluster_id: &str) -> String {
        let created = self
            .ok("CreateCustomKeyStore", store(name, cluster_id))
            .await;
        created["CustomKeyStoreId"].as_str().unwrap().to_owned()
    }

    async fn described(&self, id: &str) -> Value {
        let input = json!({"CustomKeyStoreId": id});
        let described = self.ok("DescribeCustomKeyStores", input).await;
        described["CustomKeyStores"][0].clone()
    }

    /// Waits until a store's connection is in a state.
    async fn until(&self, id: &str, state: &str) -> Value {
        let reached = async {
            loop {
                let described = self.described(id).await;
                if described["ConnectionState"] == state {
                    return described;
                }
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        let reached = tokio::time::timeout(Duration::from_secs(30), reached).await;
        reached.unwrap_or_else(|_| panic!("{id} is never {state}"))
    }

    async fn connected(&self, name: &str) -> String {
        let id = self.create(name, CLUSTER).await;
        self.ok("ConnectCustomKeyStore", on(&id)).await;
        self.until(&id, "CONNECTED").await;
        id
    }

    async fn until_logged_out(&self) {
        while self.tokens.logins(CLUSTER) > 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

fn options(tokens: &FakeTokens) -> NodeOptions {
    NodeOptions::new()
        .admin("ada")
        .foreign_admin("eve")
        .user("bob", None)
        .tokens(tokens)
}

fn store(name: &str, cluster_id: &str) -> Value {
    json!({
        "CustomKeyStoreName": name,
        "CloudHsmClusterId": cluster_id,
        "TrustAnchorCertificate": CERTIFICATE,
        "KeyStorePassword": PASSWORD,
    })
}

fn on(id: &str) -> Value {
    json!({"CustomKeyStoreId": id})
}

fn random_of(id: &str) -> Value {
    json!({"NumberOfBytes": 3, "CustomKeyStoreId": id})
}

#[tokio::test]
async fn a_store_is_made_connected_used_disconnected_and_removed() {
    let world = World::new().await;
    let id = world.create("mine", CLUSTER).await;
    let expected = json!({
        "CustomKeyStoreId": id,
        "CustomKeyStoreName": "mine",
        "CloudHsmClusterId": CLUSTER,
        "TrustAnchorCertificate": CERTIFICATE,
        "ConnectionState": "DISCONNECTED",
        "CreationDate": 1_767_323_045.0,
        "CustomKeyStoreType": "AWS_CLOUDHSM",
    });
    let mut described = world.described(&id).await;
    let date = described["CreationDate"].as_f64();
    assert_eq!(date, expected["CreationDate"].as_f64());
    described["CreationDate"] = expected["CreationDate"].clone();
    assert_eq!(described, expected);
    assert_eq!(
        world.refused("GenerateRandom", random_of(&id)).await,
        "CustomKeyStoreInvalidStateException"
    );

    assert_eq!(world.ok("ConnectCustomKeyStore", on(&id)).await, json!({}));
    world.until(&id, "CONNECTED").await;
    assert_eq!(world.tokens.logins(CLUSTER), 1);
    let random = world.ok("GenerateRandom", random_of(&id)).await;
    assert_eq!(random["Plaintext"], "BwcH", "the token's own bytes");
    // Again changes nothing.
    world.ok("ConnectCustomKeyStore", on(&id)).await;
    assert_eq!(world.described(&id).await["ConnectionState"], "CONNECTED");
    assert_eq!(
        world.refused("DeleteCustomKeyStore", on(&id)).await,
        "CustomKeyStoreInvalidStateException"
    );

    world.ok("DisconnectCustomKeyStore", on(&id)).await;
    assert_eq!(
        world.refused("GenerateRandom", random_of(&id)).await,
        "CustomKeyStoreInvalidStateException",
        "at once"
    );
    world.until_logged_out().await;
    assert_eq!(
        world.refused("DisconnectCustomKeyStore", on(&id)).await,
        "CustomKeyStoreInvalidStateException"
    );
    world.ok("DeleteCustomKeyStore", on(&id)).await;
    for operation in [
        "DescribeCustomKeyStores",
        "ConnectCustomKeyStore",
        "DeleteCustomKeyStore",
    ] {
        let code = world.refused(operation, on(&id)).await;
        assert_eq!(code, "CustomKeyStoreNotFoundException", "{operation}");
    }
    let none = world.ok("DescribeCustomKeyStores", json!({})).await;
    assert_eq!(none, json!({"CustomKeyStores": [], "Truncated": false}));
}

#[tokio::test]
async fn what_cannot_be_connected_fails_with_awss_code_and_can_be_mended() {
    let world = World::new().await;
    let id = world.create("mine", CLUSTER).await;
    world.tokens.set_password(CLUSTER, "another1");
    world.ok("ConnectCustomKeyStore", on(&id)).await;
    let failed = world.until(&id, "FAILED").await;
    assert_eq!(failed["ConnectionErrorCode"], "INVALID_CREDENTIALS");
    // It must be disconnected first, and then be told the right password.
    assert_eq!(
        world.refused("ConnectCustomKeyStore", on(&id)).await,
        "CustomKeyStoreInvalidStateException"
    );
    let password = json!({"CustomKeyStoreId": id, "KeyStorePassword": "another1"});
    assert_eq!(
        world
            .refused("UpdateCustomKeyStore", password.clone())
            .await,
        "CustomKeyStoreInvalidStateException"
    );
    world.ok("DisconnectCustomKeyStore", on(&id)).await;
    world.ok("UpdateCustomKeyStore", password).await;
    world.ok("ConnectCustomKeyStore", on(&id)).await;
    let connected = world.until(&id, "CONNECTED").await;
    assert!(connected.get("ConnectionErrorCode").is_none());

    world.ok("DisconnectCustomKeyStore", on(&id)).await;
    world.tokens.set_there(CLUSTER, false);
    world.ok("ConnectCustomKeyStore", on(&id)).await;
    let failed = world.until(&id, "FAILED").await;
    assert_eq!(failed["ConnectionErrorCode"], "INSUFFICIENT_CLOUDHSM_HSMS");
}

#[tokio::test]
async fn a_token_that_is_gone_is_told_of_and_heals() {
    let world = World::new().await;
    let id = world.connected("mine").await;
    world.tokens.set_there(CLUSTER, false);
    let answer = world.call("GenerateRandom", random_of(&id)).await;
    assert_eq!(answer.error(), "CustomKeyStoreInvalidStateException");
    let own = world
        .ok("GenerateRandom", json!({"NumberOfBytes": 3}))
        .await;
    assert_ne!(own["Plaintext"], "BwcH");
    world.tokens.set_there(CLUSTER, true);
    world.ok("GenerateRandom", random_of(&id)).await;
}

#[tokio::test]
async fn a_connected_store_is_connected_after_a_restart_and_a_disconnected_one_is_not() {
    let folder = TempDir::new().unwrap();
    let tokens = FakeTokens::default()
        .with(CLUSTER, PASSWORD)
        .with(OTHER_CLUSTER, PASSWORD);
    let world = World {
        node: options(&tokens).start(folder.path()).await,
        tokens: tokens.clone(),
        folder: TempDir::new().unwrap(),
    };
    let id = world.connected("mine").await;
    let other = world.create("other", OTHER_CLUSTER).await;
    world.node.node.stop().await.unwrap();
    assert_eq!(tokens.logins(CLUSTER), 0, "a stopped node is logged out");

    let world = World {
        node: options(&tokens).start(folder.path()).await,
        tokens: tokens.clone(),
        folder,
    };
    while tokens.logins(CLUSTER) == 0 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    world.ok("GenerateRandom", random_of(&id)).await;
    assert_eq!(
        world.described(&other).await["ConnectionState"],
        "DISCONNECTED"
    );
    assert_eq!(tokens.logins(OTHER_CLUSTER), 0);
}

#[tokio::test]
async fn a_token_that_has_refused_the_password_is_not_asked_again_by_itself() {
    let folder = TempDir::new().unwrap();
    let tokens = FakeTokens::default()
        .with(CLUSTER, PASSWORD)
        .with(OTHER_CLUSTER, PASSWORD);
    let world = World {
        node: options(&tokens).start(folder.path()).await,
        tokens: tokens.clone(),
        folder: TempDir::new().unwrap(),
    };
    let id = world.connected("mine").await;
    let other = world.create("other", OTHER_CLUSTER).await;
    world.node.node.stop().await.unwrap();
    tokens.set_password(CLUSTER, "another password");

    let world = World {
        node: options(&tokens).start(folder.path()).await,
        tokens: tokens.clone(),
        folder,
    };
    while tokens.refusals(CLUSTER) == 0 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    // Another store is seen to, and this one with it.
    for _ in 0..3 {
        world.ok("ConnectCustomKeyStore", on(&other)).await;
        world.until(&other, "CONNECTED").await;
        world.ok("DisconnectCustomKeyStore", on(&other)).await;
    }
    assert_eq!(tokens.refusals(CLUSTER), 1);
    world.ok("DisconnectCustomKeyStore", on(&id)).await;
    let update = json!({"CustomKeyStoreId": id, "KeyStorePassword": "another password"});
    world.ok("UpdateCustomKeyStore", update).await;
    world.ok("ConnectCustomKeyStore", on(&id)).await;
    world.until(&id, "CONNECTED").await;
    assert_eq!(tokens.refusals(CLUSTER), 1);
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table")]
async fn bad_requests_are_refused_as_by_aws() {
    let world = World::new().await;
    let id = world.create("mine", CLUSTER).await;
    let without = |member: &str| {
        let mut input = store("new", OTHER_CLUSTER);
        input.as_object_mut().unwrap().remove(member);
        input
    };
    let with = |member: &str, value: Value| {
        let mut input = store("new", OTHER_CLUSTER);
        input[member] = value;
        input
    };
    world.tokens.trust(OTHER_CLUSTER, "another certificate");
    let cases = [
        (
            "CreateCustomKeyStore",
            without("CloudHsmClusterId"),
            "ValidationException",
        ),
        (
            "CreateCustomKeyStore",
            without("TrustAnchorCertificate"),
            "ValidationException",
        ),
        (
            "CreateCustomKeyStore",
            without("KeyStorePassword"),
            "ValidationException",
        ),
        (
            "CreateCustomKeyStore",
            with("KeyStorePassword", json!("short")),
            "ValidationException",
        ),
        (
            "CreateCustomKeyStore",
            with("CloudHsmClusterId", json!("cluster-1")),
            "ValidationException",
        ),
        (
            "CreateCustomKeyStore",
            with("XksProxyUriPath", json!("/kms/xks/v1")),
            "ValidationException",
        ),
        (
            "CreateCustomKeyStore",
            with("CustomKeyStoreType", json!("EXTERNAL_KEY_STORE")),
            "UnsupportedOperationException",
        ),
        (
            "CreateCustomKeyStore",
            with("CloudHsmClusterId", json!("cluster-7a23b4cdefg")),
            "CloudHsmClusterNotFoundException",
        ),
        (
            "CreateCustomKeyStore",
            store("new", OTHER_CLUSTER),
            "IncorrectTrustAnchorException",
        ),
        (
            "CreateCustomKeyStore",
            store("new", CLUSTER),
            "CloudHsmClusterInUseException",
        ),
        (
            "CreateCustomKeyStore",
            store("mine", CLUSTER),
            "CustomKeyStoreNameInUseException",
        ),
        ("UpdateCustomKeyStore", on(&id), "ValidationException"),
        (
            "UpdateCustomKeyStore",
            json!({"CustomKeyStoreId": id, "XksProxyUriPath": "/kms/xks/v1"}),
            "ValidationException",
        ),
        (
            "UpdateCustomKeyStore",
            json!({"CustomKeyStoreId": id, "CloudHsmClusterId": OTHER_CLUSTER}),
            "CloudHsmClusterNotRelatedException",
        ),
        (
            "DescribeCustomKeyStores",
            json!({"CustomKeyStoreId": id, "CustomKeyStoreName": "mine"}),
            "ValidationException",
        ),
        (
            "DescribeCustomKeyStores",
            json!({"CustomKeyStoreName": "none"}),
            "CustomKeyStoreNotFoundException",
        ),
        (
            "DescribeCustomKeyStores",
            json!({"Marker": "x"}),
            "InvalidMarkerException",
        ),
        (
            "DisconnectCustomKeyStore",
            on("cks-x"),
            "CustomKeyStoreNotFoundException",
        ),
        (
            "GenerateRandom",
            random_of("cks-1234567890abcdef0"),
            "CustomKeyStoreNotFoundException",
        ),
    ];
    for (operation, input, expected) in cases {
        let shown = input.to_string();
        assert_eq!(
            world.refused(operation, input).await,
            expected,
            "{operation} {shown}"
        );
    }
}

#[tokio::test]
async fn stores_are_an_accounts_own_and_ask_for_permission() {
    let world = World::new().await;
    let id = world.create("mine", CLUSTER).await;
    for operation in [
        "ConnectCustomKeyStore",
        "DisconnectCustomKeyStore",
        "DeleteCustomKeyStore",
        "DescribeCustomKeyStores",
    ] {
        let answer = world.node.call("bob", operation, &on(&id)).await;
        assert_eq!(answer.error(), "AccessDeniedException", "{operation}");
        let answer = world.node.call("eve", operation, &on(&id)).await;
        assert_eq!(
            answer.error(),
            "CustomKeyStoreNotFoundException",
            "{operation}"
        );
    }
    let answer = world
        .node
        .call("eve", "DescribeCustomKeyStores", &json!({}))
        .await;
    assert_eq!(answer.json()["CustomKeyStores"], json!([]));
    // A token is one store's, whatever the account; a name is an account's own.
    let taken = store("theirs", CLUSTER);
    let answer = world.node.call("eve", "CreateCustomKeyStore", &taken).await;
    assert_eq!(answer.error(), "CloudHsmClusterInUseException");
    let theirs = store("mine", OTHER_CLUSTER);
    let answer = world
        .node
        .call("eve", "CreateCustomKeyStore", &theirs)
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[tokio::test]
async fn an_account_has_ten_and_they_come_in_pages() {
    let folder = TempDir::new().unwrap();
    let letters = "abcdefghijk";
    let clusters: Vec<String> = letters
        .chars()
        .map(|c| format!("cluster-{c}a23b4cdefg"))
        .collect();
    let tokens = clusters
        .iter()
        .fold(FakeTokens::default(), |tokens, cluster| {
            tokens.with(cluster, PASSWORD)
        });
    let world = World {
        node: options(&tokens).start(folder.path()).await,
        tokens,
        folder,
    };
    let (last, first) = clusters.split_last().unwrap();
    for cluster in first {
        world.create(cluster, cluster).await;
    }
    let code = world
        .refused("CreateCustomKeyStore", store("last", last))
        .await;
    assert_eq!(code, "LimitExceededException");

    let (mut seen, mut marker) = (Vec::new(), Value::Null);
    loop {
        let mut input = json!({"Limit": 4});
        if marker.is_string() {
            input["Marker"] = marker;
        }
        let page = world.ok("DescribeCustomKeyStores", input).await;
        let stores = page["CustomKeyStores"].as_array().unwrap();
        seen.extend(stores.iter().map(|store| store["CustomKeyStoreId"].clone()));
        marker = page["NextMarker"].clone();
        if page["Truncated"] == false {
            break;
        }
        assert_eq!(stores.len(), 4);
    }
    assert_eq!(seen.len(), 10);
}

#[tokio::test]
async fn of_stores_that_are_made_at_the_same_time_one_has_the_name() {
    let world = World::new().await;
    let [one, other] = [store("mine", CLUSTER), store("mine", OTHER_CLUSTER)];
    let (one, other) = tokio::join!(
        world.call("CreateCustomKeyStore", one),
        world.call("CreateCustomKeyStore", other),
    );
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400]);
}

#[tokio::test]
async fn records_tell_of_stores_and_never_of_passwords() {
    let world = World::new().await;
    let id = world.create("mine", CLUSTER).await;
    let update = json!({
        "CustomKeyStoreId": id,
        "NewCustomKeyStoreName": "renamed",
        "KeyStorePassword": "kmsPswd2",
    });
    world.ok("UpdateCustomKeyStore", update).await;
    let log = world.folder.path().join("audit/segment-00000001.jsonl");
    let text = fs::read_to_string(log).unwrap();
    let read = |line: &str| serde_json::from_str::<Value>(line).unwrap();
    let records: Vec<Value> = text.lines().map(read).collect();
    let [.., created, updated] = records.as_slice() else {
        panic!("{records:?}");
    };
    assert_eq!(created["eventName"], "CreateCustomKeyStore");
    assert_eq!(created["requestParameters"]["customKeyStoreName"], "mine");
    assert_eq!(created["requestParameters"]["clusterId"], CLUSTER);
    assert_eq!(created["responseElements"], json!({"customKeyStoreId": id}));
    let details = &created["additionalEventData"];
    assert_eq!(details["customKeyStoreName"], "mine");
    assert_eq!(details["clusterId"], CLUSTER);
    assert_eq!(created["readOnly"], false);
    assert!(created.get("resources").is_none());
    assert_eq!(updated["eventName"], "UpdateCustomKeyStore");
    assert_eq!(
        updated["requestParameters"]["newCustomKeyStoreName"],
        "renamed"
    );
    assert!(updated["responseElements"].is_null());
    let all = format!("{records:?}");
    assert!(!all.contains("kmsPswd"), "{all}");
}
