//! Signature Version 4, from the server's side and from the client's.
//!
//! Verification goes in four steps, each its own call, because the caller must look things up in between:
//!
//! 1. [`SignedRequest::parse`] reads who claims to have signed what, from the `Authorization` header or from a
//!    presigned URL, and refuses a request whose meaningful headers are not covered by the signature.
//! 2. [`SignedRequest::check_scope`] and [`SignedRequest::check_time`]: for this service, this region, now.
//! 3. The caller finds the secret of [`SignedRequest::access_key_id`], and derives (or has cached) the day's
//!    [`SigningKey`].
//! 4. [`SignedRequest::verify`] compares the signatures in constant time.
//!
//! The path is normalised and encoded twice, and the payload hash is always that of the body. Not so in requests that
//! are signed for `s3`: their path is encoded once as it is, and the header `x-amz-content-sha256` says how the body
//! is covered (source: "Create a signed AWS API request", AWS IAM User Guide; aws-sig-v4-test-suite).
//! SigV4A (`AWS4-ECDSA-P256-SHA256`) is refused.

mod canonical;
mod credential;
mod error;
mod header_form;
mod hex;
mod key;
mod payload;
mod pieces;
mod presigned_form;
mod request;
mod sign;
mod signed_headers;
mod timestamp;
mod uri;

pub use credential::CredentialScope;
pub use error::{Requirement, SigV4Error};
pub use key::SigningKey;
pub use request::SignedRequest;
pub use sign::{SignError, Signer};

/// The only algorithm that is verified.
pub const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// The last element of every credential scope.
pub const TERMINATOR: &str = "aws4_request";

/// The service that has its own rules of what a signature covers.
pub const S3: &str = "s3";

/// The longest `Authorization` header that is parsed, in bytes.
pub const MAX_AUTHORIZATION_BYTES: usize = 8 * 1024;

/// The longest query string that is canonicalised, in bytes. A session token of several KiB is part of it.
pub const MAX_QUERY_BYTES: usize = 32 * 1024;

/// The most headers that a signature may cover.
pub const MAX_SIGNED_HEADERS: usize = 100;

/// The longest life of a presigned URL: seven days, in seconds.
pub const MAX_EXPIRES_SECONDS: u32 = 604_800;
