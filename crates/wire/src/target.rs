//! Which operation a JSON 1.1 request names: the `X-Amz-Target` and `Content-Type` headers.

use http::HeaderMap;
use http::header::CONTENT_TYPE;

use crate::error::ApiError;

/// The content type of AWS JSON 1.1 requests and replies.
pub const JSON_CONTENT_TYPE: &str = "application/x-amz-json-1.1";

/// The service part of KMS's targets: `TrentService.Encrypt`.
pub const KMS_SERVICE: &str = "TrentService";

/// The service part of Organizations' targets: `AWSOrganizationsV20161128.ListAccounts`.
pub const ORGANIZATIONS_SERVICE: &str = "AWSOrganizationsV20161128";

/// The service part of Service Quotas' targets: `ServiceQuotasV20190624.ListServiceQuotas`.
pub const SERVICE_QUOTAS_SERVICE: &str = "ServiceQuotasV20190624";

/// The service part of CloudTrail's targets: `CloudTrail_20131101.LookupEvents`.
pub const CLOUDTRAIL_SERVICE: &str = "CloudTrail_20131101";

/// What stands before the service part in the targets of most of CloudTrail's clients; some leave it out.
const CLOUDTRAIL_NAMESPACE: &str = "com.amazonaws.cloudtrail.v20131101.";

/// Why a request names no operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// `X-Amz-Target` is missing, repeated, or of another service. Answered as [`ApiError::unknown_operation`].
    #[error("the X-Amz-Target header names no operation of this service")]
    UnknownOperation,
    /// The body is not declared to be AWS JSON 1.1. Answered with [`TargetError::CONTENT_TYPE_BODY`].
    #[error("the Content-Type is not {JSON_CONTENT_TYPE}")]
    ContentType,
}

impl TargetError {
    /// The body that goes with status 404 and content type `text/xml` for another content type than JSON 1.1, as
    /// AWS's JSON services answer it.
    pub const CONTENT_TYPE_BODY: &'static str = "<UnknownOperationException/>";

    /// The error's status and body: 400 with JSON for an unknown operation, 404 with XML for a content type.
    #[must_use]
    pub fn reply(self) -> (u16, &'static str, Vec<u8>) {
        match self {
            Self::UnknownOperation => {
                let error = ApiError::unknown_operation();
                (error.status(), JSON_CONTENT_TYPE, error.json_body())
            }
            Self::ContentType => (404, "text/xml", Self::CONTENT_TYPE_BODY.into()),
        }
    }
}

/// The operation's name in the target header, which must be `<service>.<operation>`; whether there is such an
/// operation is for the caller's table to say.
///
/// # Errors
/// [`TargetError::ContentType`] before [`TargetError::UnknownOperation`].
pub fn operation<'h>(headers: &'h HeaderMap, service: &str) -> Result<&'h str, TargetError> {
    if !single(headers, CONTENT_TYPE.as_str()).is_some_and(is_json_1_1) {
        return Err(TargetError::ContentType);
    }
    single(headers, "x-amz-target")
        .and_then(|target| operation_of(target, service))
        .filter(|name| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        .ok_or(TargetError::UnknownOperation)
}

/// What stands after `<service>.` in a target, if it is one of this service.
#[must_use]
pub fn operation_of<'t>(target: &'t str, service: &str) -> Option<&'t str> {
    let bare = match service {
        CLOUDTRAIL_SERVICE => target.strip_prefix(CLOUDTRAIL_NAMESPACE).unwrap_or(target),
        _ => target,
    };
    bare.strip_prefix(service)?.strip_prefix('.')
}

/// The value of a header that occurs exactly once, in visible ASCII.
fn single<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

fn is_json_1_1(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case(JSON_CONTENT_TYPE)
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .fold(HeaderMap::new(), |mut map, (name, value)| {
                map.append(name, value);
                map
            })
    }

    #[test]
    fn finds_the_operation() {
        for content_type in [
            "application/x-amz-json-1.1",
            "Application/X-Amz-Json-1.1 ; charset=utf-8",
        ] {
            let headers = headers(&[
                ("content-type", content_type),
                ("x-amz-target", "TrentService.Encrypt"),
            ]);
            assert_eq!(operation(&headers, KMS_SERVICE), Ok("Encrypt"));
        }
    }

    #[test]
    fn cloudtrails_targets_have_a_namespace_or_none() {
        for (target, expected) in [
            ("CloudTrail_20131101.LookupEvents", Some("LookupEvents")),
            (
                "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents",
                Some("LookupEvents"),
            ),
            (
                "com.amazonaws.cloudtrail.v20131101.TrentService.Encrypt",
                None,
            ),
            ("com.amazonaws.CloudTrail_20131101.LookupEvents", None),
        ] {
            assert_eq!(
                operation_of(target, CLOUDTRAIL_SERVICE),
                expected,
                "{target}"
            );
        }
        let long = "com.amazonaws.cloudtrail.v20131101.TrentService.Encrypt";
        assert_eq!(operation_of(long, KMS_SERVICE), None);
    }

    #[test]
    fn refuses_other_targets() {
        for target in [
            "",
            "Encrypt",
            "trentservice.Encrypt",
            "TrentService",
            "TrentService.",
            "TrentServiceEncrypt",
            "TrentService.Encrypt/x",
            "TrentService.TrentService.Encrypt",
            "DynamoDB_20120810.GetItem",
        ] {
            let headers = headers(&[
                ("content-type", JSON_CONTENT_TYPE),
                ("x-amz-target", target),
            ]);
            assert_eq!(
                operation(&headers, KMS_SERVICE),
                Err(TargetError::UnknownOperation),
                "{target}"
            );
        }
        let twice = headers(&[
            ("content-type", JSON_CONTENT_TYPE),
            ("x-amz-target", "TrentService.Encrypt"),
            ("x-amz-target", "TrentService.Decrypt"),
        ]);
        assert_eq!(
            operation(&twice, KMS_SERVICE),
            Err(TargetError::UnknownOperation)
        );
        let (status, _, body) = TargetError::UnknownOperation.reply();
        assert_eq!(
            (status, body.as_slice()),
            (400, br#"{"__type":"UnknownOperationException"}"#.as_slice())
        );
    }

    #[test]
    fn refuses_other_content_types() {
        let target = ("x-amz-target", "TrentService.Encrypt");
        for headers in [
            headers(&[target]),
            headers(&[target, ("content-type", "application/x-amz-json-1.0")]),
            headers(&[target, ("content-type", "application/json")]),
        ] {
            assert_eq!(
                operation(&headers, KMS_SERVICE),
                Err(TargetError::ContentType)
            );
        }
        let (status, content_type, body) = TargetError::ContentType.reply();
        assert_eq!((status, content_type), (404, "text/xml"));
        assert_eq!(body, b"<UnknownOperationException/>");
    }
}
