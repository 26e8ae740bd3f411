//! The audit room: every call of a known caller becomes a record, allowed or denied, before it is
//! answered.
//!
//! Its door is [`Recorded`]: only [`AuditRoom::append`] makes one, once the record is as durable
//! as the log promises.

pub mod behind;
pub mod index;
mod key_event;
pub mod log;
pub mod outbox;
mod record;
pub mod retention;
pub mod ship;
pub mod trail;

use std::collections::HashSet;

use keystead_core::audit::RecordedId;
use keystead_core::time::Timestamp;

use self::index::{Attribute, History, Indexer, Query, Term};
pub use self::key_event::KeyEvent;
use self::log::{AuditLog, LogError, LogStatus};
pub use self::record::{CallFacts, Copies};
use self::retention::{Needs, Retention};
use crate::watch::Stopwatch;

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

/// Where records go, and where they are found again.
pub struct AuditRoom {
    log: AuditLog,
    appends: Stopwatch,
    history: Option<History>,
    needs: Needs,
    retention: Retention,
}

impl AuditRoom {
    /// The room over an open log, which is cleared of what is older than `retention` asks, and
    /// where the time is noted that records take.
    ///
    /// # Errors
    /// [`LogError`], if the log's files can't be read.
    pub fn new(log: AuditLog, retention: Retention, appends: Stopwatch) -> Result<Self, LogError> {
        Ok(Self {
            appends,
            history: log.reader().map(History::open).transpose()?,
            log,
            needs: Needs::default(),
            retention,
        })
    }

    /// How the log is doing; `None` of one that keeps nothing. Looks at its files.
    ///
    /// # Errors
    /// [`LogError::Open`] if they can't be looked at.
    pub fn status(&self) -> Result<Option<LogStatus>, LogError> {
        self.log.status()
    }

    /// What was recorded, to search in; `None` of a log that keeps nothing.
    #[must_use]
    pub const fn history(&self) -> Option<&History> {
        self.history.as_ref()
    }

    /// Who reads the log, so that nothing is removed before it was read.
    #[must_use]
    pub const fn needs(&self) -> &Needs {
        &self.needs
    }

    /// Has the log indexed from now on.
    ///
    /// # Errors
    /// [`LogError`], if a thread can't be started or the log not be read.
    pub fn index(&self) -> Result<Option<Indexer>, LogError> {
        let history = self.history.as_ref();
        history
            .map(|history| Indexer::start(history, &self.needs))
            .transpose()
    }

    /// Removes what is older than has to be kept, and begins a new segment each day so that there is no more of it than
    /// that.
    ///
    /// # Errors
    /// [`LogError`], if the log can't be read or written.
    pub async fn clear(&self, now: Timestamp) -> Result<(), LogError> {
        let (Some(history), Retention::Days(days)) = (&self.history, self.retention) else {
            return Ok(());
        };
        if retention::is_segment_due(history, now) {
            self.log.end_segment().await?;
        }
        let (history, needs) = (history.clone(), self.needs.clone());
        let clear = move || retention::clear(&history, &needs, now, days);
        let removed = tokio::task::spawn_blocking(clear).await;
        let removed = removed.unwrap_or_else(|defect| {
            tracing::error!(%defect, "clearing the audit log broke off; it is tried again");
            Ok(Vec::new())
        })?;
        if !removed.is_empty() {
            tracing::info!(segments = ?removed, days, "removed segments of the audit log that are older than it is kept");
        }
        Ok(())
    }

    /// Which of these records are in the log, by their ids: whenever they came there, and whether it is indexed or not.
    /// Blocks on the disk.
    ///
    /// # Errors
    /// [`LogError`], if the log's files can't be read.
    pub fn recorded(&self, event_ids: &[String]) -> Result<HashSet<String>, LogError> {
        let Some(history) = &self.history else {
            return Ok(HashSet::new());
        };
        let terms = event_ids
            .iter()
            .map(|id| Term::new(Attribute::EventId, id.as_str()));
        let mut ids = HashSet::new();
        for found in history.search(Query::default().with_any(terms), None)? {
            // What is found has its id, or it would not be.
            if let Ok(recorded) = serde_json::from_slice::<RecordedId>(&found?.line) {
                ids.insert(recorded.event_id);
            }
        }
        Ok(ids)
    }

    /// A reader of what is durable of the log; `None` if it keeps nothing.
    #[must_use]
    pub fn reader(&self) -> Option<log::Reader> {
        self.log.reader()
    }

    /// Appends a record and waits until it is as durable as the log promises.
    ///
    /// # Errors
    /// [`LogError`]; then the call must not be answered as if it were recorded.
    pub async fn append(&self, record: Record) -> Result<Recorded, LogError> {
        let appended = self.appends.time(self.log.append(record.line)).await;
        appended.map(Recorded)
    }

    /// Appends the record of a change and waits until it is durable, whatever the log promises: only then may its copy
    /// go that was committed with the change.
    ///
    /// # Errors
    /// [`LogError`]; then the call must not be answered as if it were recorded.
    pub async fn append_change(&self, record: Record) -> Result<Recorded, LogError> {
        let append = self.log.append_durably(record.line);
        self.appends.time(append).await.map(Recorded)
    }

    /// Appends records and waits until all of them are as durable as the log promises.
    ///
    /// # Errors
    /// [`LogError`]; then the call must not be answered as if it were recorded.
    pub async fn append_all(&self, records: Vec<Record>) -> Result<Recorded, LogError> {
        let lines = records.into_iter().map(|record| record.line).collect();
        let appended = self.appends.time(self.log.append_all(lines)).await;
        appended.map(Recorded)
    }

    /// Writes out what is queued and closes the log.
    ///
    /// # Errors
    /// [`LogError`], if the last records could not be written.
    pub async fn close(&self) -> Result<(), LogError> {
        self.log.close().await
    }
}
