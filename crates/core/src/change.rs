//! Changes: what an operation wants to be true, as data. Only the corridor commits them.

use crate::alias::{AliasName, AliasRecord};
use crate::arn::AccountId;
use crate::key::KeyRecord;
use crate::key_id::KeyId;

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
}
