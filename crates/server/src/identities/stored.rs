//! The accounts, users and access keys of the store of identities, which all Regions share.
//!
//! Keys: `/iam/account/<account>`, `/iam/user/<account>/<name>`, `/iam/access-key/<id>`.

use std::sync::Arc;

use keystead_core::arn::AccountId;
use keystead_core::identity::{AccessKeyRecord, UserRecord};
use keystead_core::time::Timestamp;
use keystead_crypto::{Binding, CryptoError, Purpose, RootKey};
use keystead_store::{CommitError, Entry, ReadError, Store};
use serde::{Deserialize, Serialize};

use super::{AccessKey, Identities, Member};
use crate::directory::record::{RecordError, decode, sealed_key};

const ACCOUNTS: &str = "/iam/account/";
const USERS: &str = "/iam/user/";
const ACCESS_KEYS: &str = "/iam/access-key/";
/// How many records one read of the store brings.
const PAGE: usize = 1000;

/// An account of this deployment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AccountRecord {
    /// Its number.
    pub account: AccountId,
    /// When it was made.
    pub created: Timestamp,
}

/// The store's key of an account.
#[must_use]
pub fn account_path(account: AccountId) -> String {
    format!("{ACCOUNTS}{account}")
}

/// The store's key of a user.
#[must_use]
pub fn user_path(account: AccountId, name: &str) -> String {
    format!("{USERS}{account}/{name}")
}

/// The store's key of an access key.
#[must_use]
pub fn access_key_path(id: &str) -> String {
    format!("{ACCESS_KEYS}{id}")
}

/// The place that an access key's secret is sealed to.
#[must_use]
pub const fn secret_binding<'a>(
    account: &'a AccountId,
    access_key_id: &'a str,
) -> SecretBinding<'a> {
    SecretBinding {
        account,
        access_key_id,
    }
}

/// See [`secret_binding`].
#[derive(Debug, Clone, Copy)]
pub struct SecretBinding<'a> {
    account: &'a AccountId,
    access_key_id: &'a str,
}

impl<'a> SecretBinding<'a> {
    /// The place as the cryptography room wants it. Identities belong to no Region.
    #[must_use]
    pub fn binding(self) -> Binding<'a> {
        Binding {
            region: "",
            account: self.account.as_str(),
            key_id: self.access_key_id,
            material_id: "",
            purpose: Purpose::AccessKeySecret,
        }
    }
}

/// Why the identities can't be read or written.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The store can't be read.
    #[error("the identities can't be read: {source}")]
    Read {
        /// What the store says.
        #[from]
        source: ReadError,
    },
    /// The store can't be written.
    #[error("the identities can't be written: {source}")]
    Commit {
        /// What the store says.
        #[from]
        source: CommitError,
    },
    /// A record can't be used.
    #[error(transparent)]
    Record {
        /// Which, and why.
        #[from]
        source: RecordError,
    },
    /// A record can't be written as JSON.
    #[error("an identity can't be encoded: {source}")]
    Encoding {
        /// Why.
        #[from]
        source: serde_json::Error,
    },
    /// The secret of an access key can't be sealed or opened.
    #[error("the secret of access key {access_key_id} can't be used: {source}")]
    Secret {
        /// The access key.
        access_key_id: String,
        /// Why.
        source: CryptoError,
    },
    /// A source of randomness failed.
    #[error(transparent)]
    Random {
        /// Why.
        source: CryptoError,
    },
    /// An access key belongs to a user that is not there.
    #[error("access key {access_key_id} belongs to user {user}, who does not exist")]
    NoSuchUser {
        /// The access key.
        access_key_id: String,
        /// The user's name.
        user: String,
    },
    /// The store is one of another account.
    #[error(
        "the data directory belongs to account {stored}; start with --account {stored}, or with another --data-dir"
    )]
    OtherAccount {
        /// The account of the store.
        stored: AccountId,
    },
    /// Credentials were given that can't be used.
    #[error("{what}")]
    Credentials {
        /// What is wrong, and what to do.
        what: &'static str,
    },
}

/// Reads everybody from the store.
///
/// # Errors
/// [`IdentityError`].
pub async fn load(store: &dyn Store, root: &RootKey) -> Result<Identities, IdentityError> {
    let identities = Identities::new();
    for entry in all(store, ACCOUNTS).await? {
        let record: AccountRecord = decode(&entry.key, &entry.value)?;
        identities.add_account(record.account);
    }
    let mut members = std::collections::HashMap::new();
    for entry in all(store, USERS).await? {
        let record: UserRecord = decode(&entry.key, &entry.value)?;
        identities.add_user(&record);
        let member = Arc::new(Member::user(&record));
        members.insert((record.account, record.name), member);
    }
    for entry in all(store, ACCESS_KEYS).await? {
        let record: AccessKeyRecord = decode(&entry.key, &entry.value)?;
        let owner = (record.account, record.user);
        let Some(member) = members.get(&owner) else {
            return Err(IdentityError::NoSuchUser {
                access_key_id: record.id,
                user: owner.1,
            });
        };
        let secret = root
            .open(
                &sealed_key(&record.secret),
                &secret_binding(&record.account, &record.id).binding(),
            )
            .map_err(|source| IdentityError::Secret {
                access_key_id: record.id.clone(),
                source,
            })?;
        identities.add_access_key(record.id, AccessKey::new(secret, Arc::clone(member)));
    }
    Ok(identities)
}

/// Every entry under a prefix.
pub(crate) async fn all(store: &dyn Store, prefix: &str) -> Result<Vec<Entry>, ReadError> {
    let mut entries: Vec<Entry> = Vec::new();
    loop {
        let after = entries.last().map(|entry| entry.key.clone());
        let page = store.range(prefix, after.as_deref(), PAGE).await?;
        entries.extend(page.items);
        if !page.more {
            return Ok(entries);
        }
    }
}

/// The accounts of the store, to tell whose it is.
///
/// # Errors
/// [`IdentityError`].
pub async fn accounts(store: &dyn Store) -> Result<Vec<AccountId>, IdentityError> {
    let entries = all(store, ACCOUNTS).await?;
    let record = |entry: &Entry| decode::<AccountRecord>(&entry.key, &entry.value);
    Ok(entries
        .iter()
        .map(record)
        .collect::<Result<Vec<_>, _>>()?
        .into_iter()
        .map(|r| r.account)
        .collect())
}
