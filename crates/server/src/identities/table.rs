//! Records of one kind in memory, in the order of their keys, and links between records.

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use keystead_core::identity::IdentityPlace;

use super::entry::{Entry, Kept};

/// The records of one kind.
#[derive(Debug)]
pub(super) struct Table<K, R: Kept>(RwLock<BTreeMap<K, Arc<Entry<R>>>>);

impl<K, R: Kept> Default for Table<K, R> {
    fn default() -> Self {
        Self(RwLock::default())
    }
}

impl<K: Ord + Clone, R: Kept> Table<K, R> {
    pub(super) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<Arc<Entry<R>>>
    where
        K: Borrow<Q>,
    {
        read(&self.0).get(key).cloned()
    }

    /// Takes in a record, unless it is older than the one that is there. Returns the one before.
    pub(super) fn put(&self, key: K, entry: Entry<R>) -> Put<R> {
        let mut entries = write(&self.0);
        match entries.get(&key) {
            Some(found) if found.revision >= entry.revision => Put::Older,
            _ => Put::Taken(entries.insert(key, Arc::new(entry))),
        }
    }

    /// Removes a record that no revision after this one wrote.
    pub(super) fn remove<Q: Ord + ?Sized>(&self, key: &Q, revision: u64) -> Option<Arc<Entry<R>>>
    where
        K: Borrow<Q>,
    {
        let mut entries = write(&self.0);
        let is_old = entries
            .get(key)
            .is_some_and(|entry| entry.revision <= revision);
        if is_old { entries.remove(key) } else { None }
    }

    /// Up to `limit` records from a bound on, as long as `within` holds of their keys, and of
    /// those the ones that `keep` wants.
    pub(super) fn page(
        &self,
        from: Bound<K>,
        within: impl Fn(&K) -> bool,
        keep: impl Fn(&R) -> bool,
        limit: usize,
    ) -> Vec<Arc<Entry<R>>> {
        read(&self.0)
            .range((from, Bound::Unbounded))
            .take_while(|(key, _)| within(key))
            .map(|(_, entry)| entry)
            .filter(|entry| keep(&entry.record))
            .take(limit)
            .cloned()
            .collect()
    }

    /// All records.
    pub(super) fn all(&self) -> Vec<Arc<Entry<R>>> {
        read(&self.0).values().cloned().collect()
    }
}

/// What became of a record that was to be taken in.
pub(super) enum Put<R: Kept> {
    /// It was older than what is there.
    Older,
    /// It is there now, in the place of this one.
    Taken(Option<Arc<Entry<R>>>),
}

/// What many records may have in common, and by which they are found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Link {
    /// The access keys of a user or a service, which is named by its place.
    KeysOf(IdentityPlace),
    /// The users in a group, which is named by its place.
    MembersOf(IdentityPlace),
    /// The users, groups and roles that a managed policy is attached to, by its ARN.
    Attached(String),
    /// The users and roles whose permissions a managed policy bounds, by its ARN.
    Bounded(String),
    /// The units and accounts right under a root or a unit.
    Under(String),
    /// The organization's policies that are attached to a root, a unit or an account.
    Controls(String),
    /// The user, group, role or managed policy of a unique id.
    UniqueId(String),
    /// The account of an alias.
    Alias(String),
}

/// The links of all records.
#[derive(Debug, Default)]
pub(super) struct Links(RwLock<BTreeMap<Link, BTreeSet<IdentityPlace>>>);

impl Links {
    /// Replaces the links of one record.
    pub(super) fn replace(&self, place: &IdentityPlace, before: &[Link], after: Vec<Link>) {
        let mut links = write(&self.0);
        for link in before {
            if let Some(places) = links.get_mut(link) {
                places.remove(place);
                if places.is_empty() {
                    links.remove(link);
                }
            }
        }
        for link in after {
            links.entry(link).or_default().insert(place.clone());
        }
    }

    /// Up to `limit` places after one of them, in their order.
    pub(super) fn after(
        &self,
        link: &Link,
        after: Option<&IdentityPlace>,
        limit: usize,
    ) -> Vec<IdentityPlace> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        read(&self.0)
            .get(link)
            .into_iter()
            .flat_map(|places| places.range((from, Bound::Unbounded)))
            .take(limit)
            .cloned()
            .collect()
    }

    pub(super) fn count(&self, link: &Link) -> usize {
        read(&self.0).get(link).map_or(0, BTreeSet::len)
    }
}

// A panic while a table was held ends the task that keeps the identities current, and with it the
// serving of calls, so that nobody reads a table that was left half-changed.
fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
