//! The audit log beside what stores were asked to commit.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use keystead_store::Commit;
use keystead_testkit::faulty_store::FaultyStore;
use serde_json::Value;

/// Where records wait for the log.
const OUTBOX: &str = "/outbox/";

/// The ids of the records that came with commits.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ledgers {
    made: Vec<String>,
    refused: Vec<String>,
}

impl Ledgers {
    pub(crate) fn of(stores: &[&Arc<FaultyStore>]) -> Self {
        let mut ledgers = Self::default();
        for store in stores {
            let commits = store.commits();
            ledgers
                .made
                .extend(commits.made.iter().flat_map(records_of));
            ledgers
                .refused
                .extend(commits.refused.iter().flat_map(records_of));
        }
        ledgers
    }

    /// Those of a later life besides.
    pub(crate) fn add(&mut self, later: Self) {
        self.made.extend(later.made);
        self.refused.extend(later.refused);
    }

    /// Each change that was made has one record, one that was not made has none that says it was, and no
    /// record is there twice.
    pub(crate) fn check(&self, records: &[Value]) {
        let mut times: BTreeMap<&str, usize> = BTreeMap::new();
        for record in records {
            *times
                .entry(record["eventID"].as_str().unwrap())
                .or_default() += 1;
        }
        let twice: Vec<_> = times.iter().filter(|(_, times)| **times > 1).collect();
        assert!(twice.is_empty(), "records that are there twice: {twice:?}");
        for id in &self.made {
            assert!(
                times.contains_key(id.as_str()),
                "no record {id} of a change that was made"
            );
        }
        let is_done = |record: &&Value| record["errorCode"].is_null();
        for record in records.iter().filter(is_done) {
            let id = record["eventID"].as_str().unwrap();
            assert!(
                self.refused.iter().all(|refused| refused != id),
                "{record} of a change that was not made"
            );
        }
    }
}

fn records_of(commit: &Commit) -> Vec<String> {
    let puts = commit
        .writes
        .iter()
        .filter(|change| change.value().is_some());
    puts.filter_map(|change| change.key().strip_prefix(OUTBOX))
        .map(str::to_owned)
        .collect()
}

/// The records of the audit log of a node that was stopped, oldest first.
pub(crate) fn records(folder: &Path) -> Vec<Value> {
    let files = fs::read_dir(folder.join("audit")).unwrap();
    let mut segments: Vec<_> = files
        .map(|file| file.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "jsonl")
        })
        .collect();
    segments.sort();
    let texts = segments
        .iter()
        .map(|path| fs::read_to_string(path).unwrap());
    let text: String = texts.collect();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The records of a request.
pub(crate) fn requests<'a>(records: &'a [Value], request: &str) -> Vec<&'a Value> {
    records
        .iter()
        .filter(|record| record["requestID"] == request)
        .collect()
}
