//! The embedded backend: SQLite in WAL mode with full syncs.
//!
//! One writer thread puts all commits that wait into one transaction, and thus under one sync.
//! Readers have connections and threads of their own, so that no read waits for a sync. The
//! history that watches read is kept in memory and begins when the store is opened.

mod apply;
mod history;
mod open;
mod query;
mod reader;
mod schema;
mod worker;
mod writer;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

use crate::{
    Commit, CommitError, OpenError, Page, Pending, ReadError, Revision, Store, Versioned, Watch,
    WatchError,
};
use history::History;
use open::Opened;
use reader::Query;
use worker::{Unanswered, Worker};
use writer::Job;

/// How a [`SqliteStore`] is bounded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqliteOptions {
    /// Commits that may wait for the writer; further callers wait for a place. At least 1.
    pub queue: usize,
    /// Threads that read, each with its own connection. At least 1; in memory always 1.
    pub readers: usize,
    /// Commits that a watch may lag behind before it is told `Compacted`. At least 1.
    pub history_commits: usize,
    /// Bytes of keys and values of these commits. The newest commit is kept whatever its size.
    pub history_bytes: usize,
    /// The largest size of the database in bytes, rounded down to whole pages of 4,096 bytes;
    /// beyond it commits fail with [`CommitError::Full`]. `None` leaves it to the disk.
    pub max_bytes: Option<u64>,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self {
            queue: 1024,
            readers: 2,
            history_commits: 16 * 1024,
            history_bytes: 32 * 1024 * 1024,
            max_bytes: None,
        }
    }
}

/// The embedded store, in a file or in memory.
///
/// Dropping it finishes the commits already accepted and waits for its threads; to do so without
/// blocking the reactor, [`close`](Store::close) it first.
pub struct SqliteStore {
    // Dropped in this order: the last connection moves the write-ahead log into the file, which
    // only the writing one can, and the lock must outlive every connection.
    readers: Worker<Query>,
    writer: Worker<Job>,
    history: History,
    file_lock: Mutex<Option<File>>,
}

impl SqliteStore {
    /// Opens the store in the file at `path`, or creates it, with the default options.
    ///
    /// The file is readable by its owner alone (mode 0600). SQLite keeps two more files beside
    /// it (`-wal`, `-shm`), and a `.lock` file keeps other processes out.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        Self::open_with(path, &SqliteOptions::default())
    }

    /// Like [`open`](Self::open), with options.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open_with(path: impl AsRef<Path>, options: &SqliteOptions) -> Result<Self, OpenError> {
        open::file(path.as_ref(), options).and_then(|opened| Self::start(opened, options))
    }

    /// A store that lives as long as this value, for development and tests: the same code with
    /// nothing on the disk.
    ///
    /// # Errors
    /// [`OpenError::Backend`] or [`OpenError::Thread`] if the system is out of resources.
    pub fn in_memory() -> Result<Self, OpenError> {
        Self::in_memory_with(&SqliteOptions::default())
    }

    /// Like [`in_memory`](Self::in_memory), with options.
    ///
    /// # Errors
    /// [`OpenError::Backend`] or [`OpenError::Thread`] if the system is out of resources.
    pub fn in_memory_with(options: &SqliteOptions) -> Result<Self, OpenError> {
        open::memory(options).and_then(|opened| Self::start(opened, options))
    }

    fn start(opened: Opened, options: &SqliteOptions) -> Result<Self, OpenError> {
        let (publisher, history) = history::new(opened.head, options);
        let writer = writer::start(opened.writer, opened.head, publisher, options.queue)?;
        let readers = reader::start(opened.readers, options.queue)?;
        Ok(Self {
            writer,
            readers,
            history,
            file_lock: Mutex::new(opened.lock),
        })
    }
}

impl Store for SqliteStore {
    fn get<'a>(&'a self, key: &'a str) -> Pending<'a, Result<Option<Versioned>, ReadError>> {
        Box::pin(async {
            let key = key.to_owned();
            self.readers.ask(|reply| Query::Get { key, reply }).await?
        })
    }

    fn range<'a>(
        &'a self,
        prefix: &'a str,
        after: Option<&'a str>,
        limit: usize,
    ) -> Pending<'a, Result<Page, ReadError>> {
        let span = query::Span::new(prefix, after, limit);
        Box::pin(async {
            self.readers
                .ask(|reply| Query::Range { span, reply })
                .await?
        })
    }

    fn commit(&self, commit: Commit) -> Pending<'_, Result<Revision, CommitError>> {
        Box::pin(async {
            commit.check()?;
            self.writer.ask(|reply| Job { commit, reply }).await?
        })
    }

    fn watch(&self, from: Revision) -> Pending<'_, Result<Box<dyn Watch>, WatchError>> {
        let watch = self.history.watch(from);
        Box::pin(async { Ok(Box::new(watch?) as Box<dyn Watch>) })
    }

    fn close(&self) -> Pending<'_, ()> {
        Box::pin(async {
            // The last one to end moves the write-ahead log into the file.
            self.readers.close().await;
            self.writer.close().await;
            // No connection is left, so that another process may have the file.
            drop(lock(&self.file_lock).take());
        })
    }
}

/// A connection that threads may share: in memory there is only one for all.
type SharedConnection = Arc<Mutex<Connection>>;

/// Locks, also after a panic elsewhere: SQLite's own transactions keep the data whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Sorts SQLite's failures while opening by what the operator may do about them.
fn open_error(path: PathBuf, error: rusqlite::Error) -> OpenError {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    match error.sqlite_error_code() {
        Some(NotADatabase) => OpenError::NotADatabase { path },
        Some(DatabaseCorrupt) => OpenError::Corrupt {
            path,
            source: Arc::new(error),
        },
        _ => OpenError::Backend {
            path,
            source: Arc::new(error),
        },
    }
}

fn commit_error(error: rusqlite::Error) -> CommitError {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DiskFull) => CommitError::Full,
        _ => CommitError::Unavailable {
            source: Arc::new(error),
        },
    }
}

fn read_error(error: rusqlite::Error) -> ReadError {
    ReadError::Unavailable {
        source: Arc::new(error),
    }
}

impl From<Unanswered> for CommitError {
    fn from(unanswered: Unanswered) -> Self {
        match unanswered {
            Unanswered::Closed => Self::Closed,
            Unanswered::ThreadEnded => Self::Unavailable {
                source: Arc::new(unanswered),
            },
        }
    }
}

impl From<Unanswered> for ReadError {
    fn from(unanswered: Unanswered) -> Self {
        match unanswered {
            Unanswered::Closed => Self::Closed,
            Unanswered::ThreadEnded => Self::Unavailable {
                source: Arc::new(unanswered),
            },
        }
    }
}
