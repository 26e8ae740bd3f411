//! The custom key stores of a Region: few, and changed seldom.

use std::collections::BTreeMap;
use std::ops::Bound::{Excluded, Unbounded};
use std::sync::{Arc, PoisonError, RwLock};

use keystead_core::arn::AccountId;
use keystead_core::change::Expected;
use keystead_core::custom_key_store::{CustomKeyStoreId, CustomKeyStoreRecord};
use tokio::sync::Notify;

use super::record::Place;

/// A custom key store and the revision of the store that last wrote it.
#[derive(Debug)]
pub struct CustomKeyStoreEntry {
    /// The custom key store.
    pub record: CustomKeyStoreRecord,
    /// The revision of the store that wrote it.
    pub revision: u64,
}

/// All custom key stores of a Region.
#[derive(Debug, Default)]
pub struct CustomKeyStores {
    held: RwLock<Held>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Held {
    by_id: BTreeMap<CustomKeyStoreId, Arc<CustomKeyStoreEntry>>,
    /// The revision that wrote the mark.
    tally: Option<u64>,
}

impl CustomKeyStores {
    /// A custom key store of an account.
    #[must_use]
    pub fn get(
        &self,
        account: AccountId,
        id: CustomKeyStoreId,
    ) -> Option<Arc<CustomKeyStoreEntry>> {
        let found = self.read(|held| held.by_id.get(&id).cloned());
        found.filter(|entry| entry.record.account == account)
    }

    /// Those of an account after one of them, in the order of their ids.
    #[must_use]
    pub fn after(
        &self,
        account: AccountId,
        after: Option<CustomKeyStoreId>,
    ) -> Vec<Arc<CustomKeyStoreEntry>> {
        let from = after.map_or(Unbounded, Excluded);
        self.read(|held| {
            let entries = held.by_id.range((from, Unbounded)).map(|(_, entry)| entry);
            let own = entries.filter(|entry| entry.record.account == account);
            own.cloned().collect()
        })
    }

    /// All of them, and the mark as it is: whoever commits what expects it knows that none was made or changed meanwhile.
    #[must_use]
    pub fn all(&self) -> (Vec<Arc<CustomKeyStoreEntry>>, Expected) {
        self.read(|held| {
            let tally = held.tally.map_or(Expected::Absent, Expected::Revision);
            (held.by_id.values().cloned().collect(), tally)
        })
    }

    /// Waits until one was made, changed or removed since the last call, by whomever.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Ends a wait for a change, as if there had been one.
    pub(crate) fn wake(&self) {
        self.changed.notify_one();
    }

    pub(super) fn put(&self, record: CustomKeyStoreRecord, revision: u64) {
        self.write(|held| {
            let is_newer = |entry: &Arc<CustomKeyStoreEntry>| entry.revision >= revision;
            if !held.by_id.get(&record.id).is_some_and(is_newer) {
                let entry = CustomKeyStoreEntry { record, revision };
                held.by_id.insert(entry.record.id, Arc::new(entry));
            }
        });
        self.changed.notify_one();
    }

    pub(super) fn put_tally(&self, revision: u64) {
        self.write(|held| held.tally = held.tally.max(Some(revision)));
    }

    pub(super) fn remove(&self, id: CustomKeyStoreId, revision: u64) {
        self.write(|held| {
            if held
                .by_id
                .get(&id)
                .is_some_and(|entry| entry.revision <= revision)
            {
                held.by_id.remove(&id);
            }
        });
        self.changed.notify_one();
    }

    pub(super) fn remove_tally(&self, revision: u64) {
        self.write(|held| held.tally = held.tally.filter(|at| *at > revision));
    }

    pub(super) fn places(&self) -> Vec<Place> {
        self.read(|held| {
            let stores = held.by_id.values().map(|entry| Place::CustomKeyStore {
                account: entry.record.account,
                id: entry.record.id,
            });
            let tally = held.tally.map(|_| Place::CustomKeyStoreTally);
            stores.chain(tally).collect()
        })
    }

    // As with the directory's index, nobody reads after a panic in here.
    fn read<T>(&self, read: impl FnOnce(&Held) -> T) -> T {
        read(&self.held.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn write(&self, write: impl FnOnce(&mut Held)) {
        write(&mut self.held.write().unwrap_or_else(PoisonError::into_inner));
    }
}
