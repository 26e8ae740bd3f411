//! A Region's directory as what follows the Region's store.

use std::collections::HashSet;
use std::sync::Arc;

use keystead_core::key::Sealed;
use keystead_crypto::KeyFingerprint;

use super::Directory;
use super::record::{Place, Record, RecordError, sealed_key};
use crate::ledger::Shown;
use crate::ledger::follow::Memory;

/// A directory that takes in keys of one root key.
#[derive(Debug)]
pub struct RegionMemory {
    directory: Arc<Directory>,
    root: KeyFingerprint,
}

impl RegionMemory {
    /// A directory to be filled. Every material must be sealed under this root key, or by a
    /// provider that does not say under which.
    #[must_use]
    pub const fn new(directory: Arc<Directory>, root: KeyFingerprint) -> Self {
        Self { directory, root }
    }
}

impl Memory for RegionMemory {
    fn name(&self) -> String {
        self.directory.region().to_string()
    }

    fn shown(&self) -> &Shown {
        &self.directory.shown
    }

    fn put(&self, path: &str, value: &[u8], revision: u64) -> Result<(), RecordError> {
        let place = Place::parse(path, self.directory.region()).ok_or_else(|| {
            RecordError::UnknownPlace {
                path: path.to_owned(),
            }
        })?;
        match Record::decode(&place, path, value)? {
            Record::Key(record) => {
                let sealed = record.materials.iter().filter_map(|m| m.sealed.as_ref());
                check_root(path, sealed, self.root)?;
                self.directory.put_key(*record, revision);
            }
            Record::Alias(record) => self.directory.put_alias(record, revision),
            Record::Grant(record) => self.directory.put_grant(*record, revision),
            Record::WrappingKey(record) => {
                check_root(path, std::iter::once(&record.sealed), self.root)?;
                self.directory.put_wrapping_key(*record, revision);
            }
            Record::LastUse(record) => self.directory.put_last_use(&record, revision),
            Record::KeyTally(record) => self.directory.put_key_tally(record.account, revision),
            Record::CustomKeyStore(record) => {
                let secret = record.backend.secret();
                check_root(path, std::iter::once(secret), self.root)?;
                self.directory.put_custom_key_store(*record, revision);
            }
            Record::CustomKeyStoreTally => self.directory.put_custom_key_store_tally(revision),
            Record::Outbox => {}
        }
        Ok(())
    }

    fn remove(&self, path: &str, revision: u64) {
        if let Some(place) = Place::parse(path, self.directory.region()) {
            self.directory.remove(&place, revision);
        }
    }

    fn retain(&self, keep: &HashSet<String>, revision: u64) {
        let region = self.directory.region();
        self.directory
            .retain(revision, |place| keep.contains(&place.path(region)));
    }
}

/// Refuses a key of another root key now: its first use would fail, and whoever mixed up the files
/// would hear of it from their callers.
fn check_root<'a>(
    path: &str,
    sealed: impl Iterator<Item = &'a Sealed>,
    root: KeyFingerprint,
) -> Result<(), RecordError> {
    let mut sealed_by = sealed.filter_map(|sealed| sealed_key(sealed).sealed_by());
    match sealed_by.find(|sealed_by| *sealed_by != root) {
        Some(sealed_by) => Err(RecordError::OtherRoot {
            path: path.to_owned(),
            sealed_by,
            root,
        }),
        None => Ok(()),
    }
}
