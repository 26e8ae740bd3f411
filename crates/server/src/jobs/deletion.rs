//! Destroys the keys whose waiting period is over: the key, its material, its aliases. Its grants,
//! of which there may be more than a commit holds, are cleared away by [`super::orphaned_grants`].

use keystead_core::change::{Change, Expected};

use super::chore::{Chore, Work};
use crate::audit::KeyEvent;
use crate::directory::Deadline;
use crate::directory::key_entry::KeyEntry;
use crate::fault::Fault;
use crate::operation::Tools;

pub(super) const DELETION: Chore = Chore {
    deadline: Deadline::Deletion,
    work: destroy,
    done: "destroyed a key whose waiting period was over",
};

#[expect(clippy::unnecessary_wraps, reason = "as every chore's work")]
fn destroy(entry: &KeyEntry, tools: &Tools<'_>) -> Result<Work, Fault> {
    // All of them go in one commit with the key.
    let aliases = tools.directory.aliases_of(&entry.record);
    let key = Change::DeleteKey {
        account: entry.record.account,
        id: entry.record.id,
        expected: Expected::Revision(entry.revision),
    };
    let changes = aliases
        .iter()
        .map(|alias| Change::DeleteAlias {
            account: entry.record.account,
            name: alias.record.name.clone(),
            expected: Expected::Revision(alias.revision),
        })
        .chain(std::iter::once(key))
        .collect();
    Ok(Work {
        changes,
        event: KeyEvent::deleted(entry.resource()),
    })
}
