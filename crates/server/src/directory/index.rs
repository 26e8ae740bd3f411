//! The ordered side of a directory: what lists and jobs go through.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound::{Excluded, Unbounded};

use keystead_core::alias::AliasName;
use keystead_core::arn::AccountId;
use keystead_core::key::{KeyManager, KeyRecord};
use keystead_core::key_id::KeyId;
use keystead_core::time::Timestamp;

/// Ordered sets of names; the entries themselves are in the directory's maps.
#[derive(Debug, Default)]
pub(super) struct Index {
    accounts: BTreeMap<AccountId, Account>,
    due: BTreeMap<Deadline, BTreeSet<(Timestamp, KeyId)>>,
}

/// What happens to a key at a time of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deadline {
    /// It is destroyed.
    Deletion,
    /// It is rotated.
    Rotation,
    /// Imported material of it expires.
    Expiry,
}

impl Deadline {
    const ALL: [Self; 3] = [Self::Deletion, Self::Rotation, Self::Expiry];

    /// When it comes for a key, if it does.
    pub(super) fn of(self, key: &KeyRecord) -> Option<Timestamp> {
        match self {
            Self::Deletion => key.state.deletion_date(),
            Self::Rotation => key.rotation_due(),
            Self::Expiry => key.next_expiry(),
        }
    }
}

#[derive(Debug, Default)]
struct Account {
    keys: BTreeSet<KeyId>,
    /// How many of the keys the account manages itself.
    own_keys: usize,
    aliases: BTreeSet<AliasName>,
    aliases_by_key: BTreeMap<KeyId, BTreeSet<AliasName>>,
}

impl Index {
    /// Adds a key; who manages it never changes.
    pub(super) fn add_key(&mut self, account: AccountId, id: KeyId, manager: KeyManager) {
        let account = self.accounts.entry(account).or_default();
        if account.keys.insert(id) && manager == KeyManager::Customer {
            account.own_keys += 1;
        }
    }

    pub(super) fn remove_key(&mut self, account: AccountId, id: KeyId, manager: KeyManager) {
        if let Some(account) = self.accounts.get_mut(&account)
            && account.keys.remove(&id)
            && manager == KeyManager::Customer
        {
            account.own_keys -= 1;
        }
    }

    pub(super) fn own_keys(&self, account: AccountId) -> usize {
        self.accounts
            .get(&account)
            .map_or(0, |account| account.own_keys)
    }

    pub(super) fn own_key_counts(&self) -> Vec<(AccountId, usize)> {
        let accounts = self.accounts.iter();
        accounts
            .map(|(account, kept)| (*account, kept.own_keys))
            .collect()
    }

    pub(super) fn add_alias(&mut self, account: AccountId, name: &AliasName, target: KeyId) {
        let account = self.accounts.entry(account).or_default();
        account.aliases.insert(name.clone());
        account
            .aliases_by_key
            .entry(target)
            .or_default()
            .insert(name.clone());
    }

    pub(super) fn remove_alias(&mut self, account: AccountId, name: &AliasName, target: KeyId) {
        let Some(account) = self.accounts.get_mut(&account) else {
            return;
        };
        account.aliases.remove(name);
        if let Some(names) = account.aliases_by_key.get_mut(&target) {
            names.remove(name);
            if names.is_empty() {
                account.aliases_by_key.remove(&target);
            }
        }
    }

    /// Replaces the deadlines of a key by those of its new record, which has the same id.
    pub(super) fn reschedule(&mut self, before: Option<&KeyRecord>, after: Option<&KeyRecord>) {
        for deadline in Deadline::ALL {
            let entry = |key: &KeyRecord| Some((deadline.of(key)?, key.id));
            let due = self.due.entry(deadline).or_default();
            if let Some(before) = before.and_then(entry) {
                due.remove(&before);
            }
            due.extend(after.and_then(entry));
        }
    }

    pub(super) fn keys_after(
        &self,
        account: AccountId,
        after: Option<KeyId>,
        limit: usize,
    ) -> Vec<KeyId> {
        page(
            self.accounts.get(&account).map(|account| &account.keys),
            after.as_ref(),
            limit,
        )
    }

    pub(super) fn aliases_after(
        &self,
        account: AccountId,
        key: Option<KeyId>,
        after: Option<&AliasName>,
        limit: usize,
    ) -> Vec<AliasName> {
        let account = self.accounts.get(&account);
        let names = match key {
            Some(key) => account.and_then(|account| account.aliases_by_key.get(&key)),
            None => account.map(|account| &account.aliases),
        };
        page(names, after, limit)
    }

    pub(super) fn alias_count(&self, account: AccountId, key: KeyId) -> usize {
        let account = self.accounts.get(&account);
        account
            .and_then(|account| account.aliases_by_key.get(&key))
            .map_or(0, BTreeSet::len)
    }

    pub(super) fn due(&self, deadline: Deadline, now: Timestamp, limit: usize) -> Vec<KeyId> {
        let all = self.due.get(&deadline).into_iter().flatten();
        let due = all.take_while(|(date, _)| *date <= now);
        due.take(limit).map(|(_, id)| *id).collect()
    }
}

fn page<T: Ord + Clone>(all: Option<&BTreeSet<T>>, after: Option<&T>, limit: usize) -> Vec<T> {
    let from = after.map_or(Unbounded, Excluded);
    all.into_iter()
        .flat_map(|all| all.range((from, Unbounded)))
        .take(limit)
        .cloned()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_the_account_manages_are_counted_once() {
        let account: AccountId = "111122223333".parse().unwrap();
        let [own, of_service] = [[1; 16], [2; 16]].map(KeyId::from_random);
        let mut index = Index::default();
        assert_eq!(index.own_keys(account), 0);
        for _ in 0..2 {
            index.add_key(account, own, KeyManager::Customer);
            index.add_key(account, of_service, KeyManager::Aws);
            assert_eq!(index.own_keys(account), 1);
        }
        index.remove_key(account, of_service, KeyManager::Aws);
        assert_eq!(index.own_keys(account), 1);
        for _ in 0..2 {
            index.remove_key(account, own, KeyManager::Customer);
            assert_eq!(index.own_keys(account), 0);
        }
    }
}
