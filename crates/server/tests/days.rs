//! Days of load in fast-forward: what the audit log, its indexes and the trail come to, what is removed and when, and that
//! the process does not grow.
//!
//! A node in the test's own process works through days of its clock, some minutes at a time, with the log, the index,
//! the trail and retention as a server has them. Ordinary runs make some thousands of calls; `KEYSTEAD_DAY_CALLS` asks
//! for so many a day, and says that memory is measured.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use keystead_server::audit::trail::verify::{PublicKeys, Request, own_list, verify};
use keystead_server::clock::Clock as _;
use keystead_server::jobs;
use keystead_testkit::node::{ACCOUNT, JsonService, REGION};
use keystead_testkit::{NodeOptions, TestNode};
use mimalloc::MiMalloc;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::task::JoinSet;

/// As the binary has it: what memory grows by is a matter of the allocator too.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// How many calls a day has, unless more are asked for.
const CALLS: u64 = 1000;
/// From how many on memory is measured: with fewer, what a process grows by at its start is all there is to see.
const MEASURED: u64 = 20_000;
/// How many days the node lives.
const DAYS: u64 = 3;
/// How many days the log is kept.
const KEPT_DAYS: u32 = 1;
/// That of today, one for each day that is kept, and the one whose last day that was.
const MOST_SEGMENTS: usize = KEPT_DAYS as usize + 2;
/// How often the trail delivers at most: every five minutes.
const DELIVERIES_PER_HOUR: u32 = 12;
/// An operation that is called once in each step, to be looked up.
const RARE: &str = "UpdateKeyDescription";
/// How many callers there are at once.
const CALLERS: u64 = 64;
/// What an index may have of the bytes of its segment, in percent, and what every file has besides.
const INDEX_PERCENT: u64 = 12;
const INDEX_BASE: u64 = 16 * 1024;
/// By how much the process may be larger in its last quarter than in its second, in percent.
const GROWTH_PERCENT: u64 = 10;

/// How often a trail that was behind is asked to deliver, at most, before the log is to be cleared.
const PATIENCE: u32 = 50;

/// How often it is looked whether the index has come to the log's end.
const INDEX_LOOK: Duration = Duration::from_millis(2);

struct Life {
    node: Arc<TestNode>,
    folder: TempDir,
    key: String,
    calls_a_day: u64,
    steps_an_hour: u64,
    made: u64,
    /// The most bytes that indexes had, and those of the log then.
    largest: (u64, u64),
    /// What was used of memory at the end of each hour, in KiB.
    memory: Vec<u64>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn days_of_load_stay_within_their_limits() {
    let mut life = Life::begin().await;
    for hour in 0..DAYS * 24 {
        for step in 0..life.steps_an_hour {
            life.step(hour, step).await;
        }
        life.check_files();
        life.memory.push(resident_kib());
        if hour % 24 == 23 {
            life.check_retention();
        }
    }
    life.check_trail();
    life.check_lookups().await;
    life.tell_memory();
}

/// The trail is behind for days, since something keeps it from delivering. The log waits for it, however old it is.
#[tokio::test]
async fn what_the_trail_still_needs_is_kept() {
    let mut life = Life::begin().await;
    let stop = stopped(&life);
    life.steps_an_hour = 1;
    for hour in 0..72 {
        life.step(hour, 0).await;
    }
    let waiting = segments(&life.audit());
    assert_eq!(waiting.first(), Some(&1), "the first is needed");
    assert!(waiting.len() >= 3, "{waiting:?}");
    fs::remove_file(stop).unwrap();
    for _ in 0..PATIENCE {
        let left = segments(&life.audit());
        if !left.contains(&1) && left.len() <= MOST_SEGMENTS {
            break;
        }
        life.deliver().await;
        life.clear().await;
    }
    life.check_retention();
    life.check_trail();
}

impl Life {
    async fn begin() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = NodeOptions::new().admin("ada").retention_days(KEPT_DAYS);
        let node = options.trail().start(folder.path()).await;
        // Its jobs run when the test says so.
        node.node.rest();
        let key = node.key("ada", None).await;
        Self {
            node: Arc::new(node),
            folder,
            key,
            calls_a_day: calls_a_day().unwrap_or(CALLS),
            // Most of the time of a short run is spent on waiting for the disk to deliver.
            steps_an_hour: calls_a_day().map_or(4, |_| DELIVERIES_PER_HOUR.into()),
            made: 0,
            largest: (0, 0),
            memory: Vec::new(),
        }
    }

    fn audit(&self) -> PathBuf {
        self.folder.path().join("audit")
    }

    /// A part of an hour: calls, then what is due.
    async fn step(&mut self, hour: u64, step: u64) {
        let steps = hour * self.steps_an_hour + step + 1;
        let due = steps * self.calls_a_day / (24 * self.steps_an_hour);
        let count = due - self.made;
        self.made = due;
        let mut callers = JoinSet::new();
        for caller in 0..CALLERS {
            let (node, key) = (Arc::clone(&self.node), self.key.clone());
            let share = count / CALLERS + u64::from(caller < count % CALLERS);
            callers.spawn(async move {
                for _ in 0..share {
                    let input = json!({"KeyId": key, "Plaintext": "aGk="});
                    node.ok("ada", "Encrypt", &input).await;
                }
            });
        }
        callers.join_all().await;
        // Something rare, to be looked up.
        let input = json!({"KeyId": self.key, "Description": steps.to_string()});
        let _ = self.node.call("ada", RARE, &input).await;
        let seconds = 3600 / self.steps_an_hour;
        self.node
            .clock
            .advance_seconds(u32::try_from(seconds).unwrap());
        self.deliver().await;
        self.clear().await;
    }

    /// What is due of the log is removed. Hours pass in milliseconds here, so that the index is waited for, by whose times it
    /// is told which segment is due.
    async fn clear(&self) {
        let corridor = self.node.node.corridor();
        let history = corridor.audit.history().unwrap();
        while history.lag().unwrap().bytes > 0 {
            tokio::time::sleep(INDEX_LOOK).await;
        }
        jobs::run_once(corridor).await;
    }

    async fn deliver(&self) {
        let trail = self.node.node.corridor().trail.clone();
        trail.unwrap().deliver().await;
    }

    /// The indexes are small beside the log, and there is none without a segment.
    fn check_files(&mut self) {
        let segments = segments(&self.audit());
        let log: u64 = sizes(&self.audit(), "jsonl").values().sum();
        let indexes = sizes(&self.audit().join("index"), "idx");
        let size: u64 = indexes.values().sum();
        self.largest = self.largest.max((size, log));
        let limit = log * INDEX_PERCENT / 100 + INDEX_BASE * segments.len() as u64;
        assert!(size <= limit, "{size} bytes of indexes for {log} of log");
        assert!(
            indexes.len() <= segments.len(),
            "{indexes:?} for {segments:?}"
        );
    }

    /// Nothing is there that is older than it is kept, and one day more; and there are no more segments than days.
    fn check_retention(&self) {
        let oldest = self.node.clock.now().minus_days(KEPT_DAYS + 1);
        let first = records(&self.audit(), |_| true).next().unwrap();
        let time = first["eventTime"].as_str().unwrap();
        assert!(
            time >= oldest.to_string().as_str(),
            "{time} is older than {oldest}"
        );
        let count = segments(&self.audit()).len();
        assert!(count <= MOST_SEGMENTS, "{count} segments");
    }

    /// The trail has a digest for each hour, no more than twelve files of records for each, and is valid.
    fn check_trail(&self) {
        let directory = self.audit().join("trail");
        let keys = PublicKeys::read(&own_list(&directory).unwrap().unwrap()).unwrap();
        let report = verify(&Request {
            directory: &directory,
            account: None,
            region: None,
            start: None,
            end: Some(self.node.clock.now()),
            keys: &keys,
        });
        let report = report.unwrap();
        assert!(!report.chains.is_empty());
        let begun = keystead_core::time::Timestamp::from_millis(1_767_323_045_000);
        let seconds =
            self.node.clock.now().start_of_hour().as_seconds() - begun.start_of_hour().as_seconds();
        let hours = usize::try_from(seconds / 3600).unwrap();
        for chain in &report.chains {
            assert_eq!(chain.problems, []);
            assert_eq!(chain.digests, hours, "{}", chain.account);
            let most = (hours + 1) * usize::try_from(DELIVERIES_PER_HOUR).unwrap();
            let files = chain.logs + chain.unproven;
            assert!(files <= most, "{}: {files} files", chain.account);
        }
        let chain = report.chains.iter().find(|chain| chain.account == ACCOUNT);
        assert_eq!(chain.unwrap().region, REGION);
    }

    /// Every event of a kind that the log still has is found, once, and the newest first.
    async fn check_lookups(&self) {
        let name = RARE;
        let logged: Vec<Value> = records(&self.audit(), |line| line.contains(RARE)).collect();
        let mut input = json!({
            "LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": name}],
        });
        let mut found: Vec<Value> = Vec::new();
        loop {
            let answer = self
                .node
                .call_json(JsonService::CLOUDTRAIL, "ada", &[], "LookupEvents", &input)
                .await;
            assert_eq!(answer.status, 200, "{}", answer.text());
            let page = answer.json();
            found.extend(page["Events"].as_array().unwrap().iter().cloned());
            match page.get("NextToken") {
                Some(token) => input["NextToken"] = token.clone(),
                None => break,
            }
        }
        let times: Vec<f64> = found
            .iter()
            .map(|event| event["EventTime"].as_f64().unwrap())
            .collect();
        assert!(times.is_sorted_by(|newer, older| newer >= older));
        let ids: BTreeSet<&str> = found
            .iter()
            .map(|event| event["EventId"].as_str().unwrap())
            .collect();
        assert_eq!(ids.len(), found.len());
        let logged: BTreeSet<&str> = logged
            .iter()
            .map(|record| record["eventID"].as_str().unwrap())
            .collect();
        assert_eq!(ids, logged);
    }

    /// The process is no larger in its last quarter than in its second, but for a margin.
    #[expect(clippy::print_stdout, reason = "a soak tells what it measured")]
    fn tell_memory(&self) {
        let quarter = self.memory.len() / 4;
        let most = |part: &[u64]| part.iter().copied().max().unwrap();
        let second = most(&self.memory[quarter..2 * quarter]);
        let last = most(&self.memory[3 * quarter..]);
        let (index, log) = self.largest;
        println!(
            "{} calls in {DAYS} days; resident memory {} KiB after an hour, {second} at most in the second quarter, {last} in the last; at most {index} bytes of indexes, for {log} of log",
            self.made, self.memory[0],
        );
        if self.calls_a_day >= MEASURED {
            let limit = second + second * GROWTH_PERCENT / 100;
            assert!(last <= limit, "{last} KiB, and {second} before");
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "whoever runs the test says how long"
)]
fn calls_a_day() -> Option<u64> {
    let asked = std::env::var("KEYSTEAD_DAY_CALLS").ok()?;
    Some(asked.parse().unwrap())
}

/// Puts a file where the folder of the next day's records would be, so that none is delivered; returns its path.
fn stopped(life: &Life) -> PathBuf {
    let day = life.node.clock.now().plus_days(1).to_string();
    let day = day[..10].replace('-', "/");
    let folder =
        format!("trail/keystead-audit-{ACCOUNT}/AWSLogs/{ACCOUNT}/CloudTrail/{REGION}/{day}");
    let path = life.audit().join(folder);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, b"in the way").unwrap();
    path
}

/// The files of a folder that end so, with their sizes.
fn sizes(folder: &Path, extension: &str) -> BTreeMap<PathBuf, u64> {
    // The indexes' folder is made with the first of them.
    let entries = fs::read_dir(folder).into_iter().flatten();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .map(|path| (path.clone(), fs::metadata(&path).unwrap().len()))
        .collect()
}

/// The numbers of the log's segments.
fn segments(audit: &Path) -> Vec<u64> {
    let number = |path: &PathBuf| {
        let name = path.file_stem().unwrap().to_str().unwrap();
        name.rsplit('-').next().unwrap().parse().unwrap()
    };
    sizes(audit, "jsonl").keys().map(number).collect()
}

/// The records of the log whose lines are wanted, read as they are asked for: the log is larger than what is measured.
fn records(audit: &Path, is_wanted: fn(&str) -> bool) -> impl Iterator<Item = Value> {
    let segments = sizes(audit, "jsonl").into_keys();
    let files = segments.map(|path| BufReader::new(fs::File::open(path).unwrap()));
    let lines = files.flat_map(|file| file.lines().map(Result::unwrap));
    let wanted = lines.filter(move |line| is_wanted(line));
    wanted.map(|line| serde_json::from_str(&line).unwrap())
}

/// How much memory the process has, in KiB.
fn resident_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let number = line.unwrap().split_whitespace().nth(1);
    number.unwrap().parse().unwrap()
}
