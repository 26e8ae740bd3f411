//! A disk that takes no more: a limit on the size of files stands in for it.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::HashSet;
use std::process::Command;

use keystead_testkit::{Answer, Client, Server, ServerOptions};
use serde_json::{Value, json};

/// The longest file, in bytes: enough for a start and a few dozen changes.
const LONGEST: &str = "400000";
/// More calls than fit.
const TOO_MANY: usize = 2000;
/// How many calls fail before the disk counts as full.
const FAILURES: usize = 10;
const PLAINTEXT: &str = "aGVsbG8=";

fn options() -> ServerOptions {
    ServerOptions::new(env!("CARGO_BIN_EXE_keystead"))
}

fn limited() -> Server {
    // The hard limit stays, so that the soft one can be lifted again.
    let limit = format!("--fsize={LONGEST}:");
    options().under(&["prlimit", &limit]).start()
}

fn lift_limit(server: &Server) {
    let pid = server.pid().to_string();
    let lifted = Command::new("prlimit")
        .args(["--pid", &pid, "--fsize=unlimited:"])
        .status();
    assert!(lifted.unwrap().success());
}

/// The service's failure, which tells nothing but that it is one.
#[track_caller]
fn assert_failed(answer: &Answer) {
    let expected = json!({
        "__type": "KMSInternalException",
        "message": "The request failed because of an internal error; quote its request id to the operator, or retry.",
    });
    assert_eq!((answer.status, answer.json()), (500, expected));
    assert!(uuid::Uuid::try_parse(answer.request_id()).is_ok());
}

/// Calls until the disk is full, and returns the answers of the calls that succeeded. A disk that
/// has no room for one call may have some for the next.
fn fill(client: &Client, operation: &str, input: &Value) -> Vec<Answer> {
    let mut acknowledged = Vec::new();
    let mut failures = 0;
    for _ in 0..TOO_MANY {
        let answer = client.call(operation, input);
        if answer.status == 200 {
            acknowledged.push(answer);
            continue;
        }
        assert_failed(&answer);
        failures += 1;
        if failures == FAILURES {
            return acknowledged;
        }
    }
    panic!("{operation}: the disk was never full")
}

fn health(client: &Client) -> u16 {
    let request = b"GET /health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    client.raw(request).status
}

fn id(made: &Answer) -> String {
    let made = made.json();
    made["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned()
}

/// Everything that was acknowledged is there, and every key and call has its record.
fn check(server: &Server, keys: &[Answer], ciphertexts: &[Answer]) {
    let client = server.client();
    let records = server.audit_events();
    let requests: HashSet<&str> = records
        .iter()
        .map(|record| record["requestID"].as_str().unwrap())
        .collect();
    for answer in keys.iter().chain(ciphertexts) {
        assert!(requests.contains(answer.request_id()), "a record is lost");
    }
    let listed = client.ok("ListKeys", &json!({"Limit": 1000}));
    let listed: Vec<&Value> = listed["Keys"].as_array().unwrap().iter().collect();
    for key in keys {
        assert!(
            listed.iter().any(|entry| entry["KeyId"] == id(key)),
            "a key is lost"
        );
    }
    for key in listed {
        let made = records.iter().any(|record| {
            record["eventName"] == "CreateKey"
                && record.get("errorCode").is_none()
                && record["resources"][0]["ARN"] == key["KeyArn"]
        });
        assert!(made, "{key} has no record");
    }
    for ciphertext in ciphertexts {
        let input = json!({"CiphertextBlob": ciphertext.json()["CiphertextBlob"]});
        assert_eq!(client.ok("Decrypt", &input)["Plaintext"], PLAINTEXT);
    }
}

#[test]
fn changes_fail_and_nothing_acknowledged_is_lost() {
    let server = limited();
    let client = server.client();
    let mut keys = fill(&client, "CreateKey", &json!({}));
    let key = id(&keys[0]);
    for _ in 0..5 {
        // The audit log still takes records, so that what changes nothing goes on.
        let described = client.call("DescribeKey", &json!({"KeyId": key}));
        assert_eq!(described.status, 200);
        assert_eq!(health(&client), 200);
    }
    let encrypted = client.call("Encrypt", &json!({"KeyId": key, "Plaintext": PLAINTEXT}));
    assert_eq!(encrypted.status, 200);
    // Once there is room, the same process goes on.
    lift_limit(&server);
    let later = client.call("CreateKey", &json!({}));
    assert_eq!(later.status, 200, "{}", later.text());
    keys.push(later);
    check(&server, &keys, std::slice::from_ref(&encrypted));
    let server = server.restart_with(options());
    check(&server, &keys, &[encrypted]);
    assert!(!server.log().contains("panicked"));
}

#[test]
fn no_call_goes_unrecorded() {
    let server = limited();
    let client = server.client();
    let made = client.call("CreateKey", &json!({}));
    let input = json!({"KeyId": id(&made), "Plaintext": PLAINTEXT});
    let ciphertexts = fill(&client, "Encrypt", &input);
    assert!(ciphertexts.len() > 100);
    for _ in 0..3 {
        // A longer record than those that the disk has no room for.
        let described = json!({"KeyId": "k".repeat(2000)});
        assert_failed(&client.call("DescribeKey", &described));
        // This one is committed or not, but it is not acknowledged without its record.
        assert_failed(&client.call("CreateKey", &json!({})));
        assert_eq!(health(&client), 200);
    }
    let server = server.restart_with(options());
    check(&server, &[made], &ciphertexts);
    let after = server.client().call("Encrypt", &input);
    assert_eq!(after.status, 200);
    assert!(!server.log().contains("panicked"));
}

#[test]
fn a_disk_that_was_full_is_used_again() {
    let server = limited();
    let client = server.client();
    let made = client.call("CreateKey", &json!({}));
    let input = json!({"KeyId": id(&made), "Plaintext": PLAINTEXT});
    let mut ciphertexts = fill(&client, "Encrypt", &input);
    assert_failed(&client.call("CreateKey", &json!({})));
    lift_limit(&server);
    let after = client.call("Encrypt", &input);
    assert_eq!(after.status, 200, "{}", after.text());
    ciphertexts.push(after);
    let later = client.call("CreateKey", &json!({}));
    assert_eq!(later.status, 200, "{}", later.text());
    let mut server = server;
    assert!(server.terminate().success());
    let server = server.restart_with(options());
    check(&server, &[made, later], &ciphertexts);
}

#[test]
fn a_first_start_without_room_can_be_repeated() {
    // Too little for a store, for its log, and for what the first start puts into it.
    for longest in [1_000, 10_000, 33_000] {
        let folder = tempfile::tempdir().unwrap();
        let limit = format!("--fsize={longest}:");
        let starved = options().under(&["prlimit", &limit]);
        let said = starved.must_not_start(&folder.path().join("data"));
        assert!(said.contains("disk I/O error"), "{said}");
        assert!(!said.contains("panicked"), "{said}");
        let server = options().start_in(folder);
        assert_eq!(server.client().call("CreateKey", &json!({})).status, 200);
    }
}
