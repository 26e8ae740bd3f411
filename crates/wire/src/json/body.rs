//! From a body to an input.

use serde::Deserialize as _;
use serde_json::error::Category;

use crate::error::ApiError;
use crate::model::{Nullable, Path, Shape, Violations};

/// Reads a body as a structure and checks the model's constraints.
pub(crate) fn decode<S: Shape>(body: &[u8]) -> Result<S::Value, ApiError> {
    decode_or::<S>(body, |violations| {
        ApiError::validation(violations.into_message())
    })
}

/// As [`decode`], with the error of a service that has its own for broken constraints.
pub(crate) fn decode_or<S: Shape>(
    body: &[u8],
    invalid: impl FnOnce(Violations) -> ApiError,
) -> Result<S::Value, ApiError> {
    let raw = read::<S>(body)?;
    let mut violations = Violations::default();
    match S::check(raw, &Path::Root, &mut violations) {
        Some(input) if violations.is_empty() => Ok(input),
        _ => Err(invalid(violations)),
    }
}

fn read<S: Shape>(body: &[u8]) -> Result<S::Raw, ApiError> {
    // AWS says nothing of a body that is a bare scalar.
    let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
    if !matches!(first, Some(b'{' | b'[')) {
        return Err(ApiError::serialization(None));
    }
    // Checked once for the whole body, and not for each of its texts.
    let body = std::str::from_utf8(body).map_err(|_| ApiError::serialization(None))?;
    let mut json = serde_json::Deserializer::from_str(body);
    let Nullable(raw) = Nullable::deserialize(&mut json).map_err(|error| refusal(&error))?;
    json.end().map_err(|error| refusal(&error))?;
    raw.ok_or_else(|| ApiError::serialization(None))
}

/// The error without the position that `serde_json` adds, and without any text if the body is no JSON at all.
fn refusal(error: &serde_json::Error) -> ApiError {
    if error.classify() != Category::Data {
        return ApiError::serialization(None);
    }
    let text = error.to_string();
    let position = format!(" at line {} column {}", error.line(), error.column());
    let message = text.strip_suffix(&position).unwrap_or(&text);
    ApiError::serialization((!message.is_empty()).then(|| message.to_owned()))
}
