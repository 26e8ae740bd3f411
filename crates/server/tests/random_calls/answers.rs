//! What answers must be.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keystead_testkit::Answer;
use serde_json::Value;

use crate::model::Model;
use crate::requests::{Call, Kind};

/// What any call may be answered with.
const COMMON: &[&str] = &[
    "AccessDeniedException",
    "SerializationException",
    "ThrottlingException",
    "ValidationException",
];
/// What is no ARN of a key: for all operations alike, though not all of their models have it.
const BAD_ARN: &str = "InvalidArnException";
/// Of calls that are not what they say.
const GARBAGE: &[&str] = &[
    "IncompleteSignatureException",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
    "UnknownOperationException",
    "UnrecognizedClientException",
];
/// What some operations answer besides, though their models do not say so: for reserved aliases, as AWS does; for
/// `Recipient`, which is not served yet; and for the marker of a list that has one page.
const UNMODELED: &[(&str, &str)] = &[
    ("CreateAlias", "NotAuthorizedException"),
    ("DeleteAlias", "NotAuthorizedException"),
    ("UpdateAlias", "NotAuthorizedException"),
    ("ListKeyPolicies", "InvalidMarkerException"),
    ("Decrypt", "UnsupportedOperationException"),
    ("DeriveSharedSecret", "UnsupportedOperationException"),
    ("GenerateDataKey", "UnsupportedOperationException"),
    ("GenerateDataKeyPair", "UnsupportedOperationException"),
    ("GenerateRandom", "UnsupportedOperationException"),
];

pub(crate) fn check(model: &Model, call: &Call, answer: &Answer, context: &dyn Fn() -> String) {
    assert!(uuid_like(answer.request_id()), "{}", context());
    if answer.status == 200 {
        return check_output(model, call, answer, context);
    }
    assert!((400..500).contains(&answer.status), "{}", context());
    let error = error(answer);
    let error = error.as_str();
    let is_possible = COMMON.contains(&error)
        || error == BAD_ARN
        || (call.kind == Kind::Garbage && GARBAGE.contains(&error))
        || UNMODELED.contains(&(call.operation, error))
        || model.can_refuse(call.operation, error);
    assert!(is_possible, "not an error of the operation: {}", context());
}

/// An error's code; of a request that is not known to be for KMS, the answer is XML.
pub(crate) fn error(answer: &Answer) -> String {
    let text = answer.text();
    if text.starts_with('{') {
        return answer.error();
    }
    let known = GARBAGE.iter().find(|code| text.contains(*code));
    known.map_or(text, |code| (*code).to_owned())
}

/// Whether a call that makes no sense was turned away before it was known whose it is, or what it asks for.
pub(crate) fn is_of_nobody(call: &Call, answer: &Answer) -> bool {
    call.kind == Kind::Garbage && answer.status != 200 && GARBAGE.contains(&error(answer).as_str())
}

fn uuid_like(text: &str) -> bool {
    text.len() == 36
        && text
            .bytes()
            .all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

fn check_output(model: &Model, call: &Call, answer: &Answer, context: &dyn Fn() -> String) {
    match model.side(call.operation, "output") {
        None => assert!(answer.body.is_empty(), "{}", context()),
        Some(output) => {
            if let Err(wrong) = fits(model, output, &answer.json()) {
                panic!("{wrong}: {}", context());
            }
        }
    }
}

/// Whether a value is one of a shape.
fn fits(model: &Model, shape: &str, value: &Value) -> Result<(), String> {
    let wrong = |what: &str| Err(format!("{value} is no {shape}: {what}"));
    if let Some(members) = model.members(shape) {
        let Some(object) = value.as_object() else {
            return wrong("not an object");
        };
        for (name, value) in object {
            match members.iter().find(|member| member.name == name) {
                Some(member) => fits(model, member.shape, value)?,
                None => return wrong(&format!("an unknown member {name}")),
            }
        }
        let missing = members
            .iter()
            .find(|member| member.is_required && !object.contains_key(member.name));
        return match missing {
            Some(member) => wrong(&format!("no {}", member.name)),
            None => Ok(()),
        };
    }
    let known = model.shape(shape);
    match (known["type"].as_str().unwrap(), value) {
        ("string", Value::String(text)) => {
            let is_known = |values: &Vec<Value>| values.iter().any(|known| known == text);
            if known["enum"]
                .as_array()
                .is_some_and(|values| !is_known(values))
            {
                return wrong("not one of its values");
            }
            // What a grant is called that has no name.
            if shape == "GrantNameType" && text.is_empty() {
                return Ok(());
            }
            bounded(known, text.chars().count()).or_else(|what| wrong(&what))
        }
        ("blob", Value::String(text)) => match STANDARD.decode(text) {
            Ok(bytes) => bounded(known, bytes.len()).or_else(|what| wrong(&what)),
            Err(_) => wrong("not Base64"),
        },
        ("integer", Value::Number(number)) if number.is_i64() => Ok(()),
        ("boolean", Value::Bool(_)) | ("timestamp", Value::Number(_)) => Ok(()),
        ("list", Value::Array(elements)) => {
            let element = model.element(shape);
            elements
                .iter()
                .try_for_each(|value| fits(model, element, value))
        }
        ("map", Value::Object(entries)) if entries.values().all(Value::is_string) => Ok(()),
        (expected, _) => wrong(&format!("not a {expected}")),
    }
}

fn bounded(shape: &Value, length: usize) -> Result<(), String> {
    let length = length as u64;
    let is_low = shape["min"].as_u64().is_some_and(|min| length < min);
    let is_high = shape["max"].as_u64().is_some_and(|max| length > max);
    if is_low || is_high {
        return Err(format!("a length of {length}"));
    }
    Ok(())
}
