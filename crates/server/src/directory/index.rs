//! The ordered side of a directory: what lists and the deletion job go through.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound::{Excluded, Unbounded};

use keystead_core::alias::AliasName;
use keystead_core::arn::AccountId;
use keystead_core::key_id::KeyId;
use keystead_core::time::Timestamp;

/// Ordered sets of names; the entries themselves are in the directory's maps.
#[derive(Debug, Default)]
pub(super) struct Index {
    accounts: BTreeMap<AccountId, Account>,
    deletions: BTreeSet<(Timestamp, KeyId)>,
}

#[derive(Debug, Default)]
struct Account {
    keys: BTreeSet<KeyId>,
    aliases: BTreeSet<AliasName>,
    aliases_by_key: BTreeMap<KeyId, BTreeSet<AliasName>>,
}

impl Index {
    pub(super) fn add_key(&mut self, account: AccountId, id: KeyId) {
        self.accounts.entry(account).or_default().keys.insert(id);
    }

    pub(super) fn remove_key(&mut self, account: AccountId, id: KeyId) {
        if let Some(account) = self.accounts.get_mut(&account) {
            account.keys.remove(&id);
        }
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

    pub(super) fn reschedule(
        &mut self,
        id: KeyId,
        before: Option<Timestamp>,
        after: Option<Timestamp>,
    ) {
        if let Some(date) = before {
            self.deletions.remove(&(date, id));
        }
        if let Some(date) = after {
            self.deletions.insert((date, id));
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

    pub(super) fn due(&self, now: Timestamp, limit: usize) -> Vec<KeyId> {
        let due = self.deletions.iter().take_while(|(date, _)| *date <= now);
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
