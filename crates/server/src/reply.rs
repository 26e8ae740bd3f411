//! The last door: an answer, which a call only gets once it is in the audit log.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName};
use http::{HeaderValue, Response, StatusCode};
use http_body_util::Full;

use crate::audit::Recorded;
use crate::authn::Rejected;
use crate::causes::Causes;
use crate::fault::{Fault, Internal};
use crate::protocol::{Encoded, Service};

/// The header with the id that the audit record has too.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");

/// An answer that may be sent.
pub struct Reply {
    encoded: Encoded,
    request_id: String,
    error: Option<&'static str>,
}

impl Reply {
    /// The answer to a recorded call.
    #[must_use]
    pub fn recorded(_proof: Recorded, encoded: Encoded, request_id: String) -> Self {
        Self {
            encoded,
            request_id,
            error: None,
        }
    }

    /// The same answer, which tells of an error with this code.
    #[must_use]
    pub fn of_error(self, code: &'static str) -> Self {
        Self {
            error: Some(code),
            ..self
        }
    }

    /// The code of the error that it tells of; `None` of one that tells of success.
    #[must_use]
    pub const fn error(&self) -> Option<&'static str> {
        self.error
    }

    /// The HTTP status.
    pub(crate) const fn status(&self) -> u16 {
        self.encoded.status
    }

    /// The id of the request.
    pub(crate) fn request_id(&self) -> &str {
        &self.request_id
    }

    /// The answer to a request whose caller is not known.
    #[must_use]
    pub fn rejected(rejected: &Rejected, request_id: String) -> Self {
        let encoded = rejected
            .service()
            .encode_error(rejected.error(), &request_id);
        Self {
            encoded,
            request_id,
            error: Some(rejected.error().code()),
        }
    }

    /// The answer to a request that names no operation, of which AWS keeps no record.
    pub(crate) fn no_operation(encoded: Encoded, request_id: String) -> Self {
        Self {
            encoded,
            request_id,
            error: Some("UnknownOperationException"),
        }
    }

    /// The answer to a call that could not be recorded, or not even begun: it tells nothing but
    /// that, so that no result leaves without a record.
    #[must_use]
    pub fn failed(error: Internal, service: Service, request_id: String) -> Self {
        let causes = Causes(&error).to_string();
        tracing::error!(%request_id, error = causes, "a call failed and could not be recorded");
        let error = Fault::from(error).to_api_error(service);
        Self {
            encoded: service.encode_error(&error, &request_id),
            request_id,
            error: Some(error.code()),
        }
    }

    /// The answer as HTTP.
    #[must_use]
    pub fn into_response(self) -> Response<Full<Bytes>> {
        let mut response = Response::new(Full::new(Bytes::from(self.encoded.body)));
        *response.status_mut() =
            StatusCode::from_u16(self.encoded.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        response.headers_mut().insert(
            CONTENT_TYPE,
            HeaderValue::from_static(self.encoded.content_type),
        );
        response.headers_mut().extend(self.encoded.headers);
        if let Ok(id) = HeaderValue::try_from(self.request_id) {
            response.headers_mut().insert(REQUEST_ID, id);
        }
        response
    }
}
