//! The audit log: one record for each call, with all that it must say and nothing that it must not.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::HashSet;
use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderValue, Method};
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

/// A call, and what its record must say besides.
struct Case {
    operation: &'static str,
    input: Value,
    read_only: bool,
    parameters: Value,
    response: Value,
    resources: Vec<String>,
}

fn case(operation: &'static str, input: Value, parameters: Value) -> Case {
    Case {
        operation,
        input,
        read_only: true,
        parameters,
        response: Value::Null,
        resources: Vec::new(),
    }
}

impl Case {
    /// About these keys and aliases.
    fn on(mut self, resources: &[&str]) -> Self {
        self.resources = resources.iter().map(ToString::to_string).collect();
        self
    }

    /// A change, whose record shows what it answered.
    fn changing(mut self, response: Value) -> Self {
        self.read_only = false;
        self.response = response;
        self
    }

    fn check(&self, server: &Server) -> Answer {
        let Self { operation, .. } = self;
        let answer = server.client().call(operation, &self.input);
        assert_eq!(answer.status, 200, "{operation}: {}", answer.text());
        let record = record_of(server, &answer);
        assert_common(&record, operation, self.read_only);
        assert_eq!(record["requestParameters"], self.parameters, "{operation}");
        assert!(record.get("errorCode").is_none(), "{operation}");
        let mut response = record["responseElements"].clone();
        if let Some(date) = response.get_mut("deletionDate") {
            assert!(
                date.as_str().is_some_and(|date| date.ends_with('M')),
                "{date}"
            );
            *date = "(some day)".into();
        }
        assert_eq!(response, self.response, "{operation}");
        let resources: Vec<Value> = self
            .resources
            .iter()
            .map(|arn| json!({"accountId": ACCOUNT, "type": "AWS::KMS::Key", "ARN": arn}))
            .collect();
        let expected = (!resources.is_empty()).then(|| Value::from(resources));
        assert_eq!(record.get("resources"), expected.as_ref(), "{operation}");
        answer
    }
}

#[test]
fn create_key() {
    let server = start();
    let input = json!({
        "Description": "audited", "Policy": POLICY, "BypassPolicyLockoutSafetyCheck": true,
        "Tags": [{"TagKey": "team", "TagValue": "payments"}],
    });
    let answer = server.client().call("CreateKey", &input);
    let key = answer.json()["KeyMetadata"].clone();
    let record = record_of(&server, &answer);
    assert_common(&record, "CreateKey", false);
    let parameters = json!({
        "policy": POLICY, "description": "audited", "keyUsage": "ENCRYPT_DECRYPT",
        "customerMasterKeySpec": "SYMMETRIC_DEFAULT", "keySpec": "SYMMETRIC_DEFAULT",
        "origin": "AWS_KMS", "multiRegion": false, "bypassPolicyLockoutSafetyCheck": true,
        "tags": [{"tagKey": "team", "tagValue": "payments"}],
    });
    assert_eq!(record["requestParameters"], parameters);
    let shown = &record["responseElements"]["keyMetadata"];
    for (recorded, answered) in [
        ("aWSAccountId", "AWSAccountId"),
        ("keyId", "KeyId"),
        ("arn", "Arn"),
        ("enabled", "Enabled"),
        ("description", "Description"),
        ("keyUsage", "KeyUsage"),
        ("keyState", "KeyState"),
        ("origin", "Origin"),
        ("keyManager", "KeyManager"),
        ("keySpec", "KeySpec"),
        ("customerMasterKeySpec", "CustomerMasterKeySpec"),
        ("encryptionAlgorithms", "EncryptionAlgorithms"),
        ("multiRegion", "MultiRegion"),
    ] {
        assert_eq!(shown[recorded], key[answered], "{recorded}");
    }
    assert!(shown["creationDate"].as_str().unwrap().ends_with('M'));
    assert_eq!(record["resources"][0]["ARN"], key["Arn"]);
}

#[test]
fn changes() {
    let server = start();
    let client = server.client();
    let (key, other) = (created(&client), created(&client));
    let (key_arn, other_arn) = (arn(&format!("key/{key}")), arn(&format!("key/{other}")));
    let alias = arn("alias/audited");
    let answered = json!({"keyId": key_arn});
    let tags = json!([{"TagKey": "a", "TagValue": "1"}]);
    for case in [
        case("CreateAlias", json!({"AliasName": "alias/audited", "TargetKeyId": key}), json!({"aliasName": "alias/audited", "targetKeyId": key}))
            .on(&[&key_arn, &alias])
            .changing(answered.clone()),
        case("UpdateAlias", json!({"AliasName": "alias/audited", "TargetKeyId": other_arn}), json!({"aliasName": "alias/audited", "targetKeyId": other_arn}))
            .on(&[&other_arn, &alias])
            .changing(json!({"keyId": other_arn})),
        case("DeleteAlias", json!({"AliasName": "alias/audited"}), json!({"aliasName": "alias/audited"}))
            .on(&[&alias, &other_arn])
            .changing(json!({"keyId": other_arn})),
        case("TagResource", json!({"KeyId": key, "Tags": tags}), json!({"keyId": key, "tags": [{"tagKey": "a", "tagValue": "1"}]}))
            .on(&[&key_arn])
            .changing(answered.clone()),
        case("UntagResource", json!({"KeyId": key, "TagKeys": ["a"]}), json!({"keyId": key, "tagKeys": ["a"]}))
            .on(&[&key_arn])
            .changing(answered.clone()),
        case("UpdateKeyDescription", json!({"KeyId": key, "Description": "new"}), json!({"keyId": key, "description": "new"}))
            .on(&[&key_arn])
            .changing(answered.clone()),
        case("PutKeyPolicy", json!({"KeyId": key, "Policy": POLICY}), json!({"keyId": key, "policyName": "default", "policy": POLICY, "bypassPolicyLockoutSafetyCheck": false}))
            .on(&[&key_arn])
            .changing(answered.clone()),
        case("DisableKey", json!({"KeyId": key}), json!({"keyId": key}))
            .on(&[&key_arn])
            .changing(answered.clone()),
        case("EnableKey", json!({"KeyId": key_arn}), json!({"keyId": key_arn}))
            .on(&[&key_arn])
            .changing(answered.clone()),
        case("ScheduleKeyDeletion", json!({"KeyId": key, "PendingWindowInDays": 7}), json!({"keyId": key, "pendingWindowInDays": 7}))
            .on(&[&key_arn])
            .changing(json!({"keyId": key_arn, "keyState": "PendingDeletion", "deletionDate": "(some day)", "pendingWindowInDays": 7})),
        case("CancelKeyDeletion", json!({"KeyId": key}), json!({"keyId": key}))
            .on(&[&key_arn])
            .changing(answered.clone()),
    ] {
        case.check(&server);
    }
}

#[test]
fn reads() {
    let server = start();
    let client = server.client();
    let key = created(&client);
    let key_arn = arn(&format!("key/{key}"));
    for case in [
        case("DescribeKey", json!({"KeyId": key}), json!({"keyId": key})).on(&[&key_arn]),
        case(
            "GetKeyPolicy",
            json!({"KeyId": key}),
            json!({"keyId": key, "policyName": "default"}),
        )
        .on(&[&key_arn]),
        case(
            "ListKeyPolicies",
            json!({"KeyId": key, "Limit": 3}),
            json!({"keyId": key, "limit": 3}),
        )
        .on(&[&key_arn]),
        case(
            "ListResourceTags",
            json!({"KeyId": key}),
            json!({"keyId": key}),
        )
        .on(&[&key_arn]),
        case(
            "ListAliases",
            json!({"KeyId": key, "Limit": 9}),
            json!({"keyId": key, "limit": 9}),
        )
        .on(&[&key_arn]),
        case("ListKeys", json!({"Limit": 2}), json!({"limit": 2})),
    ] {
        case.check(&server);
    }
}

#[test]
fn uses() {
    let server = start();
    let client = server.client();
    let (key, other) = (created(&client), created(&client));
    let (key_arn, other_arn) = (arn(&format!("key/{key}")), arn(&format!("key/{other}")));
    let alias = json!({"AliasName": "alias/used", "TargetKeyId": key});
    assert_eq!(client.ok("CreateAlias", &alias), Value::Null);
    let context = json!({"tenant": "7"});
    let symmetric = "SYMMETRIC_DEFAULT";
    let plaintext = STANDARD.encode(SECRET);

    let encrypt =
        json!({"KeyId": "alias/used", "Plaintext": plaintext, "EncryptionContext": context});
    let encrypted = case("Encrypt", encrypt, json!({"keyId": "alias/used", "encryptionContext": context, "encryptionAlgorithm": symmetric}))
        .on(&[&key_arn])
        .check(&server);
    let blob = encrypted.json()["CiphertextBlob"].clone();
    case(
        "Decrypt",
        json!({"CiphertextBlob": blob, "EncryptionContext": context}),
        json!({"encryptionAlgorithm": symmetric, "encryptionContext": context}),
    )
    .on(&[&key_arn])
    .check(&server);
    let re_encrypt = json!({"CiphertextBlob": blob, "SourceEncryptionContext": context, "DestinationKeyId": other, "DestinationEncryptionContext": {"b": "c"}});
    let re_encrypted = json!({
        "sourceEncryptionAlgorithm": symmetric, "sourceEncryptionContext": context,
        "destinationKeyId": other, "destinationEncryptionAlgorithm": symmetric,
        "destinationEncryptionContext": {"b": "c"},
    });
    case("ReEncrypt", re_encrypt, re_encrypted)
        .on(&[&key_arn, &other_arn])
        .check(&server);
    case(
        "GenerateDataKey",
        json!({"KeyId": key, "KeySpec": "AES_256"}),
        json!({"keyId": key, "keySpec": "AES_256"}),
    )
    .on(&[&key_arn])
    .check(&server);
    case(
        "GenerateDataKeyWithoutPlaintext",
        json!({"KeyId": key, "NumberOfBytes": 48}),
        json!({"keyId": key, "numberOfBytes": 48}),
    )
    .on(&[&key_arn])
    .check(&server);
    case(
        "GenerateRandom",
        json!({"NumberOfBytes": 32}),
        json!({"numberOfBytes": 32}),
    )
    .check(&server);

    for record in server.audit_events() {
        let material = &record["additionalEventData"];
        match record["eventName"].as_str().unwrap() {
            "Encrypt" | "Decrypt" | "GenerateDataKey" | "GenerateDataKeyWithoutPlaintext" => {
                assert_eq!(material["keyMaterialId"].as_str().unwrap().len(), 64);
            }
            "ReEncrypt" => {
                assert_ne!(
                    material["sourceKeyMaterialId"],
                    material["destinationKeyMaterialId"]
                );
            }
            _ => assert!(material.is_null()),
        }
    }
}

#[test]
fn get_caller_identity() {
    let server = start();
    let mut client = server.client();
    "sts".clone_into(&mut client.service);
    let body = b"Action=GetCallerIdentity&Version=2011-06-15";
    let mut headers = HeaderMap::new();
    let form = HeaderValue::from_static("application/x-www-form-urlencoded");
    headers.insert("content-type", form);
    headers.insert("user-agent", HeaderValue::from_static("the-agent/1.0"));
    client.sign(&Method::POST, "/", &mut headers, body);
    let answer = client.exchange(&Method::POST, "/", &headers, body);
    assert_eq!(answer.status, 200);
    let record = record_of(&server, &answer);
    assert_eq!(record["eventSource"], "sts.amazonaws.com");
    assert_eq!(record["eventName"], "GetCallerIdentity");
    assert_eq!(record["userAgent"], "the-agent/1.0");
    assert_eq!(record["readOnly"], true);
    assert_eq!(record["requestParameters"], Value::Null);
    assert_eq!(record["responseElements"], Value::Null);
    assert!(record.get("resources").is_none());
}

#[test]
fn failures_and_denials() {
    let server = start();
    let client = server.client();
    let key = created(&client);
    let key_arn = arn(&format!("key/{key}"));
    let denying = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:root"},"Action":"kms:*","Resource":"*"},
        {"Effect":"Deny","Principal":"*","Action":["kms:Encrypt","kms:TagResource"],"Resource":"*"}]}"#;
    let put = json!({"KeyId": key, "Policy": denying});
    assert_eq!(client.ok("PutKeyPolicy", &put), Value::Null);
    let plaintext = STANDARD.encode(SECRET);
    let foreign = "arn:aws:kms:us-east-1:999999999999:key/00000000-0000-4000-8000-000000000000";
    let absent = "00000000-0000-4000-8000-000000000000";
    for (operation, input, code, found) in [
        (
            "Encrypt",
            json!({"KeyId": key, "Plaintext": plaintext}),
            "AccessDenied",
            true,
        ),
        (
            "TagResource",
            json!({"KeyId": key, "Tags": [{"TagKey": "a", "TagValue": "b"}]}),
            "AccessDenied",
            true,
        ),
        (
            "Encrypt",
            json!({"KeyId": foreign, "Plaintext": plaintext}),
            "AccessDenied",
            false,
        ),
        (
            "Encrypt",
            json!({"KeyId": absent, "Plaintext": plaintext}),
            "NotFoundException",
            false,
        ),
        (
            "Encrypt",
            json!({"KeyId": "alias/absent", "Plaintext": plaintext}),
            "NotFoundException",
            false,
        ),
        (
            "Encrypt",
            json!({"KeyId": key}),
            "ValidationException",
            false,
        ),
        (
            "Encrypt",
            json!({"KeyId": 1}),
            "SerializationException",
            false,
        ),
        (
            "Decrypt",
            json!({"CiphertextBlob": plaintext}),
            "InvalidCiphertextException",
            false,
        ),
        (
            "GenerateDataKey",
            json!({"KeyId": key, "KeySpec": "AES_256", "DryRun": true}),
            "DryRunOperationException",
            true,
        ),
        (
            "CancelKeyDeletion",
            json!({"KeyId": key}),
            "KMSInvalidStateException",
            true,
        ),
        (
            "ListKeys",
            json!({"Marker": "nonsense"}),
            "InvalidMarkerException",
            false,
        ),
        (
            "CreateKey",
            json!({"KeyUsage": "SIGN_VERIFY"}),
            "ValidationException",
            false,
        ),
    ] {
        let answer = client.call(operation, &input);
        assert_eq!(answer.status, 400, "{operation} {input}");
        let record = record_of(&server, &answer);
        let read_only = !matches!(operation, "TagResource" | "CancelKeyDeletion" | "CreateKey");
        assert_common(&record, operation, read_only);
        assert_eq!(record["errorCode"], code, "{operation} {input}");
        let message = answer.message();
        let recorded = record.get("errorMessage").and_then(Value::as_str);
        assert_eq!(recorded.unwrap_or_default(), message);
        assert_eq!(record["responseElements"], Value::Null);
        let resource = record
            .get("resources")
            .map(|resources| &resources[0]["ARN"]);
        assert_eq!(
            resource,
            found.then(|| json!(key_arn)).as_ref(),
            "{operation} {input}"
        );
    }
}

#[test]
fn rejected_requests_leave_none() {
    let server = start();
    let client = server.client();
    let (id, _) = server.credentials();
    let mut late = client.clone();
    late.skew_seconds = -1000;
    for (stranger, operation) in [
        (client.with_credentials(&id, "wrong"), "ListKeys"),
        (
            client.with_credentials("AKIAAAAAAAAAAAAAAAAA", "any"),
            "ListKeys",
        ),
        (late, "ListKeys"),
        (client.clone(), "Frobnicate"),
    ] {
        assert_ne!(stranger.call(operation, &json!({})).status, 200);
    }
    assert_eq!(server.audit_events(), Vec::<Value>::new());
}

#[test]
fn every_call_of_many_clients_has_one() {
    const CLIENTS: usize = 8;
    const CALLS: usize = 40;
    let server = start();
    let key = created(&server.client());
    let ids: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..CLIENTS)
            .map(|number| {
                let (client, key) = (server.client(), &key);
                scope.spawn(move || {
                    (0..CALLS)
                        .map(|call| {
                            let answer = match (number + call) % 4 {
                                0 => client.call("CreateKey", &json!({})),
                                1 => client
                                    .call("Encrypt", &json!({"KeyId": key, "Plaintext": "AAAA"})),
                                2 => client.call("Encrypt", &json!({"KeyId": "absent"})),
                                _ => client.call(
                                    "UpdateKeyDescription",
                                    &json!({"KeyId": key, "Description": call.to_string()}),
                                ),
                            };
                            assert!(answer.status < 500, "{}", answer.text());
                            answer.request_id().to_owned()
                        })
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect()
    });
    let records = server.audit_events();
    assert_eq!(records.len(), CLIENTS * CALLS + 1);
    let recorded: HashSet<&str> = records
        .iter()
        .map(|record| record["requestID"].as_str().unwrap())
        .collect();
    assert_eq!(recorded.len(), records.len());
    assert!(ids.iter().all(|id| recorded.contains(id.as_str())));
    let events: HashSet<&str> = records
        .iter()
        .map(|record| record["eventID"].as_str().unwrap())
        .collect();
    assert_eq!(events.len(), records.len());
}

/// Whether a text has 12 bytes of a secret anywhere: as they are, in hexadecimal or in base64.
fn shows(text: &[u8], secret: &[u8]) -> bool {
    let contains = |needle: &[u8]| text.windows(needle.len()).any(|window| window == needle);
    secret.windows(12).any(|window| {
        let hexadecimal: String = window.iter().map(|byte| format!("{byte:02x}")).collect();
        contains(window)
            || contains(hexadecimal.as_bytes())
            || contains(hexadecimal.to_uppercase().as_bytes())
            || contains(STANDARD.encode(window).as_bytes())
    })
}

#[test]
fn no_secret_is_recorded() {
    let server = start();
    let client = server.client();
    let key = created(&client);
    let plaintext = STANDARD.encode(SECRET);
    let mut secrets = vec![SECRET.to_vec(), server.credentials().1.into_bytes()];
    let bytes = |text: &Value| STANDARD.decode(text.as_str().unwrap()).unwrap();
    let mut keep = |name: &str, answer: &Value| {
        let bytes = bytes(&answer[name]);
        // A ciphertext's head is no secret: its record names the same key material.
        let head = if name == "Plaintext" {
            0
        } else {
            bytes.len() - 32
        };
        secrets.push(bytes[head..].to_vec());
    };
    let encrypted = client.ok("Encrypt", &json!({"KeyId": key, "Plaintext": plaintext}));
    keep("CiphertextBlob", &encrypted);
    let blob = &encrypted["CiphertextBlob"];
    assert_eq!(
        client.ok("Decrypt", &json!({"CiphertextBlob": blob}))["Plaintext"],
        plaintext
    );
    let moved = client.ok(
        "ReEncrypt",
        &json!({"CiphertextBlob": blob, "DestinationKeyId": key}),
    );
    keep("CiphertextBlob", &moved);
    let data_key = client.ok(
        "GenerateDataKey",
        &json!({"KeyId": key, "KeySpec": "AES_256"}),
    );
    keep("Plaintext", &data_key);
    keep("CiphertextBlob", &data_key);
    let sealed = client.ok(
        "GenerateDataKeyWithoutPlaintext",
        &json!({"KeyId": key, "KeySpec": "AES_256"}),
    );
    keep("CiphertextBlob", &sealed);
    keep(
        "Plaintext",
        &client.ok("GenerateRandom", &json!({"NumberOfBytes": 64})),
    );
    // Calls that fail must keep it to themselves too.
    for (operation, input) in [
        (
            "Encrypt",
            json!({"KeyId": "alias/absent", "Plaintext": plaintext}),
        ),
        (
            "Encrypt",
            json!({"KeyId": key, "Plaintext": STANDARD.encode(SECRET.repeat(200))}),
        ),
        (
            "Encrypt",
            json!({"KeyId": key, "Plaintext": plaintext, "EncryptionAlgorithm": "none"}),
        ),
        ("Decrypt", json!({"CiphertextBlob": plaintext})),
        (
            "Decrypt",
            json!({"CiphertextBlob": plaintext, "KeyId": key}),
        ),
    ] {
        assert_eq!(
            client.call(operation, &input).status,
            400,
            "{operation} {input}"
        );
    }
    let log = fs::read(server.data_dir().join("audit/segment-00000001.jsonl")).unwrap();
    let said = server.log();
    for secret in &secrets {
        assert!(!shows(&log, secret));
        assert!(!shows(said.as_bytes(), secret));
    }
    // The search finds what is there.
    assert!(shows(&log, b"GenerateRandom"));
    let planted = [b"xy".as_slice(), STANDARD.encode(SECRET).as_bytes()].concat();
    assert!(shows(&planted, SECRET));
}
