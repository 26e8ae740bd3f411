//! OpenID Connect identity providers.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::arn::{AccountId, PARTITION};
use crate::tag::Tags;
use crate::time::Timestamp;

/// An OpenID Connect provider whose word an account's roles may take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OidcProviderRecord {
    /// The account that trusts it.
    pub account: AccountId,
    /// Its issuer without `https://`: host and path.
    pub url: String,
    /// The audiences that its tokens may be for.
    pub client_ids: BTreeSet<String>,
    /// Fingerprints of certificates, which AWS keeps and no longer checks for most providers.
    pub thumbprints: Vec<String>,
    /// When it was registered.
    pub created: Timestamp,
    /// The provider's tags.
    pub tags: Tags,
    /// Its public keys, a JSON Web Key Set (RFC 7517), if the operator gave them; otherwise they
    /// are fetched from the provider.
    pub keys: Option<String>,
}

impl OidcProviderRecord {
    /// `arn:aws:iam::<account>:oidc-provider/<host/path>`.
    #[must_use]
    pub fn arn(&self) -> String {
        Self::arn_of(self.account, &self.url)
    }

    /// The ARN that a provider of this URL has.
    #[must_use]
    pub fn arn_of(account: AccountId, url: &str) -> String {
        format!("arn:{PARTITION}:iam::{account}:oidc-provider/{url}")
    }
}
