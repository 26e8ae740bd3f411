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

/// How often it is tried to write down what other nodes write down too. Each time at least one of
/// them is done.
const MAX_TRIES: usize = 16;

/// Writes down what has changed. Of several nodes that know of a use, the last use stays: one that
/// lost to another's sees what that one wrote, and then writes only what is later.
pub(super) async fn save(room: &Arc<RegionRoom>) {
    for _ in 0..MAX_TRIES {
        let mut met = None;
        for batch in room.directory.unsaved_last_uses().chunks(BATCH) {
            // A batch that conflicts says nothing of the next.
            if let Err(NotDone::Conflict { head }) = commit(room, batch).await {
                met = Some(head);
            }
        }
        let Some(head) = met else { return };
        if room.ledger.shown.caught_up(head).await.is_err() {
            return;
        }
    }
}

/// Clears away what is left of keys that are no more.
pub(super) async fn clear(room: &Arc<RegionRoom>) {
    loop {
        // Each takes two changes.
        let changes = room.directory.orphaned_last_uses(BATCH / 2);
        if changes.is_empty() || commit(room, &changes).await.is_err() {
            return;
        }
    }
}

/// Tells of what stood in the way, but for another node that was faster. It is met again the next
/// time.
async fn commit(room: &Arc<RegionRoom>, changes: &[Change]) -> Result<(), NotDone> {
    let done = commit::unrecorded(&room.ledger, room.region(), changes).await;
    if let Err(NotDone::NotCommitted(error) | NotDone::NotRecorded(error)) = &done {
        let region = room.region();
        tracing::warn!(%region, error = %Causes(error), "the last uses of keys could not be written down yet");
    }
    done
}
