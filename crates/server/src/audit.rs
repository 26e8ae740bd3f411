//! The audit room: every call of a known caller becomes a record, allowed or denied, before it is
//! answered.
//!
//! Its door is [`Recorded`]: only [`AuditRoom::append`] makes one, once the record is as durable
//! as the log promises.

pub mod index;
mod key_event;
pub mod log;
pub mod outbox;
mod record;
pub mod retention;

use std::collections::HashSet;

use keystead_core::audit::RecordedId;

pub use self::key_event::KeyEvent;
use self::log::{AuditLog, LogError};
pub use self::record::CallFacts;

/// One record: a line of JSON, and the id in it.
#[derive(Debug, Clone)]
pub struct Record {
    /// The record's own id.
    pub event_id: String,
    /// The line, without its end.
    pub line: Vec<u8>,
}

/// Proof that a call is in the audit log.
#[derive(Debug)]
pub struct Recorded(());

/// Where records go.
pub struct AuditRoom {
    log: AuditLog,
}

impl AuditRoom {
    /// The room over an open log.
    #[must_use]
    pub const fn new(log: AuditLog) -> Self {
        Self { log }
    }

    /// The ids of the latest records that the log had when it was opened, by which a start tells
    /// what is already in it.
    ///
    /// # Errors
    /// [`LogError`], if the log's files can't be read.
    pub fn recent_ids(&self) -> Result<HashSet<String>, LogError> {
        let mut ids = HashSet::new();
        for line in self.log.recent_lines() {
            // A line of another shape, which an operator may have added, has no id to compare.
            if let Ok(recorded) = serde_json::from_slice::<RecordedId>(&line?) {
                ids.insert(recorded.event_id);
            }
        }
        Ok(ids)
    }

    /// Appends a record and waits until it is durable.
    ///
    /// # Errors
    /// [`LogError`]; then the call must not be answered as if it were recorded.
    pub async fn append(&self, record: Record) -> Result<Recorded, LogError> {
        self.log.append(record.line).await.map(Recorded)
    }

    /// Writes out what is queued and closes the log.
    ///
    /// # Errors
    /// [`LogError`], if the last records could not be written.
    pub async fn close(&self) -> Result<(), LogError> {
        self.log.close().await
    }
}
