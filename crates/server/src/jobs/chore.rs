//! What the jobs share that do something to each key at a time of the key's own.

use std::sync::Arc;

use keystead_core::change::{Change, Expected};
use keystead_core::key::KeyRecord;

use crate::audit::KeyEvent;
use crate::causes::Causes;
use crate::commit::{self, NotDone};
use crate::corridor::Corridor;
use crate::directory::Deadline;
use crate::directory::key_entry::KeyEntry;
use crate::fault::Fault;
use crate::operation::Tools;
use crate::region::RegionRoom;
use crate::spans::CallSpan;

/// How many keys one round takes at a time.
const BATCH: usize = 100;

/// Something that is done to a key when its time has come.
pub(super) struct Chore {
    /// When.
    pub(super) deadline: Deadline,
    /// What to do.
    pub(super) work: fn(&KeyEntry, &Tools<'_>) -> Result<Work, Fault>,
    /// What the server's log says when it is done.
    pub(super) done: &'static str,
}

/// The changes of one chore on one key, and what is told of them.
pub(super) struct Work {
    pub(super) changes: Vec<Change>,
    pub(super) event: KeyEvent,
}

/// The change of a key that its present record is expected for: of several nodes that do the same,
/// one does it.
pub(super) fn put(entry: &KeyEntry, record: KeyRecord) -> Change {
    Change::PutKey {
        record: Box::new(record),
        expected: Expected::Revision(entry.revision),
    }
}

/// Does what is due of a chore.
pub(super) async fn run(chore: &Chore, corridor: &Corridor, room: &Arc<RegionRoom>) {
    loop {
        let now = corridor.clock.now();
        let due = room.directory.due(chore.deadline, now, BATCH);
        let mut all_done = true;
        for entry in &due {
            all_done &= run_one(chore, corridor, room, entry).await;
        }
        // Whatever stood in the way is met again in the next interval.
        if !all_done || due.len() < BATCH {
            return;
        }
    }
}

/// Returns `false` if it is still to be done.
async fn run_one(
    chore: &Chore,
    corridor: &Corridor,
    room: &Arc<RegionRoom>,
    entry: &KeyEntry,
) -> bool {
    let now = corridor.clock.now();
    let region = room.region();
    let work = (chore.work)(entry, &corridor.tools(&room.directory, now));
    let Work { changes, event } = match work {
        Ok(work) => work,
        Err(error) => return report(chore, entry, &Causes(&error)),
    };
    let record = match corridor.record(event, region, now) {
        Ok(record) => record,
        Err(error) => return report(chore, entry, &Causes(&error)),
    };
    let site = commit::Site {
        ledger: &room.ledger,
        region,
        audit: &corridor.audit,
        span: &CallSpan::default(),
    };
    match commit::and_record(site, &changes, record, Vec::new()).await {
        Ok(_) => {
            tracing::info!(key = %entry.arn, "{}", chore.done);
            true
        }
        // Another node did it, or something else happened to the key: what is still due of it then
        // is found again.
        Err(NotDone::Conflict { head }) => room.ledger.shown.caught_up(head).await.is_ok(),
        Err(NotDone::NotCommitted(error)) => report(chore, entry, &Causes(&error)),
        Err(NotDone::NotRecorded(error)) => {
            tracing::error!(key = %entry.arn, error = %Causes(&error), "{}, but its record is not in the audit log yet", chore.done);
            true
        }
    }
}

fn report(chore: &Chore, entry: &KeyEntry, error: &dyn std::fmt::Display) -> bool {
    let due = chore.deadline;
    tracing::warn!(key = %entry.arn, ?due, %error, "what is due of a key could not be done yet");
    false
}
