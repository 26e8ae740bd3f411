//! The whole log, on real files.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::task::Poll;

use super::faulty::{Fault, FaultyDisk};
use super::*;

fn options() -> LogOptions {
    LogOptions {
        segment_bytes: 1000,
        queue: 8,
        durability: Durability::Durable,
    }
}

fn open(directory: &Path) -> AuditLog {
    AuditLog::open(directory, options()).unwrap()
}

/// A buffered log on a disk that may fail.
fn buffered_on(disk: &FaultyDisk) -> AuditLog {
    let opened = Opened {
        disk: disk.clone(),
        tail: None,
        lock: tempfile::tempfile().unwrap(),
    };
    let durability = Durability::Buffered;
    AuditLog::start(
        opened,
        Path::new(""),
        LogOptions {
            durability,
            ..options()
        },
    )
    .unwrap()
}

/// The names of the directory's segments, in order, with their contents.
fn segments(directory: &Path) -> Vec<(String, String)> {
    let files = fs::read_dir(directory).unwrap().map(Result::unwrap);
    let mut segments: Vec<_> = files
        .filter(|file| file.file_name() != "lock" && file.file_name() != "journal")
        .map(|file| {
            (
                file.file_name().into_string().unwrap(),
                fs::read_to_string(file.path()).unwrap(),
            )
        })
        .collect();
    segments.sort();
    segments
}

fn contents(directory: &Path) -> String {
    segments(directory)
        .into_iter()
        .map(|(_, contents)| contents)
        .collect()
}

fn lines(log: &AuditLog) -> Vec<String> {
    let reader = log.reader().unwrap();
    let (mut place, mut all) = (reader.start().unwrap(), Vec::new());
    loop {
        let batch = reader.read(place, 1024).unwrap();
        if batch.is_empty() {
            return all;
        }
        let lines = batch.lines();
        all.extend(lines.map(|(_, line)| String::from_utf8(line.to_vec()).unwrap()));
        place = batch.next;
    }
}

#[tokio::test]
async fn an_appended_line_is_in_the_first_segment() {
    let scratch = tempfile::tempdir().unwrap();
    let directory = scratch.path().join("audit/log");
    let log = open(&directory);
    log.append(b"{\"a\":1}".to_vec()).await.unwrap();
    log.append(b"{\"a\":2}".to_vec()).await.unwrap();
    let expected = [(
        "segment-00000001.jsonl".to_owned(),
        "{\"a\":1}\n{\"a\":2}\n".to_owned(),
    )];
    assert_eq!(segments(&directory), expected);
    for (path, mode) in [
        ("", 0o700),
        ("lock", 0o600),
        ("segment-00000001.jsonl", 0o600),
    ] {
        let metadata = fs::metadata(directory.join(path)).unwrap();
        assert_eq!(metadata.permissions().mode() & 0o777, mode, "{path}");
    }
}

#[tokio::test]
async fn segments_are_rotated_and_read_from_the_first_on() {
    let scratch = tempfile::tempdir().unwrap();
    let log = open(scratch.path());
    let line = |i: usize| format!("{i:0>399}");
    for i in 0..7 {
        log.append(line(i).into_bytes()).await.unwrap();
    }
    drop(log);
    let names: Vec<_> = segments(scratch.path())
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    let expected: Vec<_> = (1..=4).map(|i| format!("segment-{i:08}.jsonl")).collect();
    assert_eq!(names, expected);

    let log = open(scratch.path());
    log.append(b"later".to_vec()).await.unwrap();
    let expected: Vec<_> = (0..7).map(line).chain(["later".to_owned()]).collect();
    assert_eq!(lines(&log), expected);
    assert!(contents(scratch.path()).ends_with(&format!("{}\nlater\n", line(6))));
}

#[tokio::test]
async fn a_torn_tail_is_cut_and_whole_lines_are_kept() {
    let scratch = tempfile::tempdir().unwrap();
    fs::write(
        scratch.path().join("segment-00000007.jsonl"),
        "given up\nto",
    )
    .unwrap();
    fs::write(
        scratch.path().join("segment-00000008.jsonl"),
        "whole\n\nthird\ntor",
    )
    .unwrap();
    let log = open(scratch.path());
    assert_eq!(lines(&log), ["given up", "whole", "", "third"]);
    log.append(b"next".to_vec()).await.unwrap();
    let (name, last) = segments(scratch.path()).pop().unwrap();
    assert_eq!(name, "segment-00000008.jsonl");
    assert_eq!(last, "whole\n\nthird\nnext\n");
}

#[test]
fn many_runtimes_lose_nothing_and_each_task_keeps_its_order() {
    let scratch = tempfile::tempdir().unwrap();
    let log = open(scratch.path());
    thread::scope(|scope| {
        for runtime in 0..4 {
            let log = &log;
            scope.spawn(move || append_from_a_runtime(log, runtime));
        }
    });
    // Read while the log is still open: every answer came after its sync.
    let contents = contents(scratch.path());
    assert_eq!(contents.lines().count(), 48 * 20);
    for task in 0..48 {
        let prefix = format!("{task} ");
        let numbers = contents
            .lines()
            .filter_map(|line| line.strip_prefix(&prefix));
        assert!(
            numbers.eq((0..20).map(|i: usize| i.to_string())),
            "task {task}"
        );
    }
}

/// Twelve tasks of one single-threaded runtime, each with twenty lines.
fn append_from_a_runtime(log: &AuditLog, runtime: usize) {
    let append = async |task: usize| {
        for i in 0..20 {
            log.append(format!("{task} {i}").into_bytes())
                .await
                .unwrap();
        }
    };
    let tokio = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    tokio.block_on(async {
        let tasks = (0..12).map(|task| Box::pin(append(runtime * 12 + task)));
        let mut tasks: Vec<_> = tasks.collect();
        // All at once, without spawning: the log is only borrowed.
        std::future::poll_fn(|context| {
            tasks.retain_mut(|task| task.as_mut().poll(context).is_pending());
            if tasks.is_empty() {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
    });
}

#[tokio::test]
async fn closing_flushes_and_then_refuses() {
    for durability in [Durability::Durable, Durability::Buffered] {
        let scratch = tempfile::tempdir().unwrap();
        let log = AuditLog::open(
            scratch.path(),
            LogOptions {
                durability,
                ..options()
            },
        )
        .unwrap();
        for i in 0..100 {
            log.append(format!("{i}").into_bytes()).await.unwrap();
        }
        log.close().await.unwrap();
        log.close().await.unwrap();
        assert_eq!(contents(scratch.path()).lines().count(), 100);
        let late = log.append(b"late".to_vec()).await;
        assert!(matches!(late, Err(LogError::Closed)), "{late:?}");
    }
}

#[tokio::test]
async fn dropping_flushes_and_lets_go() {
    let scratch = tempfile::tempdir().unwrap();
    let buffered = LogOptions {
        durability: Durability::Buffered,
        ..options()
    };
    let log = AuditLog::open(scratch.path(), buffered).unwrap();
    for i in 0..100 {
        log.append(format!("{i}").into_bytes()).await.unwrap();
    }
    assert!(matches!(
        AuditLog::open(scratch.path(), options()),
        Err(LogError::InUse { .. })
    ));
    drop(log);
    assert_eq!(contents(scratch.path()).lines().count(), 100);
    open(scratch.path());
}

#[tokio::test]
async fn a_buffered_log_makes_callers_wait_while_the_disk_fails() {
    let disk = FaultyDisk::default();
    let log = buffered_on(&disk);
    let Sink::Files(files) = &log.sink else {
        panic!("the log has files");
    };
    files.failing.store(true, Ordering::Relaxed);
    disk.will_fail([Fault::Sync]);
    let refused = log.append(b"refused".to_vec()).await;
    assert!(matches!(refused, Err(LogError::Sync { .. })), "{refused:?}");
    log.append(b"waited for".to_vec()).await.unwrap();
    assert_eq!(disk.durable(), ["waited for\n"]);
    assert!(!files.failing.load(Ordering::Relaxed));
    log.append(b"handed over".to_vec()).await.unwrap();
    log.close().await.unwrap();
    assert_eq!(disk.durable(), ["waited for\nhanded over\n"]);
}

#[tokio::test]
async fn a_buffered_log_makes_changes_wait_for_the_disk() {
    let disk = FaultyDisk::default();
    let log = buffered_on(&disk);
    disk.will_fail([Fault::Sync]);
    let refused = log.append_durably(b"a change".to_vec()).await;
    assert!(matches!(refused, Err(LogError::Sync { .. })), "{refused:?}");
    log.append_durably(b"a change".to_vec()).await.unwrap();
    assert_eq!(disk.durable(), ["a change\n"]);
}

#[tokio::test]
async fn a_buffered_log_that_cannot_be_written_says_so_when_it_is_closed() {
    let disk = FaultyDisk::default();
    let log = buffered_on(&disk);
    disk.will_fail([Fault::Create; 3]);
    log.append(b"lost".to_vec()).await.unwrap();
    let end = log.close().await;
    assert!(matches!(end, Err(LogError::Create { .. })), "{end:?}");
}

#[tokio::test]
async fn lines_that_would_not_be_one_record_are_refused() {
    let scratch = tempfile::tempdir().unwrap();
    for log in [open(scratch.path()), AuditLog::discard()] {
        let two = log.append(b"{}\n{}".to_vec()).await;
        assert!(matches!(two, Err(LogError::NotOneLine)), "{two:?}");
        let long = log.append(vec![b'x'; MAX_LINE_BYTES + 1]).await;
        assert!(
            matches!(long, Err(LogError::LongLine { line_bytes }) if line_bytes == MAX_LINE_BYTES + 1)
        );
        log.append(vec![b'x'; MAX_LINE_BYTES]).await.unwrap();
    }
    assert_eq!(contents(scratch.path()).len(), MAX_LINE_BYTES + 1);
}

#[tokio::test]
async fn a_discarded_log_takes_everything_and_keeps_nothing() {
    let log = AuditLog::discard();
    log.append(b"{}".to_vec()).await.unwrap();
    assert!(log.reader().is_none());
    log.close().await.unwrap();
}

#[test]
fn appends_may_move_between_threads() {
    fn is_send(_: impl Send) {}
    let log = AuditLog::discard();
    is_send(log.append(Vec::new()));
}

#[test]
fn a_directory_that_cannot_be_is_named() {
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("file");
    fs::write(&file, "").unwrap();
    match AuditLog::open(&file, options()) {
        Err(error @ LogError::Open { .. }) => {
            assert!(error.to_string().contains("file"), "{error}");
        }
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("a file is no directory"),
    }
}
