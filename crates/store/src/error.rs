//! What can go wrong, by what the caller may do about it.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use crate::{Revision, Violation};

/// A backend's own error, kept for the operator's log. Shared, because all commits of a group
/// fail for the same reason.
pub type Cause = Arc<dyn std::error::Error + Send + Sync>;

/// Why a commit was not acknowledged.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CommitError {
    /// A precondition did not hold. Nothing was written; read again and decide anew.
    #[error("the store's {key} is not as expected")]
    Conflict {
        /// The key of the first precondition that failed.
        key: String,
        /// The revision at which it failed: whoever has seen it has seen what stood in the way.
        head: Revision,
    },
    /// The commit breaks a limit. Nothing was written; to repeat it is of no use.
    #[error("the commit is not valid")]
    Invalid {
        /// The limit.
        #[from]
        source: Violation,
    },
    /// There is no room left. Nothing was written; the store goes on working once there is room.
    #[error("the store is full")]
    Full,
    /// The store was closed. Nothing was written.
    #[error("the store is closed")]
    Closed,
    /// The backend failed. The commit is not acknowledged, but after a failing sync or a lost
    /// connection it may nevertheless be found applied later: read before repeating it.
    #[error("the store is unavailable")]
    Unavailable {
        /// What failed.
        source: Cause,
    },
}

/// Why a read gave nothing.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ReadError {
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
    /// The backend failed.
    #[error("the store is unavailable")]
    Unavailable {
        /// What failed.
        source: Cause,
    },
}

/// Why a watch ended. All of these are final: what was missed must be read again.
#[derive(Debug, Clone, thiserror::Error)]
pub enum WatchError {
    /// The history no longer reaches back to the wanted revision, because it was asked too late
    /// or read too slowly. Read the state anew and watch from the revision after that read.
    #[error("revision {wanted} is no longer in the history, which begins with {oldest}")]
    Compacted {
        /// The revision that would have come next.
        wanted: Revision,
        /// The first revision that can still be watched from.
        oldest: Revision,
    },
    /// The store was closed; every commit before that was yielded.
    #[error("the store is closed")]
    Closed,
    /// The backend failed.
    #[error("the store is unavailable")]
    Unavailable {
        /// What failed.
        source: Cause,
    },
}

/// Why a store could not be opened. Nothing in the file was changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file, its directory or its lock cannot be created, opened or restricted to its owner.
    #[error("cannot use the store file {}", path.display())]
    File {
        /// The store's path.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// Another process, or another store of this one, has the file open.
    #[error("the store file {} is in use by another process", path.display())]
    InUse {
        /// The store's path.
        path: PathBuf,
    },
    /// The file is no SQLite database.
    #[error("{} is not a database", path.display())]
    NotADatabase {
        /// The store's path.
        path: PathBuf,
    },
    /// The file is a database of some other program.
    #[error("{} is a database of another program (application id {application_id:#010x})", path.display())]
    Foreign {
        /// The store's path.
        path: PathBuf,
        /// The other program's mark; zero if it has none.
        application_id: i32,
    },
    /// A newer release wrote the file.
    #[error(
        "{} has schema version {found}; this release knows versions up to {supported}: \
         use the release that wrote it, or a newer one",
        path.display()
    )]
    NewerSchema {
        /// The store's path.
        path: PathBuf,
        /// The file's version.
        found: i32,
        /// The newest version that this release knows.
        supported: i32,
    },
    /// The file is damaged: restore it from a backup.
    #[error("the store file {} is damaged", path.display())]
    Corrupt {
        /// The store's path.
        path: PathBuf,
        /// What is wrong with it.
        source: Cause,
    },
    /// SQLite can't keep a write-ahead log here, as on some network file systems. Without one a
    /// commit would neither be as durable nor as quick as this store promises.
    #[error(
        "the store {} can't have a write-ahead log where it is (SQLite offers journal mode \
         {found}): put it on a local file system",
        path.display()
    )]
    NoWal {
        /// The store's path.
        path: PathBuf,
        /// The journal mode that SQLite fell back to.
        found: String,
    },
    /// SQLite failed otherwise.
    #[error("cannot open the store {}", path.display())]
    Backend {
        /// The store's path.
        path: PathBuf,
        /// What failed.
        source: Cause,
    },
    /// The operating system refused a thread.
    #[error("cannot start a thread of the store")]
    Thread {
        /// What the operating system says.
        source: io::Error,
    },
}
