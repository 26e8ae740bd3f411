//! The suite that every backend must pass.
//!
//! A backend's test gives a [`Subject`] and calls [`run`], and [`model::check`] from a property
//! test. Nothing here assumes more than [`Store`] promises: revisions grow but need not be
//! consecutive, and a watch may find its history compacted once the store was opened again.
//!
//! All functions fail by panicking. They need a Tokio runtime with its timer.

mod atomicity;
mod contention;
mod listing;
pub mod model;
mod watching;

use std::sync::Arc;
use std::time::Duration;

use crate::{Commit, CommitError, Event, Pending, Revision, Store, Watch};

/// A way to get stores of one backend.
pub trait Subject: Sync {
    /// A store with nothing in it, independent of all others.
    fn fresh(&self) -> Pending<'_, Arc<dyn Store>>;

    /// Lets go of `store` and opens the same data again. A backend that keeps nothing may hand
    /// `store` itself back.
    fn reopen(&self, store: Arc<dyn Store>) -> Pending<'_, Arc<dyn Store>>;
}

/// Runs every case of the suite, each on a fresh store.
pub async fn run(subject: &dyn Subject) {
    atomicity::run(subject).await;
    listing::run(subject).await;
    watching::run(subject).await;
    contention::run(subject).await;
    closes_for_good(subject).await;
}

async fn closes_for_good(subject: &dyn Subject) {
    let store = subject.fresh().await;
    let revision = put(&store, "/k", "v").await;
    let mut watch = watch(&store, revision).await;
    store.close().await;
    store.close().await;
    let late = store.commit(Commit::new().put("/k", "late")).await;
    assert!(matches!(late, Err(CommitError::Closed)), "{late:?}");
    assert!(store.get("/k").await.is_err());
    assert!(store.range("/", None, 1).await.is_err());
    assert_eq!(next(&mut watch).await.revision, revision);
    let end = watch.next().await;
    assert!(matches!(end, Err(crate::WatchError::Closed)), "{end:?}");
}

#[expect(clippy::expect_used, reason = "a suite fails by panicking")]
async fn put(store: &Arc<dyn Store>, key: &str, value: &'static str) -> Revision {
    let commit = Commit::new().put(key, value);
    store.commit(commit).await.expect("a plain put")
}

#[expect(clippy::expect_used, reason = "a suite fails by panicking")]
async fn watch(store: &Arc<dyn Store>, from: Revision) -> Box<dyn Watch> {
    store.watch(from).await.expect("a watch of recent history")
}

/// The next event, which must be on its way; the time limit only turns a hang into a failure.
#[expect(clippy::expect_used, reason = "a suite fails by panicking")]
async fn next(watch: &mut Box<dyn Watch>) -> Event {
    tokio::time::timeout(Duration::from_secs(30), watch.next())
        .await
        .expect("an event that was committed")
        .expect("a watch of recent history")
}
