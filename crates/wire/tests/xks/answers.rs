//! What KMS makes of what a proxy answers.

use keystead_wire::xks::{
    CallError, ErrorAnswer, ErrorName, Fault, GetHealthStatusRequest, GetKeyMetadataRequest,
    Request, Uninterpretable,
};
use serde_json::{Value, json};

use super::{bytes, caller, cause, decrypt, encrypt, sealed, with, zeros};

/// Why an answer can't be interpreted.
#[track_caller]
fn uninterpretable<R: Request>(request: &R, status: u16, body: &[u8]) -> Uninterpretable {
    match request.read_answer(status, body).map(drop) {
        Err(CallError::Uninterpretable(why)) => why,
        other => panic!("{other:?}"),
    }
}

fn health() -> GetHealthStatusRequest {
    GetHealthStatusRequest { cause: cause() }
}

#[test]
fn errors() {
    for name in ErrorName::all() {
        let bare = ErrorAnswer::bare(name);
        let full = ErrorAnswer::new(name, "Something is wrong.");
        for answer in [bare, full] {
            // The name counts, whatever the status.
            for status in [answer.status(), 400, 500, 204, 301] {
                let read = health().read_answer(status, &answer.write());
                assert_eq!(read, Err(CallError::Refused(answer.clone())));
            }
        }
    }
    // What a proxy says goes to logs.
    let body = json!({
        "errorName": "InternalException",
        "errorMessage": format!("a\r\n{}", "é".repeat(600)),
        "more": [1],
    });
    let read = health().read_answer(500, &bytes(&body));
    let Err(CallError::Refused(answer)) = read else {
        panic!("{read:?}");
    };
    assert_eq!(answer.message().unwrap(), format!("a{}", "?".repeat(510)));
}

#[test]
fn errors_that_are_none() {
    let long = [
        b"{\"errorName\":\"InternalException\"}".to_vec(),
        vec![b' '; 64 * 1024],
    ]
    .concat();
    for (body, why) in [
        (
            &b""[..],
            "status 502 without an error. The body is not a JSON object.",
        ),
        (
            b"<html>",
            "status 502 without an error. The body is not a JSON object.",
        ),
        (
            b"\xff\xfe",
            "status 502 without an error. The body is not a JSON object.",
        ),
        (
            b"[]",
            "status 502 without an error. The body is not a JSON object.",
        ),
        (
            &long,
            "status 502 without an error. The body has more than 65536 bytes.",
        ),
        (b"{}", "status 502 without an error. errorName is missing."),
        (
            br#"{"errorName":null}"#,
            "status 502 without an error. errorName is missing.",
        ),
        (
            br#"{"errorName":5}"#,
            "status 502 without an error. errorName must be a string.",
        ),
        (
            br#"{"errorName":["InternalException"]}"#,
            "status 502 without an error. errorName must be a string.",
        ),
        (
            br#"{"errorName":"InternalException","errorName":"ThrottlingException"}"#,
            "status 502 without an error. errorName occurs more than once.",
        ),
        (
            br#"{"errorName":"InternalException","errorMessage":{}}"#,
            "status 502 without an error. errorMessage must be a string.",
        ),
        (
            br#"{"errorName":"internalException\n"}"#,
            "status 502 with an unknown error, internalException?",
        ),
        (br#"{"errorName":""}"#, "status 502 with an unknown error, "),
    ] {
        assert_eq!(uninterpretable(&health(), 502, body).to_string(), why);
    }
    let name = json!({"errorName": "x".repeat(1000)});
    let why = uninterpretable(&health(), 400, &bytes(&name));
    assert_eq!(
        why,
        Uninterpretable::UnknownError {
            status: 400,
            name: "x".repeat(64)
        }
    );
    // An error is none with a status that says that all is well.
    let body = ErrorAnswer::bare(ErrorName::Internal).write();
    let why = uninterpretable(&health(), 200, &body);
    assert_eq!(why.to_string(), "ekmFleetDetails is missing.");
}

fn a_health() -> Value {
    json!({
        "xksProxyFleetSize": 1,
        "xksProxyVendor": "v",
        "xksProxyModel": "m",
        "ekmVendor": "e",
        "ekmFleetDetails": [{"id": "1", "model": "m", "healthStatus": "ACTIVE", "more": 1}],
        "more": {}
    })
}

#[test]
fn healths() {
    assert!(health().read_answer(200, &bytes(&a_health())).is_ok());
    let manager = a_health()["ekmFleetDetails"][0].clone();
    let without = |name| json!([manager, with(manager.clone(), name, None)]);
    for (member, value, why) in [
        ("xksProxyFleetSize", None, "is missing."),
        (
            "xksProxyFleetSize",
            Some(json!(0)),
            "must be a whole number greater than zero.",
        ),
        (
            "xksProxyFleetSize",
            Some(json!(-1)),
            "must be a whole number greater than zero.",
        ),
        (
            "xksProxyFleetSize",
            Some(json!(1.0)),
            "must be a whole number greater than zero.",
        ),
        (
            "xksProxyFleetSize",
            Some(json!("1")),
            "must be a whole number greater than zero.",
        ),
        ("xksProxyVendor", None, "is missing."),
        ("xksProxyModel", Some(json!(1)), "must be a string."),
        ("ekmVendor", None, "is missing."),
        ("ekmFleetDetails", None, "is missing."),
        (
            "ekmFleetDetails",
            Some(json!([])),
            "has 0 entries and must have 1 to 10.",
        ),
        (
            "ekmFleetDetails",
            Some(json!(vec![manager.clone(); 11])),
            "has 11 entries and must have 1 to 10.",
        ),
        ("ekmFleetDetails", Some(json!({})), "must be a list."),
        ("ekmFleetDetails", Some(json!([null])), "must be a list."),
        (
            "ekmFleetDetails",
            Some(json!([manager, "x"])),
            "must be a list.",
        ),
        ("ekmFleetDetails", Some(without("id")), ".id is missing."),
        (
            "ekmFleetDetails",
            Some(without("model")),
            ".model is missing.",
        ),
        (
            "ekmFleetDetails",
            Some(without("healthStatus")),
            ".healthStatus is missing.",
        ),
        (
            "ekmFleetDetails",
            Some(json!([with(
                manager.clone(),
                "healthStatus",
                Some(json!("active"))
            )])),
            ".healthStatus must be ACTIVE, DEGRADED or UNAVAILABLE.",
        ),
    ] {
        let body = bytes(&with(a_health(), member, value));
        let dot = if why.starts_with('.') { "" } else { " " };
        let message = uninterpretable(&health(), 200, &body).to_string();
        assert_eq!(message, format!("{member}{dot}{why}"));
    }
    let ten = json!(vec![manager.clone(); 10]);
    let body = bytes(&with(a_health(), "ekmFleetDetails", Some(ten)));
    assert_eq!(
        health().read_answer(200, &body).unwrap().key_managers.len(),
        10
    );
}

#[test]
fn key_metadata() {
    let request = GetKeyMetadataRequest {
        cause: cause(),
        caller: caller(),
        kms_key_arn: None,
    };
    let right =
        || json!({"keySpec": "RSA_2048", "keyUsage": ["SIGN", "X"], "keyStatus": "DISABLED"});
    let read = request.read_answer(200, &bytes(&right())).unwrap();
    assert!(!read.is_usable());
    for (member, value, why) in [
        ("keySpec", None, "is missing."),
        ("keySpec", Some(json!({})), "must be a string."),
        ("keyUsage", None, "is missing."),
        ("keyUsage", Some(json!("ENCRYPT")), "must be a list."),
        ("keyUsage", Some(json!([1])), "must be a list."),
        (
            "keyUsage",
            Some(json!(vec!["A"; 11])),
            "has 11 entries and must have up to 10.",
        ),
        (
            "keyStatus",
            Some(json!("enabled")),
            "must be ENABLED or DISABLED.",
        ),
    ] {
        let body = bytes(&with(right(), member, value));
        let message = uninterpretable(&request, 200, &body).to_string();
        assert_eq!(message, format!("{member} {why}"));
    }
}

#[test]
fn ciphertexts() {
    let wanting = encrypt(b"text", b"data", true);
    let other = encrypt(b"text", b"data", false);
    let sealed = sealed(b"TEXT", &[1; 12], &[2; 16], b"v1");
    let with_value: Value = super::parsed(&keystead_wire::xks::Response::write(
        &wanting.respond(sealed.clone()),
    ));
    let value = "ciphertextDataIntegrityValue";
    let without_value = with(with_value.clone(), value, None);
    assert!(wanting.read_answer(200, &bytes(&with_value)).is_ok());
    let read = other.read_answer(200, &bytes(&without_value)).unwrap();
    assert_eq!(read.sealed, sealed);
    // A value that was not asked for, but is right.
    assert!(other.read_answer(200, &bytes(&with_value)).is_ok());
    assert_eq!(
        uninterpretable(&wanting, 200, &bytes(&without_value)),
        Uninterpretable::NoIntegrityValue
    );
    for request in [&wanting, &other] {
        for (member, changed) in [
            (value, zeros(32)),
            ("ciphertext", zeros(4)),
            ("initializationVector", zeros(16)),
            ("authenticationTag", zeros(16)),
            ("ciphertextMetadata", zeros(2)),
            ("ciphertextMetadata", Value::Null),
        ] {
            let body = bytes(&with(with_value.clone(), member, Some(changed)));
            assert_eq!(
                uninterpretable(request, 200, &body),
                Uninterpretable::WrongIntegrityValue,
                "{member}"
            );
        }
    }
    for (member, changed, why) in [
        ("ciphertext", zeros(5), "has 5 bytes and must have 4"),
        ("ciphertext", zeros(3), "has 3 bytes and must have 4"),
        (
            "ciphertext",
            zeros(6145),
            "has 6145 bytes and must have up to 6144.",
        ),
        ("ciphertext", Value::Null, "is missing."),
        (
            "initializationVector",
            zeros(13),
            "has 13 bytes and must have 12 or 16.",
        ),
        ("initializationVector", Value::Null, "is missing."),
        (
            "authenticationTag",
            zeros(12),
            "has 12 bytes and must have 16.",
        ),
        (
            "authenticationTag",
            json!("AA"),
            "must be a string in Base64 with padding.",
        ),
        (
            "ciphertextMetadata",
            zeros(21),
            "has 21 bytes and must have up to 20.",
        ),
        (value, zeros(31), "has 31 bytes and must have 32."),
    ] {
        let body = bytes(&with(without_value.clone(), member, Some(changed)));
        let message = uninterpretable(&other, 200, &body).to_string();
        assert_eq!(message, format!("{member} {why}"));
    }
    let twice = br#"{"ciphertext":"VEVYVA==","ciphertext":"VEVYVA=="}"#;
    let why = uninterpretable(&other, 200, twice);
    assert_eq!(why.to_string(), "ciphertext occurs more than once.");
    assert_eq!(
        uninterpretable(&other, 201, &bytes(&without_value)).to_string(),
        "status 201 without an error. errorName is missing."
    );
}

#[test]
fn plaintexts() {
    let request = decrypt(sealed(b"TEXT", &[1; 12], &[2; 16], b""), b"");
    let read = request
        .read_answer(200, br#"{"plaintext":"dGV4dA=="}"#)
        .unwrap();
    assert_eq!(read.plaintext.expose(), b"text");
    assert!(!format!("{read:?}").contains("116"));
    for (body, why) in [
        (
            &br#"{"plaintext":"dGV4"}"#[..],
            "plaintext has 3 bytes and must have 4",
        ),
        (
            br#"{"plaintext":"dGV4dA"}"#,
            "plaintext must be a string in Base64 with padding.",
        ),
        (br#"{"Plaintext":"dGV4dA=="}"#, "plaintext is missing."),
        (b"", "The body is not a JSON object."),
    ] {
        assert_eq!(uninterpretable(&request, 200, body).to_string(), why);
    }
    let long = vec![b' '; 64 * 1024 + 1];
    assert_eq!(
        uninterpretable(&request, 200, &long),
        Uninterpretable::Body(Fault::BodyTooLong { limit: 64 * 1024 })
    );
}
