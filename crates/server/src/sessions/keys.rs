//! The keys that session tokens are sealed under. All nodes share them.
//!
//! A key is made by the provider like that of a KMS key, and stands in the store of identities at
//! `/iam/session-key/<number>`. The newest one seals; a token names the one that it was sealed
//! under, so that keys can be replaced while tokens are about.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;
use keystead_core::key::{KeySpec, Sealed};
use keystead_core::time::Timestamp;
use keystead_crypto::ciphertext::{Blob, BlobIdentity, ContextAad, KeyIdForm};
use keystead_crypto::{
    Binding, CryptoError, OpenedKey, Provider, Purpose, SecretBytes, SymmetricKey,
};
use keystead_store::{Commit, CommitError, Expect, ReadError, Store};
use serde::{Deserialize, Serialize};

use crate::directory::record::{RecordError, decode, encode, sealed_key};
use crate::ledger::Shown;
use crate::ledger::follow::Memory;

/// What stands before the number of a key in the store.
pub const PREFIX: &str = "/iam/session-key/";

/// How long a key seals before it is replaced, in days.
const LIFE_DAYS: u32 = 90;
/// How long a key that was replaced is kept, in days: longer than the longest session, 36 hours.
const GRACE_DAYS: u32 = 3;

/// A key in the store.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct SessionKeyRecord {
    number: u32,
    created: Timestamp,
    sealed: Sealed,
}

/// A key that is ready to work.
struct Opened {
    created: Timestamp,
    revision: u64,
    key: Box<dyn SymmetricKey>,
}

/// The keys of the store, opened.
pub struct SessionKeys {
    provider: Arc<dyn Provider>,
    keys: ArcSwap<BTreeMap<u32, Arc<Opened>>>,
    shown: Shown,
}

/// Why the keys of sessions can't be had.
#[derive(Debug, thiserror::Error)]
pub enum SessionKeyError {
    /// The store can't be read.
    #[error("the session keys can't be read: {source}")]
    Read {
        /// What the store says.
        #[from]
        source: ReadError,
    },
    /// The store can't be written.
    #[error("a session key can't be kept: {source}")]
    Commit {
        /// What the store says.
        #[from]
        source: CommitError,
    },
    /// A key can't be made.
    #[error("a session key can't be made: {source}")]
    Crypto {
        /// What the provider says.
        #[from]
        source: CryptoError,
    },
    /// A key can't be written as JSON.
    #[error("a session key can't be encoded: {source}")]
    Encoding {
        /// Why.
        #[from]
        source: serde_json::Error,
    },
}

/// What a token is bound to, besides its key: it is no ciphertext of anything else.
fn context() -> ContextAad {
    ContextAad::new([("use", "session-token")])
}

impl SessionKeys {
    /// No keys yet: they come by following the store.
    #[must_use]
    pub fn new(provider: Arc<dyn Provider>) -> Self {
        Self {
            provider,
            keys: ArcSwap::default(),
            shown: Shown::default(),
        }
    }

    /// Makes the first key if the store has none, a new one if the newest has sealed for long
    /// enough, and forgets those that no token can name any more.
    ///
    /// # Errors
    /// [`SessionKeyError`].
    pub async fn renew(
        store: &dyn Store,
        provider: &dyn Provider,
        now: Timestamp,
    ) -> Result<(), SessionKeyError> {
        let known = store.range(PREFIX, None, usize::from(u8::MAX)).await?;
        let records = known.items.iter().filter_map(|entry| {
            decode::<SessionKeyRecord>(&entry.key, &entry.value)
                .inspect_err(|error| tracing::error!(%error, "a session key can't be read"))
                .ok()
        });
        let records: Vec<_> = records.collect();
        let newest = records.iter().max_by_key(|record| record.number);
        let is_due = newest.is_none_or(|newest| newest.created.plus_days(LIFE_DAYS) <= now);
        if !is_due {
            return match newest {
                Some(newest) if newest.created.plus_days(GRACE_DAYS) <= now => {
                    forget_older(store, &records, newest.number).await
                }
                _ => Ok(()),
            };
        }
        let number = newest.map_or(1, |newest| newest.number.saturating_add(1));
        let sealed = provider.generate(&binding(&number.to_string()))?;
        let record = SessionKeyRecord {
            number,
            created: now,
            sealed: Sealed::new(sealed.as_bytes().to_vec()),
        };
        let path = path(number);
        let commit = Commit::new()
            .expect(path.clone(), Expect::Absent)
            .put(path, encode(&record)?);
        match store.commit(commit).await {
            Ok(_) => {
                tracing::info!(number, "made a key for session tokens");
                Ok(())
            }
            // Another node was faster, and its key is as good.
            Err(CommitError::Conflict { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Seals a token under the newest key.
    pub(super) fn seal(&self, plaintext: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let keys = self.keys.load();
        let (number, newest) = keys
            .last_key_value()
            .ok_or(CryptoError::InvalidCiphertext)?;
        newest.key.encrypt(&name(*number), &context(), plaintext)
    }

    /// Opens a token, under any of the keys.
    pub(super) fn open(&self, sealed: &[u8]) -> Option<SecretBytes> {
        let blob = Blob::parse(sealed).ok()?;
        let number = u128::from_be_bytes(blob.identity().key_id);
        let keys = self.keys.load();
        let key = keys.get(&u32::try_from(number).ok()?)?;
        key.key.decrypt(&blob, &context()).ok()
    }

    fn change(&self, change: impl Fn(&mut BTreeMap<u32, Arc<Opened>>)) {
        self.keys.rcu(|keys| {
            let mut keys = BTreeMap::clone(keys);
            change(&mut keys);
            keys
        });
    }
}

async fn forget_older(
    store: &dyn Store,
    records: &[SessionKeyRecord],
    newest: u32,
) -> Result<(), SessionKeyError> {
    let older = records.iter().filter(|record| record.number < newest);
    let paths: Vec<_> = older.map(|record| path(record.number)).collect();
    if paths.is_empty() {
        return Ok(());
    }
    let commit = paths.into_iter().fold(Commit::new(), Commit::delete);
    store.commit(commit).await?;
    Ok(())
}

fn path(number: u32) -> String {
    format!("{PREFIX}{number:010}")
}

fn number_of(path: &str) -> Option<u32> {
    path.strip_prefix(PREFIX)?.parse().ok()
}

/// Where a key's material may be opened. No KMS key has a place without a Region and an account.
fn binding(number: &str) -> Binding<'_> {
    Binding {
        region: "",
        account: "",
        key_id: "session-token",
        material_id: number,
        purpose: Purpose::KeyMaterial(KeySpec::SymmetricDefault),
    }
}

/// How a sealed text names its key.
fn name(number: u32) -> BlobIdentity {
    BlobIdentity {
        form: KeyIdForm::Uuid,
        key_id: u128::from(number).to_be_bytes(),
        material_id: [0; 32],
    }
}

/// The keys follow the store beside the identities, and pass over everything else in it.
impl Memory for SessionKeys {
    fn name(&self) -> String {
        "session keys".to_owned()
    }

    fn shown(&self) -> &Shown {
        &self.shown
    }

    fn put(&self, path: &str, value: &[u8], revision: u64) -> Result<(), RecordError> {
        let Some(number) = number_of(path) else {
            return Ok(());
        };
        let record: SessionKeyRecord = decode(path, value)?;
        if record.number != number {
            let path = path.to_owned();
            return Err(RecordError::Misplaced { path });
        }
        let sealed = sealed_key(&record.sealed);
        match self.provider.open(&sealed, &binding(&number.to_string())) {
            Ok(OpenedKey::Symmetric(key)) => {
                let created = record.created;
                let opened = Arc::new(Opened {
                    created,
                    revision,
                    key,
                });
                self.change(|keys| {
                    keys.insert(number, Arc::clone(&opened));
                });
            }
            Ok(OpenedKey::Private(_) | OpenedKey::Mac(_)) => {
                tracing::error!(number, "a session key is none that encrypts");
            }
            // Sessions under it are invalid; everything else works.
            Err(error) => tracing::error!(number, %error, "a session key does not open"),
        }
        Ok(())
    }

    fn remove(&self, path: &str, revision: u64) {
        if let Some(number) = number_of(path) {
            self.change(|keys| {
                if keys
                    .get(&number)
                    .is_some_and(|key| key.revision <= revision)
                {
                    keys.remove(&number);
                }
            });
        }
    }

    fn retain(&self, keep: &HashSet<String>, revision: u64) {
        self.change(|keys| {
            keys.retain(|number, key| key.revision > revision || keep.contains(&path(*number)));
        });
    }
}

impl fmt::Debug for SessionKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = self.keys.load();
        let ages = keys.iter().map(|(number, key)| (number, key.created));
        f.debug_map().entries(ages).finish()
    }
}
