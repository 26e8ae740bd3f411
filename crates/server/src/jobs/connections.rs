//! Connects custom key stores on this node, as their records say, and lets go of those that are disconnected.

use std::sync::Arc;
use std::time::Duration;

use dashmap::DashSet;
use keystead_core::change::{Change, Expected};
use keystead_core::custom_key_store::{ConnectionErrorCode, ConnectionState, CustomKeyStoreId};
use tokio::time::timeout;

use crate::causes::Causes;
use crate::commit::{self, NotDone};
use crate::corridor::Corridor;
use crate::directory::custom_key_stores::CustomKeyStoreEntry;
use crate::region::RegionRoom;

/// How long after a try a store that ought to be connected on this node and is not is tried again.
const INTERVAL: Duration = Duration::from_secs(30);

/// How long a try may take. AWS's takes up to 20 minutes; a token that says nothing for so long is not going to.
const LONGEST_TRY: Duration = Duration::from_secs(120);

/// Keeps the connections of a Region's custom key stores as their records say, for ever.
pub(super) async fn run(corridor: Arc<Corridor>, room: Arc<RegionRoom>) {
    let under_way = Arc::new(DashSet::new());
    loop {
        let (stores, _) = room.directory.custom_key_stores().all();
        corridor.key_stores.let_go(room.region(), &stores);
        for entry in stores {
            begin(&corridor, &room, entry, &under_way);
        }
        // Whichever comes first.
        let _ = timeout(INTERVAL, room.directory.custom_key_stores().changed()).await;
    }
}

/// Begins to connect a store if it is to be connected, is not, and is not about to be. Others do not wait for it.
fn begin(
    corridor: &Arc<Corridor>,
    room: &Arc<RegionRoom>,
    entry: Arc<CustomKeyStoreEntry>,
    under_way: &Arc<DashSet<CustomKeyStoreId>>,
) {
    let record = &entry.record;
    let is_due = match record.connection {
        ConnectionState::Connecting => true,
        ConnectionState::Connected => !corridor.key_stores.is_connected(record),
        ConnectionState::Disconnected | ConnectionState::Failed { .. } => false,
    };
    if !is_due || !under_way.insert(record.id) {
        return;
    }
    let (corridor, room, under_way) = (
        Arc::clone(corridor),
        Arc::clone(room),
        Arc::clone(under_way),
    );
    tokio::spawn(async move {
        let outcome = connect(&corridor, &room, &entry).await;
        tell(&room, &entry, outcome).await;
        under_way.remove(&entry.record.id);
    });
}

async fn connect(
    corridor: &Arc<Corridor>,
    room: &Arc<RegionRoom>,
    entry: &Arc<CustomKeyStoreEntry>,
) -> Result<(), ConnectionErrorCode> {
    let (corridor, room, entry) = (Arc::clone(corridor), Arc::clone(room), Arc::clone(entry));
    let work = move || corridor.key_stores.connect(room.region(), &entry.record);
    match timeout(LONGEST_TRY, tokio::task::spawn_blocking(work)).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(defect)) => {
            tracing::error!(%defect, "connecting a custom key store broke off");
            Err(ConnectionErrorCode::InternalError)
        }
        Err(_) => Err(ConnectionErrorCode::NetworkErrors),
    }
}

/// Writes down what became of a store that was to be connected. One that is connected by its record stays so: what this
/// node does not reach now it may reach later, and others may reach it.
async fn tell(
    room: &RegionRoom,
    entry: &CustomKeyStoreEntry,
    outcome: Result<(), ConnectionErrorCode>,
) {
    let store = entry.record.id;
    match outcome {
        Ok(()) => tracing::info!(%store, "connected a custom key store"),
        Err(code) => tracing::warn!(%store, %code, "a custom key store can't be connected"),
    }
    let mut record = entry.record.clone();
    record.connection = record.connection.attempted(outcome);
    if record == entry.record {
        return;
    }
    let change = Change::PutCustomKeyStore {
        record: Box::new(record),
        expected: Expected::Revision(entry.revision),
    };
    match commit::unrecorded(&room.ledger, room.region(), &[change]).await {
        // Somebody disconnected it meanwhile, or another node was faster: the next round sees that.
        Ok(()) | Err(NotDone::Conflict { .. }) => {}
        Err(NotDone::NotCommitted(error) | NotDone::NotRecorded(error)) => {
            tracing::warn!(%store, error = %Causes(&error), "what became of a custom key store could not be written down yet");
        }
    }
}
