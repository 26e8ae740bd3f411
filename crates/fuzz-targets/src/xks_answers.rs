//! What KMS makes of the answers of a proxy in front of external keys.

use keystead_wire::xks::{
    AdditionalData, AuthenticationTag, CallError, Caller, Cause, Ciphertext, CiphertextMetadata,
    DecryptRequest, EncryptRequest, GetHealthStatusRequest, GetKeyMetadataRequest,
    InitializationVector, Plaintext, Request, Response, Sealed, Uninterpretable,
};
use serde_json::Value;

use crate::parts::first_line;

/// A line says which API, with which status, and how many bytes went in: `Encrypt 200 9`; the body follows.
pub(crate) fn check(bytes: &[u8]) {
    let (line, body) = first_line(bytes);
    let mut words = line.split(|byte| *byte == b' ');
    let number = |word: Option<&[u8]>| {
        let text = word.and_then(|word| std::str::from_utf8(word).ok());
        text.and_then(|text| text.parse().ok()).unwrap_or(200_u16)
    };
    let api = words.next();
    let status = number(words.next());
    let length = usize::from(number(words.next())) % 6145;
    match api {
        Some(b"GetHealthStatus") => {
            let request = GetHealthStatusRequest { cause: cause() };
            if let Some(response) = is_read(&request, status, body) {
                assert!((1..=10).contains(&response.key_managers.len()));
            }
        }
        Some(b"GetKeyMetadata") => {
            let request = GetKeyMetadataRequest {
                cause: cause(),
                caller: caller(),
                kms_key_arn: None,
            };
            if let Some(response) = is_read(&request, status, body) {
                assert!(response.key_usage.len() <= 10);
            }
        }
        Some(b"Decrypt") => {
            let request = decrypt(length);
            if let Some(response) = is_read(&request, status, body) {
                assert_eq!(response.plaintext.expose().len(), length);
            }
        }
        _ => {
            let request = encrypt(length);
            if let Some(response) = is_read(&request, status, body) {
                assert_eq!(response.sealed.ciphertext.as_bytes().len(), length);
                changes_are_found(&request, response.sealed, body);
            }
        }
    }
}

/// What is read of an answer is written and read again, and means the same to other readers of JSON.
fn is_read<R: Request>(request: &R, status: u16, body: &[u8]) -> Option<R::Response> {
    let response = match request.read_answer(status, body) {
        Ok(response) => response,
        Err(error) => {
            told(request, status, body, &error);
            return None;
        }
    };
    assert_eq!(status, 200);
    let written = response.write();
    let again = request
        .read_answer(200, &written)
        .expect("what was written");
    assert_eq!(again.write(), written);
    if let Ok(value) = serde_json::from_slice::<Value>(body) {
        let other = request.read_answer(200, value.to_string().as_bytes());
        assert_eq!(other.expect("the same answer").write(), written);
    }
    Some(response)
}

/// An error is read as the same again, and nothing that is said of an answer is long or spoils a log.
fn told<R: Request>(request: &R, status: u16, body: &[u8], error: &CallError) {
    let again = request.read_answer(status, body).map(drop);
    assert_eq!(again.as_ref(), Err(error));
    let text = error.to_string();
    assert!(text.len() < 1024 && text.bytes().all(|byte| matches!(byte, b' '..=b'~')));
    if let CallError::Refused(answer) = error {
        assert_ne!(status, 200);
        let again = request.read_answer(answer.status(), &answer.write());
        assert_eq!(again.map(drop).as_ref(), Err(error));
    }
}

/// A ciphertext that is not the one that its integrity value is of is refused.
fn changes_are_found(request: &EncryptRequest, mut sealed: Sealed, body: &[u8]) {
    let mut tag = sealed.authentication_tag.into_bytes();
    if let Some(byte) = tag.first_mut() {
        *byte ^= 1;
    }
    sealed.authentication_tag = AuthenticationTag::new(tag).expect("a tag");
    let mut changed = request.respond(sealed);
    let Ok(original) = request.read_answer(200, body) else {
        panic!("it was read before");
    };
    changed.integrity_value = original.integrity_value;
    let read = request.read_answer(200, &changed.write());
    assert_eq!(
        read,
        Err(CallError::Uninterpretable(
            Uninterpretable::WrongIntegrityValue
        ))
    );
}

fn cause() -> Cause {
    Cause {
        kms_operation: "GenerateDataKey".into(),
        kms_request_id: "1".into(),
    }
}

fn caller() -> Caller {
    Caller {
        aws_principal_arn: "AWS Internal".into(),
        aws_source_vpc: None,
        aws_source_vpce: None,
        kms_via_service: None,
    }
}

fn encrypt(length: usize) -> EncryptRequest {
    EncryptRequest {
        cause: cause(),
        caller: caller(),
        kms_key_arn: String::new(),
        plaintext: Plaintext::new(vec![0; length].into()).expect("a plaintext"),
        additional_data: AdditionalData::new(b"ctx=1".to_vec()).expect("data"),
        wants_integrity_value: true,
    }
}

fn decrypt(length: usize) -> DecryptRequest {
    DecryptRequest {
        cause: cause(),
        caller: caller(),
        kms_key_arn: String::new(),
        sealed: Sealed {
            ciphertext: Ciphertext::new(vec![0; length]).expect("a ciphertext"),
            initialization_vector: InitializationVector::new(vec![1; 12]).expect("a vector"),
            authentication_tag: AuthenticationTag::new(vec![2; 16]).expect("a tag"),
            ciphertext_metadata: CiphertextMetadata::none(),
        },
        additional_data: AdditionalData::none(),
    }
}
