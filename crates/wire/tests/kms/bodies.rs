//! Outputs as they are sent.

use keystead_wire::json::{Blob, EpochSeconds, Output, SecretBlob};
use keystead_wire::kms::output::{Decrypt, GenerateRandom, ListAliases, ScheduleKeyDeletion};
use keystead_wire::kms::{EncryptionAlgorithmSpec, KeyState};
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
