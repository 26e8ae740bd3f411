//! The services of a server as values: a JSON input goes in, a JSON output comes out, whatever is
//! spoken on the wire.

mod form;
mod xml;

pub(super) use keystead_server::protocol::Service;
use keystead_server::protocol::Style;
use serde_json::Value;

use crate::client::{Client, ClientError, Message};

/// The member of an output that says where the next page begins, and that of an input.
pub(super) const fn marker(service: Service) -> (&'static str, &'static str) {
    match service {
        Service::Kms => ("NextMarker", "Marker"),
        Service::Iam | Service::Sts | Service::Keystead => ("Marker", "Marker"),
        Service::Organizations => ("NextToken", "NextToken"),
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
    let name = service.scope_name();
    match service.style() {
        Style::Json { target } => client.call(name, &format!("{target}.{operation}"), input),
        Style::Query { version, .. } => {
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
