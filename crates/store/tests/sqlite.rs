//! What is SQLite's own: files, refusals, room, and what happens when it fails.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use keystead_store::{
    Commit, CommitError, Expect, OpenError, ReadError, Revision, SqliteOptions, SqliteStore, Store,
    WatchError,
};
use rusqlite::Connection;
use tempfile::TempDir;

fn scratch() -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    (directory, path)
}

fn refusal(path: &Path) -> OpenError {
    match SqliteStore::open(path) {
        Ok(_) => panic!("{} was opened", path.display()),
        Err(error) => error,
    }
}

async fn fill(path: &Path, entries: usize) {
    let store = SqliteStore::open(path).unwrap();
    for i in 0..entries {
        let commit = Commit::new().put(format!("/{i:04}"), vec![7; 3000]);
        store.commit(commit).await.unwrap();
    }
}

#[tokio::test]
async fn every_file_is_the_owners_alone() {
    let (directory, path) = scratch();
    let store = SqliteStore::open(&path).unwrap();
    store.commit(Commit::new().put("/a", "1")).await.unwrap();
    let mut names = Vec::new();
    for file in fs::read_dir(directory.path()).unwrap() {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{:?}", file.file_name());
        names.push(file.file_name().into_string().unwrap());
    }
    names.sort();
    let expected = ["store.db", "store.db-shm", "store.db-wal", "store.db.lock"];
    assert_eq!(names, expected);
}

#[tokio::test]
async fn a_file_open_to_others_is_closed_to_them() {
    let (_directory, path) = scratch();
    fill(&path, 1).await;
    fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
    let _store = SqliteStore::open(&path).unwrap();
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn sqlites_special_names_are_only_names() {
    let directory = tempfile::tempdir().unwrap();
    for name in [":memory:", "file:x?mode=memory", "sp ace'"] {
        let path = directory.path().join(name);
        fill(&path, 1).await;
        let store = SqliteStore::open(&path).unwrap();
        assert!(store.get("/0000").await.unwrap().is_some(), "{name}");
    }
}

#[tokio::test]
async fn a_second_store_on_the_same_file_is_refused_until_the_first_is_gone() {
    let (_directory, path) = scratch();
    let store = SqliteStore::open(&path).unwrap();
    assert!(matches!(refusal(&path), OpenError::InUse { .. }));
    // The refused attempt took nothing from the first.
    store.commit(Commit::new().put("/a", "1")).await.unwrap();
    assert!(matches!(refusal(&path), OpenError::InUse { .. }));
    drop(store);
    SqliteStore::open(&path).unwrap();
}

#[tokio::test]
async fn other_files_are_refused_and_left_alone() {
    let (_directory, path) = scratch();
    type Make = fn(&Path);
    type Expected = fn(&OpenError) -> bool;
    let cases: [(&str, Make, Expected); 4] = [
        (
            "text",
            |path| fs::write(path, "not a database, but long enough ".repeat(200)).unwrap(),
            |error| matches!(error, OpenError::NotADatabase { .. }),
        ),
        (
            "another program's",
            |path| sql(path, "CREATE TABLE t (x); PRAGMA application_id = 7;"),
            |error| {
                matches!(
                    error,
                    OpenError::Foreign {
                        application_id: 7,
                        ..
                    }
                )
            },
        ),
        (
            "a nameless program's",
            |path| sql(path, "CREATE TABLE t (x);"),
            |error| {
                matches!(
                    error,
                    OpenError::Foreign {
                        application_id: 0,
                        ..
                    }
                )
            },
        ),
        (
            "a newer release's",
            |path| {
                drop(SqliteStore::open(path).unwrap());
                sql(path, "PRAGMA user_version = 2;");
            },
            |error| {
                matches!(
                    error,
                    OpenError::NewerSchema {
                        found: 2,
                        supported: 1,
                        ..
                    }
                )
            },
        ),
    ];
    for (name, make, expected) in cases {
        let _ = fs::remove_file(&path);
        make(&path);
        let before = fs::read(&path).unwrap();
        let error = refusal(&path);
        assert!(expected(&error), "{name}: {error:?}");
        assert!(error.to_string().contains("store.db"), "{name}: {error}");
        assert!(fs::read(&path).unwrap() == before, "{name} was changed");
    }
}

#[tokio::test]
async fn a_damaged_file_is_refused() {
    let (_directory, path) = scratch();
    fill(&path, 20).await;
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    let error = refusal(&path);
    assert!(matches!(error, OpenError::Corrupt { .. }), "{error:?}");

    fs::write(&path, &whole).unwrap();
    sql(&path, "DELETE FROM head;");
    let error = refusal(&path);
    assert!(matches!(error, OpenError::Corrupt { .. }), "{error:?}");
}

#[tokio::test]
async fn a_missing_directory_is_named() {
    let (directory, _) = scratch();
    let error = refusal(&directory.path().join("missing/store.db"));
    assert!(matches!(error, OpenError::File { .. }), "{error:?}");
    assert!(error.to_string().contains("missing/store.db"));
}

#[tokio::test]
async fn a_full_store_refuses_writes_until_there_is_room() {
    let (_directory, path) = scratch();
    let options = SqliteOptions {
        max_bytes: Some(200_000),
        ..SqliteOptions::default()
    };
    let store = SqliteStore::open_with(&path, &options).unwrap();
    let mut written = 0;
    let refused = loop {
        let commit = Commit::new().put(format!("/{written}"), vec![1; 10_000]);
        match store.commit(commit).await {
            Ok(revision) => {
                written += 1;
                assert_eq!(revision, Revision::new(written));
            }
            Err(error) => break error,
        }
        assert!(written < 30, "the bound does not bind");
    };
    assert!(matches!(refused, CommitError::Full), "{refused:?}");
    assert!(written > 5);
    assert_eq!(store.get(&format!("/{written}")).await.unwrap(), None);
    assert!(store.get("/0").await.unwrap().is_some());

    let revision = store.commit(Commit::new().delete("/0")).await.unwrap();
    assert_eq!(revision, Revision::new(written + 1), "no revision was lost");
    let commit = Commit::new().put("/again", vec![2; 9_000]);
    store.commit(commit).await.unwrap();
}

#[tokio::test]
async fn a_failing_database_acknowledges_nothing_and_recovers() {
    let (_directory, path) = scratch();
    let store = SqliteStore::open(&path).unwrap();
    store.commit(Commit::new().put("/a", "1")).await.unwrap();
    let mut watch = store.watch(Revision::new(2)).await.unwrap();

    sql(&path, "ALTER TABLE entries RENAME TO hidden;");
    let (write, conflict) = tokio::join!(
        store.commit(Commit::new().put("/b", "2")),
        store.commit(Commit::new().expect("/a", Expect::Absent)),
    );
    for answer in [write, conflict] {
        assert!(
            matches!(answer, Err(CommitError::Unavailable { .. })),
            "{answer:?}"
        );
    }
    let read = store.get("/a").await;
    assert!(
        matches!(read, Err(ReadError::Unavailable { .. })),
        "{read:?}"
    );

    sql(&path, "ALTER TABLE hidden RENAME TO entries;");
    let revision = store.commit(Commit::new().put("/c", "3")).await.unwrap();
    assert_eq!(revision, Revision::new(2));
    let event = watch.next().await.unwrap();
    assert_eq!(event.revision, revision);
    assert_eq!(event.changes[0].key(), "/c");
}

#[tokio::test]
async fn a_watch_too_far_back_is_told() {
    let (_directory, path) = scratch();
    fill(&path, 3).await;
    let store = SqliteStore::open(&path).unwrap();
    match store.watch(Revision::new(3)).await {
        Err(WatchError::Compacted { wanted, oldest }) => {
            assert_eq!((wanted, oldest), (Revision::new(3), Revision::new(4)));
        }
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("that history is gone"),
    }
    assert!(store.watch(Revision::new(4)).await.is_ok());
}

#[tokio::test]
async fn dropping_the_store_finishes_what_was_handed_over() {
    let (_directory, path) = scratch();
    let store = SqliteStore::open(&path).unwrap();
    for i in 0..100 {
        let mut commit = store.commit(Commit::new().put(format!("/{i}"), "v"));
        // Polled once, the commit is in the queue; nobody waits for its answer.
        let once = std::future::poll_fn(|context| {
            std::task::Poll::Ready(commit.as_mut().poll(context).is_ready())
        });
        once.await;
    }
    drop(store);
    let store = SqliteStore::open(&path).unwrap();
    let page = store.range("/", None, 1000).await.unwrap();
    assert_eq!(page.items.len(), 100);
    assert_eq!(page.revision, Revision::new(100));
}

#[tokio::test]
async fn a_full_queue_makes_callers_wait_and_loses_nobody() {
    let options = SqliteOptions {
        queue: 1,
        ..SqliteOptions::default()
    };
    let store = std::sync::Arc::new(SqliteStore::in_memory_with(&options).unwrap());
    let commits: Vec<_> = (0..200)
        .map(|i| {
            let store = std::sync::Arc::clone(&store);
            tokio::spawn(async move { store.commit(Commit::new().put(format!("/{i}"), "v")).await })
        })
        .collect();
    for commit in commits {
        commit.await.unwrap().unwrap();
    }
    let page = store.range("/", None, 1000).await.unwrap();
    assert_eq!(page.items.len(), 200);
}

fn sql(path: &Path, statements: &str) {
    let connection = Connection::open(path).unwrap();
    connection.execute_batch(statements).unwrap();
}
