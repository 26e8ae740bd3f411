//! The keys of providers, fetched and kept for a while.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use dashmap::DashMap;
use keystead_core::time::Timestamp;
use tokio::sync::Mutex;

use super::fetch::{FetchError, Outbound};
use super::key_set::KeySet;
use crate::identities::Identities;

/// How long fetched keys are used before they are fetched again, in milliseconds: an hour.
const FRESH_MILLIS: i64 = 3_600_000;
/// How long at least between two fetches from one provider, in milliseconds: a minute. A token that
/// names an unknown key may be one of a key that the provider has just begun to use, or anybody's.
const PAUSE_MILLIS: i64 = 60_000;
/// How long keys are used at the most while the provider can't be reached, in milliseconds: a day.
const STALE_MILLIS: i64 = 24 * FRESH_MILLIS;

/// The keys of the providers whose tokens came lately. Only registered ones get here, and those that
/// are registered no more go when another one comes, so that their number is bounded.
pub(super) struct KeyCache {
    outbound: Outbound,
    providers: DashMap<String, Arc<Provider>>,
}

#[derive(Default)]
struct Provider {
    known: ArcSwapOption<Known>,
    /// Held while keys are fetched: one fetch at a time.
    fetching: Mutex<Option<Timestamp>>,
}

struct Known {
    keys: Arc<KeySet>,
    fetched: Timestamp,
}

impl KeyCache {
    pub(super) fn new(outbound: Outbound) -> Self {
        Self {
            outbound,
            providers: DashMap::new(),
        }
    }

    /// The keys of a provider, among which a key of this id is looked for.
    ///
    /// # Errors
    /// They were never fetched, or too long ago, and can't be now.
    pub(super) async fn of(
        &self,
        issuer: &str,
        key_id: Option<&str>,
        now: Timestamp,
        identities: &Identities,
    ) -> Result<Arc<KeySet>, FetchError> {
        let provider = self.provider(issuer, identities);
        let serves = |known: &Known| known.is_younger(FRESH_MILLIS, now) && known.keys.has(key_id);
        if let Some(keys) = provider.keys_if(serves) {
            return Ok(keys);
        }
        let mut last_try = provider.fetching.lock().await;
        if let Some(keys) = provider.keys_if(serves) {
            return Ok(keys);
        }
        let is_pausing = last_try.is_some_and(|tried| is_younger(tried, PAUSE_MILLIS, now));
        let fetched = if is_pausing {
            Err(FetchError::Pausing)
        } else {
            *last_try = Some(now);
            self.outbound.keys_of(issuer).await
        };
        drop(last_try);
        match fetched {
            Ok(keys) => {
                let keys = Arc::new(keys);
                let known = Known {
                    keys: Arc::clone(&keys),
                    fetched: now,
                };
                provider.known.store(Some(Arc::new(known)));
                Ok(keys)
            }
            Err(error) => {
                if !matches!(error, FetchError::Pausing) {
                    tracing::warn!(issuer, %error, "the keys of an identity provider can't be fetched");
                }
                let is_usable = |known: &Known| known.is_younger(STALE_MILLIS, now);
                provider.keys_if(is_usable).ok_or(error)
            }
        }
    }

    fn provider(&self, issuer: &str, identities: &Identities) -> Arc<Provider> {
        if let Some(known) = self.providers.get(issuer) {
            return Arc::clone(&known);
        }
        let registered = identities.oidc_issuers();
        self.providers.retain(|known, _| registered.contains(known));
        Arc::clone(&self.providers.entry(issuer.to_owned()).or_default())
    }
}

impl Provider {
    fn keys_if(&self, serves: impl Fn(&Known) -> bool) -> Option<Arc<KeySet>> {
        let known = self.known.load();
        let known = known.as_deref().filter(|known| serves(known))?;
        Some(Arc::clone(&known.keys))
    }
}

impl Known {
    const fn is_younger(&self, millis: i64, now: Timestamp) -> bool {
        is_younger(self.fetched, millis, now)
    }
}

const fn is_younger(then: Timestamp, millis: i64, now: Timestamp) -> bool {
    now.as_millis().saturating_sub(then.as_millis()) < millis
}

#[cfg(test)]
mod tests {
    use keystead_core::arn::AccountId;
    use keystead_core::identity::{IdentityRecord, OidcProviderRecord};
    use keystead_crypto::{RootKey, SystemRandom};

    use super::*;
    use crate::directory::record::encode;
    use crate::identities::Secrets;
    use crate::ledger::follow::Memory as _;

    #[tokio::test]
    async fn who_is_registered_no_more_is_forgotten() {
        let root = RootKey::generate(&SystemRandom).unwrap();
        let identities = Identities::new(Secrets::new(Arc::new(root)));
        let now = Timestamp::from_millis(0);
        let account: AccountId = "111122223333".parse().unwrap();
        let record = IdentityRecord::from(OidcProviderRecord {
            account,
            url: "id.example.com/a".to_owned(),
            client_ids: Default::default(),
            thumbprints: Vec::new(),
            created: now,
            tags: Default::default(),
            keys: None,
        });
        let path = record.place().path();
        identities.put(&path, &encode(&record).unwrap(), 1).unwrap();
        let cache = KeyCache::new(Outbound::default());
        for issuer in ["gone.example.com", "id.example.com/a", "id.example.com/b"] {
            let fetched = cache.of(issuer, None, now, &identities).await;
            assert!(matches!(fetched, Err(FetchError::Address { .. })));
        }
        let kept: Vec<_> = cache.providers.iter().map(|p| p.key().clone()).collect();
        assert_eq!(kept.len(), 2, "{kept:?}");
        assert!(!kept.contains(&"gone.example.com".to_owned()), "{kept:?}");
    }
}
