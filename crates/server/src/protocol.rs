//! The services of this endpoint, and how their inputs and outputs look on the wire: AWS JSON 1.1,
//! Query, or S3's REST.

use http::header::{HeaderName, HeaderValue};
use http::request::Parts;
use http::{Method, header};
use keystead_wire::ApiError;
use keystead_wire::json::{Input, Output};
use keystead_wire::query::{self, QueryRequest, XML_CONTENT_TYPE};
use keystead_wire::sigv4::{self, SigV4Error, SignedRequest};
use keystead_wire::target::{self, JSON_CONTENT_TYPE};
use keystead_wire::{s3, sts};

use crate::incoming::Incoming;
use crate::operation::Operation;

/// A service of this endpoint. A request's signature says which one it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// The key management service.
    Kms,
    /// The security token service.
    Sts,
    /// Identities and their policies.
    Iam,
    /// Accounts, and what their organization allows them.
    Organizations,
    /// What there is only so much of.
    ServiceQuotas,
    /// What was done, and how to prove it.
    CloudTrail,
    /// The files of what was done.
    S3,
    /// What AWS has no API for.
    Keystead,
}

/// Every service.
pub const SERVICES: [Service; 8] = [
    Service::Kms,
    Service::Sts,
    Service::Iam,
    Service::Organizations,
    Service::ServiceQuotas,
    Service::CloudTrail,
    Service::S3,
    Service::Keystead,
];

/// What is different between services.
struct Profile {
    scope_name: &'static str,
    event_source: &'static str,
    /// How far a client's clock may be off: KMS takes five minutes, all others fifteen.
    clock_skew_minutes: u32,
    style: Style,
    /// Whether it belongs to no Region: clients then sign for `us-east-1`, whatever is served.
    is_global: bool,
    home: Home,
}

const fn json(target: &'static str) -> Style {
    Style::Json { target }
}

/// What most services have in common.
const USUAL: Profile = Profile {
    scope_name: "",
    event_source: "",
    clock_skew_minutes: 15,
    style: Style::Rest,
    is_global: false,
    home: Home::Region,
};

/// How a service's requests name an operation, and how it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// AWS JSON 1.1, with this before the operation's name in `X-Amz-Target`.
    Json {
        /// Such as `TrentService`.
        target: &'static str,
    },
    /// The Query protocol.
    Query {
        /// The version that requests must name.
        version: &'static str,
        /// The XML namespace of answers.
        namespace: &'static str,
    },
    /// S3's REST, with the operation in the method, the path and the parameters.
    Rest,
}

/// Which ledger a service's operations change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home {
    /// That of the Region which serves the call.
    Region,
    /// That of the identities.
    Identities,
}

impl Service {
    const fn profile(self) -> Profile {
        match self {
            Self::Kms => Profile {
                scope_name: "kms",
                event_source: "kms.amazonaws.com",
                clock_skew_minutes: 5,
                style: json("TrentService"),
                ..USUAL
            },
            Self::Sts => Profile {
                scope_name: "sts",
                event_source: "sts.amazonaws.com",
                style: Style::Query {
                    version: sts::VERSION,
                    namespace: sts::NAMESPACE,
                },
                is_global: true,
                home: Home::Identities,
                ..USUAL
            },
            Self::Iam => Profile {
                scope_name: "iam",
                event_source: "iam.amazonaws.com",
                style: Style::Query {
                    version: "2010-05-08",
                    namespace: "https://iam.amazonaws.com/doc/2010-05-08/",
                },
                is_global: true,
                home: Home::Identities,
                ..USUAL
            },
            Self::Organizations => Profile {
                scope_name: "organizations",
                event_source: "organizations.amazonaws.com",
                style: json("AWSOrganizationsV20161128"),
                is_global: true,
                home: Home::Identities,
                ..USUAL
            },
            Self::ServiceQuotas => Profile {
                scope_name: "servicequotas",
                event_source: "servicequotas.amazonaws.com",
                style: json("ServiceQuotasV20190624"),
                ..USUAL
            },
            Self::CloudTrail => Profile {
                scope_name: "cloudtrail",
                event_source: "cloudtrail.amazonaws.com",
                style: json(target::CLOUDTRAIL_SERVICE),
                ..USUAL
            },
            Self::S3 => Profile {
                scope_name: sigv4::S3,
                event_source: "s3.amazonaws.com",
                style: Style::Rest,
                ..USUAL
            },
            Self::Keystead => Profile {
                scope_name: "keystead",
                event_source: "keystead.amazonaws.com",
                style: json("Keystead"),
                home: Home::Identities,
                ..USUAL
            },
        }
    }

    /// The name in a signature's credential scope.
    #[must_use]
    pub const fn scope_name(self) -> &'static str {
        self.profile().scope_name
    }

    /// The `eventSource` of audit records.
    #[must_use]
    pub const fn event_source(self) -> &'static str {
        self.profile().event_source
    }

    /// How far a client's clock may be off, in seconds.
    #[must_use]
    pub const fn clock_skew_seconds(self) -> u32 {
        self.profile().clock_skew_minutes * 60
    }

    /// How its requests and answers look.
    #[must_use]
    pub const fn style(self) -> Style {
        self.profile().style
    }

    /// Whether it belongs to no Region.
    #[must_use]
    pub const fn is_global(self) -> bool {
        self.profile().is_global
    }

    /// Which ledger its operations change.
    #[must_use]
    pub const fn home(self) -> Home {
        self.profile().home
    }

    /// The service of a signature's credential scope.
    #[must_use]
    pub fn of_scope(name: &str) -> Option<Self> {
        SERVICES
            .into_iter()
            .find(|service| service.scope_name() == name)
    }

    /// The service that a request means whose body was not read: the one that it is signed for.
    #[must_use]
    pub fn of_head(head: &Parts) -> Self {
        let signed = SignedRequest::parse(&head.method, &head.uri, &head.headers);
        signed
            .ok()
            .and_then(|signed| Self::of_scope(signed.scope().service()))
            .unwrap_or_else(|| Self::guess(head, &[]))
    }

    /// The service that a request means which carries no usable signature: by its target, by a
    /// header of S3's clients, or by the version of the API that its form names.
    #[must_use]
    pub fn guess(parts: &Parts, body: &[u8]) -> Self {
        if let Some(target) = parts.headers.get("x-amz-target") {
            return Self::of_target(target.to_str().unwrap_or_default());
        }
        if parts.method != Method::POST && parts.headers.contains_key(S3_HEADER) {
            return Self::S3;
        }
        let content_type = parts.headers.get(header::CONTENT_TYPE);
        let is_form = content_type.is_some_and(|t| {
            t.as_bytes()
                .starts_with(b"application/x-www-form-urlencoded")
        });
        if parts.uri.query().is_none() && !(is_form && parts.method == Method::POST) {
            return Self::Kms;
        }
        let query = QueryRequest::from_request(&parts.method, &parts.uri, body);
        let version = query.as_ref().ok().and_then(QueryRequest::version);
        let names_it = |service: &Self| matches!(service.style(), Style::Query { version: known, .. } if version == Some(known));
        SERVICES.into_iter().find(names_it).unwrap_or(Self::Sts)
    }

    fn of_target(header: &str) -> Self {
        let names_it = |service: &Self| {
            matches!(service.style(), Style::Json { target }
                if target::operation_of(header, target).is_some())
        };
        SERVICES.into_iter().find(names_it).unwrap_or(Self::Kms)
    }

    /// An error of a signature, as this service calls it.
    #[must_use]
    pub fn signature_error(self, error: &SigV4Error) -> ApiError {
        match self.style() {
            Style::Json { .. } => error.to_json_error(),
            Style::Query { .. } => error.to_query_error(),
            Style::Rest => error.to_rest_error(),
        }
    }

    /// The answer to an access key that is not known, or a session token that is not valid.
    #[must_use]
    pub fn unknown_credentials(self) -> ApiError {
        const MESSAGE: &str = "The security token included in the request is invalid.";
        match self.style() {
            Style::Json { .. } => ApiError::client("UnrecognizedClientException", MESSAGE),
            Style::Query { .. } => {
                ApiError::new("InvalidClientTokenId", 403, Some(MESSAGE.to_owned()))
            }
            Style::Rest => ApiError::new(
                "InvalidAccessKeyId",
                403,
                Some(
                    "The AWS Access Key Id you provided does not exist in our records.".to_owned(),
                ),
            ),
        }
    }

    /// The answer to a caller who may not do what it asks for, whatever the operation.
    #[must_use]
    pub fn access_denied(self, message: &str) -> ApiError {
        match self.style() {
            Style::Json { .. } => ApiError::client("AccessDeniedException", message),
            Style::Query { .. } | Style::Rest => {
                ApiError::new("AccessDenied", 403, Some(message.to_owned()))
            }
        }
    }

    /// The answer to temporary credentials that have ended. Clients get new ones then.
    #[must_use]
    pub fn expired_credentials(self) -> ApiError {
        const MESSAGE: &str = "The security token included in the request is expired";
        match self.style() {
            Style::Json { .. } => ApiError::client("ExpiredTokenException", MESSAGE),
            Style::Query { .. } => ApiError::new("ExpiredToken", 403, Some(MESSAGE.to_owned())),
            Style::Rest => ApiError::client("ExpiredToken", "The provided token has expired."),
        }
    }

    /// An error in this service's envelope.
    #[must_use]
    pub fn encode_error(self, error: &ApiError, request_id: &str) -> Encoded {
        let (content_type, body) = match self.style() {
            Style::Json { .. } => (JSON_CONTENT_TYPE, error.json_body()),
            Style::Query { namespace, .. } => {
                (XML_CONTENT_TYPE, error.query_body(namespace, request_id))
            }
            Style::Rest => ("application/xml", error.rest_body(request_id)),
        };
        let headers = match self.style() {
            Style::Rest => vec![rest_request_id(request_id)],
            Style::Json { .. } | Style::Query { .. } => Vec::new(),
        };
        Encoded {
            status: error.status(),
            content_type,
            headers,
            body,
        }
    }
}

/// The header that S3's clients send with every request.
const S3_HEADER: &str = "x-amz-content-sha256";

/// The header in which S3 tells a request's id.
fn rest_request_id(request_id: &str) -> (HeaderName, HeaderValue) {
    let value = HeaderValue::from_str(request_id);
    (
        HeaderName::from_static("x-amz-request-id"),
        value.unwrap_or(HeaderValue::from_static("")),
    )
}

/// An answer's bytes and how to announce them. The bytes may be a plaintext, so that it has no
/// `Debug`, nor has whatever holds it.
pub struct Encoded {
    /// The HTTP status.
    pub status: u16,
    /// The content type.
    pub content_type: &'static str,
    /// Further headers.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The body.
    pub body: Vec<u8>,
}

/// How an operation's input and output look on the wire.
pub trait Protocol<O: Operation> {
    /// Reads the input, and checks it against the API model.
    ///
    /// # Errors
    /// AWS's answer to an input that can't be read or breaks the model.
    fn decode(request: &Incoming) -> Result<O::Input, ApiError>;

    /// Writes the output.
    fn encode(output: &O::Output, request_id: &str) -> Encoded;
}

/// AWS JSON 1.1, which KMS, Organizations and Service Quotas speak.
#[derive(Debug)]
pub enum Json {}

impl<O: Operation> Protocol<O> for Json
where
    O::Input: Input,
    O::Output: Output,
{
    fn decode(request: &Incoming) -> Result<O::Input, ApiError> {
        O::Input::decode(&request.body)
    }

    fn encode(output: &O::Output, _request_id: &str) -> Encoded {
        Encoded {
            status: 200,
            content_type: JSON_CONTENT_TYPE,
            headers: Vec::new(),
            body: output.encode(),
        }
    }
}

/// The Query protocol, which STS and IAM speak.
#[derive(Debug)]
pub enum Query {}

impl<O: Operation> Protocol<O> for Query
where
    O::Input: query::Input,
    O::Output: query::Output,
{
    fn decode(request: &Incoming) -> Result<O::Input, ApiError> {
        let (method, uri) = (&request.parts.method, &request.parts.uri);
        let request = QueryRequest::from_request(method, uri, &request.body)?;
        query::Input::decode(&request)
    }

    fn encode(output: &O::Output, request_id: &str) -> Encoded {
        let namespace = match O::SERVICE.style() {
            Style::Query { namespace, .. } => namespace,
            Style::Json { .. } | Style::Rest => "",
        };
        let envelope = query::Envelope {
            namespace,
            operation: O::NAME,
            request_id,
        };
        Encoded {
            status: 200,
            content_type: XML_CONTENT_TYPE,
            headers: Vec::new(),
            body: query::Output::encode(output, envelope),
        }
    }
}

/// S3's REST.
#[derive(Debug)]
pub enum Rest {}

impl<O: Operation<Output = s3::Response>> Protocol<O> for Rest
where
    O::Input: s3::Input,
{
    fn decode(request: &Incoming) -> Result<O::Input, ApiError> {
        s3::Input::decode(&request.parts)
    }

    fn encode(output: &O::Output, request_id: &str) -> Encoded {
        let mut headers = output.headers.clone();
        headers.push(rest_request_id(request_id));
        Encoded {
            status: output.status,
            content_type: output.content_type,
            headers,
            body: output.body.clone(),
        }
    }
}
