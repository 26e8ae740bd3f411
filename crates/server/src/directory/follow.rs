//! How a directory is filled from the store and kept current by its `watch`.

use std::collections::HashSet;
use std::sync::Arc;

use keystead_store::{Change, Entry, Event, ReadError, Revision, Store, Watch, WatchError};
use tokio::task::JoinHandle;

use super::record::{Place, Record, RecordError};
use super::{Directory, NotCurrent};

/// How many records one read of the store brings.
const PAGE: usize = 1000;

/// Why a directory could not be filled, or is no longer kept current.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// The store can't be read.
    #[error("the store can't be read")]
    Read {
        /// What the store says.
        #[from]
        source: ReadError,
    },
    /// The store can't be watched.
    #[error("the store can't be watched")]
    Watch {
        /// What the store says.
        #[from]
        source: WatchError,
    },
    /// A record of the store can't be used.
    #[error(transparent)]
    Record {
        /// Which, and why.
        #[from]
        source: RecordError,
    },
    /// The directory was cut off while it was filled.
    #[error(transparent)]
    NotCurrent {
        /// The state that it is in.
        #[from]
        source: NotCurrent,
    },
}

/// Fills the directory, then keeps it current in a task of its own until the store closes.
///
/// # Errors
/// [`FollowError`], if the directory can't be filled.
pub async fn follow(
    directory: Arc<Directory>,
    store: Arc<dyn Store>,
) -> Result<JoinHandle<()>, FollowError> {
    let mut watch = load(&directory, store.as_ref()).await?;
    Ok(tokio::spawn(async move {
        loop {
            match apply_all(&directory, watch.as_mut()).await {
                FollowError::Watch {
                    source: WatchError::Closed,
                } => break,
                // The history is gone, so what was missed is read again; until then nobody is served.
                FollowError::Watch {
                    source: WatchError::Compacted { .. },
                } => {
                    directory.cut_off();
                    match load(&directory, store.as_ref()).await {
                        Ok(fresh) => watch = fresh,
                        Err(error) => return report_loss(&directory, &error),
                    }
                }
                error => return report_loss(&directory, &error),
            }
        }
        directory.cut_off();
    }))
}

fn report_loss(directory: &Directory, error: &FollowError) {
    directory.cut_off();
    tracing::error!(region = %directory.region(), %error, "the directory has lost its store: all calls in this Region fail until a restart");
}

async fn load(directory: &Directory, store: &dyn Store) -> Result<Box<dyn Watch>, FollowError> {
    let mut seen = HashSet::new();
    let mut first_revision = None;
    let mut after: Option<String> = None;
    loop {
        let page = store.range("/", after.as_deref(), PAGE).await?;
        first_revision.get_or_insert(page.revision);
        for entry in &page.items {
            put(directory, entry)?;
            seen.insert(entry.key.clone());
        }
        after = page.items.last().map(|entry| entry.key.clone());
        if !page.more {
            break;
        }
    }
    let revision = first_revision.unwrap_or(Revision::ZERO);
    directory.retain(revision.as_u64(), |place| {
        seen.contains(&place.path(directory.region()))
    });
    let watch = store.watch(revision.next()).await?;
    directory.show(revision.as_u64());
    Ok(watch)
}

fn put(directory: &Directory, entry: &Entry) -> Result<(), RecordError> {
    apply_value(directory, &entry.key, &entry.value, entry.mod_revision)
}

async fn apply_all(directory: &Directory, watch: &mut dyn Watch) -> FollowError {
    loop {
        let applied = match watch.next().await {
            Ok(event) => apply(directory, &event),
            Err(source) => return source.into(),
        };
        if let Err(source) = applied {
            return source.into();
        }
    }
}

fn apply(directory: &Directory, event: &Event) -> Result<(), RecordError> {
    for change in event.changes.iter() {
        match change {
            Change::Put { key, value } => apply_value(directory, key, value, event.revision)?,
            Change::Delete { key } => {
                if let Some(place) = Place::parse(key, directory.region()) {
                    directory.remove(&place, event.revision.as_u64());
                }
            }
        }
    }
    directory.show(event.revision.as_u64());
    Ok(())
}

fn apply_value(
    directory: &Directory,
    path: &str,
    value: &[u8],
    revision: Revision,
) -> Result<(), RecordError> {
    let place =
        Place::parse(path, directory.region()).ok_or_else(|| RecordError::UnknownPlace {
            path: path.to_owned(),
        })?;
    match Record::decode(&place, path, value)? {
        Record::Key(record) => directory.put_key(*record, revision.as_u64()),
        Record::Alias(record) => directory.put_alias(record, revision.as_u64()),
        Record::Outbox => {}
    }
    Ok(())
}
