//! Bodies that are no input of their operation.

use serde_json::json;

use super::{
    PLAINTEXT, assert_complete, assert_error, assert_errors, assert_serves, create_key, start,
};

const LIST: &str = "Start of list found where not expected";
const STRUCTURE: &str = "Start of structure or map found where not expected.";

/// The longest body, in bytes.
const LONGEST: usize = 1024 * 1024;

#[test]
fn that_are_no_structure() {
    let server = start();
    let client = server.client();
    for body in [
        &b""[..],
        b"null",
        b"\"text\"",
        b"1",
        b"true",
        b"{",
        b"{\"KeyId\":\"k\",}",
        b"not json",
        b"{} {}",
        b"\xff\xfe",
        b"{\"KeyId\":\"\xff\"}",
        b"\x00",
        b"KeyId=k",
    ] {
        assert_error(
            &client.send("Encrypt", body),
            "SerializationException",
            None,
        );
    }
    for body in [&b"[]"[..], b"[{\"KeyId\":\"k\"}]"] {
        assert_error(
            &client.send("Encrypt", body),
            "SerializationException",
            Some(LIST),
        );
    }
    let deep = [vec![b'['; 100_000], vec![b']'; 100_000]].concat();
    assert_error(
        &client.send("Encrypt", &deep),
        "SerializationException",
        Some(LIST),
    );
    let unknown = [b"{\"Unknown\":".as_slice(), &deep, b"}"].concat();
    assert_eq!(client.send("ListKeys", &unknown).status, 200);
    assert_serves(&client);
}

#[test]
fn with_values_of_other_types() {
    let server = start();
    let client = server.client();
    let table = [
        (
            json!({"NumberOfBytes": "1"}),
            "STRING_VALUE can not be converted to an Integer",
        ),
        (
            json!({"KeyId": 1}),
            "NUMBER_VALUE can not be converted to a String",
        ),
        (
            json!({"NumberOfBytes": true}),
            "TRUE_VALUE can not be converted to an Integer",
        ),
        (
            json!({"NumberOfBytes": false}),
            "FALSE_VALUE can not be converted to an Integer",
        ),
        (
            json!({"KeyId": true}),
            "TRUE_VALUE can not be converted to a String",
        ),
        (json!({"KeyId": []}), LIST),
        (json!({"EncryptionContext": []}), LIST),
        (json!({"KeyId": {}}), STRUCTURE),
        (json!({"GrantTokens": "t"}), "Expected list or null"),
        (json!({"EncryptionContext": "x"}), "Expected null"),
    ];
    assert_errors(&client, "GenerateDataKey", "SerializationException", &table);
    let no_base64 = client.call(
        "Encrypt",
        &json!({"KeyId": "k", "Plaintext": "not base64!"}),
    );
    assert_error(&no_base64, "SerializationException", None);
}

#[test]
fn with_more_than_is_known() {
    let server = start();
    let client = server.client();
    let key = create_key(&client);
    let input = json!({
        "KeyId": key, "NumberOfBytes": 16.9, "KeySpec": null, "GrantTokens": null,
        "Unknown": {"a": [1, {"b": null}]}, "keyId": 7,
    });
    let made = client.ok("GenerateDataKey", &input);
    // A decimal is cut off, a null is as if it were absent, an unknown member is passed over.
    assert_eq!(made["Plaintext"].as_str().unwrap().len(), 24);
}

#[test]
fn of_every_length() {
    let server = start();
    let client = server.client();
    let padded = |length: usize| {
        let frame = r#"{"Pad":""}"#;
        format!(r#"{{"Pad":"{}"}}"#, "x".repeat(length - frame.len())).into_bytes()
    };
    assert_eq!(client.send("ListKeys", &padded(LONGEST)).status, 200);
    for length in [LONGEST + 1, LONGEST + 100_000, 3 * LONGEST] {
        let answer = client.send("ListKeys", &padded(length));
        assert_complete(&answer);
        assert_eq!(
            (answer.status, answer.error().as_str()),
            (413, "RequestEntityTooLargeException")
        );
    }
    assert_serves(&client);
}

/// A record can't hold a request of any length, and a call without a record must not succeed.
#[test]
fn that_are_too_long_to_be_recorded() {
    let server = start();
    let client = server.client();
    let key = create_key(&client);
    let context = json!({"long": "c".repeat(1_000_000)});
    let names = json!(vec!["n".repeat(100); 9_000]);
    for (operation, input) in [
        (
            "Encrypt",
            json!({"KeyId": key, "Plaintext": PLAINTEXT, "EncryptionContext": context}),
        ),
        ("UntagResource", json!({"KeyId": key, "TagKeys": names})),
    ] {
        let answer = client.call(operation, &input);
        let message = "The request is too long to be recorded.";
        assert_error(&answer, "ValidationException", Some(message));
        let records = server.audit_events();
        let record = records.last().unwrap();
        assert_eq!(record["requestID"], answer.request_id());
        assert_eq!(record["errorCode"], "ValidationException");
        let omitted = json!({"reason": "requestParameters too large", "omitted": true});
        assert_eq!(record["requestParameters"], omitted);
    }
    assert_serves(&client);
}

#[test]
fn that_break_the_model() {
    let server = start();
    let client = server.client();
    let long = "k".repeat(2049);
    let long_key = format!(
        "1 validation error detected: Value '{long}' at 'keyId' failed to satisfy constraint: Member must have length less than or equal to 2048"
    );
    assert_errors(
        &client,
        "Encrypt",
        "ValidationException",
        &[
            (
                json!({}),
                "2 validation errors detected: Value null at 'keyId' failed to satisfy constraint: Member must not be null; Value null at 'plaintext' failed to satisfy constraint: Member must not be null",
            ),
            (
                json!({"KeyId": "k"}),
                "1 validation error detected: Value null at 'plaintext' failed to satisfy constraint: Member must not be null",
            ),
            (
                json!({"KeyId": "", "Plaintext": "", "EncryptionAlgorithm": "ROT13"}),
                "3 validation errors detected: Value '' at 'keyId' failed to satisfy constraint: Member must have length greater than or equal to 1; Value at 'plaintext' failed to satisfy constraint: Member must have length greater than or equal to 1; Value 'ROT13' at 'encryptionAlgorithm' failed to satisfy constraint: Member must satisfy enum value set: [SYMMETRIC_DEFAULT, RSAES_OAEP_SHA_1, RSAES_OAEP_SHA_256, SM2PKE]",
            ),
            (json!({"KeyId": long, "Plaintext": PLAINTEXT}), &long_key),
        ],
    );
    assert_errors(
        &client,
        "GenerateRandom",
        "ValidationException",
        &[
            (
                json!({"NumberOfBytes": 1025}),
                "1 validation error detected: Value '1025' at 'numberOfBytes' failed to satisfy constraint: Member must have value less than or equal to 1024",
            ),
            (
                json!({"NumberOfBytes": 0}),
                "1 validation error detected: Value '0' at 'numberOfBytes' failed to satisfy constraint: Member must have value greater than or equal to 1",
            ),
            (json!({}), "NumberOfBytes is required."),
        ],
    );
    let tag = json!({"KeyId": "k", "Tags": [{"TagKey": "a", "TagValue": "b"}, {"TagKey": "", "TagValue": "b"}]});
    assert_errors(
        &client,
        "TagResource",
        "ValidationException",
        &[(
            tag,
            "1 validation error detected: Value '' at 'tags.2.member.tagKey' failed to satisfy constraint: Member must have length greater than or equal to 1",
        )],
    );
    let alias = json!({"AliasName": "alias/a b", "TargetKeyId": "k"});
    assert_errors(
        &client,
        "CreateAlias",
        "ValidationException",
        &[(
            alias,
            "1 validation error detected: Value 'alias/a b' at 'aliasName' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$",
        )],
    );
}

#[test]
fn that_break_a_rule_of_the_service() {
    let server = start();
    let client = server.client();
    let key = create_key(&client);
    let either = "Please specify either number of bytes or key spec.";
    let both = json!({"KeyId": key, "KeySpec": "AES_256", "NumberOfBytes": 32});
    let table = [(json!({"KeyId": key}), either), (both, either)];
    assert_errors(&client, "GenerateDataKey", "ValidationException", &table);
    let no_usage =
        "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.";
    let other_usage = "KeyUsage SIGN_VERIFY is not compatible with KeySpec SYMMETRIC_DEFAULT";
    let table = [
        (json!({"KeySpec": "RSA_2048"}), no_usage),
        (json!({"KeyUsage": "SIGN_VERIFY"}), other_usage),
    ];
    assert_errors(&client, "CreateKey", "ValidationException", &table);
    let window = json!({"KeyId": key, "PendingWindowInDays": 6});
    assert_eq!(
        client.err("ScheduleKeyDeletion", &window),
        "ValidationException"
    );
    let token = json!({"KeyId": key, "Plaintext": PLAINTEXT, "GrantTokens": ["none"]});
    assert_eq!(client.err("Encrypt", &token), "InvalidGrantTokenException");
}

#[test]
fn with_tags_that_can_not_be() {
    let server = start();
    let client = server.client();
    let key = create_key(&client);
    let tags = |names: &[&str]| {
        let tag = |name: &&str| json!({"TagKey": name, "TagValue": ""});
        json!({"KeyId": key, "Tags": names.iter().map(tag).collect::<Vec<_>>()})
    };
    let many: Vec<String> = (0..51).map(|index| format!("t{index}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let reserved = "Tags beginning with aws: are reserved";
    let table = [
        (tags(&["a", "b", "a"]), "Duplicate tag keys"),
        (tags(&["aws:x"]), reserved),
        (tags(&["AWS:x"]), reserved),
        (tags(&many), "Too many tags"),
    ];
    assert_errors(&client, "TagResource", "TagException", &table);
}

#[test]
fn with_policies_that_can_not_be() {
    let server = start();
    let client = server.client();
    let key = create_key(&client);
    let policy = |principal: &str, action: &str| {
        let statement = json!({"Effect": "Allow", "Principal": {"AWS": principal}, "Action": action, "Resource": "*"});
        let policy = json!({"Version": "2012-10-17", "Statement": [statement]});
        json!({"KeyId": key, "Policy": policy.to_string()})
    };
    let root = "arn:aws:iam::000000000000:root";
    let nobody = "arn:aws:iam::000000000000:user/nobody";
    let invalid = "Policy contains a statement with one or more invalid principals.";
    let lockout = "The new key policy will not allow you to update the key policy in the future.";
    let table = [
        (policy(nobody, "kms:*"), invalid),
        (policy(root, "kms:Encrypt"), lockout),
    ];
    let code = "MalformedPolicyDocumentException";
    assert_errors(&client, "PutKeyPolicy", code, &table);
    let no_policy = json!({"KeyId": key, "Policy": "{"});
    assert_eq!(client.err("PutKeyPolicy", &no_policy), code);
}
