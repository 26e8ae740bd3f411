//! How the services besides KMS call the faults that they have in common.

use keystead_core::policy::PolicyError;
use keystead_wire::ApiError;

use super::Fault;
use crate::protocol::Service;

/// A service's names for common faults, each with its HTTP status.
///
/// Sources: "Common errors" of the IAM and STS API references; the exceptions of the Organizations,
/// Service Quotas and CloudTrail API models; "Error responses" of the S3 API reference.
struct Words {
    access_denied: (&'static str, u16),
    internal: (&'static str, u16),
    contention: (&'static str, u16),
    malformed_policy: (&'static str, u16),
    policy_too_large: (&'static str, u16),
    limit: (&'static str, u16),
    invalid: (&'static str, u16),
}

const QUERY: Words = Words {
    access_denied: ("AccessDenied", 403),
    internal: ("ServiceFailure", 500),
    contention: ("ConcurrentModification", 409),
    malformed_policy: ("MalformedPolicyDocument", 400),
    policy_too_large: ("LimitExceeded", 409),
    limit: ("LimitExceeded", 409),
    invalid: ("ValidationError", 400),
};

const STS: Words = Words {
    internal: ("InternalFailure", 500),
    contention: ("Throttling", 400),
    policy_too_large: ("PackedPolicyTooLarge", 400),
    ..QUERY
};

const ORGANIZATIONS: Words = Words {
    access_denied: ("AccessDeniedException", 400),
    internal: ("ServiceException", 500),
    contention: ("ConcurrentModificationException", 400),
    malformed_policy: ("MalformedPolicyDocumentException", 400),
    policy_too_large: ("ConstraintViolationException", 400),
    limit: ("ConstraintViolationException", 400),
    invalid: ("InvalidInputException", 400),
};

const SERVICE_QUOTAS: Words = Words {
    access_denied: ("AccessDeniedException", 400),
    internal: ("ServiceException", 500),
    contention: ("TooManyRequestsException", 400),
    malformed_policy: ("IllegalArgumentException", 400),
    policy_too_large: ("IllegalArgumentException", 400),
    limit: ("QuotaExceededException", 400),
    invalid: ("IllegalArgumentException", 400),
};

const CLOUDTRAIL: Words = Words {
    access_denied: ("AccessDeniedException", 400),
    internal: ("InternalFailure", 500),
    contention: ("ConflictException", 400),
    malformed_policy: ("OperationNotPermittedException", 400),
    policy_too_large: ("OperationNotPermittedException", 400),
    limit: ("OperationNotPermittedException", 400),
    invalid: ("InvalidParameterCombinationException", 400),
};

const S3: Words = Words {
    access_denied: ("AccessDenied", 403),
    internal: ("InternalError", 500),
    contention: ("SlowDown", 503),
    malformed_policy: ("MalformedPolicy", 400),
    policy_too_large: ("MalformedPolicy", 400),
    limit: ("SlowDown", 503),
    invalid: ("InvalidArgument", 400),
};

const CONTENTION: &str = "Others changed the same at the same time. Wait a moment and try again.";

/// The answer of a service to a fault; `None` if it calls it as KMS does.
pub(super) fn of(service: Service, fault: &Fault) -> Option<ApiError> {
    let words = match service {
        Service::Kms | Service::Keystead => return None,
        Service::Sts => STS,
        Service::Iam => QUERY,
        Service::Organizations => ORGANIZATIONS,
        Service::ServiceQuotas => SERVICE_QUOTAS,
        Service::CloudTrail => CLOUDTRAIL,
        Service::S3 => S3,
    };
    let ((code, status), message) = match fault {
        Fault::AccessDenied { message } => (words.access_denied, message.clone()),
        Fault::Internal { .. } => (words.internal, super::INTERNAL.to_owned()),
        Fault::Contention => (words.contention, CONTENTION.to_owned()),
        Fault::Policy {
            source: error @ PolicyError::TooLarge { .. },
        } => (words.policy_too_large, error.to_string()),
        Fault::Policy { source } => (words.malformed_policy, source.to_string()),
        Fault::PolicyPrincipals { .. } => (words.malformed_policy, super::PRINCIPALS.to_owned()),
        Fault::Limit { message } => (words.limit, message.clone()),
        Fault::Validation { message } => (words.invalid, message.clone()),
        Fault::InvalidMarker => (words.invalid, super::MARKER.to_owned()),
        Fault::Tag { source } => (words.invalid, source.to_string()),
        _ => return None,
    };
    Some(ApiError::new(code, status, Some(message)))
}
