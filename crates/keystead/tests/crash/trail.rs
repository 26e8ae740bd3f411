//! What must hold of the audit trail after a crash: nothing is missing, nothing is in it twice, and the chain is whole.

use std::collections::HashSet;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use flate2::read::GzDecoder;
use keystead_core::time::Timestamp;
use keystead_server::audit::trail::verify::{PublicKeys, Report, Request, own_list, verify};
use keystead_testkit::Server;
use serde_json::Value;

use crate::shim::Clock;

/// How long the trail may take to catch up: it looks every five seconds, on a machine that may be busy.
const PATIENCE: Duration = Duration::from_secs(90);

/// The trail's folder.
pub(crate) fn folder(server: &Server) -> PathBuf {
    server.data_dir().join("audit/trail")
}

/// The files of a kind, `CloudTrail` or `CloudTrail-Digest`.
pub(crate) fn files(folder: &Path, kind: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else {
        return found;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path, kind));
        } else if path.components().any(|part| part.as_os_str() == kind)
            && path.extension().is_some_and(|extension| extension == "gz")
        {
            found.push(path);
        }
    }
    found
}

/// Waits until the trail tells of every whole hour, and compares it with the log. The clock must stand in an hour that
/// has a record, so that those before it are over.
pub(crate) fn check(server: &Server, clock: &Clock) {
    let now = clock.now();
    let folder = folder(server);
    let started = Instant::now();
    loop {
        match examined(&folder, now) {
            Ok(report) if is_whole(&report) => break,
            found if started.elapsed() > PATIENCE => {
                panic!("{found:?}\n{}", server.log());
            }
            // Between a log file and its digest there is no trail to be proud of.
            _ => thread::sleep(Duration::from_millis(100)),
        }
    }
    let hour = now.start_of_hour().to_string();
    let id = |record: &Value| record["eventID"].as_str().unwrap().to_owned();
    let is_over = |record: &Value| record["eventTime"].as_str().unwrap() < hour.as_str();
    let logged: HashSet<String> = server
        .audit_events()
        .iter()
        .filter(|record| is_over(record))
        .map(id)
        .collect();
    let records: Vec<Value> = files(&folder, "CloudTrail")
        .iter()
        .flat_map(|path| records(path))
        .collect();
    let delivered: Vec<String> = records
        .iter()
        .filter(|record| is_over(record))
        .map(id)
        .collect();
    let once: HashSet<String> = delivered.iter().cloned().collect();
    assert_eq!(once.len(), delivered.len(), "no record is delivered twice");
    assert_eq!(once, logged, "what is delivered, and what is logged");
}

fn examined(folder: &Path, end: Timestamp) -> Result<Report, String> {
    let list = own_list(folder).map_err(|error| error.to_string())?;
    let list = list.ok_or("no list of keys")?;
    let keys = PublicKeys::read(&list).map_err(|error| error.to_string())?;
    let request = Request {
        directory: folder,
        account: None,
        region: None,
        start: None,
        end: Some(end),
        keys: &keys,
    };
    verify(&request).map_err(|error| error.to_string())
}

fn is_whole(report: &Report) -> bool {
    let mut chains = report.chains.iter();
    !report.chains.is_empty() && chains.all(|chain| chain.digests > 0 && chain.problems.is_empty())
}

fn records(path: &Path) -> Vec<Value> {
    let mut text = String::new();
    GzDecoder::new(fs::File::open(path).unwrap())
        .read_to_string(&mut text)
        .unwrap();
    let file: Value = serde_json::from_str(&text).unwrap();
    file["Records"].as_array().unwrap().clone()
}
