//! `Encrypt`, `Decrypt` and `ReEncrypt` under asymmetric keys.

use serde_json::{Value, json};

use super::{Place, altered, base64, bytes, misused, unfit, with};

/// How much each algorithm encrypts ("Encrypt" in the KMS API reference).
const LIMITS: [(&str, &str, usize); 3] = [
    ("RSA_2048", "RSAES_OAEP_SHA_1", 214),
    ("RSA_2048", "RSAES_OAEP_SHA_256", 190),
    ("SM2", "SM2PKE", 1024),
];

fn encrypt(key: &str, algorithm: &str, plaintext: &[u8]) -> Value {
    json!({"KeyId": key, "EncryptionAlgorithm": algorithm, "Plaintext": base64(plaintext)})
}

fn decrypt(key: &str, algorithm: &str, blob: &Value) -> Value {
    json!({"KeyId": key, "EncryptionAlgorithm": algorithm, "CiphertextBlob": blob})
}

#[tokio::test]
async fn up_to_its_limit_and_no_further() {
    let place = Place::new().await;
    for (spec, algorithm, limit) in LIMITS {
        let key = place.key(spec, "ENCRYPT_DECRYPT").await;
        for length in [1, limit] {
            let plaintext = vec![7; length];
            let made = place
                .ok("Encrypt", encrypt(&key, algorithm, &plaintext))
                .await;
            assert_eq!(made["KeyId"], key);
            assert_eq!(made["EncryptionAlgorithm"], algorithm);
            let input = decrypt(&key, algorithm, &made["CiphertextBlob"]);
            let opened = place.ok("Decrypt", input).await;
            assert_eq!(bytes(&opened["Plaintext"]), plaintext);
            assert_eq!(opened["EncryptionAlgorithm"], algorithm);
            assert_eq!(opened.get("KeyMaterialId"), None);
        }
        let long = encrypt(&key, algorithm, &vec![7; limit + 1]);
        let message = format!(
            "Algorithm {algorithm} and key spec {spec} cannot encrypt data larger than {limit} bytes."
        );
        place
            .refused([("Encrypt", long, "ValidationException", message)])
            .await;
    }
}

#[tokio::test]
async fn the_key_and_the_algorithm_must_be_named() {
    let place = Place::new().await;
    let key = place.key("RSA_2048", "ENCRYPT_DECRYPT").await;
    let other = place.key("RSA_2048", "ENCRYPT_DECRYPT").await;
    let algorithm = "RSAES_OAEP_SHA_256";
    let made = place.ok("Encrypt", encrypt(&key, algorithm, b"x")).await;
    let blob = &made["CiphertextBlob"];
    let symmetric = unfit("SYMMETRIC_DEFAULT", "RSA_2048");
    let invalid = "InvalidCiphertextException";
    let usage = "InvalidKeyUsageException";
    let input = decrypt(&key, algorithm, blob);
    let without = |input: &Value, member: &str| {
        let mut input = input.clone();
        input.as_object_mut().unwrap().remove(member);
        input
    };
    let plain = encrypt(&key, algorithm, b"x");
    let context = json!({"a": "b"});
    let no_context = format!("Algorithm {algorithm} does not support encryption context.");
    place
        .refused([
            (
                "Encrypt",
                without(&plain, "EncryptionAlgorithm"),
                usage,
                symmetric.clone(),
            ),
            (
                "Decrypt",
                without(&input, "EncryptionAlgorithm"),
                usage,
                symmetric,
            ),
            // An asymmetric ciphertext does not say which key made it.
            ("Decrypt", without(&input, "KeyId"), invalid, String::new()),
            (
                "Decrypt",
                decrypt(&key, "RSAES_OAEP_SHA_1", blob),
                invalid,
                String::new(),
            ),
            (
                "Decrypt",
                decrypt(&key, "SM2PKE", blob),
                usage,
                unfit("SM2PKE", "RSA_2048"),
            ),
            (
                "Decrypt",
                decrypt(&other, algorithm, blob),
                invalid,
                String::new(),
            ),
            (
                "Decrypt",
                decrypt(&key, algorithm, &altered(blob)),
                invalid,
                String::new(),
            ),
            (
                "Decrypt",
                decrypt(&key, algorithm, &"eA==".into()),
                invalid,
                String::new(),
            ),
            (
                "Encrypt",
                with(&plain, "EncryptionContext", context.clone()),
                "ValidationException",
                no_context.clone(),
            ),
            (
                "Decrypt",
                with(&input, "EncryptionContext", context),
                "ValidationException",
                no_context,
            ),
        ])
        .await;
    place.dry("Encrypt", &plain).await;
    place.dry("Decrypt", &input).await;
}

#[tokio::test]
async fn a_signing_key_does_not_encrypt() {
    let place = Place::new().await;
    let key = place.key("RSA_2048", "SIGN_VERIFY").await;
    let algorithm = "RSAES_OAEP_SHA_256";
    let usage = "InvalidKeyUsageException";
    place
        .refused([
            (
                "Encrypt",
                encrypt(&key, algorithm, b"x"),
                usage,
                misused(&key, "SIGN_VERIFY", "Encrypt"),
            ),
            (
                "Decrypt",
                decrypt(&key, algorithm, &"eA==".into()),
                usage,
                misused(&key, "SIGN_VERIFY", "Decrypt"),
            ),
        ])
        .await;
}

#[tokio::test]
async fn ciphertexts_move_between_kinds_of_keys() {
    let place = Place::new().await;
    let symmetric = place.key("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT").await;
    let rsa = place.key("RSA_2048", "ENCRYPT_DECRYPT").await;
    let sm2 = place.key("SM2", "ENCRYPT_DECRYPT").await;
    let steps = [
        (&symmetric, "SYMMETRIC_DEFAULT"),
        (&rsa, "RSAES_OAEP_SHA_256"),
        (&sm2, "SM2PKE"),
        (&rsa, "RSAES_OAEP_SHA_1"),
        (&symmetric, "SYMMETRIC_DEFAULT"),
    ];
    let made = encrypt(&symmetric, "SYMMETRIC_DEFAULT", b"attack at dawn");
    let mut blob = place.ok("Encrypt", made).await["CiphertextBlob"].clone();
    let next = steps.iter().skip(1);
    for ((from, from_algorithm), (to, to_algorithm)) in steps.iter().zip(next) {
        let input = json!({
            "CiphertextBlob": blob, "SourceKeyId": from,
            "SourceEncryptionAlgorithm": from_algorithm, "DestinationKeyId": to,
            "DestinationEncryptionAlgorithm": to_algorithm,
        });
        place.dry("ReEncrypt", &input).await;
        let moved = place.ok("ReEncrypt", input).await;
        assert_eq!(&moved["SourceKeyId"], *from);
        assert_eq!(&moved["KeyId"], *to);
        assert_eq!(moved["SourceEncryptionAlgorithm"], *from_algorithm);
        assert_eq!(moved["DestinationEncryptionAlgorithm"], *to_algorithm);
        for (member, key) in [
            ("SourceKeyMaterialId", from),
            ("DestinationKeyMaterialId", to),
        ] {
            assert_eq!(moved.get(member).is_some(), *key == &symmetric, "{member}");
        }
        blob = moved["CiphertextBlob"].clone();
    }
    let opened = place.ok("Decrypt", json!({"CiphertextBlob": blob})).await;
    assert_eq!(bytes(&opened["Plaintext"]), b"attack at dawn");
}

#[tokio::test]
async fn what_moves_must_fit_where_it_goes() {
    let place = Place::new().await;
    let symmetric = place.key("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT").await;
    let rsa = place.key("RSA_2048", "ENCRYPT_DECRYPT").await;
    let made = encrypt(&symmetric, "SYMMETRIC_DEFAULT", &[7; 215]);
    let blob = place.ok("Encrypt", made).await["CiphertextBlob"].clone();
    let algorithm = "RSAES_OAEP_SHA_1";
    let input = json!({
        "CiphertextBlob": blob, "DestinationKeyId": rsa,
        "DestinationEncryptionAlgorithm": algorithm,
    });
    let too_long = format!(
        "Algorithm {algorithm} and key spec RSA_2048 cannot encrypt data larger than 214 bytes."
    );
    let no_context = format!("Algorithm {algorithm} does not support encryption context.");
    let code = "ValidationException";
    place
        .refused([
            ("ReEncrypt", input.clone(), code, too_long),
            (
                "ReEncrypt",
                with(&input, "DestinationEncryptionContext", json!({"a": "b"})),
                code,
                no_context,
            ),
        ])
        .await;
}
