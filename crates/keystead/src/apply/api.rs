//! The services of a server as values: a JSON input goes in, a JSON output comes out, whatever is
//! spoken on the wire.

mod form;
mod xml;

use serde_json::Value;

use crate::client::{Client, ClientError, Message};

/// A service of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Service {
    Kms,
    Iam,
    Sts,
    Organizations,
    Keystead,
}

/// How a service is spoken to.
enum Speech {
    /// AWS JSON 1.1: what stands before an operation's name in `X-Amz-Target`.
    Json(&'static str),
    /// The Query protocol: the API's version.
    Query(&'static str),
}

impl Service {
    /// The name in signatures.
    const fn signing_name(self) -> &'static str {
        match self {
            Self::Kms => "kms",
            Self::Iam => "iam",
            Self::Sts => "sts",
            Self::Organizations => "organizations",
            Self::Keystead => "keystead",
        }
    }

    const fn speech(self) -> Speech {
        match self {
            Self::Kms => Speech::Json("TrentService"),
            Self::Organizations => Speech::Json("AWSOrganizationsV20161128"),
            Self::Keystead => Speech::Json("Keystead"),
            Self::Iam => Speech::Query("2010-05-08"),
            Self::Sts => Speech::Query("2011-06-15"),
        }
    }

    /// The member of an output that says where the next page begins, and that of an input.
    pub(super) const fn marker(self) -> (&'static str, &'static str) {
        match self {
            Self::Kms => ("NextMarker", "Marker"),
            Self::Iam | Self::Sts | Self::Keystead => ("Marker", "Marker"),
            Self::Organizations => ("NextToken", "NextToken"),
        }
    }
}

/// Calls an operation.
///
/// # Errors
/// [`ClientError::Refused`] with the server's code and message, and all others.
pub(super) fn call(
    client: &Client,
    service: Service,
    operation: &str,
    input: &Value,
) -> Result<Value, ClientError> {
    let name = service.signing_name();
    match service.speech() {
        Speech::Json(prefix) => client.call(name, &format!("{prefix}.{operation}"), input),
        Speech::Query(version) => {
            let answer = client.send(Message {
                service: name,
                content_type: "application/x-www-form-urlencoded; charset=utf-8",
                target: None,
                body: form::encode(operation, version, input).into_bytes(),
            })?;
            let bad = ClientError::BadAnswer {
                status: answer.status,
            };
            let text = std::str::from_utf8(&answer.body).ok();
            let Some(body) = text.and_then(xml::parse) else {
                return Err(bad);
            };
            match answer.status {
                200 => Ok(body
                    .get(format!("{operation}Result"))
                    .cloned()
                    .unwrap_or(Value::Null)),
                _ => Err(refusal(&body).unwrap_or(bad)),
            }
        }
    }
}

fn refusal(body: &Value) -> Option<ClientError> {
    let error = body.get("Error")?;
    let text = |name| error.get(name).and_then(Value::as_str).unwrap_or_default();
    Some(ClientError::Refused {
        code: text("Code").to_owned(),
        message: text("Message").to_owned(),
    })
}

/// Whether the server says that something is not there.
pub(super) fn is_not_found(error: &ClientError) -> bool {
    const CODES: [&str; 3] = [
        "NoSuchEntity",
        "NotFoundException",
        "AWSOrganizationsNotInUseException",
    ];
    matches!(error, ClientError::Refused { code, .. } if CODES.contains(&code.as_str()))
}

/// Whether the server says that the caller may not. KMS and IAM have a code each.
pub(super) fn is_access_denied(error: &ClientError) -> bool {
    const CODES: [&str; 2] = ["AccessDeniedException", "AccessDenied"];
    matches!(error, ClientError::Refused { code, .. } if CODES.contains(&code.as_str()))
}

/// A member that is a text; empty if there is none.
pub(super) fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value
        .get(member)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// A member that is a list; empty if there is none. The Query protocol writes an empty list as an
/// empty element, which is read as null.
pub(super) fn list<'a>(value: &'a Value, member: &str) -> &'a [Value] {
    value
        .get(member)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}
