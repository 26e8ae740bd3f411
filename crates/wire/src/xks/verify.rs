//! Who signed a request to a proxy.

use http::{HeaderMap, Method, Uri};

use super::SERVICE;
use super::error::{ErrorAnswer, ErrorName};
use crate::sigv4::{CredentialScope, SigV4Error, SignedRequest, SigningKey};

/// A request that claims to be signed: well formed, with everything covered that a proxy reads of it, but not yet
/// verified.
///
/// The proxy then finds the secret of [`SignedCall::access_key_id`] among those of the request's prefix and no other,
/// derives (or has cached) the day's [`SigningKey`], and calls [`SignedCall::verify`].
#[derive(Debug)]
pub struct SignedCall<'a>(SignedRequest<'a>);

/// Why a request is not that of somebody known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthenticationError {
    /// The request has a query, perhaps a signature in it. KMS signs by a header, which can't be used for days.
    #[error("The request must not have a query.")]
    Query,
    /// The signature is malformed, of another service, Region or time, or wrong.
    #[error("{0}")]
    Signature(#[from] SigV4Error),
    /// Nobody of this access key id may use the prefix. Found by the proxy, which alone knows them.
    #[error("The access key id is not known here.")]
    UnknownAccessKeyId,
}

impl<'a> SignedCall<'a> {
    /// Reads the signature of a request. It has to cover the host and `X-Amz-Date` at least, and of the headers that
    /// it does not cover the proxy must read none.
    ///
    /// # Errors
    /// [`AuthenticationError::Query`], and [`AuthenticationError::Signature`] if there is no signature, or none that
    /// can be read.
    pub fn parse(
        method: &'a Method,
        uri: &'a Uri,
        headers: &'a HeaderMap,
    ) -> Result<Self, AuthenticationError> {
        const DATE: &str = "x-amz-date";

        if uri.query().is_some() {
            return Err(AuthenticationError::Query);
        }
        let signed = SignedRequest::parse_uncovered(method, uri, headers)?;
        let covers = |name| signed.signed_headers().any(|covered| covered == name);
        for (name, is_there) in [("host", true), (DATE, headers.contains_key(DATE))] {
            if !is_there || !covers(name) {
                return Err(AuthenticationError::Signature(SigV4Error::UnsignedHeader {
                    name: name.to_owned(),
                }));
            }
        }
        Ok(Self(signed))
    }

    /// Who claims to have signed.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        self.0.access_key_id()
    }

    /// What the signing key is good for, the Region that KMS calls from among it.
    #[must_use]
    pub fn scope(&self) -> &CredentialScope<'a> {
        self.0.scope()
    }

    /// The signing key that the scope asks for.
    #[must_use]
    pub fn derive_key(&self, secret_access_key: &[u8]) -> SigningKey {
        let scope = self.scope();
        SigningKey::derive(secret_access_key, scope.date(), scope.region(), SERVICE)
    }

    /// Verifies that the request is for one of these Regions, signed now, give or take the skew in seconds
    /// ([`super::CLOCK_SKEW_SECONDS`]), and signed with this key, the body included.
    ///
    /// # Errors
    /// [`AuthenticationError::Signature`].
    pub fn verify(
        &self,
        key: &SigningKey,
        regions: &[impl AsRef<str>],
        now_unix_seconds: i64,
        skew_seconds: u32,
        body: &[u8],
    ) -> Result<(), AuthenticationError> {
        self.0.check_scope(SERVICE, regions)?;
        self.0.check_time(now_unix_seconds, skew_seconds)?;
        Ok(self.0.verify(key, body)?)
    }
}

impl AuthenticationError {
    /// What a proxy answers: always `AuthenticationFailedException`, with the reason.
    #[must_use]
    pub fn to_answer(&self) -> ErrorAnswer {
        ErrorAnswer::new(ErrorName::AuthenticationFailed, &self.to_string())
    }
}
