//! Tokens of identity providers: OpenID Connect ID tokens, which are JSON Web Tokens (RFC 7519).
//!
//! A token counts if a provider that the role's account has registered issued it, for an audience
//! that is registered with the provider, within its time, under one of the provider's keys. The keys
//! are those that the operator gave, or are fetched from the provider.
//!
//! Sources: OpenID Connect Core 1.0, section 3.1.3.7; "Create an OpenID Connect (OIDC) identity
//! provider in IAM" and "Available keys for AWS OIDC federation" in the IAM guide.

mod claims;
mod fetch;
mod key_cache;
mod key_set;
mod reach;

use std::sync::Arc;

use keystead_core::arn::AccountId;
use keystead_core::identity::OidcProviderRecord;
use keystead_core::time::Timestamp;
use keystead_wire::ApiError;

pub use self::claims::VerifiedToken;
use self::claims::read_issuer;
use self::fetch::FetchError;
pub use self::fetch::Outbound;
pub(crate) use self::fetch::is_loopback;
use self::key_cache::KeyCache;
pub use self::key_set::{KeySet, KeySetError};
use crate::identities::{Entry, Identities};

/// Verifies tokens.
pub struct WebIdentities {
    keys: KeyCache,
}

/// Why a token does not count.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// It is no token, or its signature is none of the provider's.
    #[error("{what}")]
    Invalid {
        /// What the caller reads.
        what: String,
    },
    /// Its time is over.
    #[error(
        "Token expired: current date/time {now} must be before the expiration date/time {expired}"
    )]
    Expired {
        /// The present instant, in seconds since 1970.
        now: i64,
        /// Its end, likewise.
        expired: i64,
    },
    /// The provider's keys can't be had.
    #[error("Couldn't retrieve verification key from your identity provider")]
    Unreachable {
        /// Why, for the operator.
        #[from]
        source: FetchError,
    },
    /// The keys that the operator gave for the provider can't be used.
    #[error("Couldn't retrieve verification key from your identity provider")]
    Keys {
        /// Why, for the operator.
        source: Arc<KeySetError>,
    },
}

impl WebIdentities {
    /// Verifies tokens with the keys that operators gave, and with those that are fetched this way.
    #[must_use]
    pub fn new(outbound: Outbound) -> Self {
        let keys = KeyCache::new(outbound);
        Self { keys }
    }

    /// Verifies a token of one of the providers that an account has registered.
    ///
    /// # Errors
    /// [`TokenError`].
    pub async fn verify(
        &self,
        token: &str,
        now: Timestamp,
        account: AccountId,
        identities: &Identities,
    ) -> Result<(Arc<Entry<OidcProviderRecord>>, VerifiedToken), TokenError> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| malformed())?;
        let issuer = read_issuer(token).ok_or_else(malformed)?;
        let provider = |url: &str| identities.oidc_provider(account, url);
        let provider = without_scheme(&issuer)
            .and_then(|url| provider(url).or_else(|| provider(url.strip_suffix('/')?)))
            .ok_or_else(|| unknown_provider(&issuer))?;
        let record = &provider.record;
        let keys = match provider.keys() {
            Some(Ok(keys)) => Arc::clone(keys),
            Some(Err(source)) => {
                let source = Arc::clone(source);
                return Err(TokenError::Keys { source });
            }
            None => {
                let key_id = header.kid.as_deref();
                self.keys.of(&record.url, key_id, now, identities).await?
            }
        };
        let claims = keys
            .verify(token, &header)
            .ok_or_else(|| TokenError::Invalid {
                what: "The ID Token provided could not be validated".to_owned(),
            })?;
        let verified = VerifiedToken::of(&claims, record, now)?;
        Ok((provider, verified))
    }
}

impl TokenError {
    /// The answer in the words of STS.
    #[must_use]
    pub fn to_api_error(&self) -> ApiError {
        let code = match self {
            Self::Invalid { .. } | Self::Keys { .. } => "InvalidIdentityToken",
            Self::Expired { .. } => "ExpiredTokenException",
            Self::Unreachable { .. } => "IDPCommunicationError",
        };
        ApiError::client(code, self.to_string())
    }
}

/// An issuer as providers are registered: host and path. In development an issuer on the machine
/// itself may do without TLS.
fn without_scheme(issuer: &str) -> Option<&str> {
    issuer.strip_prefix("https://").or_else(|| {
        issuer
            .strip_prefix("http://")
            .filter(|url| is_loopback(url))
    })
}

fn malformed() -> TokenError {
    TokenError::Invalid {
        what: "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)".to_owned(),
    }
}

fn unknown_provider(issuer: &str) -> TokenError {
    TokenError::Invalid {
        what: format!("No OpenIDConnect provider found in your account for {issuer}"),
    }
}
