//! Clears away the grants of keys that are no more.
//!
//! A key may have more grants than a commit can hold. They mean nothing without it, and its id is
//! never given to another, so that they go after the key and in batches. Going before it, they could
//! be lost to a key whose deletion is cancelled meanwhile. Whatever a stop leaves is found again.

use std::sync::Arc;

use keystead_core::change::{Change, Expected};

use crate::causes::Causes;
use crate::commit::{self, NotDone};
use crate::directory::grants::GrantEntry;
use crate::region::RegionRoom;

/// How many grants go in one commit, which has room for a few more.
const BATCH: usize = 100;

pub(super) async fn run(room: &Arc<RegionRoom>) {
    loop {
        let orphans = room.directory.orphaned_grants(BATCH);
        let Some(first) = orphans.first() else {
            return;
        };
        match commit::unrecorded(&room.ledger, room.region(), &changes(first, &orphans)).await {
            Ok(()) => {}
            // Whatever stood in the way is met again in the next interval.
            Err(NotDone::Conflict { .. }) => return,
            Err(NotDone::NotCommitted(error) | NotDone::NotRecorded(error)) => {
                let key = first.record.key;
                tracing::warn!(%key, error = %Causes(&error), "the grants of a destroyed key could not be cleared away yet");
                return;
            }
        }
    }
}

/// The store itself says whether the key is gone: a memory that is being filled may not know yet.
fn changes(first: &GrantEntry, orphans: &[GrantEntry]) -> Vec<Change> {
    let key = Change::ExpectKey {
        account: first.record.account,
        id: first.record.key,
        expected: Expected::Absent,
    };
    let delete = |orphan: &GrantEntry| Change::DeleteGrant {
        account: orphan.record.account,
        key: orphan.record.key,
        id: orphan.record.id.clone(),
        expected: Expected::Revision(orphan.revision),
    };
    std::iter::once(key)
        .chain(orphans.iter().map(delete))
        .collect()
}
