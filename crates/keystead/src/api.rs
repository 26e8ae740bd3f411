//! The services of a server as values: a JSON input goes in, a JSON output comes out, whatever is
//! spoken on the wire.

mod form;
mod xml;

pub(crate) use keystead_server::protocol::Service;
use keystead_server::protocol::Style;
use serde_json::Value;

pub(crate) use crate::client::answer::{is_access_denied, is_not_found, list, text};
use crate::client::pages::Marker;
use crate::client::{Client, ClientError, Message, Refusal};

/// Where a service's pages say that the next one begins.
pub(crate) const fn marker(service: Service) -> Marker {
    let (from, to) = match service {
        Service::Kms => return Marker::KMS,
        Service::Iam | Service::Sts | Service::Keystead => ("Marker", "Marker"),
        Service::Organizations | Service::ServiceQuotas | Service::CloudTrail | Service::S3 => {
            ("NextToken", "NextToken")
        }
    };
    Marker { from, to }
}

/// Calls an operation.
///
/// # Errors
/// [`ClientError::Refused`] with the server's code and message, and all others.
pub(crate) fn call(
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
                _ => Err(refusal(&body, answer.request_id).map_or(bad, Into::into)),
            }
        }
        Style::Rest => Err(ClientError::NotSpoken { service: name }),
    }
}

fn refusal(body: &Value, request_id: String) -> Option<Refusal> {
    let error = body.get("Error")?;
    let text = |name| error.get(name).and_then(Value::as_str).unwrap_or_default();
    Some(Refusal {
        code: text("Code").to_owned(),
        message: text("Message").to_owned(),
        request_id,
    })
}
