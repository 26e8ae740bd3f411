//! How the domain's records stand in the store: under which keys, and in which form.
//!
//! Keys are readable, so that an operator can find a record by hand:
//! `/r/us-east-1/a/111122223333/key/<id>`, `…/alias/<name>`, `…/grant/<key id>/<grant id>`,
//! `…/import/<key id>/<wrapping key id>`, `…/last-usage/<key id>`, `…/custom-key-store/<id>`, `/outbox/<event id>`. Values are
//! JSON with the version of their form, so that a newer node's records are refused, not misread.

use keystead_core::alias::{AliasName, AliasRecord};
use keystead_core::arn::{AccountId, Region};
use keystead_core::custom_key_store::{
    CustomKeyStoreId, CustomKeyStoreRecord, CustomKeyStoreTallyRecord,
};
use keystead_core::grant::GrantRecord;
use keystead_core::key::{KeyRecord, Sealed, WrappingKeyId, WrappingKeyRecord};
use keystead_core::key_id::KeyId;
use keystead_core::key_tally::KeyTallyRecord;
use keystead_core::last_use::LastUseRecord;
use keystead_crypto::{KeyFingerprint, SealedKey};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// The version of the records' form that this build writes, and the newest that it reads.
const VERSION: u32 = 1;

/// What stands before every outbox record's key.
pub const OUTBOX_PREFIX: &str = "/outbox/";
/// What the one record of its kind is called in an account.
const KEY_TALLY: &str = "key-tally";
/// What the one record of its kind is called in a Region.
const CUSTOM_KEY_STORE_TALLY: &str = "custom-key-store-tally";

/// Where a record stands in a Region's store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A key.
    Key {
        /// The owner.
        account: AccountId,
        /// The key's id.
        id: KeyId,
    },
    /// An alias.
    Alias {
        /// The owner.
        account: AccountId,
        /// The alias's name.
        name: AliasName,
    },
    /// A grant.
    Grant {
        /// The owner of the key.
        account: AccountId,
        /// The key.
        key: KeyId,
        /// The grant's id.
        id: String,
    },
    /// A key that material is wrapped to for import.
    WrappingKey {
        /// The owner of the key.
        account: AccountId,
        /// The key whose material it is for.
        key: KeyId,
        /// The wrapping key's id.
        id: WrappingKeyId,
    },
    /// The last use of a key.
    LastUse {
        /// The owner of the key.
        account: AccountId,
        /// The key.
        key: KeyId,
    },
    /// The mark of an account that is close to the most keys that it may have.
    KeyTally {
        /// The account.
        account: AccountId,
    },
    /// A custom key store.
    CustomKeyStore {
        /// The owner.
        account: AccountId,
        /// The store's id.
        id: CustomKeyStoreId,
    },
    /// The mark of the Region's custom key stores.
    CustomKeyStoreTally,
    /// The audit record of a change that may not have reached the audit log yet.
    Outbox {
        /// The id of the audit event.
        event_id: String,
    },
}

impl Place {
    /// The store's key of this place.
    #[must_use]
    pub fn path(&self, region: &Region) -> String {
        match self {
            Self::Key { account, id } => format!("/r/{region}/a/{account}/key/{id}"),
            Self::Alias { account, name } => format!("/r/{region}/a/{account}/{name}"),
            Self::Grant { account, key, id } => format!("/r/{region}/a/{account}/grant/{key}/{id}"),
            Self::WrappingKey { account, key, id } => {
                format!("/r/{region}/a/{account}/import/{key}/{id}")
            }
            Self::LastUse { account, key } => format!("/r/{region}/a/{account}/last-usage/{key}"),
            Self::KeyTally { account } => format!("/r/{region}/a/{account}/{KEY_TALLY}"),
            Self::CustomKeyStore { account, id } => {
                format!("/r/{region}/a/{account}/custom-key-store/{id}")
            }
            Self::CustomKeyStoreTally => format!("/r/{region}/{CUSTOM_KEY_STORE_TALLY}"),
            Self::Outbox { event_id } => format!("{OUTBOX_PREFIX}{event_id}"),
        }
    }

    /// The place of a store's key; `None` if it is not one of this Region's.
    #[must_use]
    pub fn parse(path: &str, region: &Region) -> Option<Self> {
        if let Some(event_id) = path.strip_prefix(OUTBOX_PREFIX) {
            return Some(Self::Outbox {
                event_id: event_id.to_owned(),
            });
        }
        let rest = path
            .strip_prefix("/r/")?
            .strip_prefix(region.as_str())?
            .strip_prefix('/')?;
        if rest == CUSTOM_KEY_STORE_TALLY {
            return Some(Self::CustomKeyStoreTally);
        }
        let (account, resource) = rest.strip_prefix("a/")?.split_once('/')?;
        let account = account.parse().ok()?;
        if let Some(id) = resource.strip_prefix("key/") {
            let id = id.parse().ok()?;
            return Some(Self::Key { account, id });
        }
        if let Some(grant) = resource.strip_prefix("grant/") {
            let (key, id) = grant.split_once('/')?;
            return Some(Self::Grant {
                account,
                key: key.parse().ok()?,
                id: id.to_owned(),
            });
        }
        if let Some(wrapping_key) = resource.strip_prefix("import/") {
            let (key, id) = wrapping_key.split_once('/')?;
            return Some(Self::WrappingKey {
                account,
                key: key.parse().ok()?,
                id: id.parse().ok()?,
            });
        }
        if let Some(key) = resource.strip_prefix("last-usage/") {
            let key = key.parse().ok()?;
            return Some(Self::LastUse { account, key });
        }
        if let Some(id) = resource.strip_prefix("custom-key-store/") {
            let id = id.parse().ok()?;
            return Some(Self::CustomKeyStore { account, id });
        }
        if resource == KEY_TALLY {
            return Some(Self::KeyTally { account });
        }
        let name = resource.parse().ok()?;
        Some(Self::Alias { account, name })
    }
}

/// Why a record of the store can't be used.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The key is not one that this build writes.
    #[error("the store holds an unknown record at {path}")]
    UnknownPlace {
        /// The store's key.
        path: String,
    },
    /// The record was written by a newer build.
    #[error(
        "the record at {path} has version {version}, and this build reads up to {VERSION}: run the newer keystead"
    )]
    TooNew {
        /// The store's key.
        path: String,
        /// The record's version.
        version: u32,
    },
    /// The record is not what its key says.
    #[error("the record at {path} is damaged")]
    Damaged {
        /// The store's key.
        path: String,
        /// What the parser said.
        source: serde_json::Error,
    },
    /// The record is one of another place: of another account, id or name.
    #[error("the record at {path} belongs elsewhere: the store was altered")]
    Misplaced {
        /// The store's key.
        path: String,
    },
    /// The secret of an access key can't be opened: the store was altered.
    #[error("the access key at {path} can't be used")]
    Secret {
        /// The store's key.
        path: String,
        /// Why.
        source: keystead_crypto::CryptoError,
    },
    /// The key's material was sealed under another root key, and no call could use it.
    #[error(
        "the key at {path} is sealed under root key {sealed_by}, and the one in use is {root}: identities.sqlite and regions/ are of different data directories; bring together what belongs together"
    )]
    OtherRoot {
        /// The store's key.
        path: String,
        /// The root key that the material was sealed under.
        sealed_by: KeyFingerprint,
        /// The root key in use.
        root: KeyFingerprint,
    },
}

#[derive(Serialize, Deserialize)]
struct Versioned<T> {
    version: u32,
    record: T,
}

/// The stored form of a record.
///
/// # Errors
/// None in practice: every record is serializable.
pub fn encode<T: Serialize>(record: &T) -> Result<Vec<u8>, serde_json::Error> {
    serde_json::to_vec(&Versioned {
        version: VERSION,
        record,
    })
}

/// Reads a stored record.
///
/// # Errors
/// [`RecordError::TooNew`] and [`RecordError::Damaged`].
pub fn decode<T: DeserializeOwned>(path: &str, value: &[u8]) -> Result<T, RecordError> {
    #[derive(Deserialize)]
    struct VersionOnly {
        version: u32,
    }
    let damaged = |source| RecordError::Damaged {
        path: path.to_owned(),
        source,
    };
    let VersionOnly { version } = serde_json::from_slice(value).map_err(damaged)?;
    if version > VERSION {
        return Err(RecordError::TooNew {
            path: path.to_owned(),
            version,
        });
    }
    serde_json::from_slice::<Versioned<T>>(value)
        .map(|stored| stored.record)
        .map_err(damaged)
}

/// A record's sealed secret, as the cryptography room wants it.
#[must_use]
pub fn sealed_key(sealed: &Sealed) -> SealedKey {
    SealedKey::from_bytes(sealed.as_bytes().to_vec())
}

/// A record of a Region's store that belongs into its directory.
#[derive(Debug)]
pub enum Record {
    /// A key.
    Key(Box<KeyRecord>),
    /// An alias.
    Alias(AliasRecord),
    /// A grant.
    Grant(Box<GrantRecord>),
    /// A key that material is wrapped to for import.
    WrappingKey(Box<WrappingKeyRecord>),
    /// The last use of a key.
    LastUse(LastUseRecord),
    /// The mark of an account that is close to the most keys that it may have.
    KeyTally(KeyTallyRecord),
    /// A custom key store.
    CustomKeyStore(Box<CustomKeyStoreRecord>),
    /// The mark of the Region's custom key stores.
    CustomKeyStoreTally,
    /// An outbox record, which the directory has no use for.
    Outbox,
}

impl Record {
    /// Reads the record at a place, which must be the place of its content.
    ///
    /// # Errors
    /// As [`decode`], and [`RecordError::Misplaced`].
    pub fn decode(place: &Place, path: &str, value: &[u8]) -> Result<Self, RecordError> {
        let (record, at_home) = match place {
            Place::Key { account, id } => {
                let record: KeyRecord = decode(path, value)?;
                let at_home = (record.account, record.id) == (*account, *id);
                (Self::Key(Box::new(record)), at_home)
            }
            Place::Alias { account, name } => {
                let record: AliasRecord = decode(path, value)?;
                let at_home = (record.account, &record.name) == (*account, name);
                (Self::Alias(record), at_home)
            }
            Place::Grant { account, key, id } => {
                let record: GrantRecord = decode(path, value)?;
                let at_home = (record.account, record.key, &record.id) == (*account, *key, id);
                (Self::Grant(Box::new(record)), at_home)
            }
            Place::WrappingKey { account, key, id } => {
                let record: WrappingKeyRecord = decode(path, value)?;
                let at_home = (record.account, record.key, record.id) == (*account, *key, *id);
                (Self::WrappingKey(Box::new(record)), at_home)
            }
            Place::LastUse { account, key } => {
                let record: LastUseRecord = decode(path, value)?;
                let at_home = (record.account, record.key) == (*account, *key);
                (Self::LastUse(record), at_home)
            }
            Place::KeyTally { account } => {
                let record: KeyTallyRecord = decode(path, value)?;
                let at_home = record.account == *account;
                (Self::KeyTally(record), at_home)
            }
            Place::CustomKeyStore { account, id } => {
                let record: CustomKeyStoreRecord = decode(path, value)?;
                let at_home = (record.account, record.id) == (*account, *id);
                (Self::CustomKeyStore(Box::new(record)), at_home)
            }
            Place::CustomKeyStoreTally => {
                decode::<CustomKeyStoreTallyRecord>(path, value)?;
                (Self::CustomKeyStoreTally, true)
            }
            Place::Outbox { .. } => (Self::Outbox, true),
        };
        if !at_home {
            return Err(RecordError::Misplaced {
                path: path.to_owned(),
            });
        }
        Ok(record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_round_trip_and_stay_in_their_region() {
        let region: Region = "us-east-1".parse().unwrap();
        let other: Region = "us-east-2".parse().unwrap();
        let account: AccountId = "111122223333".parse().unwrap();
        let key = Place::Key {
            account,
            id: KeyId::from_random([7; 16]),
        };
        let alias = Place::Alias {
            account,
            name: "alias/a/b".parse().unwrap(),
        };
        let grant = Place::Grant {
            account,
            key: KeyId::from_random([7; 16]),
            id: "07".repeat(32),
        };
        let wrapping_key = Place::WrappingKey {
            account,
            key: KeyId::from_random([7; 16]),
            id: WrappingKeyId::from_bytes([8; 16]),
        };
        let last_use = Place::LastUse {
            account,
            key: KeyId::from_random([7; 16]),
        };
        let key_tally = Place::KeyTally { account };
        for place in [key, alias, grant, wrapping_key, last_use, key_tally] {
            let path = place.path(&region);
            assert_eq!(Place::parse(&path, &region), Some(place));
            assert_eq!(Place::parse(&path, &other), None);
        }
        let outbox = Place::Outbox {
            event_id: "e".into(),
        };
        assert_eq!(Place::parse(&outbox.path(&region), &other), Some(outbox));
        assert_eq!(
            Place::parse("/r/us-east-1/a/111122223333/grant/x", &region),
            None
        );
    }

    #[test]
    fn newer_and_damaged_records_are_told_apart() {
        let newer = br#"{"version":2,"record":{"shape":"unknown"}}"#;
        assert!(matches!(
            decode::<AliasRecord>("/p", newer),
            Err(RecordError::TooNew { version: 2, .. })
        ));
        for damaged in [&b""[..], b"{}", br#"{"version":1,"record":{}}"#, b"\xff"] {
            assert!(matches!(
                decode::<AliasRecord>("/p", damaged),
                Err(RecordError::Damaged { .. })
            ));
        }
    }
}
