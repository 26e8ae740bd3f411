//! Sessions: temporary credentials, given out by STS.
//!
//! No session is stored. What is known of one stands in its token, sealed under a key that all nodes
//! share ([`SessionKeys`]); a node that is shown a token opens it, and holds the latest of them ready
//! ([`Sessions::find`]). A session therefore ends by its time, with the user or role that it is of,
//! or by a policy that denies what was issued before an instant (`aws:TokenIssueTime`), as in AWS.

mod cache;
mod claims;
mod credentials;
mod keys;
mod open_session;
mod token;
pub mod web_identity;

use std::sync::Arc;

use keystead_core::identity::SessionFacts;
use keystead_core::time::Timestamp;
use keystead_crypto::{Provider, sha256};

use self::cache::SessionCache;
pub use self::claims::{Claims, Issuer, Owner, SessionPolicies};
pub use self::credentials::{TemporaryCredentials, account_of_key};
pub use self::keys::{PREFIX as KEYS_PREFIX, SessionKeyError, SessionKeys};
pub use self::open_session::OpenSession;
use self::token::Opened;
use crate::fault::Internal;
use crate::ledger::Shown;
use crate::ledger::follow::Memory as _;

/// The longest session token that is looked at, in characters: none that is given out is longer.
const MAX_TOKEN_CHARS: usize = 8192;

/// Gives out sessions, and knows them again.
pub struct Sessions {
    keys: Arc<SessionKeys>,
    cache: SessionCache,
}

/// Why a token is of no use. Whoever sent it is told no more than this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoSession {
    /// It is none of ours, was altered, or belongs to another access key.
    Invalid,
    /// Its time is over.
    Expired,
}

impl Sessions {
    /// The sessions under these keys.
    #[must_use]
    pub fn new(keys: Arc<SessionKeys>) -> Self {
        let cache = SessionCache::default();
        Self { keys, cache }
    }

    /// Gives out credentials for a session of `owner`.
    ///
    /// # Errors
    /// The source of randomness failed, or there is no key to seal under.
    pub fn issue(
        &self,
        owner: Owner,
        facts: SessionFacts,
        policies: Option<SessionPolicies>,
        provider: &dyn Provider,
    ) -> Result<TemporaryCredentials, Internal> {
        let secret = credentials::Secret::generate(provider)?;
        let claims = Claims {
            access_key_id: credentials::access_key_id(owner.account(), provider)?,
            owner,
            facts,
            policies,
        };
        Ok(TemporaryCredentials {
            session_token: token::seal(&self.keys, &claims, &secret)?,
            secret_access_key: secret.to_text(),
            expires: claims.facts.expires,
            access_key_id: claims.access_key_id,
        })
    }

    /// The session of a token that came with an access key.
    ///
    /// # Errors
    /// [`NoSession`].
    pub fn find(
        &self,
        access_key_id: &str,
        token: &str,
        now: Timestamp,
    ) -> Result<Arc<OpenSession>, NoSession> {
        let session = self.open(token).ok_or(NoSession::Invalid)?;
        if session.claims().access_key_id != access_key_id {
            return Err(NoSession::Invalid);
        }
        if session.claims().facts.is_over(now) {
            return Err(NoSession::Expired);
        }
        Ok(session)
    }

    /// Whether a token is one that was given out here, whatever its time.
    #[must_use]
    pub fn is_ours(&self, token: &str) -> bool {
        self.open(token).is_some()
    }

    fn open(&self, token: &str) -> Option<Arc<OpenSession>> {
        if token.len() > MAX_TOKEN_CHARS {
            return None;
        }
        let digest = sha256(token.as_bytes());
        if let Some(session) = self.cache.find(&digest) {
            return Some(session);
        }
        let Opened { claims, secret } = token::open(&self.keys, token)?;
        let session = Arc::new(OpenSession::new(claims, &secret));
        self.cache.keep(digest, Arc::clone(&session));
        Some(session)
    }

    /// How far the keys of tokens have followed their store.
    #[must_use]
    pub fn shown(&self) -> &Shown {
        self.keys.shown()
    }
}

impl std::fmt::Debug for Sessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sessions")
            .field("keys", &self.keys)
            .finish_non_exhaustive()
    }
}
