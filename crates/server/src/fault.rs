//! What can go wrong behind the wire, and the tables that say how AWS calls it.

mod words;

use keystead_core::audit::Elements;
use keystead_core::key::{KeySpec, KeyUsage, Origin};
use keystead_core::key_rule::{KeyRefusal, KeyRule};
use keystead_core::key_state::StateError;
use keystead_core::policy::PolicyError;
use keystead_core::tag::TagError;
use keystead_crypto::CryptoError;
use keystead_store::CommitError;
use keystead_wire::ApiError;

use crate::audit::log::LogError;
use crate::directory::key_entry::OpenError;
use crate::identities::UnknownPrincipal;
use crate::ledger::NotCurrent;
use crate::managed_keys::ManagedKey;
use crate::protocol::Service;

/// Why an operation was not done. A variant for each answer that a caller can get.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The request does not fit the API model.
    #[error(transparent)]
    Request {
        /// The answer, made by the wire's decoder.
        #[from]
        source: ApiError,
    },
    /// A policy denies the call, or none allows it.
    #[error("denied: {message}")]
    AccessDenied {
        /// What the caller reads.
        message: String,
    },
    /// There is no such key.
    #[error("no key {arn}")]
    NoSuchKey {
        /// The ARN that the key would have.
        arn: String,
    },
    /// The text is no key id.
    #[error("not a key id: {given}")]
    InvalidKeyId {
        /// What the caller wrote.
        given: String,
    },
    /// The ARN is one of another Region.
    #[error("an ARN of {region}")]
    ForeignRegion {
        /// The Region that it names.
        region: String,
    },
    /// The text is not the ARN of a key or an alias.
    #[error("not an ARN: {given}")]
    InvalidArn {
        /// What the caller wrote.
        given: String,
    },
    /// There is no such alias.
    #[error("no alias {arn}")]
    NoSuchAlias {
        /// The ARN that the alias would have.
        arn: String,
    },
    /// There is no such key yet, and the caller may use it: it is made before the call is decided
    /// anew.
    #[error("the service's key is not there yet")]
    ManagedKeyAbsent {
        /// The key.
        key: Box<ManagedKey>,
    },
    /// The alias is there already.
    #[error("alias {arn} exists")]
    AliasExists {
        /// The alias's ARN.
        arn: String,
    },
    /// The name of an alias does not start with `alias/`.
    #[error("no alias prefix")]
    AliasPrefix,
    /// The name of an alias has characters that it may not have.
    #[error("bad alias name {given}")]
    AliasCharacters {
        /// What the caller wrote.
        given: String,
    },
    /// The alias's name is kept for AWS managed keys.
    #[error("a reserved alias name")]
    AliasReserved,
    /// An alias was given where only the id or the ARN of a key will do.
    #[error("an alias can't stand for the key here")]
    AliasForKey,
    /// An alias is to point at an alias.
    #[error("an alias can't point at an alias")]
    AliasOfAlias,
    /// The key's state does not permit the operation.
    #[error("{arn}: {error}")]
    State {
        /// The key's ARN.
        arn: String,
        /// What its state is.
        error: StateError,
    },
    /// What is there of the key's material does not permit the operation.
    #[error("{message}")]
    Materials {
        /// What the caller reads.
        message: String,
    },
    /// The key is about to be rotated automatically.
    #[error("{arn} is about to be rotated")]
    RotationIsNear {
        /// The key's ARN.
        arn: String,
    },
    /// The key has no such material.
    #[error("no key material {id}")]
    NoSuchMaterial {
        /// The material's id.
        id: String,
    },
    /// What was imported is not what the key expects.
    #[error("not the key material that the key expects")]
    IncorrectMaterial,
    /// The import token is none of the key's.
    #[error("a bad import token")]
    InvalidImportToken,
    /// The import token is one of yesterday.
    #[error("an expired import token")]
    ExpiredImportToken,
    /// The key is for something else.
    #[error("{arn} is for {usage}, not for {operation}")]
    Usage {
        /// The key's ARN.
        arn: String,
        /// What it is for.
        usage: KeyUsage,
        /// What was asked of it.
        operation: &'static str,
    },
    /// The operation is not one for keys of this origin.
    #[error("{arn} is of origin {origin}")]
    Origin {
        /// The key's ARN.
        arn: String,
        /// Where its material comes from.
        origin: Origin,
    },
    /// The operation is not one for keys of this spec.
    #[error("not for keys of this spec")]
    Spec,
    /// The ciphertext is none of ours, was altered, or has another encryption context.
    #[error("the ciphertext does not open")]
    InvalidCiphertext,
    /// The signature is not one of the key on the message.
    #[error("the signature does not fit")]
    InvalidSignature,
    /// The MAC is not the one of the key on the message.
    #[error("the MAC does not fit")]
    InvalidMac,
    /// The other side's public key is not one that the key can agree with.
    #[error("the public key does not fit")]
    InvalidPublicKey,
    /// The ciphertext was made by another key than the one named.
    #[error("the ciphertext is of another key")]
    IncorrectKey,
    /// The algorithm is not one of the key's.
    #[error("algorithm {algorithm} does not fit keys of spec {spec}")]
    Algorithm {
        /// The algorithm asked for.
        algorithm: &'static str,
        /// The key's spec.
        spec: KeySpec,
    },
    /// A rule of the service that the API model does not state.
    #[error("{message}")]
    Validation {
        /// What the caller reads.
        message: String,
    },
    /// The operation, or this use of it, is not offered.
    #[error("{message}")]
    Unsupported {
        /// What the caller reads.
        message: String,
    },
    /// The text is not the id of a grant.
    #[error("not a grant id: {given}")]
    InvalidGrantId {
        /// What the caller wrote.
        given: String,
    },
    /// The key has no such grant.
    #[error("no grant {id}")]
    NoSuchGrant {
        /// The grant's id.
        id: String,
    },
    /// The ARN is not one of a principal that exists and that a grant can name.
    #[error("no principal {arn}")]
    InvalidPrincipal {
        /// What the caller wrote.
        arn: String,
    },
    /// A grant token that no grant has.
    #[error("a bad grant token")]
    InvalidGrantToken,
    /// The account calls more often than it may.
    #[error("the account calls too often")]
    Throttled,
    /// Others changed the same records again and again: a hot key, to AWS.
    #[error("others changed the same records again and again")]
    Contention,
    /// A quota is used up.
    #[error("{message}")]
    Limit {
        /// What the caller reads.
        message: String,
    },
    /// A page marker that this service did not give out.
    #[error("a bad marker")]
    InvalidMarker,
    /// Tags that can't be put on, or taken off.
    #[error(transparent)]
    Tag {
        /// Why.
        #[from]
        source: TagError,
    },
    /// The policy document can't be accepted.
    #[error("the policy is refused: {source}")]
    Policy {
        /// Why.
        #[from]
        source: PolicyError,
    },
    /// The policy would lock the caller out of changing it again.
    #[error("the policy locks its author out")]
    PolicyLockout,
    /// The policy names principals that do not exist.
    #[error(transparent)]
    PolicyPrincipals {
        /// Who does not, which AWS does not tell the caller.
        #[from]
        source: UnknownPrincipal,
    },
    /// The key has no policy of that name.
    #[error("no such policy")]
    NoSuchPolicy,
    /// All was well, and it was a dry run.
    #[error("a dry run")]
    DryRun,
    /// What IAM, STS or Organizations have a name of their own for.
    #[error("{code}: {message}")]
    Named {
        /// The error's name on the wire.
        code: &'static str,
        /// The HTTP status.
        status: u16,
        /// What the caller reads.
        message: String,
    },
    /// What Organizations tells apart by a reason of its API model's.
    #[error("{code}, {reason}: {message}")]
    Reasoned {
        /// The error's name on the wire.
        code: &'static str,
        /// Its member `Reason`.
        reason: &'static str,
        /// What the caller reads.
        message: String,
    },
    /// The operation is not one of this service.
    #[error("an unknown operation")]
    UnknownOperation,
    /// Something of ours failed. The caller gets an error without details; the log has them.
    #[error(transparent)]
    Internal {
        /// What failed.
        #[from]
        source: Internal,
    },
}

/// A failure of the service itself.
#[derive(Debug, thiserror::Error)]
pub enum Internal {
    /// The change could not be committed.
    #[error("the change was not committed: {source}")]
    Commit {
        /// What the store says.
        #[from]
        source: CommitError,
    },
    /// The audit log could not be written.
    #[error("the audit log was not written: {source}")]
    Audit {
        /// What the log says.
        #[from]
        source: LogError,
    },
    /// The random generator or a sealed value failed.
    #[error("cryptography failed: {source}")]
    Crypto {
        /// What failed.
        #[from]
        source: CryptoError,
    },
    /// A key's material can't be used.
    #[error("{arn}: {source}")]
    Material {
        /// The key.
        arn: String,
        /// What failed.
        source: OpenError,
    },
    /// The directory is not kept current.
    #[error(transparent)]
    NotCurrent {
        /// The state that it is in.
        #[from]
        source: NotCurrent,
    },
    /// A record or an answer could not be written as JSON or XML.
    #[error("serialization failed: {source}")]
    Encoding {
        /// What failed.
        #[from]
        source: serde_json::Error,
    },
    /// What was delivered of the audit log can't be read.
    #[error("the audit trail was not read: {source}")]
    Trail {
        /// What the system says.
        #[from]
        source: std::io::Error,
    },
    /// The work was stopped half-way by a defect.
    #[error("the call stopped at a defect")]
    Defect,
}

/// Lets `?` turn a failure of one of our parts into a fault.
macro_rules! internal {
    ($($source:ty),*) => {$(
        impl From<$source> for Fault {
            fn from(source: $source) -> Self {
                Self::Internal { source: source.into() }
            }
        }
    )*};
}
internal!(
    CommitError,
    LogError,
    CryptoError,
    NotCurrent,
    serde_json::Error
);

const ALIAS_PREFIX: &str = "Alias must start with the prefix \"alias/\". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html";
const ALIAS_FOR_KEY: &str = "Key Aliases are not supported for this operation.";
const INCORRECT_KEY: &str =
    "The key ID in the request does not identify a CMK that can perform this operation.";
const INCORRECT_MATERIAL: &str = "The key material in the request is invalid, or is not the key material that the KMS key expects.";
const INVALID_TOKEN: &str =
    "The import token is invalid, or is not one of the KMS key in the request.";
const EXPIRED_TOKEN: &str = "The import token has expired. Use GetParametersForImport to get a new import token and public key.";
const DRY_RUN: &str = "The request would have succeeded, but the DryRun option is set.";
const INTERNAL: &str = "The request failed because of an internal error; quote its request id to the operator, or retry.";
const MARKER: &str = "The marker is not one that this service gave out.";
const LOCKOUT: &str =
    "The new key policy will not allow you to update the key policy in the future.";
const THROTTLED: &str =
    "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.";
const PRINCIPALS: &str = "Policy contains a statement with one or more invalid principals.";

impl Fault {
    /// A call whose parameters are more than an audit record can hold. The longest that clients
    /// send on purpose, key policies, are far below.
    pub(crate) fn too_long_to_record() -> Self {
        Self::Validation {
            message: "The request is too long to be recorded.".into(),
        }
    }

    /// Why an operation can't be done on a key.
    #[must_use]
    pub fn refused(arn: &str, rule: KeyRule, refusal: KeyRefusal) -> Self {
        let arn = arn.to_owned();
        match refusal {
            KeyRefusal::State(error) => Self::State { arn, error },
            KeyRefusal::Usage(usage) => Self::Usage {
                arn,
                usage,
                operation: rule.operation(),
            },
            KeyRefusal::Origin(origin) => Self::Origin { arn, origin },
            KeyRefusal::Spec => Self::Spec,
        }
    }

    /// The answer in the words of a service.
    #[must_use]
    pub fn to_api_error(&self, service: Service) -> ApiError {
        words::of(service, self).unwrap_or_else(|| self.in_words_of_kms())
    }

    /// Source: the exceptions of the AWS KMS API model; messages as observed.
    #[expect(
        clippy::too_many_lines,
        reason = "the one table of what KMS answers to each fault"
    )]
    fn in_words_of_kms(&self) -> ApiError {
        let (code, message) = match self {
            Self::Request { source } => return source.clone(),
            Self::Internal { .. } => {
                return ApiError::server("KMSInternalException", INTERNAL);
            }
            Self::InvalidCiphertext => return ApiError::bare("InvalidCiphertextException"),
            Self::InvalidSignature => return ApiError::bare("KMSInvalidSignatureException"),
            Self::InvalidMac => return ApiError::bare("KMSInvalidMacException"),
            Self::InvalidPublicKey => return ApiError::bare("ValidationException"),
            Self::UnknownOperation => return ApiError::unknown_operation(),
            Self::Named {
                code,
                status,
                message,
            } => return ApiError::new(code, *status, Some(message.clone())),
            Self::Reasoned {
                code,
                reason,
                message,
            } => return ApiError::client(code, message.as_str()).with_reason(reason),
            Self::AccessDenied { message } => return ApiError::access_denied(message),
            Self::NoSuchKey { arn } => ("NotFoundException", format!("Key '{arn}' does not exist")),
            Self::InvalidKeyId { given } => {
                ("NotFoundException", format!("Invalid keyId '{given}'"))
            }
            Self::ForeignRegion { region } => {
                ("NotFoundException", format!("Invalid arn {region}"))
            }
            Self::InvalidArn { given } => ("InvalidArnException", format!("Invalid arn '{given}'")),
            Self::NoSuchAlias { arn } => {
                ("NotFoundException", format!("Alias {arn} is not found."))
            }
            Self::AliasExists { arn } => (
                "AlreadyExistsException",
                format!("An alias with the name {arn} already exists"),
            ),
            Self::AliasPrefix => ("ValidationException", ALIAS_PREFIX.into()),
            Self::AliasCharacters { given } => (
                "ValidationException",
                format!("{given} contains invalid characters for an alias"),
            ),
            Self::AliasReserved => ("NotAuthorizedException", String::new()),
            Self::AliasForKey => ("InvalidArnException", ALIAS_FOR_KEY.into()),
            Self::AliasOfAlias => (
                "ValidationException",
                "Aliases must refer to keys. Not aliases".into(),
            ),
            Self::State { arn, error } => return state(arn, *error),
            Self::Materials { message } => ("KMSInvalidStateException", message.clone()),
            Self::RotationIsNear { arn } => (
                "ConflictException",
                format!("{arn} is being rotated automatically, or will be within 20 minutes."),
            ),
            Self::NoSuchMaterial { id } => (
                "NotFoundException",
                format!("Key material ID {id} not found"),
            ),
            Self::IncorrectMaterial => ("IncorrectKeyMaterialException", INCORRECT_MATERIAL.into()),
            Self::InvalidImportToken => ("InvalidImportTokenException", INVALID_TOKEN.into()),
            Self::ExpiredImportToken => ("ExpiredImportTokenException", EXPIRED_TOKEN.into()),
            Self::Usage {
                arn,
                usage,
                operation,
            } => (
                "InvalidKeyUsageException",
                format!("{arn} key usage is {usage} which is not valid for {operation}."),
            ),
            Self::Origin { arn, origin } => (
                "UnsupportedOperationException",
                format!("{arn} origin is {origin} which is not valid for this operation."),
            ),
            Self::Spec => return ApiError::bare("UnsupportedOperationException"),
            Self::IncorrectKey => ("IncorrectKeyException", INCORRECT_KEY.into()),
            Self::Algorithm { algorithm, spec } => (
                "InvalidKeyUsageException",
                format!("Algorithm {algorithm} is incompatible with key spec {spec}."),
            ),
            Self::Validation { message } => ("ValidationException", message.clone()),
            Self::Unsupported { message } => ("UnsupportedOperationException", message.clone()),
            Self::InvalidGrantId { given } => (
                "InvalidGrantIdException",
                format!("Invalid grantId '{given}'"),
            ),
            Self::NoSuchGrant { id } => ("NotFoundException", format!("Grant ID {id} not found")),
            Self::InvalidPrincipal { arn } => (
                "InvalidArnException",
                format!("ARN does not refer to a valid principal: {arn}"),
            ),
            Self::InvalidGrantToken => (
                "InvalidGrantTokenException",
                "The grant token is not one of a grant that you may use.".into(),
            ),
            Self::Contention | Self::Throttled | Self::ManagedKeyAbsent { .. } => {
                ("ThrottlingException", THROTTLED.into())
            }
            Self::Limit { message } => ("LimitExceededException", message.clone()),
            Self::InvalidMarker => ("InvalidMarkerException", MARKER.into()),
            Self::Tag { source } => ("TagException", source.to_string()),
            Self::Policy {
                source: error @ PolicyError::TooLarge { .. },
            } => ("LimitExceededException", error.to_string()),
            Self::Policy { source } => ("MalformedPolicyDocumentException", source.to_string()),
            Self::PolicyLockout => ("MalformedPolicyDocumentException", LOCKOUT.into()),
            Self::PolicyPrincipals { .. } => {
                ("MalformedPolicyDocumentException", PRINCIPALS.into())
            }
            Self::NoSuchPolicy => ("NotFoundException", "No such policy exists".into()),
            Self::DryRun => ("DryRunOperationException", DRY_RUN.into()),
        };
        ApiError::client(code, message)
    }

    /// What the audit record tells besides, where AWS's answer leaves it open.
    #[must_use]
    pub fn detail(&self) -> Option<Elements<'static>> {
        match self {
            Self::PolicyPrincipals { source } => {
                Some(Elements::new().text("unknownPrincipal", source.name.clone()))
            }
            _ => None,
        }
    }

    /// The `errorCode` of the audit record, which CloudTrail shortens for denials.
    #[must_use]
    pub fn audit_code(error: &ApiError) -> &'static str {
        match error.code() {
            "AccessDeniedException" => "AccessDenied",
            code => code,
        }
    }
}

fn state(arn: &str, error: StateError) -> ApiError {
    match error {
        StateError::Disabled => {
            ApiError::client("DisabledException", format!("{arn} is disabled."))
        }
        StateError::PendingDeletion => ApiError::client(
            "KMSInvalidStateException",
            format!("{arn} is pending deletion."),
        ),
        StateError::PendingImport => ApiError::client(
            "KMSInvalidStateException",
            format!("{arn} is pending import."),
        ),
        StateError::NotPendingDeletion => ApiError::client(
            "KMSInvalidStateException",
            format!("{arn} is not pending deletion."),
        ),
    }
}
