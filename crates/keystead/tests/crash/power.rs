//! The power test: when the power fails at any moment, nothing that was acknowledged is lost, nothing is recorded or
//! delivered twice, and the trail's chain is whole.
//!
//! A library between the real server and the C library writes down all that the server asks of its disk ([`shim`]).
//! From that it is worked out what the disk may hold at any moment of the run ([`disk`]), and servers are started on
//! that. Device mappers and file systems of the kernel could do the same, but for root only, and not where tests run; the
//! audit log's own tests give it a disk in memory, but not the store, the index and the trail together.
//!
//! [`shim`]: crate::shim
//! [`disk`]: crate::disk

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::Ordering;
use std::thread;

use keystead_testkit::{Seeded, Server};
use serde_json::json;
use tempfile::TempDir;

use crate::disk::Disk;
use crate::journal::{self, Entry, What};
use crate::load::{Acknowledged, Load};
use crate::shim::{Clock, Journal, Shim};
use crate::{BINARY, checks, trail};

/// How often a server works until its power fails, each time on what the last failure left; `KEYSTEAD_POWER_CASES` asks
/// for more.
const RUNS: u64 = 2;
/// At how many moments of each run the power fails.
const FAILURES: usize = 6;
/// How many of the servers that are started after them run at once.
const AT_ONCE: usize = 3;

#[test]
fn what_was_acknowledged_outlives_a_power_failure() {
    let shim = Shim::build();
    let mut seeded = Seeded::fresh();
    let mut acknowledged = Acknowledged::default();
    let clock = Clock::new();
    // The first start makes keys by a system call that the shim does not see, and is over before the test begins.
    let mut folder = first_start(&shim, &clock, &mut seeded);
    for run in 0..runs() {
        let (journal, baseline, all) = work(&shim, folder, &clock, run, &seeded, acknowledged);
        let failures = failures(&journal, &mut seeded);
        let mut failed = fail(baseline, &journal, failures, &mut seeded);
        let waiting = Mutex::new(failed.iter());
        let (waiting, all, shim, clock) = (&waiting, &all, &shim, &clock);
        thread::scope(|scope| {
            for number in 0..AT_ONCE {
                let mut seeded = seeded.branch(run * 1000 + number as u64);
                scope.spawn(move || {
                    loop {
                        let next = waiting.lock().unwrap().next();
                        let Some((at, left)) = next else {
                            break;
                        };
                        start_again(shim, left.path(), clock, &all.until(*at), &mut seeded);
                    }
                });
            }
        });
        // The next run begins on one of them, as it was left: others started on copies.
        let one = seeded.below(failed.len() as u64);
        let (at, left) = failed.swap_remove(usize::try_from(one).unwrap());
        acknowledged = all.until(at).before_all();
        folder = left;
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "whoever runs the test says how long"
)]
fn runs() -> u64 {
    let asked = std::env::var("KEYSTEAD_POWER_CASES");
    asked.map_or(RUNS, |runs| runs.parse().unwrap())
}

fn first_start(shim: &Shim, clock: &Clock, seeded: &mut Seeded) -> TempDir {
    let mut server = shim.options(BINARY, clock).start();
    server.terminate();
    copied(&server.data_dir(), seeded)
}

/// Has a server work on a folder until it has delivered twice, and dies; what its disk was asked, what the folder held
/// before, and what was acknowledged.
fn work(
    shim: &Shim,
    folder: TempDir,
    clock: &Clock,
    run: u64,
    seeded: &Seeded,
    before: Acknowledged,
) -> (Vec<u8>, Disk, Acknowledged) {
    let baseline = Disk::of(&folder.path().join("data"));
    let place = tempfile::tempdir().unwrap();
    let journal = Journal::at(&place.path().join("journal"));
    let options = shim.options(BINARY, clock);
    let options = journal.kept_by(options, &folder.path().join("data"));
    let mut server = options.start_in(folder);
    let acknowledged = Mutex::new(before);
    let load = Load {
        journal: Some(&journal),
        ..Load::new(&acknowledged, clock, run)
    };
    load.run(&mut server, seeded, |server, answers| {
        for _ in 0..2 {
            let digests = trail::files(&trail::folder(server), "CloudTrail-Digest").len();
            while trail::files(&trail::folder(server), "CloudTrail-Digest").len() <= digests {
                if !pass_some_minutes(&load, clock, answers) {
                    server.kill();
                    panic!("a client or the server gave up: {}", server.log());
                }
            }
        }
        load.is_over.store(true, Ordering::SeqCst);
        server.kill();
    });
    drop(server);
    (journal.read(), baseline, acknowledged.into_inner().unwrap())
}

/// Sets the clock forward, once every client has called since it was last; `false` if a client or the server is gone. A
/// request that was signed before is not too old then.
fn pass_some_minutes(
    load: &Load<'_>,
    clock: &Clock,
    answers: &std::sync::mpsc::Receiver<()>,
) -> bool {
    let counts = || {
        load.calls
            .each_ref()
            .map(|calls| calls.load(Ordering::SeqCst))
    };
    let before = counts();
    // What was answered while the test looked elsewhere.
    while answers.try_recv().is_ok() {}
    while counts()
        .iter()
        .zip(before)
        .any(|(now, before)| *now < before + 2)
    {
        if answers.recv().is_err() || load.has_failed.load(Ordering::SeqCst) {
            return false;
        }
    }
    clock.advance_seconds(240);
    true
}

/// When the power fails: after so many bytes of the journal. The end is among them, and the others are spread over all
/// kinds of files, since most that is asked of a disk is asked of a few.
fn failures(journal: &[u8], seeded: &mut Seeded) -> Vec<u64> {
    let mut inodes: BTreeMap<u64, &str> = BTreeMap::new();
    let mut kinds: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for (end, Entry { inode, what, .. }) in journal::entries(journal) {
        let path = match what {
            What::Open { path, .. } | What::OpenFolder { path } => {
                inodes.insert(inode, path);
                path
            }
            What::Rename { to: path, .. } | What::Remove { path } | What::MakeFolder { path } => {
                path
            }
            _ => inodes[&inode],
        };
        kinds.entry(kind(path)).or_default().push(end);
    }
    for expected in [
        "the audit log",
        "the journal of the audit log",
        "the trail",
        "the store",
        "the log of the store",
    ] {
        assert!(
            kinds.contains_key(expected),
            "nothing of {expected}: {:?}",
            kinds.keys()
        );
    }
    let kinds: Vec<Vec<u64>> = kinds.into_values().collect();
    let any =
        |seeded: &mut Seeded, bound: usize| usize::try_from(seeded.below(bound as u64)).unwrap();
    let mut ends: Vec<u64> = (1..FAILURES)
        .map(|_| {
            let ends = &kinds[any(seeded, kinds.len())];
            ends[any(seeded, ends.len())]
        })
        .collect();
    ends.push(journal.len() as u64);
    ends.sort_unstable();
    ends
}

/// What a path is of.
fn kind(path: &str) -> &'static str {
    if path.starts_with("audit/trail") {
        "the trail"
    } else if path.ends_with(".jsonl") {
        "the audit log"
    } else if path.starts_with("audit/journal") {
        "the journal of the audit log"
    } else if path.starts_with("audit/") {
        "the index"
    } else if path.ends_with("-wal") {
        "the log of the store"
    } else if path.contains("sqlite") {
        "the store"
    } else {
        "something else"
    }
}

/// The folders that failures at these moments leave, in their order, each with its moment.
fn fail(
    mut disk: Disk,
    journal: &[u8],
    failures: Vec<u64>,
    seeded: &mut Seeded,
) -> Vec<(u64, TempDir)> {
    let mut entries = journal::entries(journal).into_iter().peekable();
    let mut left = Vec::new();
    for at in failures {
        while let Some((_, entry)) = entries.next_if(|(end, _)| *end <= at) {
            disk.tell(&entry);
        }
        let folder = tempfile::tempdir().unwrap();
        disk.fail(&folder.path().join("data"), seeded);
        left.push((at, folder));
    }
    left
}

/// Starts a server on what was left, and checks everything.
fn start_again(
    shim: &Shim,
    left: &Path,
    clock: &Clock,
    acknowledged: &Acknowledged,
    seeded: &mut Seeded,
) {
    let clock = clock.copy();
    let server = shim
        .options(BINARY, &clock)
        .start_in(copied(&left.join("data"), seeded));
    check(&server, &clock, acknowledged, seeded);
}

/// Checks a server after a crash, twice: as it is, and once hours have passed and the trail tells of all before.
pub(crate) fn check(
    server: &Server,
    clock: &Clock,
    acknowledged: &Acknowledged,
    seeded: &mut Seeded,
) {
    let mut client = server.client();
    client.skew_seconds = clock.ahead_seconds();
    checks::check(server, &client, acknowledged, seeded);
    clock.advance_seconds(7200);
    client.skew_seconds = clock.ahead_seconds();
    let _ = client.ok("ListKeys", &json!({"Limit": 1}));
    trail::check(server, clock);
}

/// A copy of a data directory, in a folder as servers are started in.
fn copied(data_dir: &Path, seeded: &mut Seeded) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    // Nothing of it is lost, since all of it is durable.
    Disk::of(data_dir).fail(&folder.path().join("data"), seeded);
    folder
}
