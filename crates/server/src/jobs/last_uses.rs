//! Writes down when keys were last used, and clears that away after keys that are no more.
//!
//! Calls keep their uses in memory alone: what a stop without warning loses are those of the last
//! few minutes. AWS tells of a use up to an hour late.

use std::sync::Arc;
use std::time::Duration;

use keystead_core::change::Change;

use crate::causes::Causes;
use crate::commit::{self, NotDone};
use crate::region::RegionRoom;

/// How often they are written down.
pub(super) const INTERVAL: Duration = Duration::from_secs(5 * 60);

/// How many go in one commit, which takes a few more.
const BATCH: usize = 100;

/// Writes down what has changed.
pub(super) async fn save(room: &Arc<RegionRoom>) {
    for batch in room.directory.unsaved_last_uses().chunks(BATCH) {
        // One that conflicts, because another node saved first, says nothing of the next.
        commit(room, batch).await;
    }
}

/// Clears away what is left of keys that are no more.
pub(super) async fn clear(room: &Arc<RegionRoom>) {
    loop {
        // Each takes two changes.
        let changes = room.directory.orphaned_last_uses(BATCH / 2);
        if changes.is_empty() || !commit(room, &changes).await {
            return;
        }
    }
}

/// Returns `false` if something stood in the way. It is met again the next time.
async fn commit(room: &Arc<RegionRoom>, changes: &[Change]) -> bool {
    match commit::unrecorded(&room.ledger, room.region(), changes).await {
        Ok(()) => true,
        Err(NotDone::Conflict { .. }) => false,
        Err(NotDone::NotCommitted(error) | NotDone::NotRecorded(error)) => {
            let region = room.region();
            tracing::warn!(%region, error = %Causes(&error), "the last uses of keys could not be written down yet");
            false
        }
    }
}
