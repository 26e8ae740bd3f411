//! The grants of a Region's keys, in memory: of each key a book for decisions, and of each retiring
//! principal a list.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::ops::Bound::{Excluded, Unbounded};
use std::ops::Deref;
use std::str::FromStr;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use dashmap::DashMap;
use keystead_core::grant::{GrantBook, GrantPrincipal, GrantRecord};
use keystead_core::key_id::{KeyId, MalformedKeyId};

use super::record::Place;

/// A grant and the revision of the store that last wrote it.
#[derive(Debug, Clone)]
pub struct GrantEntry {
    /// The grant.
    pub record: Arc<GrantRecord>,
    /// The revision of the store that wrote it.
    pub revision: u64,
}

/// The grants of one key, behind a lock of their own: whoever decides on this key reads, and only a
/// change of these very grants makes anybody wait.
#[derive(Debug, Default)]
pub struct KeyGrants(RwLock<Kept>);

#[derive(Debug, Default)]
struct Kept {
    book: GrantBook,
    revisions: HashMap<String, u64>,
}

/// The grants of one key, held still for as long as somebody looks at them.
#[derive(Debug)]
pub struct Reading<'a>(RwLockReadGuard<'a, Kept>);

impl Deref for Reading<'_> {
    type Target = GrantBook;

    fn deref(&self) -> &GrantBook {
        &self.0.book
    }
}

impl Reading<'_> {
    /// A grant by its id.
    #[must_use]
    pub fn entry(&self, id: &str) -> Option<GrantEntry> {
        let record = Arc::clone(self.0.book.get(id)?);
        let revision = *self.0.revisions.get(id)?;
        Some(GrantEntry { record, revision })
    }

    /// Up to `limit` of the grants after one of them, in the order of their ids.
    #[must_use]
    pub fn entries_after(&self, id: Option<&str>, limit: usize) -> Vec<GrantEntry> {
        let found = self.after(id).take(limit);
        found.filter_map(|grant| self.entry(&grant.id)).collect()
    }
}

impl KeyGrants {
    /// The grants as they are now. Not to be kept beyond a decision: a change of them waits for it.
    #[must_use]
    pub fn read(&self) -> Reading<'_> {
        // A panic of the only writer ends the serving of calls: see the directory's index.
        Reading(self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn write(&self) -> RwLockWriteGuard<'_, Kept> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where a grant stands in the list of a retiring principal. As text, `<key id>/<grant id>`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct GrantPosition {
    /// The key.
    pub key: KeyId,
    /// The grant's id.
    pub id: String,
}

impl GrantPosition {
    /// Where this grant stands.
    #[must_use]
    pub fn of(grant: &GrantRecord) -> Self {
        Self {
            key: grant.key,
            id: grant.id.clone(),
        }
    }
}

impl fmt::Display for GrantPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.key, self.id)
    }
}

impl FromStr for GrantPosition {
    type Err = MalformedKeyId;

    fn from_str(text: &str) -> Result<Self, MalformedKeyId> {
        let (key, id) = text.split_once('/').ok_or(MalformedKeyId)?;
        Ok(Self {
            key: key.parse()?,
            id: id.to_owned(),
        })
    }
}

type Retirable = HashMap<String, BTreeSet<GrantPosition>>;

/// What tells a principal from others, whatever it is called meanwhile: the unique id of a user or
/// role, or else its ARN or name. No two of these look alike.
fn mark(principal: &GrantPrincipal) -> &str {
    match principal {
        GrantPrincipal::Aws {
            unique_id: Some(id),
            ..
        } => id,
        other => other.as_str(),
    }
}

/// The grants of all keys. One task alone writes to them.
#[derive(Debug, Default)]
pub(super) struct Grants {
    by_key: DashMap<KeyId, Arc<KeyGrants>>,
    /// By the retiring principal.
    retirable: RwLock<Retirable>,
}

impl Grants {
    pub(super) fn of(&self, key: KeyId) -> Option<Arc<KeyGrants>> {
        self.by_key.get(&key).map(|grants| Arc::clone(&grants))
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        let counts = self.by_key.iter().map(|grants| grants.read().len());
        counts.sum()
    }

    /// Takes in a grant, unless what is here is newer.
    pub(super) fn put(&self, record: &Arc<GrantRecord>, revision: u64) {
        let grants = Arc::clone(&self.by_key.entry(record.key).or_default());
        let before = {
            let mut kept = grants.write();
            let shown = kept.revisions.get(&record.id);
            if shown.is_some_and(|shown| *shown >= revision) {
                return;
            }
            let before = kept.book.remove(&record.id);
            kept.revisions.insert(record.id.clone(), revision);
            kept.book.insert(Arc::clone(record));
            before
        };
        if let Some(before) = before {
            self.unlist(&before);
        }
        self.list(record);
    }

    /// Removes a grant that no revision after this one wrote.
    pub(super) fn remove(&self, key: KeyId, id: &str, revision: u64) {
        let Some(grants) = self.of(key) else {
            return;
        };
        let removed = {
            let mut kept = grants.write();
            if kept.revisions.get(id).is_none_or(|shown| *shown > revision) {
                return;
            }
            kept.revisions.remove(id);
            kept.book.remove(id)
        };
        if let Some(removed) = removed {
            self.unlist(&removed);
        }
        self.by_key
            .remove_if(&key, |_, grants| grants.read().is_empty());
    }

    /// Up to `limit` grants of the first key that is asked for.
    pub(super) fn of_one_key(
        &self,
        is_it: impl Fn(KeyId) -> bool,
        limit: usize,
    ) -> Vec<GrantEntry> {
        let found = self.by_key.iter().find(|grants| is_it(*grants.key()));
        let grants = found.map(|found| Arc::clone(found.value()));
        grants.map_or_else(Vec::new, |grants| grants.read().entries_after(None, limit))
    }

    pub(super) fn retirable_after(
        &self,
        principal: &GrantPrincipal,
        after: Option<&GrantPosition>,
        limit: usize,
    ) -> Vec<GrantEntry> {
        let from = after.map_or(Unbounded, Excluded);
        let positions: Vec<GrantPosition> = {
            let retirable = self.retirable.read();
            let retirable = retirable.unwrap_or_else(PoisonError::into_inner);
            let all = retirable.get(mark(principal)).into_iter();
            let rest = all.flat_map(|all| all.range((from, Unbounded)));
            rest.take(limit).cloned().collect()
        };
        let entry = |position: GrantPosition| self.of(position.key)?.read().entry(&position.id);
        positions.into_iter().filter_map(entry).collect()
    }

    /// Where all of them stand in the store.
    pub(super) fn places(&self) -> Vec<Place> {
        let place = |grant: &Arc<GrantRecord>| Place::Grant {
            account: grant.account,
            key: grant.key,
            id: grant.id.clone(),
        };
        let mut places = Vec::new();
        for grants in &self.by_key {
            places.extend(grants.read().after(None).map(place));
        }
        places
    }

    fn list(&self, grant: &GrantRecord) {
        if let Some(retiring) = &grant.retiring {
            let mut retirable = self.write_retirable();
            let list = retirable.entry(mark(retiring).to_owned()).or_default();
            list.insert(GrantPosition::of(grant));
        }
    }

    fn unlist(&self, grant: &GrantRecord) {
        let Some(retiring) = &grant.retiring else {
            return;
        };
        let mut retirable = self.write_retirable();
        if let Some(list) = retirable.get_mut(mark(retiring)) {
            list.remove(&GrantPosition::of(grant));
            if list.is_empty() {
                retirable.remove(mark(retiring));
            }
        }
    }

    fn write_retirable(&self) -> RwLockWriteGuard<'_, Retirable> {
        let retirable = self.retirable.write();
        retirable.unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use keystead_core::grant::{GrantConstraints, GrantOperation};
    use keystead_core::time::Timestamp;

    use super::*;

    fn key(number: u8) -> KeyId {
        KeyId::from_random([number; 16])
    }

    fn user(name: &str) -> GrantPrincipal {
        GrantPrincipal::Aws {
            arn: format!("arn:aws:iam::111122223333:user/{name}"),
            unique_id: None,
        }
    }

    fn grant(key: KeyId, id: &str, retiring: Option<&str>) -> Arc<GrantRecord> {
        let account = "111122223333".parse().unwrap();
        Arc::new(GrantRecord {
            id: id.to_owned(),
            account,
            key,
            name: None,
            created: Timestamp::from_millis(0),
            grantee: user("grantee"),
            retiring: retiring.map(user),
            issuing_account: account,
            operations: [GrantOperation::Decrypt].into_iter().collect(),
            constraints: GrantConstraints::default(),
        })
    }

    fn listed(grants: &Grants, who: &str, after: Option<&str>, limit: usize) -> Vec<String> {
        let after = after.map(|after| after.parse().unwrap());
        let found = grants.retirable_after(&user(who), after.as_ref(), limit);
        let position = |entry: &GrantEntry| GrantPosition::of(&entry.record).to_string();
        found.iter().map(position).collect()
    }

    #[test]
    fn only_newer_revisions_count() {
        let grants = Grants::default();
        grants.put(&grant(key(1), "a", Some("ada")), 5);
        grants.put(&grant(key(1), "a", None), 4);
        assert_eq!(listed(&grants, "ada", None, 9).len(), 1);
        grants.remove(key(1), "a", 4);
        assert_eq!(
            grants
                .of(key(1))
                .unwrap()
                .read()
                .entry("a")
                .unwrap()
                .revision,
            5
        );
        grants.put(&grant(key(1), "a", Some("bob")), 6);
        assert!(listed(&grants, "ada", None, 9).is_empty());
        assert_eq!(listed(&grants, "bob", None, 9).len(), 1);
        grants.remove(key(1), "a", 6);
        assert!(grants.of(key(1)).is_none());
        assert!(listed(&grants, "bob", None, 9).is_empty());
        assert!(grants.retirable.read().unwrap().is_empty());
        grants.remove(key(2), "a", 9);
    }

    #[test]
    fn a_retiring_principal_sees_the_grants_of_all_keys_in_order() {
        let grants = Grants::default();
        for (number, id) in [(2, "a"), (1, "b"), (1, "a"), (2, "b")] {
            grants.put(&grant(key(number), id, Some("ada")), 1);
        }
        grants.put(&grant(key(1), "c", Some("bob")), 1);
        let (first, second) = (key(1), key(2));
        let all = [(first, "a"), (first, "b"), (second, "a"), (second, "b")];
        let all = all.map(|(key, id)| format!("{key}/{id}"));
        assert_eq!(listed(&grants, "ada", None, 9), all);
        assert_eq!(listed(&grants, "ada", None, 3), all[..3]);
        assert_eq!(listed(&grants, "ada", Some(&all[2]), 9), all[3..]);
        grants.remove(first, "b", 1);
        assert_eq!(listed(&grants, "ada", Some(&all[1]), 9), all[2..]);
        assert!(listed(&grants, "nobody", None, 9).is_empty());
    }

    #[test]
    fn the_grants_of_one_key_are_found_whatever_the_key() {
        let grants = Grants::default();
        for (number, id) in [(1, "a"), (2, "a"), (2, "b"), (2, "c")] {
            grants.put(&grant(key(number), id, None), 1);
        }
        let found = grants.of_one_key(|found| found == key(2), 2);
        let ids: Vec<_> = found.iter().map(|entry| entry.record.id.as_str()).collect();
        assert_eq!(ids, ["a", "b"]);
        assert!(grants.of_one_key(|_| false, 9).is_empty());
        assert_eq!(grants.places().len(), 4);
    }

    #[test]
    fn positions_round_trip() {
        let position = GrantPosition {
            key: key(7),
            id: "07".repeat(32),
        };
        assert_eq!(position.to_string().parse(), Ok(position));
        assert!("nonsense".parse::<GrantPosition>().is_err());
        assert!("key/id".parse::<GrantPosition>().is_err());
    }
}
