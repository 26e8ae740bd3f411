//! The directory of a Region: its keys, compiled policies, aliases and grants, in memory.
//!
//! Everything that a call needs is here, so that no call reads the store. The store's `watch` is
//! the only thing that writes to it ([`crate::ledger::follow`]), for this node's own commits as for everybody
//! else's: a commit is answered once the directory has caught up with it.
//!
//! Lookups go to sharded maps, and to the grants of one key behind a lock of their own. The ordered
//! index, behind one lock, serves lists and jobs alone.

pub mod custom_key_stores;
pub mod grants;
mod index;
pub mod key_entry;
pub mod last_uses;
pub mod memory;
pub mod policies;
pub mod record;
pub mod wrapping_keys;

use std::sync::{Arc, PoisonError, RwLock};

use dashmap::DashMap;
use keystead_core::alias::{AliasName, AliasRecord};
use keystead_core::arn::{AccountId, Region};
use keystead_core::change::{Change, Expected};
use keystead_core::custom_key_store::CustomKeyStoreRecord;
use keystead_core::grant::{GrantPrincipal, GrantRecord};
use keystead_core::key::{KeyRecord, WrappingKeyId, WrappingKeyRecord};
use keystead_core::key_id::KeyId;
use keystead_core::last_use::{LastUse, LastUseRecord};
use keystead_core::time::Timestamp;

use self::custom_key_stores::CustomKeyStores;
use self::grants::{GrantEntry, GrantPosition, Grants, KeyGrants};
pub use self::index::Deadline;
use self::index::Index;
use self::key_entry::KeyEntry;
use self::last_uses::LastUses;
use self::policies::KeyPolicies;
use self::record::Place;
use self::wrapping_keys::{WrappingKeyEntry, WrappingKeys};
use crate::ledger::Shown;

/// An alias and the revision of the store that last wrote it.
#[derive(Debug, Clone)]
pub struct AliasEntry {
    /// The alias.
    pub record: AliasRecord,
    /// The revision of the store that wrote it.
    pub revision: u64,
}

/// What a Region holds, in memory.
#[derive(Debug)]
pub struct Directory {
    region: Region,
    keys: DashMap<KeyId, Arc<KeyEntry>>,
    policies: KeyPolicies,
    aliases: DashMap<(AccountId, AliasName), Arc<AliasEntry>>,
    grants: Grants,
    wrapping_keys: WrappingKeys,
    custom_key_stores: CustomKeyStores,
    last_uses: LastUses,
    /// The revisions that wrote the marks of accounts.
    key_tallies: DashMap<AccountId, u64>,
    index: RwLock<Index>,
    shown: Arc<Shown>,
}

impl Directory {
    /// An empty directory.
    #[must_use]
    pub fn new(region: Region) -> Self {
        Self {
            region,
            keys: DashMap::new(),
            policies: KeyPolicies::default(),
            aliases: DashMap::new(),
            grants: Grants::default(),
            wrapping_keys: WrappingKeys::default(),
            custom_key_stores: CustomKeyStores::default(),
            last_uses: LastUses::default(),
            key_tallies: DashMap::new(),
            index: RwLock::default(),
            shown: Arc::default(),
        }
    }

    /// The Region whose directory this is.
    #[must_use]
    pub const fn region(&self) -> &Region {
        &self.region
    }

    /// A key, whoever owns it.
    #[must_use]
    pub fn key(&self, id: KeyId) -> Option<Arc<KeyEntry>> {
        self.keys.get(&id).map(|entry| Arc::clone(&entry))
    }

    /// An alias of an account.
    #[must_use]
    pub fn alias(&self, account: AccountId, name: &AliasName) -> Option<Arc<AliasEntry>> {
        // The key is a pair of owned values; cloning a name costs one counter.
        self.aliases
            .get(&(account, name.clone()))
            .map(|entry| Arc::clone(&entry))
    }

    /// Up to `limit` keys of an account after one of them, in the order of their ids.
    #[must_use]
    pub fn keys_after(&self, account: AccountId, after: Option<KeyId>, limit: usize) -> Vec<KeyId> {
        self.read_index(|index| index.keys_after(account, after, limit))
    }

    /// Up to `limit` aliases of an account after one of them, in the order of their names; those
    /// of one key if it is given.
    #[must_use]
    pub fn aliases_after(
        &self,
        account: AccountId,
        key: Option<KeyId>,
        after: Option<&AliasName>,
        limit: usize,
    ) -> Vec<Arc<AliasEntry>> {
        let names = self.read_index(|index| index.aliases_after(account, key, after, limit));
        names
            .iter()
            .filter_map(|name| self.alias(account, name))
            .collect()
    }

    /// How many aliases a key has.
    #[must_use]
    pub fn alias_count(&self, key: &KeyRecord) -> usize {
        self.read_index(|index| index.alias_count(key.account, key.id))
    }

    /// All aliases of a key, of which quotas leave few, in the order of their names.
    #[must_use]
    pub fn aliases_of(&self, key: &KeyRecord) -> Vec<Arc<AliasEntry>> {
        self.aliases_after(key.account, Some(key.id), None, usize::MAX)
    }

    /// Up to `limit` keys of which a deadline has come, the earliest first.
    #[must_use]
    pub fn due(&self, deadline: Deadline, now: Timestamp, limit: usize) -> Vec<Arc<KeyEntry>> {
        let due = self.read_index(|index| index.due(deadline, now, limit));
        let keys = due.into_iter().filter_map(|id| self.key(id));
        // A key may have changed since the index was read, or before the index is: what counts is
        // what it says itself.
        let is_due = |key: &Arc<KeyEntry>| deadline.of(&key.record).is_some_and(|at| at <= now);
        keys.filter(is_due).collect()
    }

    /// The grants of a key; `None` if it has none.
    #[must_use]
    pub fn grants(&self, key: KeyId) -> Option<Arc<KeyGrants>> {
        self.grants.of(key)
    }

    /// A grant by its key and its id.
    #[must_use]
    pub fn grant(&self, key: KeyId, id: &str) -> Option<GrantEntry> {
        self.grants(key)?.read().entry(id)
    }

    /// Up to `limit` grants after one of them that name this retiring principal, whoever owns the
    /// keys, in the order of the keys' ids and the grants'.
    #[must_use]
    pub fn retirable_after(
        &self,
        principal: &GrantPrincipal,
        after: Option<&GrantPosition>,
        limit: usize,
    ) -> Vec<GrantEntry> {
        self.grants.retirable_after(principal, after, limit)
    }

    /// Up to `limit` grants of one key that is no more; none if there is no such key.
    #[must_use]
    pub fn orphaned_grants(&self, limit: usize) -> Vec<GrantEntry> {
        self.grants
            .of_one_key(|key| !self.keys.contains_key(&key), limit)
    }

    /// A key that material of a key is wrapped to.
    #[must_use]
    pub fn wrapping_key(&self, key: KeyId, id: WrappingKeyId) -> Option<Arc<WrappingKeyEntry>> {
        self.wrapping_keys.get(key, id)
    }

    /// All keys that material of a key is wrapped to, of which there are few.
    #[must_use]
    pub fn wrapping_keys_of(&self, key: KeyId) -> Vec<Arc<WrappingKeyEntry>> {
        self.wrapping_keys.of(key)
    }

    /// Up to `limit` wrapping keys that have expired, the earliest first.
    #[must_use]
    pub fn expired_wrapping_keys(
        &self,
        now: Timestamp,
        limit: usize,
    ) -> Vec<Arc<WrappingKeyEntry>> {
        self.wrapping_keys.expired(now, limit)
    }

    /// The wrapping keys of one key that is no more; none if there is no such key.
    #[must_use]
    pub fn orphaned_wrapping_keys(&self) -> Vec<Arc<WrappingKeyEntry>> {
        self.wrapping_keys
            .of_one_key(|key| !self.keys.contains_key(&key))
            .unwrap_or_default()
    }

    /// The custom key stores.
    #[must_use]
    pub const fn custom_key_stores(&self) -> &CustomKeyStores {
        &self.custom_key_stores
    }

    /// The last use of a key that is known; `None` if there was none.
    #[must_use]
    pub fn last_use(&self, key: KeyId) -> Option<LastUse> {
        self.key(key)?.last_use.latest()
    }

    /// The changes that bring what the store has of last uses up to date.
    #[must_use]
    pub fn unsaved_last_uses(&self) -> Vec<Change> {
        self.last_uses.unsaved(|key| self.keys.contains_key(&key))
    }

    /// The changes that clear away the last uses of up to `limit` keys that are no more, two for
    /// each.
    #[must_use]
    pub fn orphaned_last_uses(&self, limit: usize) -> Vec<Change> {
        let is_there = |key| self.keys.contains_key(&key);
        self.last_uses.orphaned(is_there, limit)
    }

    /// How many keys an account manages itself, whatever their state.
    #[must_use]
    pub fn own_key_count(&self, account: AccountId) -> usize {
        self.read_index(|index| index.own_keys(account))
    }

    /// How many keys each account manages itself, whatever their state.
    #[must_use]
    pub fn own_key_counts(&self) -> Vec<(AccountId, usize)> {
        self.read_index(Index::own_key_counts)
    }

    /// Every key, in no order.
    #[must_use]
    pub fn all_keys(&self) -> Vec<Arc<KeyEntry>> {
        // Taken out first, so that nobody waits while they are looked at.
        let entries = self.keys.iter();
        entries.map(|entry| Arc::clone(&entry)).collect()
    }

    /// How many aliases and how many grants there are, of all accounts.
    #[must_use]
    pub fn alias_and_grant_counts(&self) -> (usize, usize) {
        (self.aliases.len(), self.grants.count())
    }

    /// An account's mark as it is, to be read before its keys are counted: whoever commits what
    /// expects it knows that none was made meanwhile close to the quota.
    #[must_use]
    pub fn key_tally(&self, account: AccountId) -> Expected {
        let revision = self.key_tallies.get(&account);
        revision.map_or(Expected::Absent, |revision| Expected::Revision(*revision))
    }

    /// How many keys there are, of all accounts.
    #[must_use]
    pub fn key_count(&self) -> usize {
        self.keys.len()
    }

    /// How far the directory has followed its store.
    #[must_use]
    pub const fn shown(&self) -> &Arc<Shown> {
        &self.shown
    }

    fn put_key(&self, record: KeyRecord, revision: u64) {
        if self
            .key(record.id)
            .is_some_and(|entry| entry.revision >= revision)
        {
            return;
        }
        let (account, id) = (record.account, record.id);
        let last_use = self.last_uses.cell(account, id);
        let policies = &self.policies;
        let entry = KeyEntry::new(&self.region, record, revision, last_use, policies);
        let entry = Arc::new(entry);
        let before = self.keys.insert(id, Arc::clone(&entry));
        self.write_index(|index| {
            index.add_key(account, id, entry.record.manager);
            let before = before.as_ref().map(|before| &before.record);
            index.reschedule(before, Some(&entry.record));
        });
    }

    fn put_alias(&self, record: AliasRecord, revision: u64) {
        if self
            .alias(record.account, &record.name)
            .is_some_and(|entry| entry.revision >= revision)
        {
            return;
        }
        let (account, name, target) = (record.account, record.name.clone(), record.target);
        let entry = Arc::new(AliasEntry { record, revision });
        let before = self.aliases.insert((account, name.clone()), entry);
        self.write_index(|index| {
            if let Some(before) = before {
                index.remove_alias(account, &name, before.record.target);
            }
            index.add_alias(account, &name, target);
        });
    }

    fn put_grant(&self, record: GrantRecord, revision: u64) {
        self.grants.put(&Arc::new(record), revision);
    }

    fn put_wrapping_key(&self, record: WrappingKeyRecord, revision: u64) {
        self.wrapping_keys.put(record, revision);
    }

    fn put_custom_key_store(&self, record: CustomKeyStoreRecord, revision: u64) {
        self.custom_key_stores.put(record, revision);
    }

    fn put_custom_key_store_tally(&self, revision: u64) {
        self.custom_key_stores.put_tally(revision);
    }

    fn put_last_use(&self, record: &LastUseRecord, revision: u64) {
        self.last_uses.put(record, revision);
    }

    fn put_key_tally(&self, account: AccountId, revision: u64) {
        let mut shown = self.key_tallies.entry(account).or_insert(revision);
        *shown = revision.max(*shown);
    }

    /// Removes what no revision after this one wrote.
    fn remove(&self, place: &Place, revision: u64) {
        match place {
            Place::Key { account, id } => {
                if let Some((_, removed)) = self.keys.remove_if(id, |_, e| e.revision <= revision) {
                    self.write_index(|index| {
                        index.remove_key(*account, *id, removed.record.manager);
                        index.reschedule(Some(&removed.record), None);
                    });
                    self.last_uses.forget(*id);
                }
            }
            Place::Alias { account, name } => {
                let alias = (*account, name.clone());
                if let Some((_, removed)) = self
                    .aliases
                    .remove_if(&alias, |_, e| e.revision <= revision)
                {
                    let target = removed.record.target;
                    self.write_index(|index| index.remove_alias(*account, name, target));
                }
            }
            Place::Grant { key, id, .. } => self.grants.remove(*key, id, revision),
            Place::WrappingKey { key, id, .. } => self.wrapping_keys.remove(*key, *id, revision),
            Place::LastUse { key, .. } => {
                let key_is_gone = !self.keys.contains_key(key);
                self.last_uses.remove(*key, revision, key_is_gone);
            }
            Place::KeyTally { account } => {
                self.key_tallies.remove_if(account, |_, at| *at <= revision);
            }
            Place::CustomKeyStore { id, .. } => self.custom_key_stores.remove(*id, revision),
            Place::CustomKeyStoreTally => self.custom_key_stores.remove_tally(revision),
            Place::Outbox { .. } => {}
        }
    }

    /// Removes what is not to be kept, after the store was read anew.
    fn retain(&self, revision: u64, keep: impl Fn(&Place) -> bool) {
        let keys = self.keys.iter().map(|e| Place::Key {
            account: e.record.account,
            id: e.record.id,
        });
        let aliases = self.aliases.iter().map(|e| Place::Alias {
            account: e.record.account,
            name: e.record.name.clone(),
        });
        let grants = self.grants.places();
        let all = keys.chain(aliases).chain(grants);
        let all = all.chain(self.wrapping_keys.places());
        let all = all.chain(self.last_uses.places());
        let all = all.chain(self.custom_key_stores.places());
        let tallies = self.key_tallies.iter();
        let all = all.chain(tallies.map(|tally| Place::KeyTally {
            account: *tally.key(),
        }));
        let gone: Vec<Place> = all.filter(|place| !keep(place)).collect();
        gone.iter().for_each(|place| self.remove(place, revision));
    }

    // A panic while the index was held ends the task that keeps the directory current, and with it
    // the serving of calls, so that nobody reads an index that was left half-changed.
    fn read_index<T>(&self, read: impl FnOnce(&Index) -> T) -> T {
        read(&self.index.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn write_index(&self, write: impl FnOnce(&mut Index)) {
        write(&mut self.index.write().unwrap_or_else(PoisonError::into_inner));
    }
}

#[cfg(test)]
mod tests {
    use keystead_core::key::{KeyManager, KeySpec, KeyUsage, Origin};
    use keystead_core::key_state::KeyState;

    use super::*;

    const DATE: Timestamp = Timestamp::from_millis(1_000);

    fn key(state: KeyState) -> KeyRecord {
        KeyRecord {
            id: KeyId::from_random([7; 16]),
            account: "111122223333".parse().unwrap(),
            created: Timestamp::from_millis(0),
            description: String::new(),
            spec: KeySpec::SymmetricDefault,
            usage: KeyUsage::EncryptDecrypt,
            origin: Origin::AwsKms,
            manager: KeyManager::Customer,
            state,
            policy: String::new(),
            policy_principals: Default::default(),
            tags: Default::default(),
            materials: Vec::new(),
            rotation: None,
        }
    }

    /// Between the two halves of [`Directory::put_key`], a job finds the key as it is now under the
    /// date that it had before.
    #[test]
    fn what_the_index_still_holds_of_a_key_is_not_done_to_it() {
        let directory = Directory::new("us-east-1".parse().unwrap());
        let doomed = key(KeyState::PendingDeletion {
            deletion_date: DATE,
        });
        let due = |directory: &Directory| directory.due(Deadline::Deletion, DATE, 10).len();
        directory.put_key(doomed.clone(), 1);
        assert_eq!(due(&directory), 1);
        directory.put_key(key(KeyState::Disabled), 2);
        directory.write_index(|index| index.reschedule(None, Some(&doomed)));
        assert_eq!(due(&directory), 0);
    }
}
