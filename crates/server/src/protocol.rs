//! How inputs and outputs look on the wire: AWS JSON 1.1 for KMS, Query for STS.

use http::Method;
use keystead_wire::ApiError;
use keystead_wire::json::{Input, Output};
use keystead_wire::query::{QueryRequest, XML_CONTENT_TYPE};
use keystead_wire::sigv4::SigV4Error;
use keystead_wire::sts;
use keystead_wire::target::JSON_CONTENT_TYPE;

use crate::incoming::Incoming;
use crate::operation::Operation;

/// A service of this endpoint. A request's signature says which one it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// The key management service.
    Kms,
    /// The security token service.
    Sts,
}

/// Every service, with what is different between them.
pub const SERVICES: [Service; 2] = [Service::Kms, Service::Sts];

impl Service {
    /// The name in a signature's credential scope.
    #[must_use]
    pub const fn scope_name(self) -> &'static str {
        match self {
            Self::Kms => "kms",
            Self::Sts => "sts",
        }
    }

    /// The `eventSource` of audit records.
    #[must_use]
    pub const fn event_source(self) -> &'static str {
        match self {
            Self::Kms => "kms.amazonaws.com",
            Self::Sts => "sts.amazonaws.com",
        }
    }

    /// How far a client's clock may be off, in seconds: KMS takes five minutes, STS fifteen.
    #[must_use]
    pub const fn clock_skew_seconds(self) -> u32 {
        match self {
            Self::Kms => 5 * 60,
            Self::Sts => 15 * 60,
        }
    }

    /// The service that a request means which carries no usable signature.
    #[must_use]
    pub fn guess(request: &Incoming) -> Self {
        let has_target = request.parts.headers.contains_key("x-amz-target");
        if has_target || request.parts.method != Method::POST && request.parts.uri.query().is_none()
        {
            return Self::Kms;
        }
        let content_type = request.parts.headers.get(http::header::CONTENT_TYPE);
        let is_form = content_type.is_some_and(|t| {
            t.as_bytes()
                .starts_with(b"application/x-www-form-urlencoded")
        });
        if is_form || request.parts.uri.query().is_some() {
            Self::Sts
        } else {
            Self::Kms
        }
    }

    /// An error of a signature, as this service calls it.
    #[must_use]
    pub fn signature_error(self, error: &SigV4Error) -> ApiError {
        match self {
            Self::Kms => error.to_json_error(),
            Self::Sts => error.to_query_error(),
        }
    }

    /// The answer to an access key that is not known, or a session token that is not valid.
    #[must_use]
    pub fn unknown_credentials(self) -> ApiError {
        const MESSAGE: &str = "The security token included in the request is invalid.";
        match self {
            Self::Kms => ApiError::client("UnrecognizedClientException", MESSAGE),
            Self::Sts => ApiError::new("InvalidClientTokenId", 403, Some(MESSAGE.to_owned())),
        }
    }

    /// An error in this service's envelope.
    #[must_use]
    pub fn encode_error(self, error: &ApiError, request_id: &str) -> Encoded {
        let (content_type, body) = match self {
            Self::Kms => (JSON_CONTENT_TYPE, error.json_body()),
            Self::Sts => (
                XML_CONTENT_TYPE,
                error.query_body(sts::NAMESPACE, request_id),
            ),
        };
        Encoded {
            status: error.status(),
            content_type,
            body,
        }
    }
}

/// An answer's bytes and how to announce them. The bytes may be a plaintext, so that it has no
/// `Debug`, nor has whatever holds it.
pub struct Encoded {
    /// The HTTP status.
    pub status: u16,
    /// The content type.
    pub content_type: &'static str,
    /// The body.
    pub body: Vec<u8>,
}

/// How an operation's input and output look on the wire.
pub trait Protocol<O: Operation> {
    /// The service that speaks it.
    const SERVICE: Service;

    /// Reads the input, and checks it against the API model.
    ///
    /// # Errors
    /// AWS's answer to an input that can't be read or breaks the model.
    fn decode(request: &Incoming) -> Result<O::Input, ApiError>;

    /// Writes the output.
    fn encode(output: &O::Output, request_id: &str) -> Encoded;
}

/// AWS JSON 1.1, which KMS speaks.
#[derive(Debug)]
pub enum Json {}

impl<O: Operation> Protocol<O> for Json
where
    O::Input: Input,
    O::Output: Output,
{
    const SERVICE: Service = Service::Kms;

    fn decode(request: &Incoming) -> Result<O::Input, ApiError> {
        O::Input::decode(&request.body)
    }

    fn encode(output: &O::Output, _request_id: &str) -> Encoded {
        Encoded {
            status: 200,
            content_type: JSON_CONTENT_TYPE,
            body: output.encode(),
        }
    }
}

/// The Query protocol, which STS speaks.
#[derive(Debug)]
pub enum Query {}

/// An output of the Query protocol.
pub trait QueryOutput {
    /// The XML body.
    fn to_xml(&self, request_id: &str) -> Vec<u8>;
}

impl<O: Operation<Input = QueryRequest>> Protocol<O> for Query
where
    O::Output: QueryOutput,
{
    const SERVICE: Service = Service::Sts;

    fn decode(request: &Incoming) -> Result<QueryRequest, ApiError> {
        QueryRequest::from_request(&request.parts.method, &request.parts.uri, &request.body)
    }

    fn encode(output: &O::Output, request_id: &str) -> Encoded {
        Encoded {
            status: 200,
            content_type: XML_CONTENT_TYPE,
            body: output.to_xml(request_id),
        }
    }
}
