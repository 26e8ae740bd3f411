//! Watches: every commit, in order, once.

use std::sync::Arc;
use std::time::Duration;

use super::{Subject, next, put, watch};
use crate::{Change, Commit, Expect, Revision, Watch};

pub(super) async fn run(subject: &dyn Subject) {
    a_watch_yields_past_and_future(subject).await;
    an_event_has_what_changed_and_nothing_else(subject).await;
    a_dropped_wait_loses_nothing(subject).await;
    a_listing_and_a_watch_leave_no_gap(subject).await;
}

async fn a_watch_yields_past_and_future(subject: &dyn Subject) {
    let store = subject.fresh().await;
    let first = put(&store, "/a", "1").await;
    let second = put(&store, "/b", "2").await;
    let mut from_first = watch(&store, first).await;
    let mut from_second = watch(&store, second).await;
    let mut from_later = watch(&store, second.next()).await;
    let third = put(&store, "/c", "3").await;
    assert_eq!(revisions(&mut from_first, 3).await, [first, second, third]);
    assert_eq!(revisions(&mut from_second, 2).await, [second, third]);
    assert_eq!(revisions(&mut from_later, 1).await, [third]);
}

async fn an_event_has_what_changed_and_nothing_else(subject: &dyn Subject) {
    let store = subject.fresh().await;
    let first = put(&store, "/gone", "1").await;
    let mut watch = watch(&store, first.next()).await;
    let silent = [
        Commit::new(),
        Commit::new().delete("/absent"),
        Commit::new()
            .expect("/absent", Expect::Present)
            .put("/a", "1"),
    ];
    for commit in silent {
        let _ = store.commit(commit).await;
    }
    let loud = Commit::new()
        .put("/new", "2")
        .delete("/gone")
        .delete("/absent");
    assert!(store.commit(loud).await.is_ok());
    let mut changes = next(&mut watch).await.changes.to_vec();
    changes.sort_by(|a, b| a.key().cmp(b.key()));
    let expected = [
        Change::Delete {
            key: "/gone".into(),
        },
        Change::Put {
            key: "/new".into(),
            value: "2".into(),
        },
    ];
    assert_eq!(changes, expected);
}

async fn a_dropped_wait_loses_nothing(subject: &dyn Subject) {
    let store = subject.fresh().await;
    let head = put(&store, "/a", "1").await;
    let mut watch = watch(&store, head.next()).await;
    let early = tokio::time::timeout(Duration::from_millis(1), watch.next()).await;
    assert!(early.is_err(), "nothing was committed");
    let revision = put(&store, "/b", "2").await;
    assert_eq!(revisions(&mut watch, 1).await, [revision]);
}

/// What the server's directory relies on: list, then follow from the revision after.
#[expect(clippy::expect_used, reason = "a suite fails by panicking")]
async fn a_listing_and_a_watch_leave_no_gap(subject: &dyn Subject) {
    const COMMITS: usize = 200;
    let store = subject.fresh().await;
    let writing = tokio::spawn({
        let store = Arc::clone(&store);
        async move {
            for i in 0..COMMITS {
                let commit = Commit::new().put(format!("/{i:04}"), "v");
                store.commit(commit).await.expect("a plain put");
            }
        }
    });
    let mut known = 0;
    while known == 0 {
        let page = store.range("/", None, 1000).await.expect("a read");
        known = page.items.len();
        if known == 0 {
            tokio::task::yield_now().await;
            continue;
        }
        let mut watch = watch(&store, page.revision.next()).await;
        while known < COMMITS {
            let event = next(&mut watch).await;
            let key = event.changes.first().map(|change| change.key().to_owned());
            assert_eq!(key, Some(format!("/{known:04}")));
            known += 1;
        }
    }
    writing.await.expect("the writer");
}

async fn revisions(watch: &mut Box<dyn Watch>, count: usize) -> Vec<Revision> {
    let mut revisions = Vec::new();
    for _ in 0..count {
        revisions.push(next(watch).await.revision);
    }
    revisions
}
