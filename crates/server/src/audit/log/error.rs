//! What can go wrong with the log.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use super::MAX_LINE_BYTES;

/// Why a line is not in the log, or the log not open. All callers of a group share one cause.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LogError {
    /// The directory or a file in it can't be created, read or repaired.
    #[error("the audit log can't use {}", path.display())]
    Open {
        /// The directory or file.
        path: PathBuf,
        /// What the system says.
        source: Arc<io::Error>,
    },
    /// Another process has the log open.
    #[error("the audit log in {} is in use by another process", path.display())]
    InUse {
        /// The log's directory.
        path: PathBuf,
    },
    /// The system refused a thread.
    #[error("the audit log's thread can't be started")]
    Thread {
        /// What the system says.
        source: Arc<io::Error>,
    },
    /// The line is too long.
    #[error(
        "a line of {line_bytes} bytes is too long for the audit log; the limit is {MAX_LINE_BYTES}"
    )]
    LongLine {
        /// Its length.
        line_bytes: usize,
    },
    /// The line has a line end in it, and would be read as two records.
    #[error("a record for the audit log is not one line")]
    NotOneLine,
    /// A new segment can't be created. Later appends try again.
    #[error("the audit log can't begin a new segment")]
    Create {
        /// What the system says.
        source: Arc<io::Error>,
    },
    /// The group can't be written: the disk is full, for instance. Later appends try again.
    #[error("the audit log can't be written")]
    Write {
        /// What the system says.
        source: Arc<io::Error>,
    },
    /// The group was written, but is not known to be on the disk. Later appends try again.
    #[error("the audit log can't be synced")]
    Sync {
        /// What the system says.
        source: Arc<io::Error>,
    },
    /// The log was closed before the line was taken.
    #[error("the audit log is closed")]
    Closed,
    /// The writer's thread died, which only a defect of ours can cause.
    #[error("the audit log's writer has ended unexpectedly")]
    WriterEnded,
}
