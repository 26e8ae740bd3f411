//! The audit log's segments, as a crash or somebody else left them.

use std::fs;
use std::path::Path;

use keystead_server::audit::index::{Attribute, Facts, Query, Term};
use keystead_server::audit::log::{AuditLog, LogOptions};
use tokio::runtime::{Builder, Runtime};

/// What is appended.
const LINE: &[u8] = b"{\"appended\":true}";

/// The bytes are those of the last segment; what stands before a line of three hyphens, those of the one before it.
pub(crate) fn check(bytes: &[u8]) {
    let folder = tempfile::tempdir().expect("a folder");
    let (before, last) = segments(bytes);
    let path = |number: u64| folder.path().join(format!("segment-{number:08}.jsonl"));
    let number = if before.is_some() { 2 } else { 1 };
    if let Some(before) = before {
        fs::write(path(1), before).expect("a segment");
    }
    fs::write(path(number), last).expect("a segment");
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");

    let whole = whole_lines(last);
    let lines = append(folder.path(), &runtime);
    let mut expected = whole.to_vec();
    expected.extend_from_slice(LINE);
    expected.push(b'\n');
    assert_eq!(fs::read(path(number)).expect("the segment"), expected);
    if let Some(before) = before {
        assert_eq!(fs::read(path(1)).expect("the segment"), before);
    }
    let all = [before.map_or(&b""[..], to_last_end), &expected].concat();
    assert_eq!(lines, all);
    lines.split(|byte| *byte == b'\n').for_each(facts);
    // What was cut off for zeros is kept.
    if last
        .get(whole.len()..)
        .is_some_and(has_whole_line_after_zero)
    {
        let torn = path(number).with_extension(format!("{}.torn", whole.len()));
        assert_eq!(fs::read(torn).ok().as_deref(), last.get(whole.len()..));
    }
    // Nothing is left to repair.
    append(folder.path(), &runtime);
    expected.extend_from_slice(LINE);
    expected.push(b'\n');
    assert_eq!(fs::read(path(number)).expect("the segment"), expected);
}

/// What a line can be found by is in it for whoever reads JSON.
fn facts(line: &[u8]) {
    if let Some(facts) = Facts::of(line) {
        let json: serde_json::Value = serde_json::from_slice(line).expect("JSON");
        assert_eq!(
            json.get("eventName"),
            Some(&facts.event_name.as_ref().into())
        );
        let query = Query::default().with(Term::new(Attribute::EventName, &*facts.event_name));
        assert!(query.matches(&facts));
    }
}

fn segments(bytes: &[u8]) -> (Option<&[u8]>, &[u8]) {
    const BETWEEN: &[u8] = b"\n---\n";
    let place = bytes
        .windows(BETWEEN.len())
        .position(|part| part == BETWEEN);
    match place.and_then(|place| bytes.split_at_checked(place)) {
        Some((before, rest)) => (Some(before), rest.get(BETWEEN.len()..).unwrap_or_default()),
        None => (None, bytes),
    }
}

/// Opens the log, appends a line, and answers all the lines that a reader finds.
fn append(folder: &Path, runtime: &Runtime) -> Vec<u8> {
    let log = AuditLog::open(folder, LogOptions::default()).expect("a log");
    let appended = runtime.block_on(log.append(LINE.to_vec()));
    appended.expect("a line that is appended");
    let reader = log.reader().expect("a reader");
    let mut lines = Vec::new();
    let mut place = reader.start().expect("a start");
    loop {
        let batch = reader.read(place, 100).expect("a batch");
        if batch.is_empty() {
            break;
        }
        for (_, line) in batch.lines() {
            lines.extend_from_slice(line);
            lines.push(b'\n');
        }
        place = batch.next;
    }
    runtime.block_on(log.close()).expect("a log that closes");
    lines
}

fn to_last_end(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|byte| *byte == b'\n');
    bytes
        .get(..end.map_or(0, |end| end + 1))
        .unwrap_or_default()
}

/// The lines before what is torn: before a line without its end, and before the first zero.
fn whole_lines(bytes: &[u8]) -> &[u8] {
    let lines = to_last_end(bytes);
    match lines.iter().position(|byte| *byte == 0) {
        Some(zero) => to_last_end(lines.get(..zero).unwrap_or_default()),
        None => lines,
    }
}

fn has_whole_line_after_zero(cut: &[u8]) -> bool {
    to_last_end(cut).contains(&0)
}
