//! The outbox: the records of changes, committed with them, until they are in the audit log.
//!
//! A change and its record are one commit, so that a crash between the commit and the log loses
//! neither: what is left in the outbox at the next start is logged then.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use keystead_store::{Commit, CommitError, MAX_COMMIT_KEYS, ReadError, Store};
use tokio::sync::mpsc;

use super::log::LogError;
use super::{AuditRoom, Record};
use crate::causes::Causes;
use crate::directory::record::OUTBOX_PREFIX;

/// How many notices may wait.
const QUEUE: usize = 4096;
/// How long to wait before a record that could not be logged, or a removal that could not be
/// committed, is tried again.
const RETRY: Duration = Duration::from_secs(1);

/// Adds a record to the commit that it is about.
#[must_use]
pub fn enclose(commit: Commit, record: &Record) -> Commit {
    let path = format!("{OUTBOX_PREFIX}{}", record.event_id);
    commit.put(path, Bytes::from(record.line.clone()))
}

/// Tells a Region's outbox what became of its records.
#[derive(Debug, Clone)]
pub struct Outbox {
    notices: mpsc::Sender<Notice>,
}

#[derive(Debug)]
enum Notice {
    Logged { event_id: String },
    NotLogged { record: Record },
}

impl Outbox {
    /// Starts the task that clears a Region's outbox. It ends when every [`Outbox`] is dropped.
    #[must_use]
    pub fn start(store: Arc<dyn Store>, audit: Arc<AuditRoom>) -> Self {
        let (notices, queue) = mpsc::channel(QUEUE);
        tokio::spawn(clear(store, audit, queue));
        Self { notices }
    }

    /// The record is in the log: its copy can go.
    pub async fn logged(&self, event_id: String) {
        self.notify(Notice::Logged { event_id }).await;
    }

    /// The record is committed, but the log did not take it: it is tried again until it does.
    pub async fn not_logged(&self, record: Record) {
        self.notify(Notice::NotLogged { record }).await;
    }

    async fn notify(&self, notice: Notice) {
        // If the task has ended, the process is stopping, and the next start clears the outbox.
        let _ = self.notices.send(notice).await;
    }
}

async fn clear(store: Arc<dyn Store>, audit: Arc<AuditRoom>, mut queue: mpsc::Receiver<Notice>) {
    let mut notices = Vec::with_capacity(MAX_COMMIT_KEYS);
    while queue.recv_many(&mut notices, MAX_COMMIT_KEYS).await > 0 {
        let mut ids = Vec::with_capacity(notices.len());
        for notice in notices.drain(..) {
            match notice {
                Notice::Logged { event_id } => ids.push(event_id),
                Notice::NotLogged { record } => {
                    if !log_at_last(&audit, &record, &queue).await {
                        return;
                    }
                    ids.push(record.event_id);
                }
            }
        }
        if !remove_at_last(store.as_ref(), &ids, &queue).await {
            return;
        }
    }
}

/// Returns `false` if the process is stopping and the record must wait for the next start.
async fn log_at_last(audit: &AuditRoom, record: &Record, queue: &mpsc::Receiver<Notice>) -> bool {
    loop {
        match audit.append_change(record.clone()).await {
            Ok(_) => return true,
            Err(error) => {
                tracing::error!(event = %record.event_id, error = %Causes(&error), "a committed change is not in the audit log yet");
                if queue.is_closed() {
                    return false;
                }
                tokio::time::sleep(RETRY).await;
            }
        }
    }
}

async fn remove_at_last(
    store: &dyn Store,
    event_ids: &[String],
    queue: &mpsc::Receiver<Notice>,
) -> bool {
    loop {
        match store.commit(removal(event_ids)).await {
            Ok(_) => return true,
            Err(CommitError::Closed) => return false,
            Err(error) => {
                tracing::warn!(error = %Causes(&error), "logged records could not be removed from the outbox yet");
                if queue.is_closed() {
                    return false;
                }
                tokio::time::sleep(RETRY).await;
            }
        }
    }
}

fn removal(event_ids: &[String]) -> Commit {
    event_ids.iter().fold(Commit::new(), |commit, id| {
        commit.delete(format!("{OUTBOX_PREFIX}{id}"))
    })
}

/// Why an outbox could not be emptied at the start.
#[derive(Debug, thiserror::Error)]
pub enum DrainError {
    /// The store can't be read.
    #[error("the outbox can't be read")]
    Read {
        /// What the store says.
        #[from]
        source: ReadError,
    },
    /// The audit log can't be written.
    #[error("the outbox's records can't be logged")]
    Log {
        /// What the log says.
        #[from]
        source: LogError,
    },
    /// The store can't be written.
    #[error("the outbox can't be emptied")]
    Commit {
        /// What the store says.
        #[from]
        source: CommitError,
    },
}

/// Logs what an earlier run committed but may not have logged, before anybody is served.
///
/// # Errors
/// [`DrainError`].
pub async fn drain(store: &dyn Store, audit: &AuditRoom) -> Result<usize, DrainError> {
    let mut recovered = 0;
    loop {
        let page = store.range(OUTBOX_PREFIX, None, MAX_COMMIT_KEYS).await?;
        if page.items.is_empty() {
            return Ok(recovered);
        }
        let id = |key: &str| {
            key.strip_prefix(OUTBOX_PREFIX)
                .unwrap_or_default()
                .to_owned()
        };
        let ids: Vec<_> = page.items.iter().map(|entry| id(&entry.key)).collect();
        // A record may have been logged long ago: while the store takes no commits, its copy stays here.
        let logged = audit.recorded(&ids)?;
        for (event_id, entry) in ids.iter().zip(page.items) {
            if logged.contains(event_id) {
                continue;
            }
            let record = Record {
                event_id: event_id.clone(),
                line: entry.value.to_vec(),
            };
            audit.append_change(record).await?;
            recovered += 1;
        }
        store.commit(removal(&ids)).await?;
    }
}
