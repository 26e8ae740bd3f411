//! Ranges: prefixes, markers, limits and snapshots.

use std::sync::Arc;

use super::{Subject, put};
use crate::{Commit, MAX_PAGE_ENTRIES, MAX_VALUE_BYTES, Page, Store};

pub(super) async fn run(subject: &dyn Subject) {
    prefixes_and_markers_are_a_table(subject).await;
    pages_join_without_gap_or_repeat(subject).await;
    a_page_ends_at_its_bytes(subject).await;
    a_page_names_its_revision(subject).await;
}

async fn prefixes_and_markers_are_a_table(subject: &dyn Subject) {
    let store = subject.fresh().await;
    // In the order of their bytes, which is not that of any language.
    let keys = [
        "/a",
        "/a/1",
        "/a/2",
        "/a/é",
        "/a0",
        "/b",
        "/é",
        "/\u{10FFFF}",
        "/\u{10FFFF}\u{10FFFF}",
    ];
    for key in keys.iter().rev() {
        put(&store, key, "v").await;
    }
    let cases: [(&str, Option<&str>, &[&str]); 14] = [
        ("", None, &keys),
        ("/", None, &keys),
        ("/a", None, &keys[..5]),
        ("/a/", None, &keys[1..4]),
        ("/a/", Some("/a/1"), &keys[2..4]),
        ("/a/", Some("/a/11"), &keys[2..4]),
        ("/a/", Some("/a/é"), &[]),
        ("/a/", Some("/a"), &keys[1..4]),
        ("/a/", Some("/"), &keys[1..4]),
        ("/a/", Some("/z"), &[]),
        ("/a", Some("/a"), &keys[1..5]),
        ("/\u{10FFFF}", None, &keys[7..]),
        ("/\u{10FFFF}", Some("/\u{10FFFF}"), &keys[8..]),
        ("/c", None, &[]),
    ];
    for (prefix, after, expected) in cases {
        let page = page(&store, prefix, after, 100).await;
        let found: Vec<_> = page.items.iter().map(|entry| entry.key.as_str()).collect();
        assert_eq!(found, expected, "{prefix:?} after {after:?}");
        assert!(!page.more);
    }
}

async fn pages_join_without_gap_or_repeat(subject: &dyn Subject) {
    let store = subject.fresh().await;
    for group in 0..11 {
        let commit = (0..100).fold(Commit::new(), |commit, i| {
            commit.put(format!("/k/{:04}", group * 100 + i), "v")
        });
        assert!(store.commit(commit).await.is_ok());
    }
    for (limit, first_page) in [
        (1, 1),
        (7, 7),
        (550, 550),
        (MAX_PAGE_ENTRIES + 1, MAX_PAGE_ENTRIES),
        (usize::MAX, MAX_PAGE_ENTRIES),
    ] {
        let mut listed = Vec::new();
        let mut more = true;
        while more && listed.len() < 1200 {
            let marker = listed.last().cloned();
            let page = page(&store, "/k/", marker.as_deref(), limit).await;
            assert!(!page.items.is_empty(), "a page with `more` before it");
            if marker.is_none() {
                assert_eq!(page.items.len(), first_page);
            }
            more = page.more;
            listed.extend(page.items.into_iter().map(|entry| entry.key));
        }
        let expected: Vec<_> = (0..1100).map(|i| format!("/k/{i:04}")).collect();
        assert_eq!(listed, expected, "limit {limit}");
    }
    assert_eq!(page(&store, "/k/", None, 0).await.items.len(), 1);
}

async fn a_page_ends_at_its_bytes(subject: &dyn Subject) {
    let store = subject.fresh().await;
    for i in 0..10 {
        let commit = Commit::new().put(format!("/{i}"), vec![0; MAX_VALUE_BYTES]);
        assert!(store.commit(commit).await.is_ok());
    }
    let first = page(&store, "/", None, 10).await;
    assert!(first.more && !first.items.is_empty() && first.items.len() < 10);
    let marker = first.items.last().map(|entry| entry.key.as_str());
    let second = page(&store, "/", marker, 10).await;
    assert!(!second.more);
    assert_eq!(first.items.len() + second.items.len(), 10);
}

async fn a_page_names_its_revision(subject: &dyn Subject) {
    let store = subject.fresh().await;
    put(&store, "/a", "1").await;
    let elsewhere = put(&store, "/b", "1").await;
    assert_eq!(page(&store, "/a", None, 1).await.revision, elsewhere);
    assert_eq!(page(&store, "/none", None, 1).await.revision, elsewhere);
}

#[expect(clippy::expect_used, reason = "a suite fails by panicking")]
async fn page(store: &Arc<dyn Store>, prefix: &str, after: Option<&str>, limit: usize) -> Page {
    store.range(prefix, after, limit).await.expect("a read")
}
