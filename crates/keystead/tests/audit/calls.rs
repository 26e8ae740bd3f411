//! What the record of each operation says when it succeeds.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderValue, Method};
use keystead_testkit::{Answer, Server};
use serde_json::{Value, json};

use super::{ACCOUNT, POLICY, SECRET, arn, assert_common, created, record_of, start};

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
            "GetKeyLastUsage",
            json!({"KeyId": key}),
            json!({"keyId": key}),
        )
        .on(&[&key_arn]),
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

    case(
        "GenerateDataKeyPair",
        json!({"KeyId": key, "KeyPairSpec": "ECC_NIST_P256", "EncryptionContext": context}),
        json!({"keyId": key, "keyPairSpec": "ECC_NIST_P256", "encryptionContext": context}),
    )
    .on(&[&key_arn])
    .check(&server);
    case(
        "GenerateDataKeyPairWithoutPlaintext",
        json!({"KeyId": key, "KeyPairSpec": "ECC_NIST_P384"}),
        json!({"keyId": key, "keyPairSpec": "ECC_NIST_P384"}),
    )
    .on(&[&key_arn])
    .check(&server);

    for record in server.audit_events() {
        check_additional(&record);
    }
}

#[test]
fn uses_of_other_kinds_of_keys() {
    let server = start();
    let made = |spec: &str, usage: &str| {
        let input = json!({"KeySpec": spec, "KeyUsage": usage});
        let made = server.client().ok("CreateKey", &input);
        made["KeyMetadata"]["Arn"].as_str().unwrap().to_owned()
    };
    let message = STANDARD.encode(SECRET);
    let signing = made("ECC_NIST_P256", "SIGN_VERIFY");
    let sign = json!({"KeyId": signing, "Message": message, "SigningAlgorithm": "ECDSA_SHA_256"});
    let recorded =
        json!({"keyId": signing, "messageType": "RAW", "signingAlgorithm": "ECDSA_SHA_256"});
    let on_signing = |operation, input| case(operation, input, recorded.clone()).on(&[&signing]);
    let signature = on_signing("Sign", sign.clone()).check(&server).json()["Signature"].clone();
    let mut verify = sign;
    verify["Signature"] = signature;
    on_signing("Verify", verify).check(&server);
    case(
        "GetPublicKey",
        json!({"KeyId": signing}),
        json!({"keyId": signing}),
    )
    .on(&[&signing])
    .check(&server);

    let hmac = made("HMAC_256", "GENERATE_VERIFY_MAC");
    let generate = json!({"KeyId": hmac, "Message": message, "MacAlgorithm": "HMAC_SHA_256"});
    let recorded = json!({"keyId": hmac, "macAlgorithm": "HMAC_SHA_256"});
    let on_hmac = |operation, input| case(operation, input, recorded.clone()).on(&[&hmac]);
    let mac = on_hmac("GenerateMac", generate.clone())
        .check(&server)
        .json()["Mac"]
        .clone();
    let mut verify = generate;
    verify["Mac"] = mac;
    on_hmac("VerifyMac", verify).check(&server);

    let agreeing = made("ECC_NIST_P256", "KEY_AGREEMENT");
    let shown = server
        .client()
        .ok("GetPublicKey", &json!({"KeyId": agreeing}));
    let derive = json!({
        "KeyId": agreeing, "KeyAgreementAlgorithm": "ECDH", "PublicKey": shown["PublicKey"],
    });
    case(
        "DeriveSharedSecret",
        derive,
        json!({"keyId": agreeing, "keyAgreementAlgorithm": "ECDH"}),
    )
    .on(&[&agreeing])
    .check(&server);

    for record in server.audit_events() {
        check_additional(&record);
    }
}

/// What CloudTrail tells of the material, and how the call was authorized.
fn check_additional(record: &Value) {
    let material = &record["additionalEventData"];
    match record["eventName"].as_str().unwrap() {
        "Encrypt"
        | "Decrypt"
        | "GenerateDataKey"
        | "GenerateDataKeyPair"
        | "GenerateDataKeyPairWithoutPlaintext"
        | "GenerateDataKeyWithoutPlaintext" => {
            assert_eq!(material["keyMaterialId"].as_str().unwrap().len(), 64);
        }
        "ReEncrypt" => {
            assert_ne!(
                material["sourceKeyMaterialId"],
                material["destinationKeyMaterialId"]
            );
        }
        _ => {
            let members: Vec<_> = material.as_object().unwrap().keys().collect();
            assert_eq!(members, ["authorization"]);
        }
    }
    for decided in material["authorization"].as_array().unwrap() {
        assert_eq!(decided["decision"], "allowed");
        assert!(!decided["because"].as_array().unwrap().is_empty());
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
