//! Published and computed values. Those of `Hello XKS` were made with another implementation of AES-GCM and of SHA-256.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use keystead_wire::xks::{
    AdditionalData, CiphertextMetadata, DecryptRequest, EncryptRequest, EncryptResponse,
    GetHealthStatusRequest, GetHealthStatusResponse, GetKeyMetadataRequest, GetKeyMetadataResponse,
    HealthStatus, IntegrityValue, KeyStatus, Request, Response as _, full_aad,
};
use serde_json::json;

use super::{bytes, decrypt, encrypt, parsed, sealed};

fn data(bytes: &[u8]) -> AdditionalData {
    AdditionalData::new(bytes.to_vec()).unwrap()
}

fn metadata(bytes: &[u8]) -> CiphertextMetadata {
    CiphertextMetadata::new(bytes.to_vec()).unwrap()
}

#[test]
fn aad_vectors() {
    assert_eq!(full_aad(&data(b""), &metadata(b"")), [0, 0, 0]);
    assert_eq!(
        full_aad(&data(b"ctx=1"), &metadata(b"v1")),
        b"\x00\x05ctx=1\x02v1"
    );
    // Neither can pass for the other.
    assert_ne!(
        full_aad(&data(b"v1"), &metadata(b"")),
        full_aad(&data(b""), &metadata(b"v1"))
    );
    let longest = full_aad(&data(&[7; 12_288]), &metadata(&[8; 20]));
    assert_eq!(longest.len(), 2 + 12_288 + 1 + 20);
    assert!(longest.starts_with(&[0x30, 0x00, 7]));
}

#[test]
fn ciphertext_vectors() {
    let key: Vec<u8> = (0..32).collect();
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key).unwrap());
    let seal = |aad: &[u8]| {
        let nonce = Nonce::try_assume_unique_for_key(b"@ABCDEFGHIJK").unwrap();
        let mut text = b"Hello XKS".to_vec();
        let tag = key
            .seal_in_place_separate_tag(nonce, Aad::from(aad), &mut text)
            .unwrap();
        sealed(&text, b"@ABCDEFGHIJK", tag.as_ref(), b"")
    };

    let mut vector = seal(&full_aad(&data(b"ctx=1"), &metadata(b"v1")));
    vector.ciphertext_metadata = metadata(b"v1");
    let request = encrypt(b"Hello XKS", b"ctx=1", true);
    let response = request.respond(vector.clone());
    assert_eq!(
        parsed(&response.write()),
        json!({
            "ciphertext": "qtzCT0kc30ie",
            "initializationVector": "QEFCQ0RFRkdISUpL",
            "authenticationTag": "iyOQumk31t1hu0D+PP2nNQ==",
            "ciphertextMetadata": "djE=",
            "ciphertextDataIntegrityValue": "znnhJSknK+VYWmZYDY3FPgSp2Ww9jBNkXneFzNRDgE8=",
        })
    );
    assert_eq!(
        request.read_answer(200, &response.write()),
        Ok(response.clone())
    );
    let request = parsed(&request.write());
    assert_eq!(request["plaintext"], "SGVsbG8gWEtT");
    assert_eq!(request["additionalAuthenticatedData"], "Y3R4PTE=");

    let bare = seal(&full_aad(&data(b""), &metadata(b"")));
    assert_eq!(
        bare.authentication_tag.as_bytes(),
        b"\x87\x44\xf1\x02\xbe\x76\xc5\x07\xc0\x99\x45\x32\x3e\x29\x18\xaf"
    );
}

/// The example of the specification: "Encrypt", and appendix C.
#[test]
fn the_example_of_the_specification() {
    let aad = b"project=nile,department=marketing";
    let answer = json!({
        "authenticationTag": "vBxN2ncH1oEkR8WVXpmyYQ==",
        "ciphertext": "ghxkK1txeDNn3q8Y",
        "ciphertextDataIntegrityValue": "qHA/ImC9h5HsLRXqCyPmWgYx7tzyoTplzILbP0fPXsc=",
        "ciphertextMetadata": "a2V5X3ZlcnNpb249MQ==",
        "initializationVector": "HMrlRw85cAJUd5Ax"
    });
    let request = encrypt(b"Hello World!", aad, true);
    let response: EncryptResponse = request.read_answer(200, &bytes(&answer)).unwrap();
    assert_eq!(parsed(&response.write()), answer);
    let value = IntegrityValue::of(&data(aad), &response.sealed);
    assert_eq!(
        format!("{value:?}"),
        "IntegrityValue(a8703f2260bd8791ec2d15ea0b23e65a0631eedcf2a13a65cc82db3f47cf5ec7)"
    );

    let asked = json!({
        "requestMetadata": {
            "awsPrincipalArn": "arn:aws:iam::123456789012:user/Alice",
            "kmsKeyArn": super::KEY_ARN,
            "kmsOperation": "GenerateDataKey",
            "kmsRequestId": "4112f4d6-db54-4af4-ae30-c55a22a8dfae",
            "kmsViaService": "ebs"
        },
        "additionalAuthenticatedData": "cHJvamVjdD1uaWxlLGRlcGFydG1lbnQ9bWFya2V0aW5n",
        "plaintext": "SGVsbG8gV29ybGQh",
        "encryptionAlgorithm": "AES_GCM",
        "ciphertextDataIntegrityValueAlgorithm": "SHA_256"
    });
    assert_eq!(parsed(&request.write()), asked);
    let read = EncryptRequest::read(&bytes(&asked)).unwrap();
    assert_eq!(read.plaintext.expose(), b"Hello World!");
    assert_eq!(read.write(), request.write());

    let asked = json!({
        "requestMetadata": asked["requestMetadata"],
        "additionalAuthenticatedData": "cHJvamVjdD1uaWxlLGRlcGFydG1lbnQ9bWFya2V0aW5n",
        "encryptionAlgorithm": "AES_GCM",
        "ciphertext": "ghxkK1txeDNn3q8Y",
        "ciphertextMetadata": "a2V5X3ZlcnNpb249MQ==",
        "initializationVector": "HMrlRw85cAJUd5Ax",
        "authenticationTag": "vBxN2ncH1oEkR8WVXpmyYQ=="
    });
    let request = decrypt(response.sealed, aad);
    assert_eq!(parsed(&request.write()), asked);
    assert_eq!(DecryptRequest::read(&bytes(&asked)), Ok(request.clone()));
    let answer = request.read_answer(200, br#"{"plaintext":"SGVsbG8gV29ybGQh"}"#);
    let answer = answer.unwrap();
    assert_eq!(answer.plaintext.expose(), b"Hello World!");
    assert_eq!(answer.write(), br#"{"plaintext":"SGVsbG8gV29ybGQh"}"#);
}

#[test]
fn the_other_examples_of_the_specification() {
    let asked = json!({
        "requestMetadata": {
            "kmsRequestId": "4112f4d6-db54-4af4-ae30-c55a22a8dfae",
            "kmsOperation": "CreateCustomKeyStore"
        }
    });
    let request = GetHealthStatusRequest::read(&bytes(&asked)).unwrap();
    assert_eq!(request.cause.kms_operation, "CreateCustomKeyStore");
    assert_eq!(parsed(&request.write()), asked);
    let answer = json!({
        "xksProxyFleetSize": 2,
        "xksProxyVendor": "Acme Corp",
        "xksProxyModel": "Acme XKS Proxy 1.0",
        "ekmVendor": "Thales Group",
        "ekmFleetDetails": [
            {"id": "hsm-id-1", "model": "Luna 5.0", "healthStatus": "DEGRADED"},
            {"id": "hsm-id-2", "model": "Luna 5.1", "healthStatus": "ACTIVE"}
        ]
    });
    let response: GetHealthStatusResponse = request.read_answer(200, &bytes(&answer)).unwrap();
    assert_eq!(parsed(&response.write()), answer);
    assert!(response.can_serve());
    let mut down = response;
    for manager in &mut down.key_managers {
        manager.health_status = HealthStatus::Unavailable;
    }
    assert!(!down.can_serve());

    let asked = json!({
        "requestMetadata": {
            "awsPrincipalArn": "arn:aws:iam::123456789012:user/Alice",
            "kmsOperation": "CreateKey",
            "kmsRequestId": "4112f4d6-db54-4af4-ae30-c55a22a8dfae"
        }
    });
    let request = GetKeyMetadataRequest::read(&bytes(&asked)).unwrap();
    assert_eq!(request.kms_key_arn, None);
    assert_eq!(parsed(&request.write()), asked);
    let answer = json!({
        "keySpec": "AES_256",
        "keyUsage": ["ENCRYPT", "DECRYPT"],
        "keyStatus": "ENABLED"
    });
    let response: GetKeyMetadataResponse = request.read_answer(200, &bytes(&answer)).unwrap();
    assert_eq!(parsed(&response.write()), answer);
    assert!(response.is_usable());
    let changes: [fn(&mut GetKeyMetadataResponse); 4] = [
        |key| key.key_spec = "AES_128".into(),
        |key| key.key_status = KeyStatus::Disabled,
        |key| key.key_usage = vec!["ENCRYPT".into(), "WRAP".into()],
        |key| key.key_usage.clear(),
    ];
    for change in changes {
        let mut key = response.clone();
        change(&mut key);
        assert!(!key.is_usable(), "{key:?}");
    }
}
