//! The first start: an account, its root, and an `admin` user with an access key.

use std::collections::BTreeMap;

use keystead_core::arn::AccountId;
use keystead_core::identity::{
    AccessKeyRecord, AccessKeyStatus, AccountRecord, EntityKind, IdentityPlace, IdentityRecord,
    KeyOwner, UserRecord,
};
use keystead_core::time::Timestamp;
use keystead_crypto::{Random, SecretBytes};
use keystead_store::{Commit, Entry, Expect, Store};

use crate::directory::record::{decode, encode};
use crate::identities::secrets::{access_key_id, secret_access_key, unique_id};
use crate::identities::{IdentityError, Secrets};

/// Where accounts stand in the store.
const ACCOUNTS: &str = "/iam/account/";
/// How many records one read of the store brings.
const PAGE: usize = 1000;

/// The name of the first user.
pub const ADMIN: &str = "admin";

/// Lets the first user do everything that an identity policy can let it do.
const ADMIN_POLICY: (&str, &str) = (
    "AdministratorAccess",
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
);

/// An access key with its secret in the clear.
#[derive(Debug)]
pub struct Credentials {
    /// The access key's id.
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: SecretBytes,
}

impl Credentials {
    /// Fresh random ones: `AKIA` and 16 letters, and a secret of 240 bits.
    ///
    /// # Errors
    /// The source of randomness failed.
    pub fn generate(random: &dyn Random) -> Result<Self, IdentityError> {
        Ok(Self {
            access_key_id: access_key_id(random, "AKIA")?,
            secret_access_key: secret_access_key(random)?,
        })
    }

    /// The text of an AWS shared-credentials file with these as the default profile.
    #[must_use]
    pub fn to_file(&self) -> SecretBytes {
        let mut text = Vec::with_capacity(256);
        for part in [
            b"[default]\naws_access_key_id = ".as_slice(),
            self.access_key_id.as_bytes(),
            b"\naws_secret_access_key = ",
            // Exposed to the file that its owner reads it from.
            self.secret_access_key.expose(),
            b"\n",
        ] {
            text.extend_from_slice(part);
        }
        SecretBytes::from(text)
    }

    fn check(&self) -> Result<(), IdentityError> {
        let id = self.access_key_id.as_bytes();
        if !(16..=128).contains(&id.len())
            || !id.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_')
        {
            let what =
                "the admin's access key id must have 16 to 128 letters, digits or underscores";
            return Err(IdentityError::Credentials { what });
        }
        if self.secret_access_key.len() < 16 {
            let what = "the admin's secret access key must have 16 bytes or more; 40 random ones are usual";
            return Err(IdentityError::Credentials { what });
        }
        Ok(())
    }
}

/// The admin of an account, and what it takes to make one.
pub struct Bootstrap<'a> {
    /// The store of identities.
    pub store: &'a dyn Store,
    /// What seals secrets.
    pub secrets: &'a Secrets,
    /// Where ids and salts come from.
    pub random: &'a dyn Random,
    /// The present instant.
    pub now: Timestamp,
    /// The account to make, or to find.
    pub account: AccountId,
}

/// Whether nobody is in the store yet.
///
/// # Errors
/// [`IdentityError`].
pub async fn is_first_start(store: &dyn Store) -> Result<bool, IdentityError> {
    Ok(accounts(store).await?.is_empty())
}

impl Bootstrap<'_> {
    /// Makes the account and its admin, who gets these credentials.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub async fn first_start(&self, credentials: &Credentials) -> Result<(), IdentityError> {
        credentials.check()?;
        let user_id = unique_id(self.random, "AIDA")?;
        let (name, text) = ADMIN_POLICY;
        let user = UserRecord {
            inline_policies: BTreeMap::from([(name.to_owned(), text.to_owned())]),
            ..UserRecord::new(self.account, ADMIN, user_id, self.now)
        };
        let account = AccountRecord::new(self.account, self.now);
        let records: [IdentityRecord; 3] = [
            account.into(),
            user.into(),
            self.access_key(credentials)?.into(),
        ];
        let account_path = IdentityPlace::Account(self.account).path();
        let commit = Commit::new().expect(account_path, Expect::Absent);
        let commit = records.iter().try_fold(commit, put)?;
        self.store.commit(commit).await?;
        tracing::info!(account = %self.account, user = ADMIN, access_key_id = %credentials.access_key_id, "made the admin and its access key");
        Ok(())
    }

    /// Checks that the store is of this account. Credentials that the operator gave are added to
    /// the admin's, or their secret replaced.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub async fn later_start(&self, given: Option<&Credentials>) -> Result<(), IdentityError> {
        let known = accounts(self.store).await?;
        match known.first() {
            Some(stored) if !known.contains(&self.account) => {
                return Err(IdentityError::OtherAccount { stored: *stored });
            }
            _ => {}
        }
        let Some(given) = given else { return Ok(()) };
        given.check()?;
        let id = given.access_key_id.clone();
        let path = IdentityPlace::AccessKey { id }.path();
        let stored = self.store.get(&path).await?;
        if let Some(stored) = &stored {
            let record: AccessKeyRecord = decode(&path, &stored.value)?;
            if (record.account, &record.owner) != (self.account, &admin()) {
                let what = "the admin's access key id belongs to another user: choose another one";
                return Err(IdentityError::Credentials { what });
            }
            if self.opens_to(&record, given)? {
                return Ok(());
            }
        }
        let commit = Commit::new()
            .expect(self.admin_path(), Expect::Present)
            .put(path, encode(&self.access_key(given)?)?);
        self.store.commit(commit).await?;
        let change = match stored {
            Some(_) => "replaced the secret of an access key of the admin's by the environment's",
            None => "gave the admin another access key, the environment's",
        };
        tracing::warn!(account = %self.account, user = ADMIN, access_key_id = %given.access_key_id, "{change}");
        Ok(())
    }

    fn admin_path(&self) -> String {
        IdentityPlace::entity(EntityKind::User, self.account, ADMIN).path()
    }

    fn access_key(&self, credentials: &Credentials) -> Result<AccessKeyRecord, IdentityError> {
        let id = &credentials.access_key_id;
        let secret = self
            .secrets
            .seal(
                self.random,
                self.account,
                id,
                &credentials.secret_access_key,
            )
            .map_err(|source| IdentityError::Secret {
                access_key_id: id.clone(),
                source,
            })?;
        Ok(AccessKeyRecord {
            id: id.clone(),
            account: self.account,
            owner: admin(),
            secret,
            created: self.now,
            status: AccessKeyStatus::Active,
        })
    }

    fn opens_to(
        &self,
        record: &AccessKeyRecord,
        given: &Credentials,
    ) -> Result<bool, IdentityError> {
        let opened = self
            .secrets
            .open(record)
            .map_err(|source| IdentityError::Secret {
                access_key_id: record.id.clone(),
                source,
            })?;
        Ok(opened == given.secret_access_key)
    }
}

fn admin() -> KeyOwner {
    KeyOwner::User(ADMIN.to_owned())
}

fn put(commit: Commit, record: &IdentityRecord) -> Result<Commit, serde_json::Error> {
    Ok(commit.put(record.place().path(), encode(record)?))
}

/// The accounts of the store, to tell whose it is.
async fn accounts(store: &dyn Store) -> Result<Vec<AccountId>, IdentityError> {
    let mut entries: Vec<Entry> = Vec::new();
    loop {
        let after = entries.last().map(|entry| entry.key.clone());
        let page = store.range(ACCOUNTS, after.as_deref(), PAGE).await?;
        entries.extend(page.items);
        if !page.more {
            break;
        }
    }
    let account = |entry: &Entry| {
        decode::<AccountRecord>(&entry.key, &entry.value).map(|record| record.account)
    };
    Ok(entries.iter().map(account).collect::<Result<_, _>>()?)
}
