//! The audit log: one record for each call, with all that it must say and nothing that it must not.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod calls;
mod counts;
mod failures;
mod secrets;

use keystead_testkit::{Answer, Client, Server, ServerOptions};
use serde_json::{Value, json};

const BINARY: &str = env!("CARGO_BIN_EXE_keystead");
const ACCOUNT: &str = "000000000000";
const ADMIN: &str = "arn:aws:iam::000000000000:user/admin";
const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:root"},"Action":"kms:*","Resource":"*"}]}"#;

/// A plaintext that stands nowhere by chance.
const SECRET: &[u8] = b"the plaintext that must not be recorded";

fn start() -> Server {
    ServerOptions::new(BINARY).start()
}

fn arn(resource: &str) -> String {
    format!("arn:aws:kms:us-east-1:{ACCOUNT}:{resource}")
}

fn created(client: &Client) -> String {
    let made = client.ok("CreateKey", &json!({}));
    made["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned()
}

/// The newest record, which is the one of this answer.
fn record_of(server: &Server, answer: &Answer) -> Value {
    let mut of_it: Vec<Value> = server
        .audit_events()
        .into_iter()
        .filter(|record| record["requestID"] == answer.request_id())
        .collect();
    assert_eq!(of_it.len(), 1, "one record for each call");
    of_it.remove(0)
}

/// What every record of a call says.
fn assert_common(record: &Value, operation: &str, read_only: bool) {
    let user = &record["userIdentity"];
    assert_eq!(user["type"], "IAMUser");
    assert_eq!(user["arn"], ADMIN);
    assert_eq!(user["accountId"], ACCOUNT);
    assert_eq!(user["userName"], "admin");
    assert!(user["principalId"].as_str().unwrap().starts_with("AIDA"));
    assert!(user["accessKeyId"].as_str().unwrap().starts_with("AKIA"));
    for (member, expected) in [
        ("eventVersion", "1.11"),
        ("eventSource", "kms.amazonaws.com"),
        ("eventName", operation),
        ("awsRegion", "us-east-1"),
        ("sourceIPAddress", "127.0.0.1"),
        ("eventType", "AwsApiCall"),
        ("recipientAccountId", ACCOUNT),
        ("eventCategory", "Management"),
    ] {
        assert_eq!(record[member], expected, "{member}");
    }
    assert_eq!(record["managementEvent"], true);
    assert_eq!(record["readOnly"], read_only, "{operation}");
    let time = record["eventTime"].as_str().unwrap();
    assert!(time.len() == 20 && time.ends_with('Z'), "{time}");
    assert!(uuid::Uuid::try_parse(record["eventID"].as_str().unwrap()).is_ok());
    assert!(record.get("tlsDetails").is_none(), "plain HTTP has none");
}
