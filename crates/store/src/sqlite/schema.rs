//! The tables, and the checks that a file holds them.

use std::path::Path;
use std::sync::Arc;

use rusqlite::{Connection, TransactionBehavior};

use super::open_error;
use crate::{OpenError, Revision};

/// Marks our files for `file(1)` and for us: "KyST".
const APPLICATION_ID: i32 = 0x4B79_5354;

/// What takes a file from each version to the next; an empty file has version 0. Entries are
/// never changed once released, only added.
const MIGRATIONS: [&str; 1] = ["
    CREATE TABLE entries (
        key BLOB NOT NULL UNIQUE,
        value BLOB NOT NULL,
        mod_revision INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE head (
        only INTEGER PRIMARY KEY CHECK (only = 0),
        revision INTEGER NOT NULL
    ) STRICT;
    INSERT INTO head VALUES (0, 0);
"];

const SCHEMA_VERSION: i32 = 1;

/// Reads the file's version, without changing the file.
///
/// Errors: all of [`OpenError`] that concern the file's contents.
pub(super) fn inspect(connection: &Connection, path: &Path) -> Result<i32, OpenError> {
    let (application_id, version, tables) =
        marks(connection).map_err(|error| open_error(path.to_owned(), error))?;
    let is_new = application_id == 0 && version == 0 && tables == 0;
    if !is_new && application_id != APPLICATION_ID {
        return Err(OpenError::Foreign {
            path: path.to_owned(),
            application_id,
        });
    }
    if version > SCHEMA_VERSION {
        return Err(OpenError::NewerSchema {
            path: path.to_owned(),
            found: version,
            supported: SCHEMA_VERSION,
        });
    }
    Ok(version)
}

/// Brings a file of version `from` to the newest, in one transaction.
pub(super) fn migrate(connection: &mut Connection, from: i32) -> rusqlite::Result<()> {
    if from == SCHEMA_VERSION {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = usize::try_from(from).unwrap_or(0);
    for migration in MIGRATIONS.iter().skip(done) {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", SCHEMA_VERSION)?;
    transaction.commit()
}

/// The revision of the last commit.
pub(super) fn head(connection: &Connection) -> rusqlite::Result<Revision> {
    connection
        .prepare_cached("SELECT revision FROM head")?
        .query_row([], |row| row.get(0))
}

/// Sorts an error of the first look into the tables: a file without its head is damaged.
pub(super) fn head_error(path: &Path, error: rusqlite::Error) -> OpenError {
    match error {
        rusqlite::Error::QueryReturnedNoRows => OpenError::Corrupt {
            path: path.to_owned(),
            source: Arc::new(error),
        },
        other => open_error(path.to_owned(), other),
    }
}

fn marks(connection: &Connection) -> rusqlite::Result<(i32, i32, i64)> {
    let number = |name| connection.pragma_query_value(None, name, |row| row.get(0));
    let application_id = number("application_id")?;
    let version = number("user_version")?;
    let tables =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok((application_id, version, tables))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_counts_the_migrations() {
        assert_eq!(usize::try_from(SCHEMA_VERSION).unwrap(), MIGRATIONS.len());
    }
}
