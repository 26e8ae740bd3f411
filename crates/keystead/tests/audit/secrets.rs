//! What no record may say: plaintexts, ciphertexts, data keys, access keys.

use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keystead_testkit::Client;
use serde_json::{Value, json};

use super::{SECRET, created, start};

/// How many bytes of a secret in a row count as found.
const WINDOW: usize = 12;

/// Whether a text shows a part of a secret: as it is, in hexadecimal or in base64.
fn shows(text: &[u8], secret: &[u8]) -> bool {
    let contains = |needle: &[u8]| text.windows(needle.len()).any(|window| window == needle);
    secret.windows(WINDOW).any(|window| {
        let hexadecimal: String = window.iter().map(|byte| format!("{byte:02x}")).collect();
        contains(window)
            || contains(hexadecimal.as_bytes())
            || contains(hexadecimal.to_uppercase().as_bytes())
            || contains(STANDARD.encode(window).as_bytes())
    })
}

/// Uses a key in every way, and returns what came of it that may not be recorded.
fn use_key(client: &Client, key: &str) -> Vec<Vec<u8>> {
    let plaintext = STANDARD.encode(SECRET);
    let encrypted = client.ok("Encrypt", &json!({"KeyId": key, "Plaintext": plaintext}));
    let blob = &encrypted["CiphertextBlob"];
    let decrypt = json!({"CiphertextBlob": blob});
    let move_over = json!({"CiphertextBlob": blob, "DestinationKeyId": key});
    let data_key = json!({"KeyId": key, "KeySpec": "AES_256"});
    let answers = [
        client.ok("Decrypt", &decrypt),
        client.ok("ReEncrypt", &move_over),
        client.ok("GenerateDataKey", &data_key),
        client.ok("GenerateDataKeyWithoutPlaintext", &data_key),
        client.ok("GenerateRandom", &json!({"NumberOfBytes": 64})),
        encrypted,
    ];
    let others = use_other_keys(client, key);
    let member = |name: &'static str| {
        answers.iter().chain(&others).filter_map(move |answer| {
            let text = answer.get(name).and_then(Value::as_str)?;
            Some(STANDARD.decode(text).unwrap())
        })
    };
    // A ciphertext's head is no secret: its record names the same key material.
    let ends = member("CiphertextBlob").map(|blob| blob[blob.len() - 32..].to_vec());
    let others = ["PrivateKeyPlaintext", "Signature", "Mac", "SharedSecret"];
    let others = others.into_iter().flat_map(member);
    member("Plaintext").chain(ends).chain(others).collect()
}

/// Uses a key of each other kind, and the one that makes pairs.
fn use_other_keys(client: &Client, key: &str) -> Vec<Value> {
    let made = |spec: &str, usage: &str| {
        let made = client.ok("CreateKey", &json!({"KeySpec": spec, "KeyUsage": usage}));
        made["KeyMetadata"]["Arn"].clone()
    };
    let message = STANDARD.encode(SECRET);
    let (signing, hmac) = (
        made("ECC_NIST_P256", "SIGN_VERIFY"),
        made("HMAC_256", "GENERATE_VERIFY_MAC"),
    );
    let mut sign =
        json!({"KeyId": signing, "Message": message, "SigningAlgorithm": "ECDSA_SHA_256"});
    let signed = client.ok("Sign", &sign);
    sign["Signature"] = signed["Signature"].clone();
    assert_eq!(client.call("Verify", &sign).status, 200);
    let mut generate = json!({"KeyId": hmac, "Message": message, "MacAlgorithm": "HMAC_SHA_256"});
    let mac = client.ok("GenerateMac", &generate);
    generate["Mac"] = mac["Mac"].clone();
    assert_eq!(client.call("VerifyMac", &generate).status, 200);
    let agreeing = made("ECC_NIST_P256", "KEY_AGREEMENT");
    let peer = client.ok("GetPublicKey", &json!({"KeyId": agreeing}))["PublicKey"].clone();
    let derive = json!({"KeyId": agreeing, "KeyAgreementAlgorithm": "ECDH", "PublicKey": peer});
    let pair = json!({"KeyId": key, "KeyPairSpec": "ECC_NIST_P256"});
    vec![
        signed,
        mac,
        client.ok("DeriveSharedSecret", &derive),
        client.ok("GenerateDataKeyPair", &pair),
    ]
}

/// Calls that fail must keep what they were sent to themselves too.
fn fail(client: &Client, key: &str) {
    let plaintext = STANDARD.encode(SECRET);
    let too_long = STANDARD.encode(SECRET.repeat(200));
    for (operation, input) in [
        (
            "Encrypt",
            json!({"KeyId": "alias/absent", "Plaintext": plaintext}),
        ),
        ("Encrypt", json!({"KeyId": key, "Plaintext": too_long})),
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
}

#[test]
fn no_secret_is_recorded() {
    let server = start();
    let client = server.client();
    let key = created(&client);
    let mut secrets = use_key(&client, &key);
    assert_eq!(secrets.len(), 11);
    secrets.push(SECRET.to_vec());
    secrets.push(server.credentials().1.into_bytes());
    fail(&client, &key);
    let records = fs::read(server.data_dir().join("audit/segment-00000001.jsonl")).unwrap();
    let log = server.log().into_bytes();
    for secret in &secrets {
        assert!(!shows(&records, secret));
        assert!(!shows(&log, secret));
    }
    // The search finds what is there.
    assert!(shows(&records, b"GenerateRandom"));
    let planted = [b"xy".as_slice(), STANDARD.encode(SECRET).as_bytes()].concat();
    assert!(shows(&planted, SECRET));
}
