//! What answers have, and what refusals mean.

use keystead_core::time::Timestamp;
use serde_json::Value;

use super::ClientError;

/// Whether the server says that something is not there.
pub(crate) fn is_not_found(error: &ClientError) -> bool {
    const CODES: [&str; 3] = [
        "NoSuchEntity",
        "NotFoundException",
        "AWSOrganizationsNotInUseException",
    ];
    is_refused_with(error, &CODES)
}

/// Whether the server says that the caller may not. KMS and IAM have a code each.
pub(crate) fn is_access_denied(error: &ClientError) -> bool {
    const CODES: [&str; 2] = ["AccessDeniedException", "AccessDenied"];
    is_refused_with(error, &CODES)
}

/// Whether the server refuses with one of these codes.
fn is_refused_with(error: &ClientError, codes: &[&str]) -> bool {
    matches!(error, ClientError::Refused(refusal) if codes.contains(&refusal.code.as_str()))
}

/// A member that is a text; empty if there is none.
pub(crate) fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value
        .get(member)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// A member that is a list; empty if there is none. The Query protocol writes an empty list as an
/// empty element, which is read as null.
pub(crate) fn list<'a>(value: &'a Value, member: &str) -> &'a [Value] {
    value
        .get(member)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// A member that is an instant, in seconds as the JSON protocols write them; nothing if there is
/// none.
pub(crate) fn instant(value: &Value, member: &str) -> Option<Timestamp> {
    let seconds = value.get(member)?.as_f64()?;
    #[expect(clippy::cast_possible_truncation, reason = "the cast saturates")]
    let millis = (seconds * 1000.0).round() as i64;
    Some(Timestamp::from_millis(millis))
}
