//! The first start: an account, its root, and an `admin` user with an access key.

use std::collections::BTreeMap;

use keystead_core::arn::AccountId;
use keystead_core::identity::{AccessKeyRecord, UserRecord};
use keystead_core::key::Sealed;
use keystead_core::time::Timestamp;
use keystead_crypto::{Random, RootKey, SecretBytes};
use keystead_store::{Commit, Expect, Store};

use crate::directory::record::{decode, encode, sealed_key};
use crate::identities::stored::{
    AccountRecord, IdentityError, access_key_path, account_path, accounts, secret_binding,
    user_path,
};

/// The name of the first user.
pub const ADMIN: &str = "admin";

/// Lets the first user do everything that an identity policy can let it do.
const ADMIN_POLICY: (&str, &str) = (
    "AdministratorAccess",
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
);

/// The alphabet of AWS's unique ids and access key ids (RFC 4648, base32).
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// The alphabet of AWS's secret access keys (RFC 4648, base64).
const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

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
        let id = letters(random, BASE32, 16)?;
        let secret = letters(random, BASE64, 40)?;
        Ok(Self {
            access_key_id: format!("AKIA{}", String::from_utf8_lossy(id.expose())),
            secret_access_key: secret,
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
    /// What secrets are sealed under.
    pub root: &'a RootKey,
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
        let id = letters(self.random, BASE32, 17)?;
        let user = UserRecord {
            account: self.account,
            name: ADMIN.to_owned(),
            user_id: format!("AIDA{}", String::from_utf8_lossy(id.expose())),
            created: self.now,
            inline_policies: BTreeMap::from([(
                ADMIN_POLICY.0.to_owned(),
                ADMIN_POLICY.1.to_owned(),
            )]),
        };
        let account = AccountRecord {
            account: self.account,
            created: self.now,
        };
        let account_path = account_path(self.account);
        let commit = Commit::new()
            .expect(account_path.clone(), Expect::Absent)
            .put(account_path, encode(&account)?)
            .put(user_path(self.account, ADMIN), encode(&user)?)
            .put(
                access_key_path(&credentials.access_key_id),
                encode(&self.access_key(credentials)?)?,
            );
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
        let path = access_key_path(&given.access_key_id);
        let stored = self.store.get(&path).await?;
        if let Some(stored) = &stored {
            let record: AccessKeyRecord = decode(&path, &stored.value)?;
            if (record.account, record.user.as_str()) != (self.account, ADMIN) {
                let what = "the admin's access key id belongs to another user: choose another one";
                return Err(IdentityError::Credentials { what });
            }
            if self.opens_to(&record, given)? {
                return Ok(());
            }
        }
        let commit = Commit::new()
            .expect(user_path(self.account, ADMIN), Expect::Present)
            .put(path, encode(&self.access_key(given)?)?);
        self.store.commit(commit).await?;
        let change = match stored {
            Some(_) => "replaced the secret of an access key of the admin's by the environment's",
            None => "gave the admin another access key, the environment's",
        };
        tracing::warn!(account = %self.account, user = ADMIN, access_key_id = %given.access_key_id, "{change}");
        Ok(())
    }

    fn access_key(&self, credentials: &Credentials) -> Result<AccessKeyRecord, IdentityError> {
        let id = &credentials.access_key_id;
        let binding = secret_binding(&self.account, id);
        let sealed = self
            .root
            // Exposed to be sealed.
            .seal(
                self.random,
                &binding.binding(),
                credentials.secret_access_key.expose(),
            )
            .map_err(|source| IdentityError::Secret {
                access_key_id: id.clone(),
                source,
            })?;
        Ok(AccessKeyRecord {
            id: id.clone(),
            account: self.account,
            user: ADMIN.to_owned(),
            secret: Sealed::new(sealed.as_bytes().to_vec()),
            created: self.now,
        })
    }

    fn opens_to(
        &self,
        record: &AccessKeyRecord,
        given: &Credentials,
    ) -> Result<bool, IdentityError> {
        let opened = self
            .root
            .open(
                &sealed_key(&record.secret),
                &secret_binding(&record.account, &record.id).binding(),
            )
            .map_err(|source| IdentityError::Secret {
                access_key_id: record.id.clone(),
                source,
            })?;
        Ok(opened == given.secret_access_key)
    }
}

/// Random letters of an alphabet whose size divides 256, so that each is equally likely.
fn letters(
    random: &dyn Random,
    alphabet: &[u8],
    count: usize,
) -> Result<SecretBytes, IdentityError> {
    SecretBytes::try_filled(count, |out| {
        random.fill(out)?;
        for byte in out {
            *byte = alphabet
                .get(usize::from(*byte) % alphabet.len())
                .copied()
                .unwrap_or_default();
        }
        Ok(())
    })
    .map_err(|source| IdentityError::Random { source })
}
