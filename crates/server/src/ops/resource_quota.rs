//! Whether there is room for one more of what there can be only so much of.
//!
//! What is counted is read from memory, and what is made on other threads or nodes at that moment is
//! not among it. Close to a quota things are therefore made in a row: each commit writes a mark
//! again, and expects it as it was before the things were counted. All others expect the mark too,
//! so that whoever counted before the row began counts anew. A quota can only be exceeded while more
//! than [`CLOSE`] calls for one owner are between counting and committing.

use keystead_core::arn::AccountId;
use keystead_core::change::{Change, Expected};
use keystead_core::key_tally::KeyTallyRecord;
use keystead_core::quota::Resource;

use super::update_key;
use crate::directory::key_entry::KeyEntry;
use crate::fault::Fault;
use crate::operation::Tools;

/// How much room there is when things begin to be made in a row.
const CLOSE: usize = 1000;

/// How something is made beside others of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    /// Independently of them.
    Freely,
    /// After them.
    InARow,
}

/// Whoever has the things that are counted.
pub(super) trait Owner {
    /// The account whose quotas hold.
    fn account(&self) -> AccountId;
    /// What callers read that it is.
    fn name(&self) -> &str;
}

impl Owner for AccountId {
    fn account(&self) -> AccountId {
        *self
    }

    fn name(&self) -> &str {
        self.as_str()
    }
}

impl Owner for KeyEntry {
    fn account(&self) -> AccountId {
        self.record.account
    }

    fn name(&self) -> &str {
        &self.arn
    }
}

/// Makes sure that an owner who has `taken` of a resource can have one more, and says how it is made.
///
/// # Errors
/// [`Fault::Limit`].
pub(super) fn check(
    resource: Resource,
    taken: usize,
    owner: &impl Owner,
    tools: &Tools<'_>,
) -> Result<Pace, Fault> {
    let most = tools.quotas.of(owner.account()).count(resource);
    if taken < most {
        let is_close = most - taken <= CLOSE;
        return Ok(if is_close { Pace::InARow } else { Pace::Freely });
    }
    let owner = owner.name();
    let message = match resource {
        Resource::AliasesPerKey => {
            format!("{owner} has {taken} aliases, the most that a key can have.")
        }
        Resource::GrantsPerKey => {
            format!("{owner} has {taken} grants, the most that a key can have.")
        }
        Resource::CustomKeyStores => {
            let region = tools.region;
            format!(
                "The account {owner} has {taken} custom key stores in {region}, the most that it can have there."
            )
        }
        _ => {
            let region = tools.region;
            format!(
                "The account {owner} has {taken} keys in {region}, the most that it can have there."
            )
        }
    };
    Err(Fault::Limit { message })
}

/// The change with which an account's key is made, that its number may not exceed the quota.
/// `expected` is the account's mark from before the keys were counted.
pub(super) fn beside_keys(pace: Pace, account: AccountId, expected: Expected) -> Change {
    match pace {
        Pace::Freely => Change::ExpectKeyTally { account, expected },
        Pace::InARow => Change::PutKeyTally {
            record: KeyTallyRecord { account },
            expected,
        },
    }
}

/// The change with which something is made of a key that must be as it was when this was decided.
/// The key is its own mark.
pub(super) fn with_key(pace: Pace, key: &KeyEntry) -> Change {
    match pace {
        Pace::Freely => Change::ExpectKey {
            account: key.record.account,
            id: key.record.id,
            expected: Expected::Revision(key.revision),
        },
        Pace::InARow => update_key::put(key, key.record.clone()),
    }
}
