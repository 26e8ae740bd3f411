//! Outputs as they are sent.

use keystead_wire::json::{Blob, EpochSeconds, Output, SecretBlob};
use keystead_wire::kms::output::{
    Decrypt, DeriveSharedSecret, GenerateDataKeyPair, GenerateRandom, GetKeyLastUsage,
    KeyLastUsageData, ListAliases, ListKeyRotations, RotationsListEntry, ScheduleKeyDeletion,
};
use keystead_wire::kms::{
    DataKeyPairSpec, EncryptionAlgorithmSpec, KeyAgreementAlgorithmSpec,
    KeyLastUsageTrackingOperation, KeyMaterialState, KeyState, OriginType,
};
use zeroize::Zeroizing;

fn body(output: &impl Output) -> String {
    String::from_utf8(output.encode()).unwrap()
}

#[test]
fn decrypt() {
    let mut output = Decrypt {
        key_id: "arn:aws:kms:eu-west-1:111122223333:key/k".into(),
        plaintext: Some(SecretBlob(Zeroizing::new(b"hi".to_vec()))),
        encryption_algorithm: EncryptionAlgorithmSpec::SymmetricDefault,
        ciphertext_for_recipient: None,
        key_material_id: None,
    };
    assert!(!format!("{output:?}").contains("104"));
    assert_eq!(
        body(&output),
        r#"{"KeyId":"arn:aws:kms:eu-west-1:111122223333:key/k","Plaintext":"aGk=","EncryptionAlgorithm":"SYMMETRIC_DEFAULT"}"#
    );
    output.plaintext = None;
    output.ciphertext_for_recipient = Some(Blob(vec![0xff]));
    assert_eq!(
        body(&output),
        r#"{"KeyId":"arn:aws:kms:eu-west-1:111122223333:key/k","EncryptionAlgorithm":"SYMMETRIC_DEFAULT","CiphertextForRecipient":"/w=="}"#
    );
}

#[test]
fn instants_states_and_pages() {
    assert_eq!(
        body(&ScheduleKeyDeletion {
            key_id: "k".into(),
            deletion_date: Some(EpochSeconds(1_735_689_600_123)),
            key_state: KeyState::PendingDeletion,
            pending_window_in_days: Some(30),
        }),
        r#"{"KeyId":"k","DeletionDate":1735689600.123,"KeyState":"PendingDeletion","PendingWindowInDays":30}"#
    );
    assert_eq!(
        body(&ListAliases {
            aliases: vec![],
            next_marker: None,
            truncated: false,
        }),
        r#"{"Aliases":[],"Truncated":false}"#
    );
}

#[test]
fn shared_secrets() {
    let mut output = DeriveSharedSecret {
        key_id: "k".into(),
        shared_secret: Some(SecretBlob(Zeroizing::new(b"hi".to_vec()))),
        ciphertext_for_recipient: None,
        key_agreement_algorithm: KeyAgreementAlgorithmSpec::Ecdh,
        key_origin: OriginType::External,
    };
    assert!(!format!("{output:?}").contains("104"));
    assert_eq!(
        body(&output),
        r#"{"KeyId":"k","SharedSecret":"aGk=","KeyAgreementAlgorithm":"ECDH","KeyOrigin":"EXTERNAL"}"#
    );
    output.shared_secret = None;
    assert_eq!(
        body(&output),
        r#"{"KeyId":"k","KeyAgreementAlgorithm":"ECDH","KeyOrigin":"EXTERNAL"}"#
    );
}

#[test]
fn the_last_usage_of_an_unused_key_is_an_empty_structure() {
    let mut output = GetKeyLastUsage {
        key_id: "k".into(),
        key_last_usage: KeyLastUsageData::default(),
        tracking_start_date: EpochSeconds(2000),
        key_creation_date: EpochSeconds(1500),
    };
    assert_eq!(
        body(&output),
        r#"{"KeyId":"k","KeyLastUsage":{},"TrackingStartDate":2,"KeyCreationDate":1.5}"#
    );
    output.key_last_usage = KeyLastUsageData {
        operation: Some(KeyLastUsageTrackingOperation::ReEncrypt),
        timestamp: Some(EpochSeconds(3000)),
        cloud_trail_event_id: Some("e".into()),
        kms_request_id: Some("r".into()),
    };
    assert_eq!(
        body(&output),
        r#"{"KeyId":"k","KeyLastUsage":{"Operation":"ReEncrypt","Timestamp":3,"CloudTrailEventId":"e","KmsRequestId":"r"},"TrackingStartDate":2,"KeyCreationDate":1.5}"#
    );
}

#[test]
fn the_first_material_of_a_key_has_no_rotation() {
    assert_eq!(
        body(&ListKeyRotations {
            rotations: vec![
                RotationsListEntry {
                    key_material_state: Some(KeyMaterialState::NonCurrent),
                    ..RotationsListEntry::default()
                },
                RotationsListEntry::default(),
            ],
            next_marker: None,
            truncated: false,
        }),
        r#"{"Rotations":[{"KeyMaterialState":"NON_CURRENT"},{}],"Truncated":false}"#
    );
}

/// The buffer of a reply with the longest secret is never grown, which would leave a copy of it behind.
#[test]
fn secrets_fit_the_first_buffer() {
    let random = GenerateRandom {
        plaintext: Some(SecretBlob(Zeroizing::new(vec![7; 4096]))),
        ciphertext_for_recipient: None,
    };
    let body = random.encode();
    assert_eq!(body.capacity(), 8192);
    assert!(body.len() > 5464);
}

/// Nor is that of a reply with the longest private key, which stands beside its ciphertext: 4,096 bits of RSA take
/// 2,377 bytes of PKCS #8, and 550 for the public key; a ciphertext takes 94 more than what is encrypted.
#[test]
fn private_keys_fit_the_first_buffer() {
    let pair = GenerateDataKeyPair {
        private_key_ciphertext_blob: Blob(vec![7; 2400 + 94]),
        private_key_plaintext: Some(SecretBlob(Zeroizing::new(vec![7; 2400]))),
        public_key: Blob(vec![7; 550]),
        key_id: format!(
            "arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/{}",
            "k".repeat(36)
        ),
        key_pair_spec: DataKeyPairSpec::Rsa4096,
        ciphertext_for_recipient: None,
        key_material_id: Some("f".repeat(64)),
    };
    assert_eq!(pair.encode().capacity(), 8192);
}
