//! Reading keys and ranges.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension, Row, Transaction};

use super::schema;
use crate::{Entry, MAX_PAGE_BYTES, MAX_PAGE_ENTRIES, Page, Revision, Versioned};

/// Greater than every key, for UTF-8 has no such byte.
const AFTER_ALL_KEYS: u8 = 0xFF;

/// The keys from `first` up to, but without, `end`, and how many of them at most.
pub(super) struct Span {
    first: Vec<u8>,
    end: Vec<u8>,
    limit: usize,
}

impl Span {
    /// The keys that start with `prefix` and are greater than `after`.
    pub(super) fn new(prefix: &str, after: Option<&str>, limit: usize) -> Self {
        let prefix = prefix.as_bytes();
        let successor = after.map(|marker| [marker.as_bytes(), &[0]].concat());
        Self {
            first: successor.unwrap_or_default().max(prefix.to_vec()),
            end: prefix_end(prefix),
            limit: limit.clamp(1, MAX_PAGE_ENTRIES),
        }
    }
}

/// The value of one key.
pub(super) fn get(connection: &Connection, key: &str) -> rusqlite::Result<Option<Versioned>> {
    connection
        .prepare_cached("SELECT value, mod_revision FROM entries WHERE key = ?1")?
        .query_row([key.as_bytes()], |row| {
            Ok(Versioned {
                value: row.get::<_, Vec<u8>>(0)?.into(),
                mod_revision: row.get(1)?,
            })
        })
        .optional()
}

/// One page of a span; the transaction makes it and its revision one snapshot.
pub(super) fn range(connection: &mut Connection, span: &Span) -> rusqlite::Result<Page> {
    let snapshot = connection.transaction()?;
    let revision = schema::head(&snapshot)?;
    let (items, more) = entries(&snapshot, span)?;
    snapshot.commit()?;
    Ok(Page {
        items,
        more,
        revision,
    })
}

/// The entries that fit into a page, and whether there are more.
fn entries(snapshot: &Transaction<'_>, span: &Span) -> rusqlite::Result<(Vec<Entry>, bool)> {
    let mut statement = snapshot.prepare_cached(
        "SELECT key, value, mod_revision FROM entries
         WHERE key >= ?1 AND key < ?2 ORDER BY key",
    )?;
    let mut rows = statement.query((&span.first, &span.end))?;
    let mut items = Vec::new();
    let mut bytes = 0;
    while let Some(row) = rows.next()? {
        if items.len() == span.limit {
            return Ok((items, true));
        }
        let entry = entry(row)?;
        bytes += entry.key.len() + entry.value.len();
        if bytes > MAX_PAGE_BYTES && !items.is_empty() {
            return Ok((items, true));
        }
        items.push(entry);
    }
    Ok((items, false))
}

fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let key = String::from_utf8(row.get(0)?)
        .map_err(|error| rusqlite::Error::Utf8Error(0, error.utf8_error()))?;
    Ok(Entry {
        key,
        value: row.get::<_, Vec<u8>>(1)?.into(),
        mod_revision: row.get(2)?,
    })
}

/// The least byte string greater than everything that starts with `prefix`.
fn prefix_end(prefix: &[u8]) -> Vec<u8> {
    let mut end = prefix.to_vec();
    match end.last_mut() {
        // The last byte of UTF-8 is never 0xFF.
        Some(last) => *last = last.saturating_add(1),
        None => end.push(AFTER_ALL_KEYS),
    }
    end
}

impl ToSql for Revision {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        i64::try_from(self.as_u64())
            .map(ToSqlOutput::from)
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
    }
}

impl FromSql for Revision {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let number = value.as_i64()?;
        u64::try_from(number)
            .map(Self::new)
            .map_err(|_| FromSqlError::OutOfRange(number))
    }
}
