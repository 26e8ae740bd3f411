//! What the record of a call says that was denied, or failed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keystead_testkit::Server;
use serde_json::{Value, json};

use super::{SECRET, arn, assert_common, created, record_of, start};

const ABSENT: &str = "00000000-0000-4000-8000-000000000000";
const FOREIGN: &str = "arn:aws:kms:us-east-1:999999999999:key/00000000-0000-4000-8000-000000000000";

/// Denies two operations to everybody, and leaves the rest to the account.
const DENYING: &str = r#"{"Version":"2012-10-17","Statement":[
    {"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:root"},"Action":"kms:*","Resource":"*"},
    {"Effect":"Deny","Principal":"*","Action":["kms:Encrypt","kms:TagResource"],"Resource":"*"}]}"#;

/// Makes a call that must fail, and checks its record; `found` is the key that it must name.
fn assert_recorded(
    server: &Server,
    operation: &str,
    input: &Value,
    code: &str,
    found: Option<&str>,
) {
    let answer = server.client().call(operation, input);
    assert_eq!(answer.status, 400, "{operation} {input}");
    let record = record_of(server, &answer);
    let changes = ["TagResource", "CancelKeyDeletion", "CreateKey"];
    assert_common(&record, operation, !changes.contains(&operation));
    assert_eq!(record["errorCode"], code, "{operation} {input}");
    let message = record.get("errorMessage").and_then(Value::as_str);
    assert_eq!(message.unwrap_or_default(), answer.message());
    assert_eq!(record["responseElements"], Value::Null);
    let named = record
        .get("resources")
        .map(|resources| &resources[0]["ARN"]);
    assert_eq!(named.and_then(Value::as_str), found, "{operation} {input}");
}

#[test]
fn denials() {
    let server = start();
    let client = server.client();
    let key = created(&client);
    let put = json!({"KeyId": key, "Policy": DENYING});
    assert_eq!(client.ok("PutKeyPolicy", &put), Value::Null);
    let key_arn = arn(&format!("key/{key}"));
    let encrypt = |key: &str| json!({"KeyId": key, "Plaintext": STANDARD.encode(SECRET)});
    let tag = json!({"KeyId": key, "Tags": [{"TagKey": "a", "TagValue": "b"}]});
    for (operation, input, found) in [
        ("Encrypt", encrypt(&key), Some(key_arn.as_str())),
        ("TagResource", tag, Some(&key_arn)),
        ("Encrypt", encrypt(FOREIGN), None),
    ] {
        assert_recorded(&server, operation, &input, "AccessDenied", found);
    }
}

#[test]
fn failures() {
    let server = start();
    let key = created(&server.client());
    let key_arn = arn(&format!("key/{key}"));
    let plaintext = STANDARD.encode(SECRET);
    for (operation, input, code) in [
        (
            "Encrypt",
            json!({"KeyId": ABSENT, "Plaintext": plaintext}),
            "NotFoundException",
        ),
        (
            "Encrypt",
            json!({"KeyId": "alias/absent", "Plaintext": plaintext}),
            "NotFoundException",
        ),
        ("Encrypt", json!({"KeyId": key}), "ValidationException"),
        ("Encrypt", json!({"KeyId": 1}), "SerializationException"),
        (
            "Decrypt",
            json!({"CiphertextBlob": plaintext}),
            "InvalidCiphertextException",
        ),
        (
            "ListKeys",
            json!({"Marker": "nonsense"}),
            "InvalidMarkerException",
        ),
        (
            "CreateKey",
            json!({"KeyUsage": "SIGN_VERIFY"}),
            "ValidationException",
        ),
    ] {
        assert_recorded(&server, operation, &input, code, None);
    }
    let dry = json!({"KeyId": key, "KeySpec": "AES_256", "DryRun": true});
    for (operation, input, code) in [
        ("GenerateDataKey", dry, "DryRunOperationException"),
        (
            "CancelKeyDeletion",
            json!({"KeyId": key}),
            "KMSInvalidStateException",
        ),
    ] {
        assert_recorded(&server, operation, &input, code, Some(&key_arn));
    }
}
