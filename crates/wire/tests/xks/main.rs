//! The API of external key store proxies: against vectors, in every way to refuse, and under random change.
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]
#![expect(clippy::too_many_lines, reason = "tables")]

mod answers;
mod properties;
mod requests;
mod signatures;
mod vectors;

use keystead_wire::xks::{
    AdditionalData, AuthenticationTag, Caller, Cause, Ciphertext, CiphertextMetadata,
    DecryptRequest, EncryptRequest, InitializationVector, Plaintext, Sealed,
};
use serde_json::{Value, json};

fn cause() -> Cause {
    Cause {
        kms_operation: "GenerateDataKey".into(),
        kms_request_id: "4112f4d6-db54-4af4-ae30-c55a22a8dfae".into(),
    }
}

fn caller() -> Caller {
    Caller {
        aws_principal_arn: "arn:aws:iam::123456789012:user/Alice".into(),
        aws_source_vpc: None,
        aws_source_vpce: None,
        kms_via_service: Some("ebs".into()),
    }
}

const KEY_ARN: &str = "arn:aws:kms:us-east-2:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";

fn encrypt(plaintext: &[u8], data: &[u8], wants_integrity_value: bool) -> EncryptRequest {
    EncryptRequest {
        cause: cause(),
        caller: caller(),
        kms_key_arn: KEY_ARN.into(),
        plaintext: Plaintext::new(plaintext.to_vec().into()).unwrap(),
        additional_data: AdditionalData::new(data.to_vec()).unwrap(),
        wants_integrity_value,
    }
}

fn decrypt(sealed: Sealed, data: &[u8]) -> DecryptRequest {
    DecryptRequest {
        cause: cause(),
        caller: caller(),
        kms_key_arn: KEY_ARN.into(),
        sealed,
        additional_data: AdditionalData::new(data.to_vec()).unwrap(),
    }
}

fn sealed(ciphertext: &[u8], vector: &[u8], tag: &[u8], metadata: &[u8]) -> Sealed {
    Sealed {
        ciphertext: Ciphertext::new(ciphertext.to_vec()).unwrap(),
        initialization_vector: InitializationVector::new(vector.to_vec()).unwrap(),
        authentication_tag: AuthenticationTag::new(tag.to_vec()).unwrap(),
        ciphertext_metadata: CiphertextMetadata::new(metadata.to_vec()).unwrap(),
    }
}

/// The same body with a member set, or removed if the value says so. The place is a path: `requestMetadata.kmsKeyArn`.
fn with(mut body: Value, place: &str, value: Option<Value>) -> Value {
    let mut object = body.as_object_mut().unwrap();
    let mut names: Vec<&str> = place.split('.').collect();
    let last = names.pop().unwrap();
    for name in names {
        object = object.get_mut(name).unwrap().as_object_mut().unwrap();
    }
    match value {
        Some(value) => drop(object.insert(last.to_owned(), value)),
        None => drop(object.remove(last)),
    }
    body
}

fn bytes(body: &Value) -> Vec<u8> {
    serde_json::to_vec(body).unwrap()
}

fn parsed(body: &[u8]) -> Value {
    serde_json::from_slice(body).unwrap()
}

/// `length` zeros in Base64.
fn zeros(length: usize) -> Value {
    use base64::Engine as _;
    json!(base64::engine::general_purpose::STANDARD.encode(vec![0; length]))
}
