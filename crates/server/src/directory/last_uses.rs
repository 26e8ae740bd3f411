//! When each key was last used: noted by calls as they succeed, and written to the store from time
//! to time (`jobs::last_uses`), as AWS too tells of it with a delay.
//!
//! What a key was used for outlives the entries by which calls see the key, so that it is kept in a
//! cell beside them. A use that finds the cell held passes: another is being noted at that moment.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use dashmap::DashMap;
use keystead_core::arn::AccountId;
use keystead_core::change::{Change, Expected};
use keystead_core::key_id::KeyId;
use keystead_core::last_use::{LastUse, LastUseRecord};

use super::record::Place;

/// The last use of one key.
#[derive(Debug, Default)]
pub struct LastUseCell(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    latest: Option<LastUse>,
    /// What the store has of it, and the revision that wrote it.
    stored: Option<(LastUse, u64)>,
}

impl LastUseCell {
    /// The key was used. Waits for nobody.
    pub fn note(&self, used: LastUse) {
        if let Ok(mut kept) = self.0.try_lock() {
            kept.advance(used);
        }
    }

    /// The last use that is known; `None` if there was none.
    #[must_use]
    pub fn latest(&self) -> Option<LastUse> {
        self.lock().latest
    }

    /// The use that the store does not have, and what it has instead.
    fn unsaved(&self) -> Option<(LastUse, Expected)> {
        let kept = self.lock();
        let latest = kept.latest?;
        match kept.stored {
            Some((stored, _)) if stored == latest => None,
            Some((_, revision)) => Some((latest, Expected::Revision(revision))),
            None => Some((latest, Expected::Absent)),
        }
    }

    fn stored_revision(&self) -> Option<u64> {
        self.lock().stored.map(|(_, revision)| revision)
    }

    // What is kept is one assignment at a time, so that a panic leaves nothing half-done.
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn advance(&mut self, used: LastUse) {
        if self.latest.is_none_or(|latest| latest.at <= used.at) {
            self.latest = Some(used);
        }
    }
}

/// The last uses of all keys, those of keys that are no more among them until they are cleared away.
#[derive(Debug, Default)]
pub(super) struct LastUses(DashMap<KeyId, (AccountId, Arc<LastUseCell>)>);

impl LastUses {
    /// The cell of a key.
    pub(super) fn cell(&self, account: AccountId, key: KeyId) -> Arc<LastUseCell> {
        let cell = self
            .0
            .entry(key)
            .or_insert_with(|| (account, Arc::default()));
        Arc::clone(&cell.1)
    }

    /// Takes in what the store has.
    pub(super) fn put(&self, record: &LastUseRecord, revision: u64) {
        let cell = self.cell(record.account, record.key);
        let mut kept = cell.lock();
        if kept.stored.is_none_or(|(_, shown)| shown < revision) {
            kept.stored = Some((record.last, revision));
            kept.advance(record.last);
        }
    }

    /// The store has it no more, by a revision up to this one.
    pub(super) fn remove(&self, key: KeyId, revision: u64, key_is_gone: bool) {
        if let Some(cell) = self.0.get(&key) {
            let mut kept = cell.1.lock();
            if kept.stored.is_some_and(|(_, shown)| shown <= revision) {
                kept.stored = None;
            }
        }
        if key_is_gone {
            self.forget(key);
        }
    }

    /// The key is no more. What the store has of it has yet to be removed there.
    pub(super) fn forget(&self, key: KeyId) {
        self.0
            .remove_if(&key, |_, (_, cell)| cell.stored_revision().is_none());
    }

    /// Where those stand that the store has.
    pub(super) fn places(&self) -> Vec<Place> {
        let place = |cell: &(AccountId, Arc<LastUseCell>), key| {
            let account = cell.0;
            cell.1
                .stored_revision()
                .map(|_| Place::LastUse { account, key })
        };
        self.0
            .iter()
            .filter_map(|cell| place(cell.value(), *cell.key()))
            .collect()
    }

    /// The changes that bring the store up to date.
    pub(super) fn unsaved(&self, is_there: impl Fn(KeyId) -> bool) -> Vec<Change> {
        let change = |account, key, cell: &LastUseCell| {
            let (last, expected) = cell.unsaved()?;
            let record = LastUseRecord { account, key, last };
            is_there(key).then_some(Change::PutLastUse { record, expected })
        };
        self.0
            .iter()
            .filter_map(|cell| change(cell.0, *cell.key(), &cell.1))
            .collect()
    }

    /// Those of keys that are no more: pairs of changes, of which the first has the store say so
    /// itself.
    pub(super) fn orphaned(&self, is_there: impl Fn(KeyId) -> bool, limit: usize) -> Vec<Change> {
        let orphans = self.0.iter().filter_map(|cell| {
            let (key, account) = (*cell.key(), cell.0);
            let revision = cell.1.stored_revision().filter(|_| !is_there(key))?;
            Some((account, key, revision))
        });
        let changes = orphans.take(limit).map(|(account, key, revision)| {
            let gone = Change::ExpectKey {
                account,
                id: key,
                expected: Expected::Absent,
            };
            let expected = Expected::Revision(revision);
            let delete = Change::DeleteLastUse {
                account,
                key,
                expected,
            };
            [gone, delete]
        });
        changes.flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use keystead_core::last_use::TrackedOperation;
    use keystead_core::time::Timestamp;

    use super::*;

    const ID: &str = "0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9";

    fn key() -> KeyId {
        KeyId::from_random([7; 16])
    }

    fn account() -> AccountId {
        "111122223333".parse().unwrap()
    }

    fn used(millis: i64) -> LastUse {
        LastUse {
            operation: TrackedOperation::Encrypt,
            at: Timestamp::from_millis(millis),
            event_id: ID.parse().unwrap(),
            request_id: ID.parse().unwrap(),
        }
    }

    fn record(millis: i64) -> LastUseRecord {
        LastUseRecord {
            account: account(),
            key: key(),
            last: used(millis),
        }
    }

    fn expected(uses: &LastUses) -> Vec<Expected> {
        let expected = |change: &Change| match change {
            Change::PutLastUse { expected, .. } => *expected,
            other => panic!("{other:?}"),
        };
        uses.unsaved(|_| true).iter().map(expected).collect()
    }

    #[test]
    fn a_use_that_is_found_late_does_not_go_before_a_later_one() {
        let cell = LastUseCell::default();
        assert_eq!(cell.latest(), None);
        for (at, latest) in [(5, 5), (4, 5), (5, 5), (6, 6)] {
            cell.note(used(at));
            assert_eq!(cell.latest(), Some(used(latest)));
        }
    }

    #[test]
    fn a_use_waits_for_nobody() {
        let cell = LastUseCell::default();
        let held = cell.lock();
        cell.note(used(1));
        drop(held);
        assert_eq!(cell.latest(), None);
    }

    #[test]
    fn only_what_changed_is_saved() {
        let uses = LastUses::default();
        let cell = uses.cell(account(), key());
        assert!(expected(&uses).is_empty());
        cell.note(used(1));
        assert_eq!(expected(&uses), [Expected::Absent]);
        uses.put(&record(1), 3);
        assert!(expected(&uses).is_empty());
        cell.note(used(2));
        assert_eq!(expected(&uses), [Expected::Revision(3)]);
        assert!(uses.unsaved(|_| false).is_empty());
        // What the store shows late takes nothing back.
        uses.put(&record(0), 2);
        assert_eq!(expected(&uses), [Expected::Revision(3)]);
        assert_eq!(cell.latest(), Some(used(2)));
    }

    #[test]
    fn what_was_stored_outlives_its_key_until_it_is_cleared_away() {
        let uses = LastUses::default();
        uses.put(&record(1), 3);
        assert!(uses.orphaned(|_| true, 9).is_empty());
        uses.forget(key());
        assert_eq!(uses.orphaned(|_| false, 9).len(), 2);
        assert_eq!(uses.places().len(), 1);
        uses.remove(key(), 2, true);
        assert_eq!(uses.places().len(), 1);
        uses.remove(key(), 4, true);
        assert!(uses.places().is_empty() && uses.0.is_empty());
        // One that was never stored goes with its key.
        uses.cell(account(), key()).note(used(1));
        uses.forget(key());
        assert!(uses.0.is_empty());
    }
}
