//! Ciphertexts that were altered, are of another key, or are none.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::{
    ABSENT, PLAINTEXT, assert_error, assert_errors, assert_serves, create_key, encrypt, start,
};

const UNKNOWN: &str = "The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.";
const INCORRECT: &str =
    "The key ID in the request does not identify a CMK that can perform this operation.";

#[test]
fn no_alteration_goes_unnoticed() {
    let server = start();
    let client = server.client();
    let key = create_key(&client);
    let blob = encrypt(&client, &json!({"KeyId": key, "Plaintext": PLAINTEXT}));
    let blob = STANDARD.decode(blob).unwrap();
    let refused = |altered: &[u8], case: &str| {
        let altered = STANDARD.encode(altered);
        for (input, expected) in [
            (
                json!({"CiphertextBlob": altered}),
                ["InvalidCiphertextException", "AccessDeniedException"],
            ),
            (
                json!({"CiphertextBlob": altered, "KeyId": key}),
                ["InvalidCiphertextException", "IncorrectKeyException"],
            ),
        ] {
            let error = client.err("Decrypt", &input);
            assert!(expected.contains(&error.as_str()), "{case}: {error}");
        }
    };
    for index in 0..blob.len() {
        let mut altered = blob.clone();
        altered[index] ^= 1 << (index % 8);
        refused(&altered, &format!("byte {index}"));
    }
    for length in (1..blob.len()).step_by(7) {
        refused(&blob[..length], &format!("{length} bytes"));
    }
    refused(&[blob.as_slice(), &[0]].concat(), "one byte more");
    refused(&[blob.as_slice(), &blob].concat(), "twice");
    let whole = json!({"CiphertextBlob": STANDARD.encode(&blob)});
    assert_eq!(client.ok("Decrypt", &whole)["Plaintext"], PLAINTEXT);
}

#[test]
fn strangers_ciphertexts_say_nothing() {
    let server = start();
    let client = server.client();
    // The beginning of AWS's own ciphertexts, noise, and nothing.
    let aws = [[1, 2, 2, 0, 0x78].as_slice(), &[0x5a; 150]].concat();
    for blob in [aws, b"hello".to_vec(), vec![0; 6144]] {
        let answer = client.call("Decrypt", &json!({"CiphertextBlob": STANDARD.encode(blob)}));
        assert_error(&answer, "InvalidCiphertextException", None);
    }
    // Noise in the form of a ciphertext of ours names a key that is not there.
    let answer = client.call(
        "Decrypt",
        &json!({"CiphertextBlob": STANDARD.encode([1; 150])}),
    );
    assert!(
        ["InvalidCiphertextException", "AccessDeniedException"].contains(&answer.error().as_str())
    );
    let too_long = "1 validation error detected: Value at 'ciphertextBlob' failed to satisfy constraint: Member must have length less than or equal to 6144";
    let too_short = "1 validation error detected: Value at 'ciphertextBlob' failed to satisfy constraint: Member must have length greater than or equal to 1";
    let absent = "1 validation error detected: Value null at 'ciphertextBlob' failed to satisfy constraint: Member must not be null";
    assert_errors(
        &client,
        "Decrypt",
        "ValidationException",
        &[
            (
                json!({"CiphertextBlob": STANDARD.encode([0; 6145])}),
                too_long,
            ),
            (json!({"CiphertextBlob": ""}), too_short),
            (json!({}), absent),
        ],
    );
    assert_serves(&client);
}

#[test]
fn the_encryption_context_must_be_the_same() {
    let server = start();
    let client = server.client();
    let key = create_key(&client);
    let context = json!({"tenant": "7", "purpose": "test"});
    let blob = encrypt(
        &client,
        &json!({"KeyId": key, "Plaintext": PLAINTEXT, "EncryptionContext": context}),
    );
    for other in [
        json!(null),
        json!({}),
        json!({"tenant": "7"}),
        json!({"tenant": "8", "purpose": "test"}),
        json!({"Tenant": "7", "purpose": "test"}),
        json!({"tenant": "7", "purpose": "test", "more": ""}),
        json!({"tenant": "test", "purpose": "7"}),
    ] {
        let input = json!({"CiphertextBlob": blob, "EncryptionContext": other});
        assert_error(
            &client.call("Decrypt", &input),
            "InvalidCiphertextException",
            None,
        );
        let input = json!({"CiphertextBlob": blob, "DestinationKeyId": key, "SourceEncryptionContext": other});
        assert_error(
            &client.call("ReEncrypt", &input),
            "InvalidCiphertextException",
            None,
        );
    }
    let reordered =
        json!({"CiphertextBlob": blob, "EncryptionContext": {"purpose": "test", "tenant": "7"}});
    assert_eq!(client.ok("Decrypt", &reordered)["Plaintext"], PLAINTEXT);
}

#[test]
fn of_another_key() {
    let server = start();
    let client = server.client();
    let (key, other) = (create_key(&client), create_key(&client));
    let blob = encrypt(&client, &json!({"KeyId": key, "Plaintext": PLAINTEXT}));
    assert_errors(
        &client,
        "Decrypt",
        "IncorrectKeyException",
        &[(json!({"CiphertextBlob": blob, "KeyId": other}), INCORRECT)],
    );
    assert_errors(
        &client,
        "ReEncrypt",
        "IncorrectKeyException",
        &[(
            json!({"CiphertextBlob": blob, "SourceKeyId": other, "DestinationKeyId": key}),
            INCORRECT,
        )],
    );
    let absent = json!({"CiphertextBlob": blob, "KeyId": ABSENT});
    let message = format!("Key 'arn:aws:kms:us-east-1:000000000000:key/{ABSENT}' does not exist");
    assert_errors(
        &client,
        "Decrypt",
        "NotFoundException",
        &[(absent, &message)],
    );
    let wrong_algorithm =
        json!({"CiphertextBlob": blob, "EncryptionAlgorithm": "RSAES_OAEP_SHA_256"});
    assert_eq!(
        client.err("Decrypt", &wrong_algorithm),
        "InvalidKeyUsageException"
    );
}

#[test]
fn of_a_key_that_is_not_there() {
    // The other server's keys are unknown here, as a deleted key's would be.
    let (server, elsewhere) = (start(), start());
    let (client, stranger) = (server.client(), elsewhere.client());
    let blob = encrypt(
        &stranger,
        &json!({"KeyId": create_key(&stranger), "Plaintext": PLAINTEXT}),
    );
    let input = json!({"CiphertextBlob": blob});
    assert_error(
        &client.call("Decrypt", &input),
        "AccessDeniedException",
        Some(UNKNOWN),
    );
    let input = json!({"CiphertextBlob": blob, "DestinationKeyId": create_key(&client)});
    assert_error(
        &client.call("ReEncrypt", &input),
        "AccessDeniedException",
        Some(UNKNOWN),
    );
}
