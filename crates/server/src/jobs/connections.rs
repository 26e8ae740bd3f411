//! Connects custom key stores on this node, as their records say, and lets go of those that are disconnected.

use std::sync::Arc;
use std::time::{Duration, Instant};

use dashmap::{DashMap, DashSet};
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

/// What may be otherwise at the next try, although nobody has changed the store.
const HEALS: [ConnectionErrorCode; 3] = [
    ConnectionErrorCode::InsufficientCloudHsmHsms,
    ConnectionErrorCode::NetworkErrors,
    ConnectionErrorCode::UserLoggedIn,
];

/// What was tried on this node.
#[derive(Default)]
struct Tries {
    under_way: DashSet<CustomKeyStoreId>,
    last: DashMap<CustomKeyStoreId, LastTry>,
}

/// The last try of a store.
struct LastTry {
    /// The revision of its record.
    revision: u64,
    at: Instant,
    /// Whether the token was asked and said no: another try could be the wrong password that locks it.
    is_refused: bool,
}

/// A store that is being connected, until it is dropped.
struct UnderWay {
    tries: Arc<Tries>,
    store: CustomKeyStoreId,
}

impl Tries {
    /// Whether it is time to try a store: its record has changed, or the last try was not refused and is a while ago.
    fn is_time(&self, entry: &CustomKeyStoreEntry) -> bool {
        let last = self.last.get(&entry.record.id);
        last.is_none_or(|last| {
            last.revision != entry.revision || !last.is_refused && last.at.elapsed() >= INTERVAL
        })
    }

    /// Notes that a store is being tried; `None` if it is already.
    fn begin(self: &Arc<Self>, entry: &CustomKeyStoreEntry) -> Option<UnderWay> {
        let store = entry.record.id;
        let begun = self.under_way.insert(store).then(|| UnderWay {
            tries: Arc::clone(self),
            store,
        })?;
        let last = LastTry {
            revision: entry.revision,
            at: Instant::now(),
            is_refused: false,
        };
        self.last.insert(store, last);
        Some(begun)
    }

    fn note(&self, entry: &CustomKeyStoreEntry, outcome: Result<(), ConnectionErrorCode>) {
        if let Some(mut last) = self.last.get_mut(&entry.record.id) {
            last.is_refused = outcome.is_err_and(|code| !HEALS.contains(&code));
        }
    }

    /// Forgets stores that are no more.
    fn keep(&self, stores: &[Arc<CustomKeyStoreEntry>]) {
        let is_there = |id| stores.iter().any(|entry| entry.record.id == id);
        self.last.retain(|id, _| is_there(*id));
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.tries.under_way.remove(&self.store);
    }
}

/// Keeps the connections of a Region's custom key stores as their records say, for ever.
pub(super) async fn run(corridor: Arc<Corridor>, room: Arc<RegionRoom>) {
    let tries = Arc::new(Tries::default());
    loop {
        let (stores, _) = room.directory.custom_key_stores().all();
        let unwanted = corridor.key_stores.let_go(room.region(), &stores);
        if !unwanted.is_empty() {
            // Nobody waits until they are logged out.
            drop(tokio::task::spawn_blocking(move || drop(unwanted)));
        }
        tries.keep(&stores);
        for entry in stores {
            begin(&corridor, &room, entry, &tries);
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
    tries: &Arc<Tries>,
) {
    let record = &entry.record;
    let is_due = match record.connection {
        ConnectionState::Connecting => true,
        ConnectionState::Connected => !corridor.key_stores.is_connected(record),
        ConnectionState::Disconnected | ConnectionState::Failed { .. } => false,
    };
    if !is_due || !tries.is_time(&entry) {
        return;
    }
    let Some(under_way) = tries.begin(&entry) else {
        return;
    };
    let (corridor, room, tries) = (Arc::clone(corridor), Arc::clone(room), Arc::clone(tries));
    tokio::spawn(async move {
        let outcome = connect(&corridor, &room, &entry, under_way).await;
        tries.note(&entry, outcome);
        tell(&room, &entry, outcome).await;
        // What has changed meanwhile was passed over.
        room.directory.custom_key_stores().wake();
    });
}

/// Tries to connect a store. One that takes too long goes on, and is not tried again until it ends.
async fn connect(
    corridor: &Arc<Corridor>,
    room: &Arc<RegionRoom>,
    entry: &Arc<CustomKeyStoreEntry>,
    under_way: UnderWay,
) -> Result<(), ConnectionErrorCode> {
    let (corridor, room, entry) = (Arc::clone(corridor), Arc::clone(room), Arc::clone(entry));
    let work = move || {
        let _under_way = under_way;
        corridor.key_stores.connect(room.region(), &entry.record)
    };
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
