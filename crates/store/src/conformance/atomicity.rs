//! Commits: all or nothing, under exactly the conditions asked for.

use std::sync::Arc;

use super::{Subject, put};
use crate::{
    Commit, CommitError, Expect, MAX_COMMIT_BYTES, MAX_COMMIT_KEYS, MAX_KEY_BYTES, MAX_VALUE_BYTES,
    Revision, Store,
};

pub(super) async fn run(subject: &dyn Subject) {
    expectations_are_a_table(subject).await;
    a_conflict_changes_nothing(subject).await;
    what_changes_nothing_takes_no_revision(subject).await;
    the_largest_commit_fits_and_larger_ones_do_not(subject).await;
    keys_and_values_are_taken_as_they_are(subject).await;
    data_and_revisions_survive_reopening(subject).await;
}

async fn expectations_are_a_table(subject: &dyn Subject) {
    let store = subject.fresh().await;
    let old = put(&store, "/there", "1").await;
    let now = put(&store, "/there", "2").await;
    assert!(now > old);
    let cases = [
        ("/there", Expect::Present, true),
        ("/there", Expect::Absent, false),
        ("/there", Expect::Revision(now), true),
        ("/there", Expect::Revision(old), false),
        ("/there", Expect::Revision(now.next()), false),
        ("/there", Expect::Revision(Revision::ZERO), false),
        ("/gone", Expect::Present, false),
        ("/gone", Expect::Absent, true),
        ("/gone", Expect::Revision(now), false),
        ("/gone", Expect::Revision(Revision::ZERO), false),
        // A prefix of a key is another key.
        ("/ther", Expect::Absent, true),
    ];
    for (key, expect, holds) in cases {
        let answer = store.commit(Commit::new().expect(key, expect)).await;
        match answer {
            Ok(_) => assert!(holds, "{key} {expect:?}"),
            Err(CommitError::Conflict { key: named, .. }) => {
                assert!(!holds, "{key} {expect:?}");
                assert_eq!(named, key);
            }
            Err(other) => assert!(!holds, "{key} {expect:?}: {other}"),
        }
    }
}

async fn a_conflict_changes_nothing(subject: &dyn Subject) {
    let store = subject.fresh().await;
    put(&store, "/a", "old").await;
    let before = state(&store).await;
    let commit = Commit::new()
        .expect("/a", Expect::Present)
        .expect("/b", Expect::Present)
        .expect("/c", Expect::Present)
        .put("/a", "new")
        .put("/d", "new")
        .delete("/a2");
    let answer = store.commit(commit).await;
    assert!(
        matches!(&answer, Err(CommitError::Conflict { key, .. }) if key == "/b"),
        "{answer:?}"
    );
    assert_eq!(state(&store).await, before);
}

async fn what_changes_nothing_takes_no_revision(subject: &dyn Subject) {
    let store = subject.fresh().await;
    let head = put(&store, "/a", "1").await;
    let nothing = [
        Commit::new(),
        Commit::new().expect("/a", Expect::Present),
        Commit::new().delete("/absent"),
    ];
    for commit in nothing {
        assert_eq!(committed(&store, commit).await, head);
    }
    let rewritten = put(&store, "/a", "1").await;
    assert!(rewritten > head, "the same value again is a change");
    let deleted = committed(&store, Commit::new().delete("/a").delete("/absent")).await;
    assert!(deleted > rewritten);
    assert!(state(&store).await.is_empty());
}

async fn the_largest_commit_fits_and_larger_ones_do_not(subject: &dyn Subject) {
    let store = subject.fresh().await;
    let key = |i: usize| format!("{i:0>MAX_KEY_BYTES$}");
    let share = MAX_COMMIT_BYTES / MAX_COMMIT_KEYS - MAX_KEY_BYTES;
    let full = |value_bytes| {
        (0..MAX_COMMIT_KEYS).fold(Commit::new(), |commit, i| {
            commit.put(key(i), vec![0xFF; value_bytes])
        })
    };
    committed(&store, full(share)).await;
    committed(&store, Commit::new().put("/v", vec![0; MAX_VALUE_BYTES])).await;
    let before = state(&store).await;
    let too_much = [
        full(share + 1),
        Commit::new().put("/v", vec![0; MAX_VALUE_BYTES + 1]),
        Commit::new().put("/v", "1").put("/v", "2"),
        Commit::new().put("", "v"),
    ];
    for commit in too_much {
        let answer = store.commit(commit).await;
        assert!(
            matches!(answer, Err(CommitError::Invalid { .. })),
            "{answer:?}"
        );
    }
    assert_eq!(state(&store).await, before);
}

async fn keys_and_values_are_taken_as_they_are(subject: &dyn Subject) {
    let store = subject.fresh().await;
    let odd = [
        " ",
        "\0",
        "a\0",
        "a\0b",
        "a",
        "A",
        "%",
        "_",
        "'",
        "é",
        "e\u{301}",
        "\u{10FFFF}",
    ];
    let all_bytes: Vec<u8> = (0..=u8::MAX).collect();
    for (i, key) in odd.iter().enumerate() {
        let mut value = all_bytes.clone();
        value.truncate(i);
        committed(&store, Commit::new().put(*key, value)).await;
    }
    for (i, key) in odd.iter().enumerate() {
        let found = value_of(&store, key).await;
        assert_eq!(found.as_deref(), all_bytes.get(..i), "{key:?}");
    }
    assert_eq!(state(&store).await.len(), odd.len());
    assert_eq!(value_of(&store, "").await, None);
}

async fn data_and_revisions_survive_reopening(subject: &dyn Subject) {
    let store = subject.fresh().await;
    put(&store, "/a", "1").await;
    put(&store, "/b", "2").await;
    // The newest revision is of a delete, so that no entry bears it.
    let last = committed(&store, Commit::new().delete("/b")).await;
    let before = state(&store).await;
    let store = subject.reopen(store).await;
    assert_eq!(state(&store).await, before);
    assert_eq!(committed(&store, Commit::new()).await, last);
    assert!(put(&store, "/c", "3").await > last);
}

#[expect(clippy::expect_used, reason = "a suite fails by panicking")]
async fn committed(store: &Arc<dyn Store>, commit: Commit) -> Revision {
    store.commit(commit).await.expect("a commit that must hold")
}

#[expect(clippy::expect_used, reason = "a suite fails by panicking")]
async fn value_of(store: &Arc<dyn Store>, key: &str) -> Option<Vec<u8>> {
    let found = store.get(key).await.expect("a read");
    found.map(|versioned| versioned.value.to_vec())
}

#[expect(clippy::expect_used, reason = "a suite fails by panicking")]
async fn state(store: &Arc<dyn Store>) -> Vec<crate::Entry> {
    let page = store.range("", None, usize::MAX).await.expect("a read");
    assert!(!page.more);
    page.items
}
