//! An error as a client sees it: a code, a status and perhaps a message, in the envelope of either protocol.

use serde::Serialize;

use crate::xml::XmlWriter;

/// An AWS error reply, still without its protocol's envelope.
///
/// `code` is the name on the wire (`NotFoundException`, or `SignatureDoesNotMatch` in the Query protocol), `status`
/// the HTTP status. Several KMS errors carry no message at all; clients must then see no member for it, which is
/// what `None` does. Organizations adds to some a `Reason` that programs can tell apart.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code} ({status}): {}", message.as_deref().unwrap_or("no message"))]
pub struct ApiError {
    code: &'static str,
    message: Option<String>,
    reason: Option<&'static str>,
    status: u16,
}

impl ApiError {
    /// An error with every part given.
    #[must_use]
    pub const fn new(code: &'static str, status: u16, message: Option<String>) -> Self {
        Self {
            code,
            message,
            reason: None,
            status,
        }
    }

    /// The same error with the member `Reason`, which JSON bodies alone show.
    #[must_use]
    pub fn with_reason(self, reason: &'static str) -> Self {
        Self {
            reason: Some(reason),
            ..self
        }
    }

    /// An error that is the client's fault: HTTP 400, as KMS answers even denials and throttling.
    #[must_use]
    pub fn client(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(code, 400, Some(message.into()))
    }

    /// A client's error that has no message, such as `InvalidCiphertextException`: HTTP 400.
    #[must_use]
    pub const fn bare(code: &'static str) -> Self {
        Self::new(code, 400, None)
    }

    /// An error that is the server's fault: HTTP 500, retried by the SDKs.
    #[must_use]
    pub fn server(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(code, 500, Some(message.into()))
    }

    /// `ValidationException`: the request is well formed and breaks a rule of the model or of the service.
    #[must_use]
    pub fn validation(message: impl Into<String>) -> Self {
        Self::client("ValidationException", message)
    }

    /// `SerializationException`: the body can't be read as the operation's input.
    #[must_use]
    pub const fn serialization(message: Option<String>) -> Self {
        Self::new("SerializationException", 400, message)
    }

    /// `AccessDeniedException`, whose message member KMS spells with a capital letter.
    #[must_use]
    pub fn access_denied(message: impl Into<String>) -> Self {
        Self::client(ACCESS_DENIED, message)
    }

    /// `UnknownOperationException`: the target names no operation of the service.
    #[must_use]
    pub const fn unknown_operation() -> Self {
        Self::bare("UnknownOperationException")
    }

    /// The name of the error on the wire.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// What the client reads, if the error says anything.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// Which of the causes that the code covers it was, if the error tells.
    #[must_use]
    pub const fn reason(&self) -> Option<&'static str> {
        self.reason
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// The AWS JSON 1.1 body: `{"__type":"…","message":"…"}`.
    #[must_use]
    pub fn json_body(&self) -> Vec<u8> {
        let capital = self.code == ACCESS_DENIED;
        let message = self.message();
        let envelope = JsonEnvelope {
            code: self.code,
            message: message.filter(|_| !capital),
            capital_message: message.filter(|_| capital),
            reason: self.reason,
        };
        // Writing strings to memory can't fail.
        serde_json::to_vec(&envelope).unwrap_or_default()
    }

    /// S3's body: an `Error` without a namespace.
    #[must_use]
    pub fn rest_body(&self, request_id: &str) -> Vec<u8> {
        let mut xml = XmlWriter::document();
        xml.element("Error", |xml| {
            xml.text("Code", self.code);
            if let Some(message) = &self.message {
                xml.text("Message", message);
            }
            xml.text("RequestId", request_id);
            xml.text("HostId", "");
        });
        xml.into_bytes()
    }

    /// The Query protocol's body: an `ErrorResponse` in the service's XML namespace.
    #[must_use]
    pub fn query_body(&self, namespace: &str, request_id: &str) -> Vec<u8> {
        let fault = if self.status < 500 {
            "Sender"
        } else {
            "Receiver"
        };
        let mut xml = XmlWriter::new();
        xml.namespaced_element("ErrorResponse", namespace, |xml| {
            xml.element("Error", |xml| {
                xml.text("Type", fault);
                xml.text("Code", self.code);
                if let Some(message) = &self.message {
                    xml.text("Message", message);
                }
            });
            xml.text("RequestId", request_id);
        });
        xml.into_bytes()
    }
}

const ACCESS_DENIED: &str = "AccessDeniedException";

#[derive(Serialize)]
struct JsonEnvelope<'a> {
    #[serde(rename = "__type")]
    code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    #[serde(rename = "Message", skip_serializing_if = "Option::is_none")]
    capital_message: Option<&'a str>,
    #[serde(rename = "Reason", skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(error: &ApiError) -> String {
        String::from_utf8(error.json_body()).unwrap()
    }

    #[test]
    fn json_envelopes() {
        for (error, body) in [
            (
                ApiError::client("NotFoundException", "Key 'a\"b' does not exist"),
                r#"{"__type":"NotFoundException","message":"Key 'a\"b' does not exist"}"#,
            ),
            (
                ApiError::access_denied("User: x is not authorized"),
                r#"{"__type":"AccessDeniedException","Message":"User: x is not authorized"}"#,
            ),
            (
                ApiError::bare("InvalidCiphertextException"),
                r#"{"__type":"InvalidCiphertextException"}"#,
            ),
            (
                ApiError::validation(""),
                r#"{"__type":"ValidationException","message":""}"#,
            ),
            (
                ApiError::client("InvalidInputException", "no").with_reason("INVALID_ENUM"),
                r#"{"__type":"InvalidInputException","message":"no","Reason":"INVALID_ENUM"}"#,
            ),
        ] {
            assert_eq!(json(&error), body);
            assert_eq!(error.status(), 400);
        }
    }

    #[test]
    fn query_envelope_escapes_and_names_the_fault() {
        let denied = ApiError::new("AccessDenied", 403, Some("<a> & \u{1}".into()));
        assert_eq!(
            String::from_utf8(denied.query_body("https://ns/", "r-1")).unwrap(),
            "<ErrorResponse xmlns=\"https://ns/\"><Error><Type>Sender</Type><Code>AccessDenied</Code>\
             <Message>&lt;a&gt; &amp; \u{fffd}</Message></Error><RequestId>r-1</RequestId></ErrorResponse>"
        );
        assert_eq!(
            String::from_utf8(denied.rest_body("r-1")).unwrap(),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>AccessDenied</Code>\
             <Message>&lt;a&gt; &amp; \u{fffd}</Message><RequestId>r-1</RequestId><HostId></HostId></Error>"
        );
        let broken = ApiError::server("ServiceFailure", "later");
        let body = String::from_utf8(broken.query_body("https://ns/", "r-2")).unwrap();
        assert!(body.contains("<Type>Receiver</Type>"), "{body}");
    }
}
