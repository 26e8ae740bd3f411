//! From an operation's changes to one commit of the store.

use keystead_core::arn::Region;
use keystead_core::change::{Change, Expected};
use keystead_store::{Commit, Expect, Revision};
use serde::Serialize;

use crate::directory::record::{Place, encode};

/// The commit that makes all these changes, or none.
///
/// # Errors
/// None in practice: every record is serializable.
pub(crate) fn of(changes: &[Change], region: &Region) -> Result<Commit, serde_json::Error> {
    changes
        .iter()
        .try_fold(Commit::new(), |commit, change| add(commit, change, region))
}

fn add(commit: Commit, change: &Change, region: &Region) -> Result<Commit, serde_json::Error> {
    let key = |account, id| Place::Key { account, id };
    let alias = |account, name: &keystead_core::alias::AliasName| Place::Alias {
        account,
        name: name.clone(),
    };
    let (place, expected) = match change {
        Change::PutKey { record, expected } => (key(record.account, record.id), *expected),
        Change::RequireKey {
            account,
            id,
            expected,
        }
        | Change::DeleteKey {
            account,
            id,
            expected,
        } => (key(*account, *id), *expected),
        Change::PutAlias { record, expected } => (alias(record.account, &record.name), *expected),
        Change::DeleteAlias {
            account,
            name,
            expected,
        } => (alias(*account, name), *expected),
    };
    let path = place.path(region);
    let commit = commit.expect(path.clone(), expect(expected));
    Ok(match change {
        Change::PutKey { record, .. } => put(commit, path, record)?,
        Change::PutAlias { record, .. } => put(commit, path, record)?,
        Change::DeleteKey { .. } | Change::DeleteAlias { .. } => commit.delete(path),
        Change::RequireKey { .. } => commit,
    })
}

fn put<T: Serialize>(
    commit: Commit,
    path: String,
    record: &T,
) -> Result<Commit, serde_json::Error> {
    Ok(commit.put(path, encode(record)?))
}

const fn expect(expected: Expected) -> Expect {
    match expected {
        Expected::Absent => Expect::Absent,
        Expected::Revision(revision) => Expect::Revision(Revision::new(revision)),
    }
}
