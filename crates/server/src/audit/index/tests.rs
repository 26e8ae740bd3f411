//! The whole of it beside a second reading of the log, short and slow: on generated logs, with generated queries.

mod events;
mod oracle;

use std::fs;
use std::path::Path;

use proptest::collection::vec;
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_oneof, proptest};
use proptest::sample::Index as Pick;

use self::events::{Event, Log};
use self::oracle::Question;
use super::*;
use crate::audit::log::{AuditLog, LogOptions};
use crate::audit::retention::Needs;

/// What is done to a log between two looks at it.
#[derive(Debug, Clone)]
enum Deed {
    /// Lines come.
    Append(Vec<Event>),
    /// The last segment is closed.
    EndSegment,
    /// A byte of an index file changes.
    Damage { file: Pick, byte: Pick },
    /// An index file loses its end.
    Cut { file: Pick, at: Pick },
    /// An index file is gone.
    Remove { file: Pick },
    /// The process begins anew.
    Restart,
    /// The indexer comes to the end.
    CatchUp,
}

fn deed() -> impl Strategy<Value = Deed> {
    let pick = any::<Pick>;
    prop_oneof![
        3 => vec(events::event(), 1..40).prop_map(Deed::Append),
        2 => Just(Deed::EndSegment),
        1 => (pick(), pick()).prop_map(|(file, byte)| Deed::Damage { file, byte }),
        1 => (pick(), pick()).prop_map(|(file, at)| Deed::Cut { file, at }),
        1 => pick().prop_map(|file| Deed::Remove { file }),
        2 => Just(Deed::Restart),
        4 => Just(Deed::CatchUp),
    ]
}

/// A log with an indexer.
struct Node {
    log: AuditLog,
    history: History,
    indexer: Indexer,
}

impl Node {
    fn start(directory: &Path) -> Self {
        let log = AuditLog::open(directory, LogOptions::default()).unwrap();
        let history = History::open(log.reader().unwrap()).unwrap();
        let indexer = Indexer::start(&history, &Needs::default()).unwrap();
        Self {
            log,
            history,
            indexer,
        }
    }

    async fn stop(self) {
        self.log.close().await.unwrap();
        self.indexer.stop();
    }

    fn catch_up(&self) {
        loop {
            let lag = self.history.lag().unwrap();
            if (lag.bytes, lag.segments) == (0, 0) {
                return;
            }
            std::thread::yield_now();
        }
    }
}

fn index_files(directory: &Path) -> Vec<std::path::PathBuf> {
    let Ok(files) = fs::read_dir(directory.join("index")) else {
        return Vec::new();
    };
    let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    files
}

/// Changes the contents of one of the index files, if there is one.
fn change(directory: &Path, file: Pick, change: impl FnOnce(&mut Vec<u8>)) {
    let files = index_files(directory);
    if !files.is_empty() {
        let path = file.get(&files);
        let mut bytes = fs::read(path).unwrap_or_default();
        change(&mut bytes);
        fs::write(path, bytes).unwrap();
    }
}

async fn carry_out(deed: Deed, mut node: Node, directory: &Path) -> Node {
    match deed {
        Deed::Append(events) => {
            let lines = events::lines(&events);
            let appends = lines.map(|line| node.log.append(line.into_bytes()));
            for append in appends.collect::<Vec<_>>() {
                append.await.unwrap();
            }
        }
        Deed::EndSegment => node.log.end_segment().await.unwrap(),
        Deed::Damage { file, byte } => change(directory, file, |bytes| {
            if !bytes.is_empty() {
                *byte.get_mut(bytes) ^= 0x10;
            }
        }),
        Deed::Cut { file, at } => change(directory, file, |bytes| {
            bytes.truncate(at.index(bytes.len() + 1));
        }),
        Deed::Remove { file } => {
            let files = index_files(directory);
            if !files.is_empty() {
                let _ = fs::remove_file(file.get(&files));
            }
        }
        Deed::Restart => {
            node.stop().await;
            node = Node::start(directory);
        }
        Deed::CatchUp => node.catch_up(),
    }
    node
}

/// Everything that a query finds, in pages of this size.
fn in_pages(history: &History, query: &Query, size: usize) -> Vec<Found> {
    let (mut found, mut before) = (Vec::<Found>::new(), None);
    loop {
        let search = history.search(query.clone(), before).unwrap();
        let page: Vec<_> = search.take(size).map(Result::unwrap).collect();
        let Some(last) = page.last() else {
            return found;
        };
        before = Some(last.position);
        found.extend(page);
    }
}

/// Compares what was found with what is in the log, and tells of the first difference alone.
fn check(found: &[Found], expected: &[&str], question: &Question) {
    let mut pairs = found
        .iter()
        .map(|found| str::from_utf8(&found.line).unwrap());
    for (number, expected) in expected.iter().enumerate() {
        let found = pairs.next();
        assert_eq!(found, Some(*expected), "number {number} of {question:?}");
    }
    assert_eq!(pairs.next(), None, "too many for {question:?}");
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 16,
        max_shrink_iters: 300,
        ..ProptestConfig::default()
    })]

    /// Whatever was done to the log and its index: a search finds what is in the log, no more and no less, in order,
    /// at once and page by page.
    #[test]
    fn searches_find_what_is_in_the_log(
        log in events::log(),
        deeds in vec(deed(), 0..8),
        queries in vec((oracle::question(), 1_usize..60), 1..8),
    ) {
        let scratch = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        Log::write(&log, scratch.path());
        runtime.block_on(async {
            let mut node = Node::start(scratch.path());
            for deed in [vec![Deed::CatchUp], deeds].concat() {
                node = carry_out(deed, node, scratch.path()).await;
                let lines = oracle::lines(scratch.path());
                for (question, page_size) in &queries {
                    let query = question.query();
                    let expected = question.answer(&lines);
                    let search = node.history.search(query.clone(), None).unwrap();
                    let found: Vec<_> = search.map(Result::unwrap).collect();
                    check(&found, &expected, question);
                    let paged = in_pages(&node.history, &query, *page_size);
                    check(&paged, &expected, question);
                }
            }
            node.stop().await;
        });
    }
}
