//! The search index's files, as a damaged disk or somebody else left them.

use std::cell::RefCell;
use std::fs;
use std::hash::Hasher as _;
use std::path::PathBuf;

use keystead_server::audit::index::{Attribute, History, Indexer, Position, Query, Term};
use keystead_server::audit::log::{AuditLog, LogOptions};
use keystead_server::audit::retention::Needs;
use siphasher::sip::SipHasher13;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use crate::parts::Parts;

/// Events in the segment that is indexed: more than one block of lines has.
const EVENTS: u32 = 600;
const PAGE_BYTES: usize = 4096;

/// A log whose first segment has an index file.
struct Indexed {
    log: AuditLog,
    path: PathBuf,
    index: Vec<u8>,
    /// What each query finds in the log, whatever there is of an index.
    found: Vec<Vec<Position>>,
    // Dropped after the log, which writes until then.
    _runtime: Runtime,
    _folder: TempDir,
}

thread_local! {
    static LOG: RefCell<Option<Indexed>> = const { RefCell::new(None) };
}

/// The first byte says what the others are: the file, changes of it, or changes by somebody who mends the checksums.
pub(crate) fn check(bytes: &[u8]) {
    let mut parts = Parts::of(bytes);
    let kind = parts.byte() % 3;
    LOG.with_borrow_mut(|log| {
        let log = log.get_or_insert_with(Indexed::make);
        let file = match kind {
            0 => parts.rest().to_vec(),
            1 => parts.edits(&log.index),
            _ => resealed(&on_the_last_page(parts, &log.index)),
        };
        fs::write(&log.path, file).expect("an index file");
        for (query, expected) in queries().into_iter().zip(&log.found) {
            let found = log.search(query);
            // Nothing in an index is secret: who can write it can hide events from searches, and no more.
            if kind < 2 {
                assert_eq!(&found, expected);
            }
        }
    });
}

/// Changes that are all on the last page, which says where everything else is, or on the first.
fn on_the_last_page(mut parts: Parts<'_>, index: &[u8]) -> Vec<u8> {
    let first_page = parts.byte().is_multiple_of(4);
    let split = if first_page {
        PAGE_BYTES
    } else {
        index.len() - PAGE_BYTES
    };
    let (head, tail) = index.split_at(split);
    match first_page {
        true => [&parts.edits(head), tail].concat(),
        false => [head, &parts.edits(tail)].concat(),
    }
}

/// The file with whole pages, and with the checksums that they must have.
fn resealed(file: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(file.len());
    for (page, bytes) in (0..).zip(file.chunks(PAGE_BYTES)) {
        let mut content = bytes.to_vec();
        content.resize(PAGE_BYTES - 8, 0);
        let mut hasher = SipHasher13::new_with_keys(1, page);
        hasher.write(&content);
        out.extend_from_slice(&content);
        out.extend_from_slice(&hasher.finish().to_le_bytes());
    }
    out
}

fn queries() -> [Query; 3] {
    let name = |name: &str| Term::new(Attribute::EventName, name);
    [
        Query::default(),
        Query::default().with(name("Decrypt")).since(1_767_323_300),
        Query::default().with(Term::new(Attribute::EventId, "id-77")),
    ]
}

impl Indexed {
    fn make() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("a runtime");
        let log = AuditLog::open(folder.path(), LogOptions::default()).expect("a log");
        runtime.block_on(async {
            let lines = (0..EVENTS).map(event).collect();
            log.append_all(lines).await.expect("events");
            log.end_segment().await.expect("a new segment");
            log.append(event(EVENTS)).await.expect("an event");
        });
        let path = folder.path().join("index/segment-00000001.idx");
        let mut made = Self {
            index: index(&log, &path),
            log,
            path,
            found: Vec::new(),
            _runtime: runtime,
            _folder: folder,
        };
        fs::remove_file(&made.path).expect("no index");
        let found = queries().map(|query| made.search(query));
        assert!(found.iter().all(|found| !found.is_empty()));
        made.found = found.into();
        made
    }

    /// What a search finds that begins now.
    fn search(&self, query: Query) -> Vec<Position> {
        let history = History::open(self.log.reader().expect("a reader")).expect("a history");
        let found = history.search(query, None).expect("a search");
        found
            .map(|found| found.expect("an event").position)
            .take(2 * EVENTS as usize)
            .collect()
    }
}

/// The index file of the first segment.
fn index(log: &AuditLog, path: &std::path::Path) -> Vec<u8> {
    let history = History::open(log.reader().expect("a reader")).expect("a history");
    let indexer = Indexer::start(&history, &Needs::default()).expect("an indexer");
    loop {
        let lag = history.lag().expect("a lag");
        if (lag.bytes, lag.segments) == (0, 0) {
            break;
        }
        std::thread::yield_now();
    }
    indexer.stop();
    fs::read(path).expect("an index file")
}

fn event(number: u32) -> Vec<u8> {
    let name = ["Encrypt", "Decrypt", "DescribeKey"];
    let name = name.get(number as usize % name.len()).expect("a name");
    let (minute, second) = (4 + number / 60, number % 60);
    format!(
        r#"{{"userIdentity":{{"type":"Root"}},"eventTime":"2026-01-02T03:{minute:02}:{second:02}Z","eventSource":"kms.amazonaws.com","eventName":"{name}","awsRegion":"us-east-1","eventID":"id-{number}","readOnly":true,"recipientAccountId":"111122223333"}}"#
    )
    .into_bytes()
}
