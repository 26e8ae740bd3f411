//! Destroys the keys whose waiting period is over: the key, its material, its aliases. Its grants,
//! of which there may be more than a commit holds, are cleared away by [`super::orphaned_grants`].

use std::sync::Arc;

use keystead_core::change::{Change, Expected};

use crate::audit::ServiceEvent;
use crate::causes::Causes;
use crate::commit::{self, NotDone};
use crate::corridor::Corridor;
use crate::directory::key_entry::KeyEntry;
use crate::ids::new_id;
use crate::region::RegionRoom;

/// How many keys one round takes at a time.
const BATCH: usize = 100;

pub(super) async fn run(corridor: &Corridor, room: &Arc<RegionRoom>) {
    loop {
        let due = room.directory.due_for_deletion(corridor.clock.now(), BATCH);
        let mut all_gone = true;
        for entry in &due {
            all_gone &= destroy(corridor, room, entry).await;
        }
        // Whatever stood in the way is met again in the next interval.
        if !all_gone || due.len() < BATCH {
            return;
        }
    }
}

/// Returns `false` if the key is still there.
async fn destroy(corridor: &Corridor, room: &Arc<RegionRoom>, entry: &Arc<KeyEntry>) -> bool {
    let (account, id) = (entry.record.account, entry.record.id);
    // All of them go in one commit with the key.
    let aliases = room.directory.aliases_of(&entry.record);
    let key = Change::DeleteKey {
        account,
        id,
        expected: Expected::Revision(entry.revision),
    };
    let changes: Vec<Change> = aliases
        .iter()
        .map(|alias| Change::DeleteAlias {
            account,
            name: alias.record.name.clone(),
            expected: Expected::Revision(alias.revision),
        })
        .chain(std::iter::once(key))
        .collect();
    let event_id = match new_id(corridor.provider.as_ref()) {
        Ok(id) => id,
        Err(error) => return report(entry, &error),
    };
    let event = ServiceEvent {
        name: "DeleteKey",
        region: room.region().as_str(),
        account,
        key_arn: &entry.arn,
        at: corridor.clock.now(),
        event_id,
    };
    let record = match event.record() {
        Ok(record) => record,
        Err(error) => return report(entry, &error),
    };
    match commit::and_record(
        &room.ledger,
        room.region(),
        &corridor.audit,
        &changes,
        record,
    )
    .await
    {
        Ok(_) => {
            tracing::info!(key = %entry.arn, "destroyed a key whose waiting period was over");
            true
        }
        Err(NotDone::Conflict { .. }) => report(entry, &"its records changed meanwhile"),
        Err(NotDone::NotCommitted(error)) => report(entry, &error),
        Err(NotDone::NotRecorded(error)) => {
            tracing::error!(key = %entry.arn, error = %Causes(&error), "destroyed a key, but its record is not in the audit log yet");
            true
        }
    }
}

fn report(entry: &KeyEntry, error: &dyn std::fmt::Display) -> bool {
    tracing::warn!(key = %entry.arn, %error, "a key that is due could not be destroyed yet");
    false
}
