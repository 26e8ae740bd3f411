//! Whether there is room for one more of what there can be only so much of.

use keystead_core::arn::AccountId;
use keystead_core::quota::Resource;

use crate::directory::key_entry::KeyEntry;
use crate::fault::Fault;
use crate::operation::Tools;

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

/// Makes sure that an owner who has `taken` of a resource can have one more.
///
/// # Errors
/// [`Fault::Limit`].
pub(super) fn check(
    resource: Resource,
    taken: usize,
    owner: &impl Owner,
    tools: &Tools<'_>,
) -> Result<(), Fault> {
    let most = tools.quotas.of(owner.account()).count(resource);
    if taken < most {
        return Ok(());
    }
    let owner = owner.name();
    let message = match resource {
        Resource::AliasesPerKey => {
            format!("{owner} has {taken} aliases, the most that a key can have.")
        }
        Resource::GrantsPerKey => {
            format!("{owner} has {taken} grants, the most that a key can have.")
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
