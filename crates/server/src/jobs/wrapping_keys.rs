//! Clears away the wrapping keys that have expired, and those of keys that are no more.

use std::sync::Arc;

use keystead_core::change::{Change, Expected};

use crate::causes::Causes;
use crate::commit::{self, NotDone};
use crate::corridor::Corridor;
use crate::directory::wrapping_keys::WrappingKeyEntry;
use crate::ops::wrapping_key;
use crate::region::RegionRoom;

/// How many go in one commit, which has room for a few more.
const BATCH: usize = 100;

pub(super) async fn run(corridor: &Corridor, room: &Arc<RegionRoom>) {
    loop {
        let now = corridor.clock.now();
        let expired = room.directory.expired_wrapping_keys(now, BATCH);
        let changes = if expired.is_empty() {
            orphaned(&room.directory.orphaned_wrapping_keys())
        } else {
            deletions(&expired).collect()
        };
        if changes.is_empty() {
            return;
        }
        match commit::unrecorded(&room.ledger, room.region(), &changes).await {
            Ok(()) => {}
            // Whatever stood in the way is met again in the next interval.
            Err(NotDone::Conflict { .. }) => return,
            Err(NotDone::NotCommitted(error) | NotDone::NotRecorded(error)) => {
                tracing::warn!(error = %Causes(&error), "wrapping keys of no use could not be cleared away yet");
                return;
            }
        }
    }
}

/// The store itself says whether their key is gone: a memory that is being filled may not know yet.
fn orphaned(orphans: &[Arc<WrappingKeyEntry>]) -> Vec<Change> {
    let Some(first) = orphans.first() else {
        return Vec::new();
    };
    let key = Change::ExpectKey {
        account: first.record.account,
        id: first.record.key,
        expected: Expected::Absent,
    };
    std::iter::once(key)
        .chain(deletions(orphans).take(BATCH))
        .collect()
}

fn deletions(entries: &[Arc<WrappingKeyEntry>]) -> impl Iterator<Item = Change> {
    entries.iter().map(|entry| wrapping_key::deletion(entry))
}
