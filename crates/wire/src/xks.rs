//! The External Key Store proxy API ("XKS"), version 1, from both sides: of a KMS that calls a proxy in front of a key
//! manager elsewhere, and of the proxy.
//!
//! | Looking for | Look at |
//! |---|---|
//! | where a proxy is, and what a path asks for | [`UriEndpoint`], [`UriPath`], [`Route`], [`Call`] |
//! | the messages | [`Request`] and the four types that have it; what they are made of: [`Sealed`], [`Plaintext`] and others |
//! | a request that can't be read, and the error that the proxy answers | [`Fault`], [`ErrorAnswer`] |
//! | what a KMS makes of an answer | [`Request::read_answer`], [`CallError`] |
//! | what AES-GCM is to authenticate, and what proves a ciphertext intact | [`full_aad`], [`IntegrityValue`] |
//! | signatures | [`ProxySigner`] of the KMS, [`SignedCall`] of the proxy |
//!
//! What a KMS sends as a plaintext is a ciphertext already, under material that never leaves it. A proxy must not log
//! it all the same, so that it is treated as the secret that it is not.
//!
//! Reading is strict in what the specification fixes and tolerant where it says so: unknown members are passed over,
//! and operations of KMS that nobody knows are accepted. A member that occurs twice is refused; `null` is the same as
//! absent.
//!
//! Source: External Key Store Proxy API Specification, version 1.0.3 of 15 May 2024.

mod answer;
mod api;
mod body;
mod call;
mod credential;
mod decrypt;
mod encrypt;
mod endpoint;
mod error;
mod fault;
mod health;
mod integrity;
mod key_metadata;
mod members;
mod parts;
mod path;
mod provenance;
mod sign;
mod verify;

pub use answer::{CallError, Uninterpretable};
pub use api::{Api, Request, Response};
pub use call::{Call, Route, RouteError};
pub use credential::{AccessKeyId, Credential, SecretAccessKey};
pub use decrypt::{DecryptRequest, DecryptResponse};
pub use encrypt::{EncryptRequest, EncryptResponse};
pub use endpoint::UriEndpoint;
pub use error::{ErrorAnswer, ErrorName};
pub use fault::{Fault, Problem, SizeRule, WrongSize};
pub use health::{GetHealthStatusRequest, GetHealthStatusResponse, HealthStatus, KeyManager};
pub use integrity::{IntegrityValue, full_aad};
pub use key_metadata::{GetKeyMetadataRequest, GetKeyMetadataResponse, KeyStatus};
pub use parts::{
    AdditionalData, AuthenticationTag, Ciphertext, CiphertextMetadata, InitializationVector,
    Plaintext, Sealed,
};
pub use path::{ExternalKeyId, UriPath};
pub use provenance::{Caller, Cause, RequestMetadata};
pub use sign::ProxySigner;
pub use verify::{AuthenticationError, SignedCall};

/// The signing name of the service, in credential scopes.
pub const SERVICE: &str = "kms-xks-proxy";

/// How old or how much in the future a signature may be, in seconds.
///
/// Source: specification, appendix A, "Task 4".
pub const CLOCK_SKEW_SECONDS: u32 = 300;

/// The longest plaintext or ciphertext that is read or written, in bytes: 8,192 in Base64. A proxy has to take 4,300.
pub const MAX_TEXT_BYTES: usize = 6144;

/// The longest additional authenticated data, in bytes: 16,384 in Base64. A proxy has to take 8,192.
pub const MAX_AAD_BYTES: usize = 12_288;

/// The most metadata that a proxy may add to a ciphertext, in bytes.
pub const MAX_CIPHERTEXT_METADATA_BYTES: usize = 20;

/// The longest text of `requestMetadata`, in bytes. ARNs have up to 2,048 characters of ASCII.
pub const MAX_METADATA_BYTES: usize = 2048;

/// The longest body of a request, in bytes: three times what all known members can have, since KMS may add others.
pub const MAX_REQUEST_BYTES: usize = 128 * 1024;

/// The longest body of an answer, in bytes. What is longer can't be interpreted.
pub const MAX_ANSWER_BYTES: usize = 64 * 1024;
