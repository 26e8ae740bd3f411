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

fn node_of(events: &[Event], directory: &Path) -> Node {
    let lines: String = events::lines(events).map(|line| line + "\n").collect();
    fs::write(directory.join("segment-00000001.jsonl"), lines).unwrap();
    Node::start(directory)
}

/// Events of one kind, each a second after the one before.
fn plain(count: usize) -> Vec<Event> {
    (0..count).map(|_| Event::plain()).collect()
}

async fn closed(node: Node) -> Node {
    node.log.end_segment().await.unwrap();
    let line = events::lines(&plain(1)).next().unwrap();
    node.log.append(line.into_bytes()).await.unwrap();
    node.catch_up();
    node
}

#[tokio::test]
async fn a_closed_segment_has_an_index_file_that_is_mended_when_it_is_damaged() {
    let scratch = tempfile::tempdir().unwrap();
    let node = closed(node_of(&plain(2000), scratch.path())).await;
    let [file] = index_files(scratch.path()).try_into().unwrap();
    let whole = fs::read(&file).unwrap();
    let page = 4096;
    for (at, what) in [
        (0, "lines"),
        (whole.len() - 2 * page, "ids"),
        (whole.len() - page, "end"),
    ] {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        fs::write(&file, bytes).unwrap();
        let ids = Query::default().with(Term::new(Attribute::RequestId, events::request_id(1)));
        for query in [Query::default(), ids] {
            let found = node.history.search(query, None).unwrap();
            assert!(found.count() > 1000, "{what}");
        }
        node.catch_up();
        assert!(fs::read(&file).unwrap() == whole, "{what}");
    }
    node.stop().await;
}

#[tokio::test]
async fn files_of_nobody_are_removed_at_the_start() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("index");
    fs::create_dir(&folder).unwrap();
    for name in ["segment-00000001.new", "segment-00000099.idx"] {
        fs::write(folder.join(name), "left by a crash").unwrap();
    }
    let node = closed(node_of(&plain(3), scratch.path())).await;
    node.stop().await;
    assert_eq!(
        index_files(scratch.path()),
        [folder.join("segment-00000001.idx")]
    );
}

#[tokio::test]
async fn what_the_clock_says_goes_before_the_order_of_the_log() {
    let scratch = tempfile::tempdir().unwrap();
    let mut events = plain(3000);
    // Set back by a day, after some blocks.
    events[1700].set_clock(-86_400);
    let node = closed(node_of(&events, scratch.path())).await;
    let lines = oracle::lines(scratch.path());
    let question = Question::all();
    let expected = question.answer(&lines);
    let query = question.query();
    let search = node.history.search(query.clone(), None).unwrap();
    check(
        &search.map(Result::unwrap).collect::<Vec<_>>(),
        &expected,
        &question,
    );
    check(&in_pages(&node.history, &query, 700), &expected, &question);
    node.stop().await;
}

#[tokio::test]
async fn what_is_behind_is_told() {
    let scratch = tempfile::tempdir().unwrap();
    for number in 1..4 {
        let lines: String = events::lines(&plain(10)).map(|line| line + "\n").collect();
        let path = scratch.path().join(format!("segment-{number:08}.jsonl"));
        fs::write(path, lines).unwrap();
    }
    let log = AuditLog::open(scratch.path(), LogOptions::default()).unwrap();
    let history = History::open(log.reader().unwrap()).unwrap();
    let length = fs::metadata(scratch.path().join("segment-00000003.jsonl"))
        .unwrap()
        .len();
    let lag = history.lag().unwrap();
    assert_eq!((lag.segments, lag.records), (2, 0));
    assert_eq!(lag.bytes, length);
    let place = |segment, offset| Place { segment, offset };
    assert_eq!(history.indexed().unwrap(), place(1, 0));
    let indexer = Indexer::start(&history, &Needs::default()).unwrap();
    let node = Node {
        log,
        history,
        indexer,
    };
    node.catch_up();
    let expected = Lag {
        bytes: 0,
        segments: 0,
        records: 30,
    };
    assert_eq!(node.history.lag().unwrap(), expected);
    assert_eq!(node.history.indexed().unwrap(), place(3, length));
    node.stop().await;
}

#[tokio::test]
async fn a_segment_that_cannot_be_read_keeps_no_other_from_its_index() {
    let scratch = tempfile::tempdir().unwrap();
    let segment = |number: u32| scratch.path().join(format!("segment-{number:08}.jsonl"));
    let lines: String = events::lines(&plain(10)).map(|line| line + "\n").collect();
    for number in [1, 2, 4, 5] {
        fs::write(segment(number), &lines).unwrap();
    }
    fs::create_dir(segment(3)).unwrap();
    let node = Node::start(scratch.path());
    while node.history.lag().unwrap().segments > 1 {
        std::thread::yield_now();
    }
    assert_eq!(index_files(scratch.path()).len(), 3);
    node.stop().await;
}
