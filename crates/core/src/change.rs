//! Changes: what an operation wants to be true, as data. Only the corridor commits them.

use crate::alias::{AliasName, AliasRecord};
use crate::arn::AccountId;
use crate::custom_key_store::{CustomKeyStoreId, CustomKeyStoreRecord};
use crate::grant::GrantRecord;
use crate::identity::{IdentityPlace, IdentityRecord};
use crate::key::{KeyRecord, WrappingKeyId, WrappingKeyRecord};
use crate::key_id::KeyId;
use crate::key_tally::KeyTallyRecord;
use crate::last_use::LastUseRecord;

/// What must hold of a record when a change of it is committed. Otherwise someone else was
/// faster, and the whole operation is decided again on the new facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// There is no such record.
    Absent,
    /// The record is there, last written by this revision of the store.
    Revision(u64),
}

/// One change of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Writes a key.
    PutKey {
        /// The key as it is to be.
        record: Box<KeyRecord>,
        /// The key as it was.
        expected: Expected,
    },
    /// Destroys a key with all its material.
    DeleteKey {
        /// The owner of the key.
        account: AccountId,
        /// The key.
        id: KeyId,
        /// The key as it was.
        expected: Expected,
    },
    /// Changes nothing, but makes the other changes depend on a key: a grant is only made on the key
    /// that the decision was about.
    ExpectKey {
        /// The owner of the key.
        account: AccountId,
        /// The key.
        id: KeyId,
        /// The key as it is.
        expected: Expected,
    },
    /// Writes a key that material is wrapped to for import.
    PutWrappingKey {
        /// The wrapping key.
        record: Box<WrappingKeyRecord>,
        /// It as it was.
        expected: Expected,
    },
    /// Removes a key that material is wrapped to for import.
    DeleteWrappingKey {
        /// The owner of the key.
        account: AccountId,
        /// The key whose material it is for.
        key: KeyId,
        /// The wrapping key.
        id: WrappingKeyId,
        /// It as it was.
        expected: Expected,
    },
    /// Writes a grant.
    PutGrant {
        /// The grant as it is to be.
        record: Box<GrantRecord>,
        /// The grant as it was.
        expected: Expected,
    },
    /// Removes a grant.
    DeleteGrant {
        /// The owner of the key.
        account: AccountId,
        /// The key.
        key: KeyId,
        /// The grant's id.
        id: String,
        /// The grant as it was.
        expected: Expected,
    },
    /// Writes an alias.
    PutAlias {
        /// The alias as it is to be.
        record: AliasRecord,
        /// The alias as it was.
        expected: Expected,
    },
    /// Removes an alias.
    DeleteAlias {
        /// The owner of the alias.
        account: AccountId,
        /// The alias.
        name: AliasName,
        /// The alias as it was.
        expected: Expected,
    },
    /// Writes when a key was last used.
    PutLastUse {
        /// The last use as it is to be.
        record: LastUseRecord,
        /// The last use as it was.
        expected: Expected,
    },
    /// Removes what is known of a key's last use.
    DeleteLastUse {
        /// The owner of the key.
        account: AccountId,
        /// The key.
        key: KeyId,
        /// The last use as it was.
        expected: Expected,
    },
    /// Marks that an account which is close to the most keys that it may have gets one more.
    PutKeyTally {
        /// The mark.
        record: KeyTallyRecord,
        /// It as it was.
        expected: Expected,
    },
    /// Changes nothing, but makes the other changes depend on that mark.
    ExpectKeyTally {
        /// The account.
        account: AccountId,
        /// The mark as it is.
        expected: Expected,
    },
    /// Writes a custom key store.
    PutCustomKeyStore {
        /// The store as it is to be.
        record: Box<CustomKeyStoreRecord>,
        /// The store as it was.
        expected: Expected,
    },
    /// Removes a custom key store.
    DeleteCustomKeyStore {
        /// The owner of the store.
        account: AccountId,
        /// The store.
        id: CustomKeyStoreId,
        /// The store as it was.
        expected: Expected,
    },
    /// Marks that one of the Region's custom key stores is made or changed.
    PutCustomKeyStoreTally {
        /// The mark as it was.
        expected: Expected,
    },
    /// Writes a record of the identities.
    PutIdentity {
        /// The record as it is to be.
        record: Box<IdentityRecord>,
        /// The record as it was.
        expected: Expected,
    },
    /// Removes a record of the identities.
    DeleteIdentity {
        /// Where it stands.
        place: IdentityPlace,
        /// The record as it was.
        expected: Expected,
    },
    /// Changes nothing, but makes the other changes depend on a record of the identities: a policy
    /// is attached only while it is there.
    ExpectIdentity {
        /// Where it stands.
        place: IdentityPlace,
        /// The record as it is.
        expected: Expected,
    },
}

impl Change {
    /// What must hold of the record when the change is committed.
    #[must_use]
    pub const fn expected(&self) -> Expected {
        match self {
            Self::PutKey { expected, .. }
            | Self::DeleteKey { expected, .. }
            | Self::ExpectKey { expected, .. }
            | Self::PutWrappingKey { expected, .. }
            | Self::DeleteWrappingKey { expected, .. }
            | Self::PutGrant { expected, .. }
            | Self::DeleteGrant { expected, .. }
            | Self::PutAlias { expected, .. }
            | Self::DeleteAlias { expected, .. }
            | Self::PutLastUse { expected, .. }
            | Self::DeleteLastUse { expected, .. }
            | Self::PutKeyTally { expected, .. }
            | Self::ExpectKeyTally { expected, .. }
            | Self::PutCustomKeyStore { expected, .. }
            | Self::DeleteCustomKeyStore { expected, .. }
            | Self::PutCustomKeyStoreTally { expected }
            | Self::PutIdentity { expected, .. }
            | Self::DeleteIdentity { expected, .. }
            | Self::ExpectIdentity { expected, .. } => *expected,
        }
    }
}
