//! What is written is read again as it was, what is changed is found, and nothing panics.

use keystead_wire::xks::{
    AdditionalData, AuthenticationTag, Caller, Cause, Ciphertext, CiphertextMetadata,
    DecryptRequest, DecryptResponse, EncryptRequest, ErrorAnswer, ErrorName,
    GetHealthStatusRequest, GetHealthStatusResponse, GetKeyMetadataRequest, GetKeyMetadataResponse,
    HealthStatus, InitializationVector, IntegrityValue, KeyManager, KeyStatus, Plaintext, Request,
    Response as _, Route, Sealed, full_aad,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

fn causes() -> impl Strategy<Value = Cause> {
    (".{0,40}", ".{0,40}").prop_map(|(kms_operation, kms_request_id)| Cause {
        kms_operation,
        kms_request_id,
    })
}

fn callers() -> impl Strategy<Value = Caller> {
    let optional = || option::of(".{0,40}");
    (".{0,40}", optional(), optional(), optional()).prop_map(
        |(aws_principal_arn, aws_source_vpc, aws_source_vpce, kms_via_service)| Caller {
            aws_principal_arn,
            aws_source_vpc,
            aws_source_vpce,
            kms_via_service,
        },
    )
}

fn additional_data() -> impl Strategy<Value = AdditionalData> {
    vec(any::<u8>(), 0..100).prop_map(|bytes| AdditionalData::new(bytes).unwrap())
}

fn ciphertexts() -> impl Strategy<Value = Sealed> {
    let bytes = |size| vec(any::<u8>(), size);
    let vector = prop_oneof![bytes(12..13), bytes(16..17)];
    (bytes(0..200), vector, bytes(16..17), bytes(0..21)).prop_map(
        |(ciphertext, vector, tag, metadata)| Sealed {
            ciphertext: Ciphertext::new(ciphertext).unwrap(),
            initialization_vector: InitializationVector::new(vector).unwrap(),
            authentication_tag: AuthenticationTag::new(tag).unwrap(),
            ciphertext_metadata: CiphertextMetadata::new(metadata).unwrap(),
        },
    )
}

fn healths() -> impl Strategy<Value = GetHealthStatusResponse> {
    let status = prop_oneof![
        Just(HealthStatus::Active),
        Just(HealthStatus::Degraded),
        Just(HealthStatus::Unavailable)
    ];
    let manager =
        (".{0,10}", ".{0,10}", status).prop_map(|(id, model, health_status)| KeyManager {
            id,
            model,
            health_status,
        });
    let size = any::<std::num::NonZeroU64>();
    (size, ".{0,10}", ".{0,10}", ".{0,10}", vec(manager, 1..11)).prop_map(
        |(xks_proxy_fleet_size, xks_proxy_vendor, xks_proxy_model, ekm_vendor, key_managers)| {
            GetHealthStatusResponse {
                xks_proxy_fleet_size,
                xks_proxy_vendor,
                xks_proxy_model,
                ekm_vendor,
                key_managers,
            }
        },
    )
}

/// Changes a bit of some bytes.
fn flip(bytes: &mut [u8], position: prop::sample::Index, bit: u32) {
    let index = position.index(bytes.len());
    if let Some(byte) = bytes.get_mut(index) {
        *byte ^= 1 << bit;
    }
}

proptest! {
    #[test]
    fn health_goes_and_comes(cause in causes(), response in healths()) {
        let request = GetHealthStatusRequest { cause };
        prop_assert_eq!(GetHealthStatusRequest::read(&request.write()), Ok(request.clone()));
        prop_assert_eq!(request.read_answer(200, &response.write()), Ok(response));
    }

    #[test]
    fn key_metadata_goes_and_comes(
        cause in causes(),
        caller in callers(),
        kms_key_arn in option::of(".{0,40}"),
        key_spec in ".{0,10}",
        key_usage in vec(".{0,10}", 0..11),
        is_enabled: bool,
    ) {
        let request = GetKeyMetadataRequest { cause, caller, kms_key_arn };
        prop_assert_eq!(GetKeyMetadataRequest::read(&request.write()), Ok(request.clone()));
        let key_status = if is_enabled { KeyStatus::Enabled } else { KeyStatus::Disabled };
        let response = GetKeyMetadataResponse { key_spec, key_usage, key_status };
        prop_assert_eq!(request.read_answer(200, &response.write()), Ok(response));
    }

    #[test]
    fn encryption_goes_and_comes(
        cause in causes(),
        caller in callers(),
        kms_key_arn in ".{0,40}",
        sealed in ciphertexts(),
        additional_data in additional_data(),
        wants_integrity_value: bool,
    ) {
        let plaintext: Vec<u8> = sealed.ciphertext.as_bytes().iter().map(|byte| !byte).collect();
        let request = EncryptRequest {
            cause,
            caller,
            kms_key_arn,
            plaintext: Plaintext::new(plaintext.into()).unwrap(),
            additional_data,
            wants_integrity_value,
        };
        let body = request.write();
        prop_assert_eq!(body.len(), body.capacity());
        let read = EncryptRequest::read(&body).unwrap();
        prop_assert_eq!(read.plaintext.expose(), request.plaintext.expose());
        prop_assert_eq!(read.wants_integrity_value, wants_integrity_value);
        prop_assert_eq!(read.write(), body);
        let response = request.respond(sealed);
        prop_assert_eq!(request.read_answer(200, &response.write()), Ok(response));
    }

    #[test]
    fn decryption_goes_and_comes(
        cause in causes(),
        caller in callers(),
        kms_key_arn in ".{0,40}",
        sealed in ciphertexts(),
        additional_data in additional_data(),
    ) {
        let plaintext: Vec<u8> = sealed.ciphertext.as_bytes().iter().map(|byte| !byte).collect();
        let request = DecryptRequest { cause, caller, kms_key_arn, sealed, additional_data };
        prop_assert_eq!(DecryptRequest::read(&request.write()), Ok(request.clone()));
        let plaintext = Plaintext::new(plaintext.into()).unwrap();
        let body = DecryptResponse { plaintext }.write();
        prop_assert_eq!(body.len(), body.capacity());
        let read = request.read_answer(200, &body).unwrap();
        prop_assert_eq!(read.write(), body);
    }

    #[test]
    fn integrity_values_differ(
        sealed in ciphertexts(),
        data in additional_data(),
        position: prop::sample::Index,
        bit in 0..8_u32,
        part in 0..5_u32,
    ) {
        let value = IntegrityValue::of(&data, &sealed);
        let mut changed = (data.clone(), sealed.clone());
        let mut bytes = match part {
            0 => data.as_bytes(),
            1 => sealed.ciphertext_metadata.as_bytes(),
            2 => sealed.initialization_vector.as_bytes(),
            3 => sealed.ciphertext.as_bytes(),
            _ => sealed.authentication_tag.as_bytes(),
        }.to_vec();
        prop_assume!(!bytes.is_empty());
        flip(&mut bytes, position, bit);
        match part {
            0 => changed.0 = AdditionalData::new(bytes).unwrap(),
            1 => changed.1.ciphertext_metadata = CiphertextMetadata::new(bytes).unwrap(),
            2 => changed.1.initialization_vector = InitializationVector::new(bytes).unwrap(),
            3 => changed.1.ciphertext = Ciphertext::new(bytes).unwrap(),
            _ => changed.1.authentication_tag = AuthenticationTag::new(bytes).unwrap(),
        }
        prop_assert_ne!(IntegrityValue::of(&changed.0, &changed.1), value);
    }

    /// Two pairs that differ never give the same data to authenticate.
    #[test]
    fn full_aads_differ(
        one in additional_data(),
        other in additional_data(),
        a in vec(any::<u8>(), 0..4),
        b in vec(any::<u8>(), 0..4),
    ) {
        let metadata = |bytes: &[u8]| CiphertextMetadata::new(bytes.to_vec()).unwrap();
        let are_same = one == other && a == b;
        let (left, right) = (full_aad(&one, &metadata(&a)), full_aad(&other, &metadata(&b)));
        prop_assert_eq!(left == right, are_same);
        // The two cut elsewhere.
        let cut = [one.as_bytes(), &a].concat();
        if !a.is_empty() {
            let moved = full_aad(&AdditionalData::new(cut).unwrap(), &CiphertextMetadata::none());
            prop_assert_ne!(full_aad(&one, &metadata(&a)), moved);
        }
    }

    #[test]
    fn errors_go_and_come(index: prop::sample::Index, message in option::of(".{0,600}")) {
        let names: Vec<_> = ErrorName::all().collect();
        let name = *index.get(&names);
        let answer = match message {
            Some(message) => ErrorAnswer::new(name, &message),
            None => ErrorAnswer::bare(name),
        };
        let text = answer.message().unwrap_or_default();
        prop_assert!(text.len() < 512 && text.bytes().all(|byte| matches!(byte, b' '..=b'~')));
        let request = GetHealthStatusRequest { cause: super::cause() };
        let read = request.read_answer(answer.status(), &answer.write());
        prop_assert_eq!(read, Err(keystead_wire::xks::CallError::Refused(answer)));
    }

    #[test]
    fn routes_are_what_they_were_written_as(path in "(/[a-z.%-]{0,3}){0,3}/kms/xks/v1(/keys/[a-zA-Z0-9._/-]{0,5})?/(health|metadata|encrypt|decrypt|x)") {
        if let Some(route) = Route::of_path(&path) {
            prop_assert_eq!(route.to_string(), path);
        }
    }

    #[test]
    fn nothing_panics(body in vec(any::<u8>(), 0..200), status: u16, text in "[\\[\\]{}\":,0-9a-z]{0,60}") {
        for body in [&body, text.as_bytes()] {
            let _ = GetHealthStatusRequest::read(body);
            let _ = EncryptRequest::read(body);
            let _ = super::encrypt(b"", b"", true).read_answer(status, body);
        }
    }
}
