//! A process that commits is killed at any instant: whatever it acknowledged must be there.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use keystead_store::{Commit, Revision, SqliteStore, Store};

const ROUNDS: u64 = 3;

/// How many tasks commit at once in the child.
const WRITERS: u64 = 4;

/// The kill comes after so many acknowledgements of a round, a different place each time.
const ACKNOWLEDGEMENTS: [usize; 3] = [17, 60, 131];

#[tokio::test]
async fn what_was_acknowledged_survives_sigkill() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let mut acknowledged = Vec::new();
    for (round, enough) in (0..ROUNDS).zip(ACKNOWLEDGEMENTS) {
        let lines = commit_until_killed(&path, round, enough);
        assert!(lines.len() >= enough, "the child died early");
        acknowledged.extend(lines);

        let store = SqliteStore::open(&path).unwrap();
        for (key, revision) in &acknowledged {
            let found = store.get(key).await.unwrap().unwrap();
            assert_eq!(found.mod_revision, *revision, "{key}");
            // The two writes of a commit stay together.
            let twin = store.get(&format!("{key}/twin")).await.unwrap().unwrap();
            assert_eq!(twin.mod_revision, *revision, "{key}");
        }
        let newest = acknowledged.iter().map(|(_, revision)| *revision).max();
        let head = store.commit(Commit::new()).await.unwrap();
        assert!(Some(head) >= newest);
    }
}

/// Runs the child and kills it once it has acknowledged `enough` commits. Returns all that it
/// acknowledged, up to its last breath.
fn commit_until_killed(path: &Path, round: u64, enough: usize) -> Vec<(String, Revision)> {
    let mut child = spawn_child();
    writeln!(child.stdin.take().unwrap(), "{round} {}", path.display()).unwrap();
    let mut acknowledged = Vec::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        acknowledged.extend(acknowledgement(&line.unwrap()));
        if acknowledged.len() == enough {
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    acknowledged
}

/// This test program again, as the child below.
fn spawn_child() -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "commits_forever", "--ignored", "--nocapture"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn acknowledgement(line: &str) -> Option<(String, Revision)> {
    // The first line may follow the test harness's own words.
    let mut words = line.split_once("ack ")?.1.split(' ');
    let key = words.next()?.to_owned();
    let revision = words.next()?.strip_suffix(';')?.parse().ok()?;
    Some((key, Revision::new(revision)))
}

#[test]
#[ignore = "the child of the test above; it needs a line on its standard input"]
fn commits_forever() {
    let mut line = String::new();
    io::stdin().read_line(&mut line).unwrap();
    let Some((round, path)) = line.trim_end().split_once(' ') else {
        return;
    };
    let store = SqliteStore::open(path).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().build().unwrap();
    runtime.block_on(async {
        let store = std::sync::Arc::new(store);
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| tokio::spawn(write(store.clone(), format!("/{round}/{writer}"))))
            .collect();
        for writer in writers {
            writer.await.unwrap();
        }
    });
}

async fn write(store: std::sync::Arc<SqliteStore>, prefix: String) {
    // Bounded, lest a child without a parent fill the disk.
    for i in 0..20_000 {
        let key = format!("{prefix}/{i}");
        let commit = Commit::new()
            .put(key.clone(), vec![3; 700])
            .put(format!("{key}/twin"), vec![4; 700]);
        let revision = store.commit(commit).await.unwrap();
        let mut out = io::stdout().lock();
        let written = writeln!(out, "ack {key} {revision};").and_then(|()| out.flush());
        if written.is_err() {
            return;
        }
    }
}
