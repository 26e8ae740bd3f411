//! Many writers on one key: compare-and-swap must lose no update.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Subject, next, watch};
use crate::{Commit, CommitError, Expect, Revision, Store};

const WRITERS: usize = 16;
const INCREMENTS: usize = 20;
const COUNTER: &str = "/counter";

pub(super) async fn run(subject: &dyn Subject) {
    let store = subject.fresh().await;
    let mut events = watch(&store, head(&store).await.next()).await;
    let writers: Vec<_> = (0..WRITERS)
        .map(|_| tokio::spawn(count_up(Arc::clone(&store))))
        .collect();
    let mut acknowledged = BTreeSet::new();
    for writer in writers {
        for revision in finished(writer).await {
            assert!(acknowledged.insert(revision), "a revision given twice");
        }
    }
    let total = WRITERS * INCREMENTS;
    assert_eq!(acknowledged.len(), total);
    assert_eq!(read(&store).await.0, total);
    for (expected, revision) in (1..=total).zip(acknowledged) {
        let event = next(&mut events).await;
        let value = event.changes.first().and_then(|change| change.value());
        assert_eq!(value.map(|v| number(v)), Some(expected));
        assert_eq!(event.revision, revision);
    }
}

#[expect(clippy::panic, reason = "a suite fails by panicking")]
async fn count_up(store: Arc<dyn Store>) -> Vec<Revision> {
    let mut revisions = Vec::new();
    while revisions.len() < INCREMENTS {
        let (count, expect) = read(&store).await;
        let commit = Commit::new()
            .expect(COUNTER, expect)
            .put(COUNTER, (count + 1).to_string());
        match store.commit(commit).await {
            Ok(revision) => revisions.push(revision),
            Err(CommitError::Conflict { .. }) => {}
            Err(other) => panic!("{other}"),
        }
    }
    revisions
}

#[expect(clippy::expect_used, reason = "a suite fails by panicking")]
async fn read(store: &Arc<dyn Store>) -> (usize, Expect) {
    match store.get(COUNTER).await.expect("a read") {
        Some(found) => (number(&found.value), Expect::Revision(found.mod_revision)),
        None => (0, Expect::Absent),
    }
}

#[expect(clippy::expect_used, reason = "a suite fails by panicking")]
async fn head(store: &Arc<dyn Store>) -> Revision {
    store.commit(Commit::new()).await.expect("an empty commit")
}

#[expect(clippy::expect_used, reason = "a suite fails by panicking")]
async fn finished<T>(task: tokio::task::JoinHandle<T>) -> T {
    task.await.expect("a writer that did not panic")
}

#[expect(clippy::expect_used, reason = "a suite fails by panicking")]
fn number(value: &[u8]) -> usize {
    let text = std::str::from_utf8(value).expect("a number");
    text.parse().expect("a number")
}
