//! Dry runs: they check all that a call would, and never succeed.

use serde_json::{Value, json};

use super::{ABSENT, PLAINTEXT, assert_error, assert_errors, create_key, encrypt, start};

const WOULD: &str = "The request would have succeeded, but the DryRun option is set.";

fn with(mut input: Value, name: &str, value: Value) -> Value {
    input[name] = value;
    input
}

#[test]
fn never_succeed() {
    let server = start();
    let client = server.client();
    let key = create_key(&client);
    let blob = encrypt(&client, &json!({"KeyId": key, "Plaintext": PLAINTEXT}));
    for (operation, input) in [
        ("Encrypt", json!({"KeyId": key, "Plaintext": PLAINTEXT})),
        ("Decrypt", json!({"CiphertextBlob": blob})),
        (
            "ReEncrypt",
            json!({"CiphertextBlob": blob, "DestinationKeyId": key}),
        ),
        (
            "GenerateDataKey",
            json!({"KeyId": key, "KeySpec": "AES_128"}),
        ),
        (
            "GenerateDataKeyWithoutPlaintext",
            json!({"KeyId": key, "NumberOfBytes": 64}),
        ),
        (
            "GenerateDataKeyPair",
            json!({"KeyId": key, "KeyPairSpec": "ECC_NIST_P256"}),
        ),
        (
            "GenerateDataKeyPairWithoutPlaintext",
            json!({"KeyId": key, "KeyPairSpec": "ECC_NIST_P256"}),
        ),
    ] {
        let answer = client.call(operation, &with(input.clone(), "DryRun", json!(true)));
        assert_error(&answer, "DryRunOperationException", Some(WOULD));
        for not_dry in [json!(false), json!(null)] {
            let answer = client.call(operation, &with(input.clone(), "DryRun", not_dry));
            assert_eq!(answer.status, 200, "{operation}");
        }
    }
}

#[test]
fn fail_as_the_call_would() {
    let server = start();
    let client = server.client();
    let key = create_key(&client);
    let absent = json!({"KeyId": ABSENT, "Plaintext": PLAINTEXT, "DryRun": true});
    assert_eq!(client.err("Encrypt", &absent), "NotFoundException");
    let noise = json!({"CiphertextBlob": PLAINTEXT, "DryRun": true});
    assert_eq!(client.err("Decrypt", &noise), "InvalidCiphertextException");
    let invalid = json!({"KeyId": key, "DryRun": true});
    assert_eq!(client.err("Encrypt", &invalid), "ValidationException");
    assert_eq!(client.ok("DisableKey", &json!({"KeyId": key})), Value::Null);
    let disabled = json!({"KeyId": key, "Plaintext": PLAINTEXT, "DryRun": true});
    assert_eq!(client.err("Encrypt", &disabled), "DisabledException");
}

#[test]
fn may_leave_the_ciphertext_out() {
    let server = start();
    let client = server.client();
    let key = create_key(&client);
    let ignoring = json!(["IGNORE_CIPHERTEXT"]);
    let decrypt = json!({"KeyId": key, "DryRunModifiers": ignoring});
    let re_encrypt =
        json!({"SourceKeyId": key, "DestinationKeyId": key, "DryRunModifiers": ignoring});
    let only_dry = "DryRunModifiers can only be specified when DryRun is true.";
    for (operation, member, input) in [
        ("Decrypt", "KeyId", decrypt),
        ("ReEncrypt", "SourceKeyId", re_encrypt),
    ] {
        let dry = with(input.clone(), "DryRun", json!(true));
        let answer = client.call(operation, &dry);
        assert_error(&answer, "DryRunOperationException", Some(WOULD));
        for not_dry in [json!(false), json!(null)] {
            let input = with(input.clone(), "DryRun", not_dry);
            assert_errors(
                &client,
                operation,
                "ValidationException",
                &[(input, only_dry)],
            );
        }
        let unnamed = with(dry.clone(), member, json!(null));
        let member = format!("{}{}", member[..1].to_lowercase(), &member[1..]);
        let null = format!(
            "1 validation error detected: Value null at '{member}' failed to satisfy constraint: Member must not be null"
        );
        assert_errors(
            &client,
            operation,
            "ValidationException",
            &[(unnamed, &null)],
        );
        let unmodified = with(dry.clone(), "DryRunModifiers", json!([]));
        let null = "1 validation error detected: Value null at 'ciphertextBlob' failed to satisfy constraint: Member must not be null";
        assert_errors(
            &client,
            operation,
            "ValidationException",
            &[(unmodified, null)],
        );
        let misspelt = with(dry, "DryRunModifiers", json!(["IGNORE_EVERYTHING"]));
        assert_eq!(client.err(operation, &misspelt), "ValidationException");
    }
    let absent = json!({"KeyId": ABSENT, "DryRun": true, "DryRunModifiers": ignoring});
    assert_eq!(client.err("Decrypt", &absent), "NotFoundException");
}
