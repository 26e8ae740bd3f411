//! Deletes imported material at the date that its owner gave it.

use super::chore::{self, Chore, Work};
use crate::audit::KeyEvent;
use crate::directory::Deadline;
use crate::directory::key_entry::KeyEntry;
use crate::fault::Fault;
use crate::operation::Tools;

pub(super) const EXPIRY: Chore = Chore {
    deadline: Deadline::Expiry,
    work: expire,
    done: "deleted imported key material that had expired",
};

#[expect(clippy::unnecessary_wraps, reason = "as every chore's work")]
fn expire(entry: &KeyEntry, tools: &Tools<'_>) -> Result<Work, Fault> {
    let record = entry.record.as_of(tools.now).into_owned();
    Ok(Work {
        event: KeyEvent::material_expired(entry.resource(), &record),
        changes: vec![chore::put(entry, record)],
    })
}
