//! What no client should send, and what the server says to it. After all of it the server serves.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod bodies;
mod ciphertexts;
mod connections;
mod dry_runs;
mod identifiers;
mod pages;
mod policies;
mod random;
mod signatures;
mod sts;
mod targets;

use keystead_testkit::{Answer, Client, Server, ServerOptions};
use serde_json::{Value, json};

const BINARY: &str = env!("CARGO_BIN_EXE_keystead");

/// `hello`, in base64.
const PLAINTEXT: &str = "aGVsbG8=";

/// A key id that no key has.
const ABSENT: &str = "00000000-0000-4000-8000-000000000000";

fn start() -> Server {
    ServerOptions::new(BINARY).start()
}

fn create_key(client: &Client) -> String {
    let made = client.ok("CreateKey", &json!({}));
    made["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned()
}

fn encrypt(client: &Client, input: &Value) -> String {
    let answer = client.ok("Encrypt", input);
    answer["CiphertextBlob"].as_str().unwrap().to_owned()
}

/// Every answer has an id of its own and the server's date, by which clients correct their clocks.
#[track_caller]
fn assert_complete(answer: &Answer) {
    let id = answer.request_id();
    assert!(
        uuid::Uuid::try_parse(id).is_ok_and(|uuid| uuid.to_string() == id),
        "{id}"
    );
    assert!(
        answer
            .header("date")
            .is_some_and(|date| date.ends_with(" GMT"))
    );
    assert!(answer.header("content-type").is_some());
}

/// The answer is this error of KMS, with these very words and no others.
#[track_caller]
fn assert_error(answer: &Answer, code: &str, message: Option<&str>) {
    assert_complete(answer);
    let member = if code == "AccessDeniedException" {
        "Message"
    } else {
        "message"
    };
    let mut expected = json!({"__type": code});
    if let Some(message) = message {
        expected[member] = message.into();
    }
    assert_eq!((answer.status, answer.json()), (400, expected));
    assert_eq!(
        answer.header("content-type"),
        Some("application/x-amz-json-1.1")
    );
}

/// A table of calls of one operation and the errors that they get.
#[track_caller]
fn assert_errors(client: &Client, operation: &str, code: &str, table: &[(Value, &str)]) {
    for (input, message) in table {
        let answer = client.call(operation, input);
        assert_eq!(
            (answer.error().as_str(), answer.message().as_str()),
            (code, *message),
            "{operation} {input}"
        );
        assert_error(&answer, code, Some(message));
    }
}

/// The server still does its work.
#[track_caller]
fn assert_serves(client: &Client) {
    let ciphertext = encrypt(
        client,
        &json!({"KeyId": create_key(client), "Plaintext": PLAINTEXT}),
    );
    let answer = client.call("Decrypt", &json!({"CiphertextBlob": ciphertext}));
    assert_complete(&answer);
    assert_eq!(
        (answer.status, &answer.json()["Plaintext"]),
        (200, &json!(PLAINTEXT))
    );
}
