//! Opening: lock, permissions, pragmas and schema, before any thread is started.

use std::fs::{File, OpenOptions, Permissions, TryLockError};
use std::io;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::{SharedConnection, SqliteOptions, open_error, schema};
use crate::{OpenError, Revision};

/// Readable and writable by the owner alone.
const OWNER_ONLY: u32 = 0o600;

/// SQLite's default, written down because [`SqliteOptions::max_bytes`] is counted in it.
const PAGE_BYTES: u32 = 4096;

/// How long to wait for locks of other programs, such as an operator's backup.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// The journal mode that SQLite answers with when a file has a write-ahead log.
const WAL: &str = "wal";

/// The only journal mode of a database without a file.
const MEMORY: &str = "memory";

/// What the threads are started with.
pub(super) struct Opened {
    pub(super) writer: SharedConnection,
    pub(super) readers: Vec<SharedConnection>,
    pub(super) head: Revision,
    pub(super) lock: Option<File>,
}

/// Opens or creates the file at `path`.
pub(super) fn file(path: &Path, options: &SqliteOptions) -> Result<Opened, OpenError> {
    // Absolute, so that SQLite takes no name (":memory:") for something else than a file.
    let path = std::path::absolute(path).map_err(|source| OpenError::File {
        path: path.to_owned(),
        source,
    })?;
    let lock = lock_out_others(&path)?;
    restrict(&path).map_err(|source| OpenError::File {
        path: path.clone(),
        source,
    })?;

    let flags = OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_PRIVATE_CACHE;
    let mut writer = Connection::open_with_flags(&path, flags | OpenFlags::SQLITE_OPEN_READ_WRITE)
        .map_err(|error| open_error(path.clone(), error))?;
    let head = prepare(&mut writer, &path, options, WAL)?;
    let readers = (0..options.readers.max(1))
        .map(|_| open_reader(&path, flags | OpenFlags::SQLITE_OPEN_READ_ONLY))
        .collect::<rusqlite::Result<_>>()
        .map_err(|error| open_error(path.clone(), error))?;
    Ok(Opened {
        writer: Arc::new(Mutex::new(writer)),
        readers,
        head,
        lock: Some(lock),
    })
}

/// Opens a database without a file. SQLite gives each connection to such a database its own, so
/// writer and reader share one.
pub(super) fn memory(options: &SqliteOptions) -> Result<Opened, OpenError> {
    let path = PathBuf::from(":memory:");
    let mut connection =
        Connection::open_in_memory().map_err(|error| open_error(path.clone(), error))?;
    let head = prepare(&mut connection, &path, options, MEMORY)?;
    let connection = Arc::new(Mutex::new(connection));
    Ok(Opened {
        writer: Arc::clone(&connection),
        readers: vec![connection],
        head,
        lock: None,
    })
}

/// Takes the lock file. It is not the database itself: POSIX locks, which SQLite uses, are lost
/// when any descriptor of their file is closed.
fn lock_out_others(path: &Path) -> Result<File, OpenError> {
    let mut lock_path = path.as_os_str().to_owned();
    lock_path.push(".lock");
    let file_error = |source| OpenError::File {
        path: path.to_owned(),
        source,
    };
    let lock = owner_only().open(lock_path).map_err(file_error)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse {
            path: path.to_owned(),
        }),
        Err(TryLockError::Error(source)) => Err(file_error(source)),
    }
}

/// Creates the file if need be, for SQLite would let the umask decide who may read it. The files
/// that SQLite puts beside it inherit its mode.
fn restrict(path: &Path) -> io::Result<()> {
    let file = owner_only().open(path)?;
    let metadata = file.metadata()?;
    if metadata.permissions().mode() & 0o777 != OWNER_ONLY {
        file.set_permissions(Permissions::from_mode(OWNER_ONLY))?;
    }
    if metadata.len() == 0
        && let Some(directory) = path.parent()
    {
        File::open(directory)?.sync_all()?;
    }
    Ok(())
}

fn owner_only() -> OpenOptions {
    let mut options = OpenOptions::new();
    options
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(OWNER_ONLY);
    options
}

/// Sets the writing connection up and returns the revision of the last commit. A file that is
/// refused has not been changed. SQLite answers a journal mode that it can't have with another one
/// instead of an error, so that its answer is compared with what is wanted.
fn prepare(
    connection: &mut Connection,
    path: &Path,
    options: &SqliteOptions,
    journal_mode: &str,
) -> Result<Revision, OpenError> {
    let failed = |error| open_error(path.to_owned(), error);
    connection.busy_timeout(BUSY_TIMEOUT).map_err(failed)?;
    let version = schema::inspect(connection, path)?;
    let found = start_journal(connection).map_err(failed)?;
    if found != journal_mode {
        return Err(OpenError::NoWal {
            path: path.to_owned(),
            found,
        });
    }
    configure(connection, options).map_err(failed)?;
    schema::migrate(connection, version).map_err(failed)?;
    schema::head(connection).map_err(|error| schema::head_error(path, error))
}

/// Asks for a write-ahead log and returns what SQLite gave. The page size can't change afterwards.
fn start_journal(connection: &Connection) -> rusqlite::Result<String> {
    connection.pragma_update(None, "page_size", PAGE_BYTES)?;
    connection.pragma_update_and_check(None, "journal_mode", WAL, |row| row.get(0))
}

fn configure(connection: &Connection, options: &SqliteOptions) -> rusqlite::Result<()> {
    connection.execute_batch(
        "PRAGMA synchronous = FULL;
         -- What is deleted, sealed key material above all, is overwritten.
         PRAGMA secure_delete = ON;
         PRAGMA trusted_schema = OFF;
         PRAGMA cell_size_check = ON;
         PRAGMA journal_size_limit = 67108864;",
    )?;
    if let Some(max_bytes) = options.max_bytes {
        let pages = i64::try_from(max_bytes / u64::from(PAGE_BYTES)).unwrap_or(i64::MAX);
        connection.pragma_update(None, "max_page_count", pages)?;
    }
    Ok(())
}

fn open_reader(path: &Path, flags: OpenFlags) -> rusqlite::Result<SharedConnection> {
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.execute_batch("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;")?;
    Ok(Arc::new(Mutex::new(connection)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_journal_mode_than_the_one_asked_for_is_refused() {
        // SQLite can't give a database in memory a write-ahead log, and does not say so.
        let mut connection = Connection::open_in_memory().unwrap();
        let options = SqliteOptions::default();
        let error = prepare(&mut connection, Path::new("x"), &options, WAL).unwrap_err();
        assert!(
            matches!(&error, OpenError::NoWal { found, .. } if found == MEMORY),
            "{error}"
        );
        let changed: i64 = connection
            .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
            .unwrap();
        assert_eq!(changed, 0);
    }
}
