//! One commit within the group's transaction.

use rusqlite::{Connection, OptionalExtension};

use crate::{Change, Commit, Event, Expect, Revision};

/// What became of a commit.
pub(super) enum Outcome {
    /// It changed something and took a revision.
    Applied(Event),
    /// Its preconditions hold, and there was nothing to change.
    Unchanged { head: Revision },
    /// A precondition failed; nothing was written.
    Conflict { key: String, head: Revision },
}

/// Checks the preconditions, then makes the writes at the revision after `head`.
///
/// An error leaves the transaction half done: the caller must roll it back.
pub(super) fn apply(
    transaction: &Connection,
    head: Revision,
    commit: Commit,
) -> rusqlite::Result<Outcome> {
    for (key, expect) in commit.preconditions {
        if !holds(expect, mod_revision(transaction, &key)?) {
            return Ok(Outcome::Conflict { key, head });
        }
    }
    let revision = head.next();
    let mut changes = Vec::with_capacity(commit.writes.len());
    for change in commit.writes {
        if write(transaction, revision, &change)? {
            changes.push(change);
        }
    }
    if changes.is_empty() {
        return Ok(Outcome::Unchanged { head });
    }
    Ok(Outcome::Applied(Event {
        revision,
        changes: changes.into(),
    }))
}

fn holds(expect: Expect, found: Option<Revision>) -> bool {
    match expect {
        Expect::Absent => found.is_none(),
        Expect::Present => found.is_some(),
        Expect::Revision(revision) => found == Some(revision),
    }
}

fn mod_revision(transaction: &Connection, key: &str) -> rusqlite::Result<Option<Revision>> {
    transaction
        .prepare_cached("SELECT mod_revision FROM entries WHERE key = ?1")?
        .query_row([key.as_bytes()], |row| row.get(0))
        .optional()
}

/// Makes one change; false if there was nothing to delete.
fn write(transaction: &Connection, revision: Revision, change: &Change) -> rusqlite::Result<bool> {
    let key = change.key().as_bytes();
    let rows = match change.value() {
        Some(value) => transaction
            .prepare_cached(
                "INSERT INTO entries (key, value, mod_revision) VALUES (?1, ?2, ?3)
                 ON CONFLICT (key) DO UPDATE
                 SET value = excluded.value, mod_revision = excluded.mod_revision",
            )?
            .execute((key, value.as_ref(), revision))?,
        None => transaction
            .prepare_cached("DELETE FROM entries WHERE key = ?1")?
            .execute([key])?,
    };
    Ok(rows > 0)
}
