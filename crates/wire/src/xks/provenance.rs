//! `requestMetadata`: which call of which caller made KMS ask.

use serde::Serialize;

use super::MAX_METADATA_BYTES;
use super::fault::{Fault, Problem, SizeRule, WrongSize};
use super::members::{Found, members};

/// The call to KMS that a request comes from: in every request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// The operation: `GenerateDataKey`, or `KmsHealthCheck`, which is none. A proxy must not refuse those that it
    /// does not know.
    pub kms_operation: String,
    /// The call's request id, by which CloudTrail's events are found. It may be any text.
    pub kms_request_id: String,
}

/// Who called KMS, and from where: in every request about a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The caller's ARN, a service's name (`ec2.amazonaws.com`), or `AWS Internal`.
    pub aws_principal_arn: String,
    /// The VPC of a call that came by an endpoint.
    pub aws_source_vpc: Option<String>,
    /// The endpoint of such a call.
    pub aws_source_vpce: Option<String>,
    /// The service that called in behalf of somebody: `ebs`.
    pub kms_via_service: Option<String>,
}

/// Everything that a request tells of where it comes from, whichever API it is for: for logs, and for what decides by
/// it. Absent is what the API does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestMetadata<'a> {
    /// See [`Caller`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aws_principal_arn: Option<&'a str>,
    /// See [`Caller`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aws_source_vpc: Option<&'a str>,
    /// See [`Caller`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aws_source_vpce: Option<&'a str>,
    /// The ARN of the KMS key. There is none yet while it is being made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kms_key_arn: Option<&'a str>,
    /// See [`Cause`].
    pub kms_operation: &'a str,
    /// See [`Cause`].
    pub kms_request_id: &'a str,
    /// See [`Caller`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kms_via_service: Option<&'a str>,
}

impl<'a> RequestMetadata<'a> {
    pub(super) fn of(
        cause: &'a Cause,
        caller: Option<&'a Caller>,
        kms_key_arn: Option<&'a str>,
    ) -> Self {
        Self {
            aws_principal_arn: caller.map(|caller| &*caller.aws_principal_arn),
            aws_source_vpc: caller.and_then(|caller| caller.aws_source_vpc.as_deref()),
            aws_source_vpce: caller.and_then(|caller| caller.aws_source_vpce.as_deref()),
            kms_key_arn,
            kms_operation: &cause.kms_operation,
            kms_request_id: &cause.kms_request_id,
            kms_via_service: caller.and_then(|caller| caller.kms_via_service.as_deref()),
        }
    }
}

members! {
    /// The member `requestMetadata`, to be taken apart as the API has it.
    FoundMetadata {
        "awsPrincipalArn" aws_principal_arn: String;
        "awsSourceVpc" aws_source_vpc: String;
        "awsSourceVpce" aws_source_vpce: String;
        "kmsKeyArn" kms_key_arn: String;
        "kmsOperation" kms_operation: String;
        "kmsRequestId" kms_request_id: String;
        "kmsViaService" kms_via_service: String;
    }
}

/// The name of the member.
pub(super) const METADATA: &str = "requestMetadata";

impl FoundMetadata {
    pub(super) fn cause(&mut self) -> Result<Cause, Fault> {
        Ok(Cause {
            kms_operation: required(&mut self.kms_operation, "requestMetadata.kmsOperation")?,
            kms_request_id: required(&mut self.kms_request_id, "requestMetadata.kmsRequestId")?,
        })
    }

    pub(super) fn caller(&mut self) -> Result<Caller, Fault> {
        Ok(Caller {
            aws_principal_arn: required(
                &mut self.aws_principal_arn,
                "requestMetadata.awsPrincipalArn",
            )?,
            aws_source_vpc: optional(&mut self.aws_source_vpc, "requestMetadata.awsSourceVpc")?,
            aws_source_vpce: optional(&mut self.aws_source_vpce, "requestMetadata.awsSourceVpce")?,
            kms_via_service: optional(&mut self.kms_via_service, "requestMetadata.kmsViaService")?,
        })
    }

    pub(super) fn key_arn(&mut self) -> Result<String, Fault> {
        required(&mut self.kms_key_arn, KEY_ARN)
    }

    pub(super) fn key_arn_if_any(&mut self) -> Result<Option<String>, Fault> {
        optional(&mut self.kms_key_arn, KEY_ARN)
    }
}

const KEY_ARN: &str = "requestMetadata.kmsKeyArn";

fn required(found: &mut Found<String>, member: &'static str) -> Result<String, Fault> {
    optional(found, member)?.ok_or(Fault::of(member, Problem::Missing))
}

fn optional(found: &mut Found<String>, member: &'static str) -> Result<Option<String>, Fault> {
    let text = std::mem::take(found).optional(member)?;
    let length = text.as_deref().map_or(0, str::len);
    if length > MAX_METADATA_BYTES {
        let size = WrongSize {
            found: length,
            unit: "bytes",
            allowed: "up to 2048",
            rule: SizeRule::OfImplementation,
        };
        return Err(Fault::of(member, Problem::WrongSize(size)));
    }
    Ok(text)
}
