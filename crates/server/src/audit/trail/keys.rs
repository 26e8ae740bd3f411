//! The keys that digests are signed with: one at a time for each Region.
//!
//! A key is made by the provider like that of a KMS key, and stands in the store of identities at
//! `/trail/signing-key/<region>/<number>`, its private half sealed. The next one takes over after a
//! while; then the private half of the one before it is destroyed, and its public half stays for
//! ever, for whoever checks old digests.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keystead_core::arn::Region;
use keystead_core::key::{KeySpec, Sealed};
use keystead_core::time::Timestamp;
use keystead_crypto::{Binding, CryptoError, Message, OpenedKey, Provider, Purpose, RsaVerifier};
use keystead_store::{Commit, CommitError, Expect, ReadError, Revision, Store};
use serde::{Deserialize, Serialize};

use super::digest::{self, SIGNING};
use crate::directory::record::{RecordError, decode, encode, sealed_key};

/// What stands before the Region of a key in the store.
pub const PREFIX: &str = "/trail/signing-key/";

/// How many records one read of the store brings.
const PAGE: usize = 1000;

/// A key in the store.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Record {
    region: Region,
    number: u32,
    /// It signs digests of times that end after this.
    from: Timestamp,
    /// `RSAPublicKey` (RFC 8017, appendix A.1.1), DER, in Base64.
    public: String,
    /// The private half, until it is destroyed.
    sealed: Option<Sealed>,
}

/// A key, and what is known of its record.
struct SigningKey {
    record: Record,
    revision: Revision,
    fingerprint: String,
    opened: Option<OpenedKey>,
}

/// A public key, as it is told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    /// The Region whose digests it checks.
    pub region: Region,
    /// `RSAPublicKey` (RFC 8017, appendix A.1.1), DER.
    pub der: Vec<u8>,
    /// The name by which digests call it.
    pub fingerprint: String,
    /// The digests are of times that end after this.
    pub from: Timestamp,
    /// Until when it signs, or is to sign.
    pub until: Timestamp,
    /// Whether it is the one that signs.
    pub is_current: bool,
}

/// Why a digest can't be signed.
#[derive(Debug, thiserror::Error)]
pub enum SigningKeyError {
    /// The store can't be read.
    #[error("the keys of digests can't be read")]
    Read {
        /// What the store says.
        #[from]
        source: ReadError,
    },
    /// The store can't be written.
    #[error("a key of digests can't be kept")]
    Commit {
        /// What the store says.
        #[from]
        source: CommitError,
    },
    /// A record of the store can't be used.
    #[error(transparent)]
    Record {
        /// Which, and why.
        #[from]
        source: RecordError,
    },
    /// A key can't be made, opened or used.
    #[error("a key of digests does not work")]
    Crypto {
        /// What the provider says.
        #[from]
        source: CryptoError,
    },
    /// A key can't be written as JSON.
    #[error("a key of digests can't be encoded")]
    Encoding {
        /// Why.
        #[from]
        source: serde_json::Error,
    },
    /// A key's record is not what it should be.
    #[error("the key {number} of the digests of {region} is no RSA key, or has no private half")]
    Unusable {
        /// The Region.
        region: Region,
        /// The key's number.
        number: u32,
    },
}

/// All keys.
pub(super) struct SigningKeys {
    store: Arc<dyn Store>,
    provider: Arc<dyn Provider>,
    rotation_days: u32,
    keys: BTreeMap<Region, Vec<SigningKey>>,
}

impl SigningKeys {
    /// Reads the keys of the store.
    ///
    /// # Errors
    /// [`SigningKeyError`].
    pub(super) async fn load(
        store: Arc<dyn Store>,
        provider: Arc<dyn Provider>,
        rotation_days: u32,
    ) -> Result<Self, SigningKeyError> {
        let keys = BTreeMap::new();
        let mut all = Self {
            store,
            provider,
            rotation_days,
            keys,
        };
        all.reload().await?;
        Ok(all)
    }

    async fn reload(&mut self) -> Result<(), SigningKeyError> {
        let (mut keys, mut after) = (BTreeMap::<Region, Vec<SigningKey>>::new(), None);
        loop {
            let page = self.store.range(PREFIX, after.as_deref(), PAGE).await?;
            for entry in &page.items {
                let record: Record = decode(&entry.key, &entry.value)?;
                let key = SigningKey::of(record, entry.mod_revision)?;
                // By their numbers, as the paths are.
                keys.entry(key.record.region.clone()).or_default().push(key);
            }
            match page.items.last() {
                Some(last) if page.items.len() == PAGE => after = Some(last.key.clone()),
                _ => break,
            }
        }
        self.keys = keys;
        Ok(())
    }

    /// What there is to tell of the public halves.
    pub(super) fn public(&self) -> Vec<PublicKey> {
        self.keys
            .values()
            .flat_map(|keys| {
                keys.iter().enumerate().map(|(index, key)| {
                    let next = keys.get(index + 1);
                    let planned = key.record.from.plus_days(self.rotation_days);
                    PublicKey {
                        region: key.record.region.clone(),
                        der: STANDARD.decode(&key.record.public).unwrap_or_default(),
                        fingerprint: key.fingerprint.clone(),
                        from: key.record.from,
                        until: next.map_or(planned, |next| next.record.from),
                        is_current: next.is_none(),
                    }
                })
            })
            .collect()
    }

    /// The fingerprint of the key that signs a Region's digest of the time from `start` to `end`.
    /// The first is made when it is needed, and the next when the last has signed for long enough. If
    /// the private half is gone of the one whose time it is, the next one that has its own signs: a
    /// trail may be begun anew, or brought back from an older copy.
    ///
    /// # Errors
    /// [`SigningKeyError`].
    pub(super) async fn key(
        &mut self,
        region: &Region,
        start: Timestamp,
        end: Timestamp,
        now: Timestamp,
    ) -> Result<String, SigningKeyError> {
        let newest = self.keys.get(region).and_then(|keys| keys.last());
        let next = match newest.map(|newest| &newest.record) {
            None => Some((1, start)),
            Some(newest) if newest.from.plus_days(self.rotation_days) <= now => {
                // A digest that may have been signed already is signed by the same key again.
                Some((newest.number.saturating_add(1), now.max(end)))
            }
            Some(_) => None,
        };
        if let Some((number, from)) = next {
            self.make(region, number, from).await?;
        }
        self.destroy_replaced(region, end).await?;
        let keys = self.keys.get(region).map(Vec::as_slice).unwrap_or_default();
        let signs = keys.iter().rposition(|key| key.record.from < end);
        let mut signs = keys.iter().skip(signs.unwrap_or_default());
        signs
            .find(|key| key.record.sealed.is_some())
            .map(|key| key.fingerprint.clone())
            .ok_or_else(|| SigningKeyError::Unusable {
                region: region.clone(),
                number: 0,
            })
    }

    /// The signature of the key with this fingerprint.
    ///
    /// # Errors
    /// [`SigningKeyError`].
    pub(super) fn sign(
        &mut self,
        region: &Region,
        fingerprint: &str,
        text: &str,
    ) -> Result<Vec<u8>, SigningKeyError> {
        let unusable = |number| SigningKeyError::Unusable {
            region: region.clone(),
            number,
        };
        let mut keys = self.keys.get_mut(region).into_iter().flatten();
        let key = keys
            .find(|key| key.fingerprint == fingerprint)
            .ok_or_else(|| unusable(0))?;
        let number = key.record.number;
        let opened = match &mut key.opened {
            Some(opened) => opened,
            closed @ None => {
                let sealed = key.record.sealed.as_ref();
                let sealed = sealed_key(sealed.ok_or_else(|| unusable(number))?);
                let material = number.to_string();
                let opened = self.provider.open(&sealed, &binding(region, &material))?;
                closed.insert(opened)
            }
        };
        let private = opened.private().ok_or_else(|| unusable(number))?;
        Ok(private.sign(SIGNING, Message::Raw(text.as_bytes()))?)
    }

    async fn make(
        &mut self,
        region: &Region,
        number: u32,
        from: Timestamp,
    ) -> Result<(), SigningKeyError> {
        let material = number.to_string();
        let binding = binding(region, &material);
        let sealed = self.provider.generate(&binding)?;
        let opened = self.provider.open(&sealed, &binding)?;
        let public = opened.private().map(|key| key.public_key().to_vec());
        let public = public.as_deref().and_then(RsaVerifier::from_der);
        let public = public.ok_or_else(|| SigningKeyError::Unusable {
            region: region.clone(),
            number,
        })?;
        let record = Record {
            region: region.clone(),
            number,
            from,
            public: STANDARD.encode(public.pkcs1_der()),
            sealed: Some(Sealed::new(sealed.as_bytes().to_vec())),
        };
        let path = path(region, number);
        let commit = Commit::new()
            .expect(path.clone(), Expect::Absent)
            .put(path, encode(&record)?);
        match self.store.commit(commit).await {
            Ok(_) => {
                tracing::info!(%region, number, "made a key for the digests of the audit trail");
            }
            // Another node was faster, and its key is as good.
            Err(CommitError::Conflict { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        self.reload().await
    }

    /// Destroys the private halves that no digest needs any more: of all keys before the one that
    /// signs for the time that ends at `end`, since no later digest is of an earlier time.
    async fn destroy_replaced(
        &mut self,
        region: &Region,
        end: Timestamp,
    ) -> Result<(), SigningKeyError> {
        let keys = self.keys.get(region).map(Vec::as_slice).unwrap_or_default();
        let signs = keys.iter().rposition(|key| key.record.from < end);
        let replaced = keys.get(..signs.unwrap_or_default()).unwrap_or_default();
        let mut changes = Vec::new();
        for key in replaced.iter().filter(|key| key.record.sealed.is_some()) {
            let record = Record {
                sealed: None,
                ..key.record.clone()
            };
            changes.push((key.revision, record));
        }
        if changes.is_empty() {
            return Ok(());
        }
        for (revision, record) in changes {
            let path = path(region, record.number);
            let commit = Commit::new()
                .expect(path.clone(), Expect::Revision(revision))
                .put(path, encode(&record)?);
            match self.store.commit(commit).await {
                Ok(_) | Err(CommitError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        self.reload().await
    }
}

impl SigningKey {
    fn of(record: Record, revision: Revision) -> Result<Self, SigningKeyError> {
        let unusable = || SigningKeyError::Unusable {
            region: record.region.clone(),
            number: record.number,
        };
        let public = STANDARD.decode(&record.public).map_err(|_| unusable())?;
        Ok(Self {
            fingerprint: digest::fingerprint(&public),
            record,
            revision,
            opened: None,
        })
    }
}

fn path(region: &Region, number: u32) -> String {
    format!("{PREFIX}{region}/{number:010}")
}

/// Where a key's material may be opened. No KMS key has a place without an account.
fn binding<'a>(region: &'a Region, number: &'a str) -> Binding<'a> {
    Binding {
        region: region.as_str(),
        account: "",
        key_id: "trail-digest",
        material_id: number,
        purpose: Purpose::KeyMaterial(KeySpec::Rsa2048),
    }
}

impl fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.keys.values().flatten();
        f.debug_list()
            .entries(shown.map(|key| &key.fingerprint))
            .finish()
    }
}

#[cfg(test)]
mod tests;
