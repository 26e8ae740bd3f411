//! What a proxy refuses, and by which name.

use keystead_wire::xks::{
    Api, DecryptRequest, EncryptRequest, ErrorName, Fault, GetHealthStatusRequest,
    GetKeyMetadataRequest, Request,
};
use serde_json::{Value, json};

use super::{bytes, decrypt, encrypt, parsed, sealed, with, zeros};

const VALIDATION: ErrorName = ErrorName::Validation;
const UNSUPPORTED: ErrorName = ErrorName::UnsupportedOperation;
const INVALID_CIPHERTEXT: ErrorName = ErrorName::InvalidCiphertext;

/// A right request for each API.
fn right(api: Api) -> Value {
    match api {
        Api::GetHealthStatus => json!({
            "requestMetadata": {"kmsOperation": "KmsHealthCheck", "kmsRequestId": ""}
        }),
        Api::GetKeyMetadata => json!({
            "requestMetadata": {
                "awsPrincipalArn": "AWS Internal",
                "kmsOperation": "CreateKey",
                "kmsRequestId": "any text\u{0}"
            }
        }),
        Api::Encrypt => parsed(&encrypt(b"text", b"data", true).write()),
        Api::Decrypt => {
            let sealed = sealed(b"text", &[1; 16], &[2; 16], b"v1");
            parsed(&decrypt(sealed, b"data").write())
        }
    }
}

fn refusal(api: Api, body: &[u8]) -> Option<Fault> {
    match api {
        Api::GetHealthStatus => GetHealthStatusRequest::read(body).err(),
        Api::GetKeyMetadata => GetKeyMetadataRequest::read(body).err(),
        Api::Encrypt => EncryptRequest::read(body).err(),
        Api::Decrypt => DecryptRequest::read(body).err(),
    }
}

#[track_caller]
fn refused(api: Api, body: &[u8], name: ErrorName, message: &str) {
    let fault = refusal(api, body).unwrap();
    assert_eq!((fault.error_name(), &*fault.to_string()), (name, message));
    let answer = fault.to_answer();
    assert_eq!((answer.name(), answer.message()), (name, Some(message)));
    assert!(name.may_answer(api), "{name:?} for {api:?}");
}

#[test]
fn right_ones() {
    for api in Api::ALL {
        assert_eq!(refusal(api, &bytes(&right(api))), None, "{api:?}");
        // With members that nobody knows, however deep and often, and spaces.
        let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
        let text = right(api).to_string();
        let more = format!(
            " {{\"new\":{deep},\"new\":1e999,\n{}",
            text.get(1..).unwrap()
        );
        assert_eq!(refusal(api, more.as_bytes()), None, "{api:?}");
        for (place, value) in [
            ("requestMetadata.SourceIdentity", json!({"a": [1, null]})),
            ("requestMetadata.kmsOperation", json!("BulkEncrypt")),
            ("requestMetadata.kmsViaService", Value::Null),
            ("requestMetadata.awsSourceVpc", json!("vpc-1")),
            ("requestMetadata.awsSourceVpce", json!("vpce-1")),
            ("requestMetadata.kmsKeyArn", json!("a".repeat(2048))),
        ] {
            let body = with(right(api), place, Some(value));
            assert_eq!(refusal(api, &bytes(&body)), None, "{api:?} {place}");
        }
    }
}

#[test]
fn what_is_no_object() {
    let long = vec![b' '; 128 * 1024 + 1];
    for api in Api::ALL {
        for body in [
            &b""[..],
            b"null",
            b"[]",
            b"\"\"",
            b"1",
            b"{",
            b"{}{}",
            b"{} x",
            b"\xef\xbb\xbf{}",
            b"{\"new\":\"\xff\"}",
            b"{\"new\":\"\n\"}",
            b"{'new':1}",
        ] {
            refused(api, body, VALIDATION, "The body is not a JSON object.");
        }
        let message = "The body has more than 131072 bytes.";
        refused(api, &long, UNSUPPORTED, message);
        let missing = "requestMetadata is missing.";
        refused(api, b"{}", VALIDATION, missing);
        refused(api, br#"{"requestMetadata":null}"#, VALIDATION, missing);
        let object = "requestMetadata must be an object.";
        for value in ["[[{}]]", "\"x\"", "7", "-7", "0.5", "true"] {
            let body = format!("{{\"requestMetadata\":{value}}}");
            refused(api, body.as_bytes(), VALIDATION, object);
        }
    }
    // What the test client of AWS sends.
    let body = br#"{"requestMetadata":{}}"#;
    for api in [Api::GetHealthStatus, Api::GetKeyMetadata] {
        let message = "requestMetadata.kmsOperation is missing.";
        refused(api, body, VALIDATION, message);
    }
}

/// The members that each API must have, and those that it may.
fn members(api: Api) -> (Vec<&'static str>, Vec<&'static str>) {
    let mut required = vec![
        "requestMetadata.kmsOperation",
        "requestMetadata.kmsRequestId",
    ];
    let mut optional = vec![];
    if api != Api::GetHealthStatus {
        required.push("requestMetadata.awsPrincipalArn");
        optional.extend([
            "requestMetadata.awsSourceVpc",
            "requestMetadata.awsSourceVpce",
            "requestMetadata.kmsViaService",
        ]);
    }
    match api {
        Api::GetHealthStatus => {}
        Api::GetKeyMetadata => optional.push("requestMetadata.kmsKeyArn"),
        Api::Encrypt => {
            required.extend([
                "requestMetadata.kmsKeyArn",
                "plaintext",
                "encryptionAlgorithm",
            ]);
            optional.extend([
                "additionalAuthenticatedData",
                "ciphertextDataIntegrityValueAlgorithm",
            ]);
        }
        Api::Decrypt => {
            required.extend([
                "requestMetadata.kmsKeyArn",
                "ciphertext",
                "initializationVector",
                "authenticationTag",
                "encryptionAlgorithm",
            ]);
            optional.extend(["additionalAuthenticatedData", "ciphertextMetadata"]);
        }
    }
    (required, optional)
}

#[test]
fn members_missing_repeated_and_of_other_types() {
    for api in Api::ALL {
        let (required, optional) = members(api);
        for (member, is_required) in required
            .iter()
            .map(|member| (*member, true))
            .chain(optional.iter().map(|member| (*member, false)))
        {
            for absent in [None, Some(Value::Null)] {
                let body = bytes(&with(right(api), member, absent));
                if is_required {
                    let message = format!("{member} is missing.");
                    refused(api, &body, VALIDATION, &message);
                } else {
                    assert_eq!(refusal(api, &body), None, "{member}");
                }
            }
            for other in [
                json!(1),
                json!(-1),
                json!(0.5),
                json!(false),
                json!([""]),
                json!({"": ""}),
            ] {
                let body = bytes(&with(right(api), member, Some(other)));
                let fault = refusal(api, &body).unwrap().to_string();
                assert!(
                    fault.starts_with(&format!("{member} must be a string")),
                    "{fault}"
                );
            }
            // The second of two is `null`: each reader must see the same.
            let body = with(right(api), member, Some(json!("TWICE"))).to_string();
            let name = member.rsplit('.').next().unwrap();
            let twice = format!("\"{name}\":null,\"{name}\":\"TWICE\"");
            let body = body.replace(&format!("\"{name}\":\"TWICE\""), &twice);
            let message = format!("{member} occurs more than once.");
            refused(api, body.as_bytes(), VALIDATION, &message);
            if member.starts_with("requestMetadata.") {
                let body = with(right(api), member, Some(json!("é".repeat(1025))));
                let message = format!("{member} has 2050 bytes and must have up to 2048.");
                refused(api, &bytes(&body), UNSUPPORTED, &message);
            }
        }
        let text = right(api).to_string();
        let body = format!("{{\"requestMetadata\":1,{}", text.get(1..).unwrap());
        let message = "requestMetadata occurs more than once.";
        refused(api, body.as_bytes(), VALIDATION, message);
    }
}

#[test]
fn base64_is_strict() {
    for (api, member) in [
        (Api::Encrypt, "plaintext"),
        (Api::Encrypt, "additionalAuthenticatedData"),
        (Api::Decrypt, "ciphertext"),
        (Api::Decrypt, "initializationVector"),
        (Api::Decrypt, "authenticationTag"),
        (Api::Decrypt, "ciphertextMetadata"),
        (Api::Decrypt, "additionalAuthenticatedData"),
    ] {
        for bad in [
            "aGk", "aGl=", "a", "aGk=\n", "aG k=", "-_-_", "aGk==", "====", "é",
        ] {
            let body = with(right(api), member, Some(json!(bad)));
            let message = format!("{member} must be a string in Base64 with padding.");
            refused(api, &bytes(&body), VALIDATION, &message);
        }
    }
    // A slash may be escaped in JSON.
    let body = right(Api::Encrypt)
        .to_string()
        .replace("\"dGV4dA==\"", "\"\\/\\/\\u002f\\/\"");
    let read = EncryptRequest::read(body.as_bytes()).unwrap();
    assert_eq!(read.plaintext.expose(), [0xff, 0xff, 0xff]);
}

#[test]
fn sizes() {
    for (api, member, length, refusal_) in [
        (Api::Encrypt, "plaintext", 0, None),
        (Api::Encrypt, "plaintext", 4300, None),
        (Api::Encrypt, "plaintext", 6144, None),
        (
            Api::Encrypt,
            "plaintext",
            6145,
            Some((UNSUPPORTED, "up to 6144")),
        ),
        (Api::Encrypt, "additionalAuthenticatedData", 8192, None),
        (Api::Encrypt, "additionalAuthenticatedData", 12_288, None),
        (
            Api::Encrypt,
            "additionalAuthenticatedData",
            12_289,
            Some((UNSUPPORTED, "up to 12288")),
        ),
        (Api::Decrypt, "ciphertext", 0, None),
        (Api::Decrypt, "ciphertext", 4300, None),
        (Api::Decrypt, "ciphertext", 6144, None),
        (
            Api::Decrypt,
            "ciphertext",
            6145,
            Some((UNSUPPORTED, "up to 6144")),
        ),
        (
            Api::Decrypt,
            "initializationVector",
            0,
            Some((INVALID_CIPHERTEXT, "12 or 16")),
        ),
        (Api::Decrypt, "initializationVector", 12, None),
        (
            Api::Decrypt,
            "initializationVector",
            13,
            Some((INVALID_CIPHERTEXT, "12 or 16")),
        ),
        (Api::Decrypt, "initializationVector", 16, None),
        (
            Api::Decrypt,
            "initializationVector",
            17,
            Some((INVALID_CIPHERTEXT, "12 or 16")),
        ),
        (
            Api::Decrypt,
            "authenticationTag",
            15,
            Some((INVALID_CIPHERTEXT, "16")),
        ),
        (
            Api::Decrypt,
            "authenticationTag",
            17,
            Some((INVALID_CIPHERTEXT, "16")),
        ),
        (Api::Decrypt, "ciphertextMetadata", 0, None),
        (Api::Decrypt, "ciphertextMetadata", 20, None),
        (
            Api::Decrypt,
            "ciphertextMetadata",
            21,
            Some((VALIDATION, "up to 20")),
        ),
        (Api::Decrypt, "additionalAuthenticatedData", 12_288, None),
        (
            Api::Decrypt,
            "additionalAuthenticatedData",
            12_289,
            Some((UNSUPPORTED, "up to 12288")),
        ),
    ] {
        let body = bytes(&with(right(api), member, Some(zeros(length))));
        match refusal_ {
            None => assert_eq!(refusal(api, &body), None, "{member} {length}"),
            Some((name, allowed)) => {
                let message = format!("{member} has {length} bytes and must have {allowed}.");
                refused(api, &body, name, &message);
            }
        }
    }
}

#[test]
fn algorithms() {
    for (api, member, supported) in [
        (Api::Encrypt, "encryptionAlgorithm", "AES_GCM"),
        (Api::Decrypt, "encryptionAlgorithm", "AES_GCM"),
        (
            Api::Encrypt,
            "ciphertextDataIntegrityValueAlgorithm",
            "SHA_256",
        ),
    ] {
        for other in ["", "AES_GCM_256", "aes_gcm", "SHA_512"] {
            let body = with(right(api), member, Some(json!(other)));
            let message = format!("{member} must be {supported}.");
            refused(api, &bytes(&body), UNSUPPORTED, &message);
        }
    }
}

#[test]
fn requests_tell_where_they_come_from_and_no_plaintext() {
    let request = encrypt(b"a plaintext", b"", false);
    assert!(!format!("{request:?}").contains("112, 108"));
    assert!(format!("{request:?}").contains("Plaintext(..)"));
    let metadata = request.metadata();
    assert_eq!(metadata.kms_key_arn, Some(super::KEY_ARN));
    assert_eq!(metadata.kms_via_service, Some("ebs"));
    assert_eq!(metadata.aws_source_vpc, None);
    let request = GetHealthStatusRequest {
        cause: super::cause(),
    };
    assert_eq!(request.metadata().aws_principal_arn, None);
}
