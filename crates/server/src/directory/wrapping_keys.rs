//! The keys that material is wrapped to for import: few, short-lived, and asked for seldom.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};

use keystead_core::key::{WrappingKeyId, WrappingKeyRecord};
use keystead_core::key_id::KeyId;
use keystead_core::time::Timestamp;

use super::record::Place;

/// A wrapping key and the revision of the store that wrote it.
#[derive(Debug)]
pub struct WrappingKeyEntry {
    /// The wrapping key.
    pub record: WrappingKeyRecord,
    /// The revision of the store that wrote it.
    pub revision: u64,
}

/// All wrapping keys of a Region.
#[derive(Debug, Default)]
pub(super) struct WrappingKeys(RwLock<Held>);

#[derive(Debug, Default)]
struct Held {
    by_key: BTreeMap<KeyId, BTreeMap<WrappingKeyId, Arc<WrappingKeyEntry>>>,
    by_expiry: BTreeSet<(Timestamp, KeyId, WrappingKeyId)>,
}

impl WrappingKeys {
    pub(super) fn put(&self, record: WrappingKeyRecord, revision: u64) {
        self.write(|held| {
            // A wrapping key is written once.
            held.by_expiry
                .insert((record.expires, record.key, record.id));
            let of_key = held.by_key.entry(record.key).or_default();
            of_key.insert(record.id, Arc::new(WrappingKeyEntry { record, revision }));
        });
    }

    pub(super) fn remove(&self, key: KeyId, id: WrappingKeyId, revision: u64) {
        self.write(|held| {
            let Some(of_key) = held.by_key.get_mut(&key) else {
                return;
            };
            let is_older = |entry: &Arc<WrappingKeyEntry>| entry.revision <= revision;
            if !of_key.get(&id).is_some_and(is_older) {
                return;
            }
            if let Some(removed) = of_key.remove(&id) {
                held.by_expiry.remove(&(removed.record.expires, key, id));
            }
            if of_key.is_empty() {
                held.by_key.remove(&key);
            }
        });
    }

    pub(super) fn get(&self, key: KeyId, id: WrappingKeyId) -> Option<Arc<WrappingKeyEntry>> {
        self.read(|held| held.by_key.get(&key)?.get(&id).cloned())
    }

    pub(super) fn of(&self, key: KeyId) -> Vec<Arc<WrappingKeyEntry>> {
        self.read(|held| {
            let of_key = held.by_key.get(&key).into_iter();
            of_key.flat_map(BTreeMap::values).cloned().collect()
        })
    }

    pub(super) fn expired(&self, now: Timestamp, limit: usize) -> Vec<Arc<WrappingKeyEntry>> {
        self.read(|held| {
            let expired = held.by_expiry.iter().take_while(|(at, ..)| *at <= now);
            let entry = |(_, key, id): &(_, KeyId, WrappingKeyId)| held.by_key.get(key)?.get(id);
            expired.filter_map(entry).take(limit).cloned().collect()
        })
    }

    /// Those of one key that is no more.
    pub(super) fn of_one_key(
        &self,
        is_gone: impl Fn(KeyId) -> bool,
    ) -> Option<Vec<Arc<WrappingKeyEntry>>> {
        let gone = self.read(|held| held.by_key.keys().copied().find(|key| is_gone(*key)))?;
        Some(self.of(gone))
    }

    pub(super) fn places(&self) -> Vec<Place> {
        let place = |entry: &Arc<WrappingKeyEntry>| Place::WrappingKey {
            account: entry.record.account,
            key: entry.record.key,
            id: entry.record.id,
        };
        self.read(|held| {
            let all = held.by_key.values().flat_map(BTreeMap::values);
            all.map(place).collect()
        })
    }

    // As with the directory's index, nobody reads after a panic in here.
    fn read<T>(&self, read: impl FnOnce(&Held) -> T) -> T {
        read(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn write(&self, write: impl FnOnce(&mut Held)) {
        write(&mut self.0.write().unwrap_or_else(PoisonError::into_inner));
    }
}
