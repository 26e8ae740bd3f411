//! Access keys in memory: they sign, and lead to whom they belong to.

use std::fmt;
use std::sync::Arc;

use arc_swap::{ArcSwap, ArcSwapOption};
use keystead_core::change::{Change, Expected};
use keystead_core::identity::{AccessKeyRecord, AccessKeyStatus, IdentityPlace};
use keystead_core::time::Timestamp;
use keystead_crypto::SecretBytes;
use keystead_wire::sigv4::SigningKey;

use super::cached::Cached;
use super::entry::owner_place;
use super::member::Member;
use super::table::Link;

/// How many derived signing keys a secret keeps: one for each day, Region and service that it was
/// lately used for.
const SIGNING_KEYS: usize = 8;

/// How exactly the last use of an access key is known, in milliseconds.
const USE_PRECISION_MILLIS: i64 = 60_000;

/// A secret access key, opened. It is wiped when the last call that uses it has ended.
pub struct SigningSecret {
    secret: SecretBytes,
    derived: ArcSwap<Vec<Arc<Derived>>>,
}

struct Derived {
    date: String,
    region: String,
    service: &'static str,
    key: SigningKey,
}

impl SigningSecret {
    /// A secret to sign with.
    #[must_use]
    pub fn new(secret: SecretBytes) -> Self {
        Self {
            secret,
            derived: ArcSwap::default(),
        }
    }

    /// Runs `use_key` with the signing key of a scope. Deriving one takes four HMACs, so that the
    /// latest are kept; looking one up takes no lock.
    pub fn with_signing_key<T>(
        &self,
        date: &str,
        region: &str,
        service: &'static str,
        use_key: impl FnOnce(&SigningKey) -> T,
    ) -> T {
        let kept = self.derived.load();
        let is_it = |derived: &&Arc<Derived>| {
            derived.date == date && derived.region == region && derived.service == service
        };
        if let Some(derived) = kept.iter().find(is_it) {
            return use_key(&derived.key);
        }
        let derived = Arc::new(Derived {
            date: date.to_owned(),
            region: region.to_owned(),
            service,
            // Exposed to the derivation of a signing key, its only use.
            key: SigningKey::derive(self.secret.expose(), date, region, service),
        });
        let newest = std::iter::once(Arc::clone(&derived));
        let all: Vec<_> = newest
            .chain(kept.iter().cloned())
            .take(SIGNING_KEYS)
            .collect();
        self.derived.store(Arc::new(all));
        use_key(&derived.key)
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret(redacted)")
    }
}

/// When an access key was last used, and for what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastUse {
    /// When, give or take a minute.
    pub at: Timestamp,
    /// The service that was called, such as `kms`.
    pub service: &'static str,
    /// The Region that the request was signed for.
    pub region: String,
}

/// A long-term access key. Never changed: a change of the key replaces its entry.
#[derive(Debug)]
pub struct AccessKey {
    /// The key as it is stored.
    pub record: AccessKeyRecord,
    /// The revision of the store that wrote it.
    pub revision: u64,
    signing: Arc<SigningSecret>,
    pub(super) member: Cached<Member>,
    last_use: Arc<ArcSwapOption<LastUse>>,
}

impl AccessKey {
    pub(super) fn new(record: AccessKeyRecord, revision: u64, secret: SecretBytes) -> Self {
        Self {
            record,
            revision,
            signing: Arc::new(SigningSecret::new(secret)),
            member: Cached::default(),
            last_use: Arc::default(),
        }
    }

    /// The same key after a change of its record: it was used when the one before was.
    pub(super) fn succeeding(self, before: &Self) -> Self {
        Self {
            last_use: Arc::clone(&before.last_use),
            ..self
        }
    }

    /// Its secret, to verify signatures with.
    #[must_use]
    pub const fn signing(&self) -> &Arc<SigningSecret> {
        &self.signing
    }

    /// Whether it can sign.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.record.status == AccessKeyStatus::Active
    }

    /// When it was last used, as far as this process knows: the memory of it ends with the process.
    #[must_use]
    pub fn last_use(&self) -> Option<Arc<LastUse>> {
        self.last_use.load_full()
    }

    /// Notes a use, unless one was noted within the last minute.
    pub(crate) fn note_use(&self, at: Timestamp, service: &'static str, region: &str) {
        let is_noted = self.last_use.load().as_ref().is_some_and(|last| {
            at.as_millis() < last.at.as_millis().saturating_add(USE_PRECISION_MILLIS)
        });
        if !is_noted {
            let region = region.to_owned();
            let last = LastUse {
                at,
                service,
                region,
            };
            self.last_use.store(Some(Arc::new(last)));
        }
    }

    /// What a change of the record expects of it.
    #[must_use]
    pub const fn expected(&self) -> Expected {
        Expected::Revision(self.revision)
    }

    /// The change that removes the key.
    #[must_use]
    pub fn removed(&self) -> Change {
        Change::DeleteIdentity {
            place: self.place(),
            expected: self.expected(),
        }
    }

    /// Where the record stands.
    #[must_use]
    pub fn place(&self) -> IdentityPlace {
        IdentityPlace::AccessKey {
            id: self.record.id.clone(),
        }
    }

    pub(super) fn links(&self) -> Vec<Link> {
        vec![Link::KeysOf(owner_place(
            self.record.account,
            &self.record.owner,
        ))]
    }
}

#[cfg(test)]
mod tests {
    use keystead_core::identity::KeyOwner;
    use keystead_core::key::Sealed;

    use super::*;

    fn key() -> AccessKey {
        let record = AccessKeyRecord {
            id: "AKIAEXAMPLE".to_owned(),
            account: "111122223333".parse().unwrap(),
            owner: KeyOwner::User("ada".to_owned()),
            secret: Sealed::new(Vec::new()),
            created: Timestamp::from_millis(0),
            status: AccessKeyStatus::Active,
        };
        AccessKey::new(record, 1, SecretBytes::from(b"a secret".to_vec()))
    }

    #[test]
    fn no_secret_is_shown() {
        let shown = format!("{:?}", key());
        assert!(
            !shown.contains("a secret") && shown.contains("redacted"),
            "{shown}"
        );
    }

    #[test]
    fn a_use_is_noted_once_a_minute_and_outlives_a_change() {
        let key = key();
        assert_eq!(key.last_use(), None);
        for (millis, expected) in [(0, 0), (59_999, 0), (60_000, 60_000)] {
            key.note_use(Timestamp::from_millis(millis), "kms", "us-east-1");
            let last = key.last_use().unwrap();
            assert_eq!(last.at, Timestamp::from_millis(expected));
        }
        let before = key.last_use();
        let changed = self::key().succeeding(&key);
        assert_eq!(changed.last_use(), before);
    }

    #[test]
    fn signing_keys_of_other_scopes_differ() {
        let secret = SigningSecret::new(SecretBytes::from(b"a secret".to_vec()));
        let mut addresses = Vec::new();
        for (date, region, service) in [
            ("20260102", "us-east-1", "kms"),
            ("20260103", "us-east-1", "kms"),
            ("20260102", "eu-west-1", "kms"),
            ("20260102", "us-east-1", "sts"),
        ] {
            for _ in 0..2 {
                let address = secret.with_signing_key(
                    date,
                    region,
                    service,
                    std::ptr::from_ref::<SigningKey>,
                );
                addresses.push(address);
            }
        }
        for pair in addresses.chunks(2) {
            assert_eq!(pair[0], pair[1], "a key is derived once");
        }
        addresses.dedup();
        assert_eq!(addresses.len(), 4);
    }
}
