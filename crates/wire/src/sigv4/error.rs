//! Why a signature is refused, in AWS's words.

use crate::error::ApiError;

/// Why a request is not accepted as signed. The text is the one that AWS sends to the client.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SigV4Error {
    /// The request carries no AWS signature.
    #[error("Request is missing Authentication Token")]
    MissingAuthentication,
    /// The request is signed in its headers and in its URL.
    #[error(
        "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header."
    )]
    AmbiguousAuthentication,
    /// An AWS signature of an algorithm that is not verified here.
    #[error("Unsupported AWS 'algorithm': '{algorithm}'.")]
    UnsupportedAlgorithm {
        /// The algorithm that the request names.
        algorithm: String,
    },
    /// The `Authorization` header lacks elements, or there is no date to go with it.
    #[error("{}Authorization={authorization}", missing.iter().map(Requirement::header_text).collect::<String>())]
    IncompleteHeader {
        /// What is missing, in AWS's order.
        missing: Vec<Requirement>,
        /// The header as it came.
        authorization: String,
    },
    /// A presigned URL lacks parameters.
    #[error(
        "{}Re-examine the query-string parameters.",
        missing.iter().map(Requirement::query_text).collect::<String>()
    )]
    IncompleteQuery {
        /// What is missing, in AWS's order.
        missing: Vec<Requirement>,
    },
    /// An element of the `Authorization` header has no value.
    #[error(
        "'{element}' not a valid key=value pair (missing equal-sign) in Authorization header: '{authorization}'."
    )]
    MalformedElement {
        /// The element as it came.
        element: String,
        /// The header as it came.
        authorization: String,
    },
    /// The credential is not `keyid/date/region/service/terminator`.
    #[error(
        "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '{credential}'"
    )]
    MalformedCredential {
        /// The credential as it came.
        credential: String,
    },
    /// The date can't be read.
    #[error(
        "Date must be in ISO-8601 'basic format'. Got '{date}'. See http://en.wikipedia.org/wiki/ISO_8601"
    )]
    MalformedDate {
        /// The date as it came.
        date: String,
    },
    /// `X-Amz-Expires` is not a number of seconds from 1 to [`super::MAX_EXPIRES_SECONDS`].
    #[error("X-Amz-Expires must be a number of seconds from 1 to 604800. Got '{expires}'.")]
    MalformedExpires {
        /// The value as it came.
        expires: String,
    },
    /// `SignedHeaders` is not a list of lower-case header names, sorted and without repetition.
    #[error(
        "'SignedHeaders' must be lower-case header names, sorted and unique, separated by ';'."
    )]
    MalformedSignedHeaders,
    /// A header or parameter of the authentication occurs more than once, or is not visible ASCII.
    #[error("'{name}' must occur once, in visible ASCII.")]
    UnreadablePart {
        /// The header's or parameter's name.
        name: &'static str,
    },
    /// A part of the authentication is longer than this server reads.
    #[error("'{name}' is too long.")]
    TooLong {
        /// The part's name.
        name: &'static str,
    },
    /// A header that must be covered by the signature is not.
    #[error("'{name}' must be a 'SignedHeader' in the AWS Authorization.")]
    UnsignedHeader {
        /// The header's name.
        name: String,
    },
    /// The credential scope is not this service's, this region's or this day's.
    #[error("{mismatches}")]
    WrongScope {
        /// Every mismatch's sentence, in AWS's order, each followed by a space.
        mismatches: String,
    },
    /// The signature is too old.
    #[error("Signature expired: {signed} is now earlier than {limit} ({now} - {tolerance})")]
    Expired {
        /// When the request was signed, in ISO 8601 basic format, as the next two.
        signed: String,
        /// The earliest acceptable date.
        limit: String,
        /// The server's clock.
        now: String,
        /// `5 min.`
        tolerance: String,
    },
    /// The signature is from the future.
    #[error(
        "Signature not yet current: {signed} is still later than {limit} ({now} + {tolerance})"
    )]
    NotYetCurrent {
        /// When the request was signed, in ISO 8601 basic format, as the next two.
        signed: String,
        /// The latest acceptable date.
        limit: String,
        /// The server's clock.
        now: String,
        /// `5 min.`
        tolerance: String,
    },
    /// `x-amz-content-sha256` is a hash, of another body.
    #[error("The provided 'x-amz-content-sha256' header does not match what was computed.")]
    PayloadMismatch,
    /// A request to S3 does not say how the body is covered.
    #[error("Missing required header for this request: x-amz-content-sha256")]
    MissingPayloadHash,
    /// The signature is not the one that the secret gives.
    #[error(
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
         Access Key and signing method. Consult the service documentation for details."
    )]
    SignatureMismatch,
    /// The access key is unknown or inactive, or the session token is not its own. Found by the caller, which
    /// alone knows the keys.
    #[error("The security token included in the request is invalid.")]
    UnrecognizedClient,
    /// The session token has expired. Found by the caller.
    #[error("The security token included in the request is expired")]
    ExpiredToken,
}

/// An element that every signature must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requirement {
    /// Who signed, and the scope.
    Credential,
    /// The signature itself.
    Signature,
    /// What is covered.
    SignedHeaders,
    /// When.
    Date,
}

impl Requirement {
    const fn header_text(&self) -> &'static str {
        match self {
            Self::Credential => "Authorization header requires 'Credential' parameter. ",
            Self::Signature => "Authorization header requires 'Signature' parameter. ",
            Self::SignedHeaders => "Authorization header requires 'SignedHeaders' parameter. ",
            Self::Date => {
                "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
            }
        }
    }

    const fn query_text(&self) -> &'static str {
        match self {
            Self::Credential => "AWS query-string parameters must include 'X-Amz-Credential'. ",
            Self::Signature => "AWS query-string parameters must include 'X-Amz-Signature'. ",
            Self::SignedHeaders => {
                "AWS query-string parameters must include 'X-Amz-SignedHeaders'. "
            }
            Self::Date => "AWS query-string parameters must include 'X-Amz-Date'. ",
        }
    }
}

impl SigV4Error {
    /// The error as JSON 1.1 services such as KMS name it.
    #[must_use]
    pub fn to_json_error(&self) -> ApiError {
        let (code, status) = self.class().json;
        ApiError::new(code, status, Some(self.to_string()))
    }

    /// The error as Query services such as STS name it.
    #[must_use]
    pub fn to_query_error(&self) -> ApiError {
        let (code, status) = self.class().query;
        ApiError::new(code, status, Some(self.to_string()))
    }

    /// The error as S3 names it. Where S3 says less than the other services, so does this.
    ///
    /// Source: "Error responses" in the S3 API reference; messages as observed.
    #[must_use]
    pub fn to_rest_error(&self) -> ApiError {
        let class = self.class();
        let (code, status, message) = match self {
            Self::AmbiguousAuthentication => ("InvalidArgument", 400, None),
            Self::MissingPayloadHash => ("InvalidRequest", 400, None),
            Self::WrongScope { .. } => ("AuthorizationHeaderMalformed", 400, None),
            Self::UnsignedHeader { .. } => ("AccessDenied", 403, None),
            Self::Expired { .. } | Self::NotYetCurrent { .. } => {
                ("RequestTimeTooSkewed", 403, Some(SKEWED))
            }
            Self::PayloadMismatch => ("XAmzContentSHA256Mismatch", 400, None),
            Self::MissingAuthentication => ("AccessDenied", 403, Some("Access Denied")),
            _ => (class.rest.0, class.rest.1, None),
        };
        let message = message.map_or_else(|| self.to_string(), str::to_owned);
        ApiError::new(code, status, Some(message))
    }

    const fn class(&self) -> &'static Class {
        match self {
            Self::MissingAuthentication => &MISSING,
            Self::MissingPayloadHash
            | Self::UnsupportedAlgorithm { .. }
            | Self::IncompleteHeader { .. }
            | Self::IncompleteQuery { .. }
            | Self::MalformedElement { .. }
            | Self::MalformedCredential { .. }
            | Self::MalformedDate { .. }
            | Self::MalformedExpires { .. }
            | Self::MalformedSignedHeaders
            | Self::UnreadablePart { .. }
            | Self::TooLong { .. } => &INCOMPLETE,
            Self::AmbiguousAuthentication
            | Self::UnsignedHeader { .. }
            | Self::WrongScope { .. }
            | Self::Expired { .. }
            | Self::NotYetCurrent { .. }
            | Self::PayloadMismatch
            | Self::SignatureMismatch => &INVALID,
            Self::UnrecognizedClient => &UNRECOGNIZED,
            Self::ExpiredToken => &EXPIRED_TOKEN,
        }
    }
}

/// The code and status of a kind of refusal, in each protocol.
struct Class {
    json: (&'static str, u16),
    query: (&'static str, u16),
    rest: (&'static str, u16),
}

const SKEWED: &str = "The difference between the request time and the current time is too large.";

const MISSING: Class = Class {
    json: ("MissingAuthenticationTokenException", 400),
    query: ("MissingAuthenticationToken", 403),
    rest: ("AccessDenied", 403),
};
const INCOMPLETE: Class = Class {
    json: ("IncompleteSignatureException", 400),
    query: ("IncompleteSignature", 400),
    rest: ("AuthorizationHeaderMalformed", 400),
};
const INVALID: Class = Class {
    json: ("InvalidSignatureException", 400),
    query: ("SignatureDoesNotMatch", 403),
    rest: ("SignatureDoesNotMatch", 403),
};
const UNRECOGNIZED: Class = Class {
    json: ("UnrecognizedClientException", 400),
    query: ("InvalidClientTokenId", 403),
    rest: ("InvalidAccessKeyId", 403),
};
const EXPIRED_TOKEN: Class = Class {
    json: ("ExpiredTokenException", 400),
    query: ("ExpiredToken", 403),
    rest: ("ExpiredToken", 400),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_statuses() {
        for (error, json, query) in [
            (
                SigV4Error::MissingAuthentication,
                ("MissingAuthenticationTokenException", 400),
                ("MissingAuthenticationToken", 403),
            ),
            (
                SigV4Error::MalformedSignedHeaders,
                ("IncompleteSignatureException", 400),
                ("IncompleteSignature", 400),
            ),
            (
                SigV4Error::SignatureMismatch,
                ("InvalidSignatureException", 400),
                ("SignatureDoesNotMatch", 403),
            ),
            (
                SigV4Error::UnrecognizedClient,
                ("UnrecognizedClientException", 400),
                ("InvalidClientTokenId", 403),
            ),
            (
                SigV4Error::ExpiredToken,
                ("ExpiredTokenException", 400),
                ("ExpiredToken", 403),
            ),
        ] {
            for (reply, (code, status)) in [
                (error.to_json_error(), json),
                (error.to_query_error(), query),
            ] {
                assert_eq!((reply.code(), reply.status()), (code, status));
                assert_eq!(reply.message(), Some(error.to_string().as_str()));
            }
        }
    }

    #[test]
    fn incomplete_texts_are_concatenated() {
        let header = SigV4Error::IncompleteHeader {
            missing: vec![Requirement::Signature, Requirement::Date],
            authorization: "AWS4-HMAC-SHA256 x=y".into(),
        };
        assert_eq!(
            header.to_string(),
            "Authorization header requires 'Signature' parameter. Authorization header requires existence of either \
             a 'X-Amz-Date' or a 'Date' header. Authorization=AWS4-HMAC-SHA256 x=y"
        );
        let query = SigV4Error::IncompleteQuery {
            missing: vec![Requirement::Credential],
        };
        assert_eq!(
            query.to_string(),
            "AWS query-string parameters must include 'X-Amz-Credential'. Re-examine the query-string parameters."
        );
    }
}
