//! Bodies in AWS JSON 1.1, as the input of every operation, and the headers that name one.

use keystead_wire::ApiError;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::operations;
use crate::parts::first_line;

/// What a body may be refused with.
const REFUSALS: [&str; 3] = [
    "SerializationException",
    "ValidationException",
    "InvalidInputException",
];

/// A line names the operation, such as `kms.Encrypt`; the body follows.
pub(crate) fn check(bytes: &[u8]) {
    let (line, body) = first_line(bytes);
    let operation = operations::json(line);
    let decoded = (operation.decode)(body);
    assert_eq!((operation.decode)(body), decoded, "{}", operation.name);
    match decoded {
        Ok(()) => is_json(operation.decode, body),
        Err(error) => refused(&error),
    }
}

/// What is read is JSON to others as well, and means the same however they write it.
fn is_json(decode: fn(&[u8]) -> Result<(), ApiError>, body: &[u8]) {
    let read: Result<IgnoredAny, _> = serde_json::from_slice(body);
    assert!(read.is_ok(), "{read:?}");
    // Deep members that nobody knows, and numbers that no `f64` holds, are passed over without being read.
    if let Ok(value) = serde_json::from_slice::<Value>(body) {
        assert!(value.is_object(), "{value}");
        assert_eq!(decode(value.to_string().as_bytes()), Ok(()), "{value}");
        let pretty = serde_json::to_vec_pretty(&value).expect("JSON");
        assert_eq!(decode(&pretty), Ok(()), "{value}");
    }
}

/// The fault is the caller's, and what is said of it is JSON and bounded.
fn refused(error: &ApiError) {
    assert_eq!(error.status(), 400, "{error:?}");
    let code = error.code();
    assert!(
        REFUSALS.contains(&code) || code.starts_with("Invalid"),
        "{error:?}"
    );
    let body = error.json_body();
    assert!(serde_json::from_slice::<Value>(&body).is_ok());
    assert!(body.len() < 256 * 1024, "{} bytes", body.len());
}
