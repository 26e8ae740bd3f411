//! Changes made durable: one commit of the store, together with the record of what was done.

use std::sync::Arc;

use keystead_core::arn::Region;
use keystead_core::change::{Change, Expected};
use keystead_core::custom_key_store::CustomKeyStoreTallyRecord;
use keystead_store::{Commit, CommitError, Expect, Revision};
use serde::Serialize;

use crate::audit::{AuditRoom, Record, Recorded, outbox};
use crate::directory::record::{Place, encode};
use crate::fault::Internal;
use crate::ledger::Ledger;
use crate::spans::{CallSpan, Room};

/// Why a change was not made, or not acknowledged.
pub(crate) enum NotDone {
    /// Another change of the same records came first: decide anew, once this revision is seen.
    Conflict { head: u64 },
    /// Nothing was changed, as far as the store can tell.
    NotCommitted(Internal),
    /// The log did not take the record.
    NotRecorded(Internal),
}

/// Where changes are made, and for which call.
pub(crate) struct Site<'a> {
    /// What is changed.
    pub(crate) ledger: &'a Arc<Ledger>,
    /// Whose keys are.
    pub(crate) region: &'a Region,
    /// Where it is recorded.
    pub(crate) audit: &'a Arc<AuditRoom>,
    /// The call's span; none of what happens without a call.
    pub(crate) span: &'a CallSpan,
}

/// Makes changes durable together with their record and further ones, of what they bring about and
/// for others, and waits until this node shows them. Without changes, only records.
///
/// A change goes on to its end even if its caller hangs up meanwhile, so that its record does not
/// wait in the outbox for the next start.
pub(crate) async fn and_record(
    site: Site<'_>,
    changes: &[Change],
    record: Record,
    further: Vec<Record>,
) -> Result<Recorded, NotDone> {
    let Site { ledger, audit, .. } = site;
    if changes.is_empty() {
        let _entered = site.span.enter(Room::Audit);
        return append(audit, record, further).await;
    }
    let commit = of(changes, site.region).map_err(|error| NotDone::NotCommitted(error.into()))?;
    let (ledger, audit) = (Arc::clone(ledger), Arc::clone(audit));
    let making = make(ledger, audit, commit, record, further, site.span.clone());
    tokio::spawn(making)
        .await
        .unwrap_or(Err(NotDone::NotRecorded(Internal::Defect)))
}

/// Clears away what no call can see any more, such as the grants of a key that is no more, or writes
/// down what calls have left in memory. There is no record: what is told of are those calls, or the
/// change that left something behind.
pub(crate) async fn unrecorded(
    ledger: &Ledger,
    region: &Region,
    changes: &[Change],
) -> Result<(), NotDone> {
    let commit = of(changes, region).map_err(|error| NotDone::NotCommitted(error.into()))?;
    let revision = ledger.commit(commit).await.map_err(not_done)?;
    let _ = ledger.shown.caught_up(revision.as_u64()).await;
    Ok(())
}

async fn make(
    ledger: Arc<Ledger>,
    audit: Arc<AuditRoom>,
    commit: Commit,
    record: Record,
    further: Vec<Record>,
    span: CallSpan,
) -> Result<Recorded, NotDone> {
    let commit = outbox::enclose(commit, &record);
    let commit = further.iter().fold(commit, outbox::enclose);
    let entered = span.enter(Room::Commit);
    let committed = ledger.commit(commit).await;
    drop(entered);
    let revision = committed.map_err(not_done)?;
    let entered = span.enter(Room::Audit);
    for record in further {
        // One that is not in the log now is tried again, by the outbox.
        let _ = log(&ledger, &audit, record).await;
    }
    let appended = log(&ledger, &audit, record).await;
    drop(entered);
    let _entered = span.enter(Room::Directory);
    // The change is durable: a directory that can't show it refuses every later call.
    let _ = ledger.shown.caught_up(revision.as_u64()).await;
    appended
}

/// Logs a record whose change is committed.
async fn log(ledger: &Ledger, audit: &AuditRoom, record: Record) -> Result<Recorded, NotDone> {
    let appended = audit.append_change(record.clone()).await;
    let appended = appended.map_err(|error| NotDone::NotRecorded(error.into()));
    if appended.is_ok() {
        ledger.outbox.logged(record.event_id).await;
    } else {
        ledger.outbox.not_logged(record).await;
    }
    appended
}

fn not_done(error: CommitError) -> NotDone {
    match error {
        CommitError::Conflict { head, .. } => NotDone::Conflict {
            head: head.as_u64(),
        },
        error => NotDone::NotCommitted(error.into()),
    }
}

async fn append(
    audit: &AuditRoom,
    record: Record,
    mut further: Vec<Record>,
) -> Result<Recorded, NotDone> {
    let appended = if further.is_empty() {
        audit.append(record).await
    } else {
        // The caller's own last: it is the one that is looked for by the request's id.
        further.push(record);
        audit.append_all(further).await
    };
    appended.map_err(|error| NotDone::NotRecorded(error.into()))
}

/// The commit that makes all these changes, or none.
///
/// # Errors
/// None in practice: every record is serializable.
fn of(changes: &[Change], region: &Region) -> Result<Commit, serde_json::Error> {
    changes
        .iter()
        .try_fold(Commit::new(), |commit, change| add(commit, change, region))
}

/// Where a change is made.
fn path(change: &Change, region: &Region) -> String {
    let key = |account, id| Place::Key { account, id }.path(region);
    let alias = |account, name: &keystead_core::alias::AliasName| {
        let name = name.clone();
        Place::Alias { account, name }.path(region)
    };
    let grant = |account, key, id: &str| {
        let id = id.to_owned();
        Place::Grant { account, key, id }.path(region)
    };
    let wrapping_key = |account, key, id| Place::WrappingKey { account, key, id }.path(region);
    let last_use = |account, key| Place::LastUse { account, key }.path(region);
    let key_tally = |account| Place::KeyTally { account }.path(region);
    let key_store = |account, id| Place::CustomKeyStore { account, id }.path(region);
    match change {
        Change::PutKey { record, .. } => key(record.account, record.id),
        Change::DeleteKey { account, id, .. } | Change::ExpectKey { account, id, .. } => {
            key(*account, *id)
        }
        Change::PutWrappingKey { record, .. } => {
            wrapping_key(record.account, record.key, record.id)
        }
        Change::DeleteWrappingKey {
            account, key, id, ..
        } => wrapping_key(*account, *key, *id),
        Change::PutGrant { record, .. } => grant(record.account, record.key, &record.id),
        Change::DeleteGrant {
            account, key, id, ..
        } => grant(*account, *key, id),
        Change::PutAlias { record, .. } => alias(record.account, &record.name),
        Change::DeleteAlias { account, name, .. } => alias(*account, name),
        Change::PutLastUse { record, .. } => last_use(record.account, record.key),
        Change::DeleteLastUse { account, key, .. } => last_use(*account, *key),
        Change::PutKeyTally { record, .. } => key_tally(record.account),
        Change::ExpectKeyTally { account, .. } => key_tally(*account),
        Change::PutCustomKeyStore { record, .. } => key_store(record.account, record.id),
        Change::DeleteCustomKeyStore { account, id, .. } => key_store(*account, *id),
        Change::PutCustomKeyStoreTally { .. } => Place::CustomKeyStoreTally.path(region),
        Change::PutIdentity { record, .. } => record.place().path(),
        Change::DeleteIdentity { place, .. } | Change::ExpectIdentity { place, .. } => place.path(),
    }
}

fn add(commit: Commit, change: &Change, region: &Region) -> Result<Commit, serde_json::Error> {
    let path = path(change, region);
    let commit = commit.expect(path.clone(), expect(change.expected()));
    Ok(match change {
        Change::PutKey { record, .. } => put(commit, path, record)?,
        Change::PutAlias { record, .. } => put(commit, path, record)?,
        Change::PutGrant { record, .. } => put(commit, path, record)?,
        Change::PutWrappingKey { record, .. } => put(commit, path, record)?,
        Change::PutLastUse { record, .. } => put(commit, path, record)?,
        Change::PutKeyTally { record, .. } => put(commit, path, record)?,
        Change::PutCustomKeyStore { record, .. } => put(commit, path, record)?,
        Change::PutCustomKeyStoreTally { .. } => put(commit, path, &CustomKeyStoreTallyRecord {})?,
        Change::PutIdentity { record, .. } => put(commit, path, record)?,
        Change::DeleteKey { .. }
        | Change::DeleteAlias { .. }
        | Change::DeleteGrant { .. }
        | Change::DeleteWrappingKey { .. }
        | Change::DeleteLastUse { .. }
        | Change::DeleteCustomKeyStore { .. }
        | Change::DeleteIdentity { .. } => commit.delete(path),
        Change::ExpectKey { .. }
        | Change::ExpectKeyTally { .. }
        | Change::ExpectIdentity { .. } => commit,
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
