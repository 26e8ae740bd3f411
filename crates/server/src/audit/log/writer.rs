//! The writer: groups of lines, one write and one sync for each.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use std::{iter, mem, thread};

use rustix::thread::set_current_timer_slack;
use tokio::sync::{mpsc, oneshot, watch};

use super::answer::{Outcome, Postman, Waiter};
use super::disk::{Disk, Segment, Tail};
use super::journal::Group;
use super::{LogError, Place};

/// The most lines taken from the queue at once.
const GROUP_LINES: usize = 4096;

/// The bytes at which a group is written even if more lines wait.
const GROUP_BYTES: usize = 1024 * 1024;

/// After a group of so many lines the next one gathers for a moment: at such a load more will come, and a sync costs the
/// same however many lines it is for. Whoever calls at a lesser load does not
/// wait, but for the first after a burst.
const BUSY_LINES: usize = 16;
/// How long a busy log gathers: half as long as the disk takes for a group, and no longer than this. On a quick disk calls
/// would otherwise wait for the gathering most of all.
const LONGEST_GATHERING: Duration = Duration::from_micros(400);

/// How late the writing thread may be woken after gathering. The system's own is as long as a quick disk takes for a group.
const SLACK_NANOS: u64 = 1000;

/// What comes through the queue.
pub(super) enum Item {
    Line(Line),
    /// Begin a new segment with the next line.
    EndSegment,
    /// Write what is left and end.
    Close(oneshot::Sender<Outcome>),
}

/// A line without its end.
pub(super) struct Line {
    pub(super) bytes: Vec<u8>,
    /// `None` if the line was already answered for: then it must be written sooner or later.
    pub(super) waiter: Option<Waiter>,
}

/// The writing thread: ends when the queue is closed and empty.
pub(super) fn run<D: Disk>(mut writer: Writer<D>, mut queue: mpsc::Receiver<Item>) {
    let mut items = Vec::with_capacity(GROUP_LINES);
    let mut closers = Vec::new();
    let mut is_busy = false;
    if let Err(error) = set_current_timer_slack(NonZero::new(SLACK_NANOS)) {
        tracing::debug!(%error, "a busy audit log gathers for longer than it means to");
    }
    while queue.blocking_recv_many(&mut items, GROUP_LINES) > 0 {
        if is_busy {
            thread::sleep(writer.pace.gathering());
            let rest = GROUP_LINES.saturating_sub(items.len());
            items.extend(iter::from_fn(|| queue.try_recv().ok()).take(rest));
        }
        is_busy = items.len() >= BUSY_LINES;
        for item in items.drain(..) {
            match item {
                Item::Line(line) => writer.gather(line),
                Item::EndSegment => writer.end_segment(),
                Item::Close(closer) => {
                    queue.close();
                    closers.push(closer);
                }
            }
        }
        writer.settle();
    }
    let end = writer.finish();
    for closer in closers {
        let _ = closer.send(end.clone());
    }
}

/// Writes groups to the end of a disk's last segment.
pub(super) struct Writer<D: Disk> {
    disk: D,
    /// `None` after a segment had to be given up: the next group begins a new one.
    tail: Option<Tail<D::Segment>>,
    segment_bytes: u64,
    /// Whether the next group begins a new segment, whatever room there is.
    is_ended: bool,
    /// Tells the appenders whether the last group failed.
    failing: Arc<AtomicBool>,
    /// Tells the readers how far they may read.
    durable: watch::Sender<Place>,
    pace: Pace,
    lines: Vec<Line>,
    line_bytes: usize,
    /// The group as it is written; kept for its capacity.
    group: Group,
    postman: Postman,
}

impl<D: Disk> Writer<D> {
    pub(super) fn new(
        disk: D,
        tail: Option<Tail<D::Segment>>,
        segment_bytes: u64,
        failing: Arc<AtomicBool>,
        durable: watch::Sender<Place>,
    ) -> Self {
        Self {
            disk,
            tail,
            segment_bytes,
            is_ended: false,
            failing,
            durable,
            pace: Pace::default(),
            lines: Vec::new(),
            line_bytes: 0,
            group: Group::default(),
            postman: Postman::default(),
        }
    }

    /// Adds a line to the group, and writes the group if it is large.
    pub(super) fn gather(&mut self, line: Line) {
        self.keep(line);
        if self.line_bytes >= GROUP_BYTES {
            self.settle();
        }
    }

    /// Has the lines after those of the group begin a new segment.
    pub(super) fn end_segment(&mut self) {
        self.settle();
        self.is_ended = true;
        // Records must not be elsewhere for longer than in their segment.
        self.empty_disk();
    }

    /// Writes what was gathered and answers those who wait for it.
    pub(super) fn settle(&mut self) {
        // Whoever waits has the answer; who does not has had it.
        let _ = self.write_all();
    }

    /// Tries once more to write lines that were kept.
    ///
    /// # Errors
    /// Why they are lost.
    pub(super) fn finish(&mut self) -> Result<(), LogError> {
        let outcome = self.write_all();
        self.empty_disk();
        outcome
    }

    /// Leaves records in the segments alone. If that fails they are elsewhere too, and safe.
    fn empty_disk(&mut self) {
        if let Err(error) = self.disk.empty() {
            tracing::warn!(%error, "the audit log's journal can't be emptied; the next start does it");
        }
    }

    /// Writes in groups that a repair finds the beginning of: while the disk refused writes, more may have come.
    fn write_all(&mut self) -> Result<(), LogError> {
        let mut outcome = Ok(());
        let mut lines = mem::take(&mut self.lines);
        self.line_bytes = 0;
        while !lines.is_empty() {
            let rest = lines.split_off(group_lines(&lines));
            let group = mem::replace(&mut lines, rest);
            // What came later must not stand before.
            outcome = outcome.and_then(|()| self.write_group(&group));
            // Before the answers, so that who got one sees it.
            self.failing.store(outcome.is_err(), Ordering::Relaxed);
            for line in group {
                match line.waiter {
                    Some(waiter) => self.postman.answer(waiter, outcome.clone()),
                    None if outcome.is_err() => self.keep(line),
                    None => {}
                }
            }
            self.postman.ring();
        }
        outcome
    }

    fn keep(&mut self, line: Line) {
        self.line_bytes += line.bytes.len() + 1;
        self.lines.push(line);
    }

    fn write_group(&mut self, lines: &[Line]) -> Result<(), LogError> {
        let mut group = mem::take(&mut self.group);
        lines.iter().for_each(|line| group.push(&line.bytes));
        let start = Instant::now();
        let outcome = self.append(&mut group);
        self.pace.took(start.elapsed());
        group.clear(GROUP_BYTES);
        self.group = group;
        outcome
    }

    /// Makes `group` durable at the end of the log, or leaves the log as it was.
    fn append(&mut self, group: &mut Group) -> Result<(), LogError> {
        let length = group.lines().len() as u64;
        let mut tail = self.tail_with_room(length)?;
        let written = tail
            .segment
            .write_at(group.lines(), tail.offset)
            .map_err(|source| LogError::Write {
                source: Arc::new(source),
            });
        let outcome = written.and_then(|()| {
            let synced = self.disk.sync(&tail, group);
            synced.map_err(|source| LogError::Sync {
                source: Arc::new(source),
            })
        });
        if outcome.is_ok() {
            tail.offset += length;
            self.durable.send_replace(tail.end());
        } else if self.disk.cut(&tail).is_err() {
            return outcome;
        }
        self.tail = Some(tail);
        outcome
    }

    /// Takes the tail, or a new segment's if there is none or it has no room for `length` bytes.
    fn tail_with_room(&mut self, length: u64) -> Result<Tail<D::Segment>, LogError> {
        match self.tail.take() {
            Some(tail)
                if tail.offset == 0
                    || (!self.is_ended && tail.offset + length <= self.segment_bytes) =>
            {
                Ok(tail)
            }
            full => match self.disk.create() {
                Ok(tail) => {
                    self.is_ended = false;
                    Ok(tail)
                }
                Err(source) => {
                    self.tail = full;
                    Err(LogError::Create {
                        source: Arc::new(source),
                    })
                }
            },
        }
    }
}

/// How long the disk takes for a group, as far as that is known: on a busy machine a group takes as long as its thread waits for
/// a core besides, so that the quickest of late tell best.
#[derive(Debug, Default)]
struct Pace(Duration);

impl Pace {
    /// A group took so long.
    fn took(&mut self, time: Duration) {
        let slower = self.0 + self.0 / 16 + Duration::from_micros(1);
        self.0 = time.min(slower);
    }

    fn gathering(&self) -> Duration {
        (self.0 / 2).min(LONGEST_GATHERING)
    }
}

/// How many lines make a group: the first that has [`GROUP_BYTES`] ends it.
fn group_lines(lines: &[Line]) -> usize {
    let mut bytes = 0;
    let is_within = |line: &&Line| {
        let before = bytes;
        bytes += line.bytes.len() + 1;
        before < GROUP_BYTES
    };
    lines.iter().take_while(is_within).count()
}

#[cfg(test)]
mod tests {
    use std::io;

    use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};

    use super::super::faulty::{Fault, FaultyDisk, FaultyFile};
    use super::*;

    /// Room for three lines of this module.
    const SEGMENT_BYTES: u64 = 30;

    fn writer(disk: &FaultyDisk) -> Writer<FaultyDisk> {
        Writer::new(
            disk.clone(),
            None,
            SEGMENT_BYTES,
            Arc::default(),
            watch::Sender::default(),
        )
    }

    /// Appends lines as one group, each with a waiter, and gives their common answer.
    fn append(writer: &mut Writer<FaultyDisk>, lines: &[&str]) -> Result<(), LogError> {
        let mut answers = Vec::new();
        for line in lines {
            let (waiter, answer) = Waiter::new();
            writer.gather(Line {
                bytes: line.as_bytes().to_vec(),
                waiter: Some(waiter),
            });
            answers.push(answer);
        }
        writer.settle();
        let answers: Vec<_> = answers
            .iter_mut()
            .map(|answer| answer.try_recv().unwrap())
            .collect();
        assert!(
            answers
                .iter()
                .all(|answer| answer.is_ok() == answers[0].is_ok())
        );
        answers[0].clone()
    }

    fn hand_over(writer: &mut Writer<FaultyDisk>, line: &str) {
        writer.gather(Line {
            bytes: line.as_bytes().to_vec(),
            waiter: None,
        });
        writer.settle();
    }

    #[test]
    fn gathering_goes_by_the_disk_and_has_a_limit() {
        let mut pace = Pace::default();
        let settle = |pace: &mut Pace, micros: u64| {
            for _ in 0..300 {
                pace.took(Duration::from_micros(micros));
            }
            pace.gathering()
        };
        assert_eq!(settle(&mut pace, 100), Duration::from_micros(50));
        assert_eq!(settle(&mut pace, 60_000), LONGEST_GATHERING);
        pace.took(Duration::from_micros(80));
        assert_eq!(pace.gathering(), Duration::from_micros(40));
        pace.took(Duration::from_millis(9));
        assert!(
            pace.gathering() < Duration::from_micros(50),
            "once is not how it is"
        );
    }

    #[test]
    fn a_group_is_one_write_and_one_sync() {
        let disk = FaultyDisk::default();
        let mut writer = writer(&disk);
        append(&mut writer, &["one", "two", "three"]).unwrap();
        assert_eq!(disk.durable(), ["one\ntwo\nthree\n"]);
        assert_eq!(disk.calls(), ["create", "write", "sync"]);
        writer.settle();
        assert_eq!(disk.calls().len(), 3, "nothing to write, nothing to sync");
    }

    #[test]
    fn a_segment_is_left_before_it_grows_too_large() {
        let disk = FaultyDisk::default();
        let mut writer = writer(&disk);
        for line in ["123456789", "123456789", "123456789", "4", "5"] {
            append(&mut writer, &[line]).unwrap();
        }
        append(&mut writer, &["larger than a whole segment is"]).unwrap();
        append(&mut writer, &["7"]).unwrap();
        let expected = [
            "123456789\n123456789\n123456789\n",
            "4\n5\n",
            "larger than a whole segment is\n",
            "7\n",
        ];
        assert_eq!(disk.durable(), expected);
    }

    #[test]
    fn every_fault_is_told_to_all_and_leaves_no_half_line() {
        type Expected = fn(&LogError) -> bool;
        let cases: [(Fault, Expected); 4] = [
            (Fault::Write { written: 0 }, |e| {
                matches!(e, LogError::Write { .. })
            }),
            (Fault::Write { written: 6 }, |e| {
                matches!(e, LogError::Write { .. })
            }),
            (Fault::Sync, |e| matches!(e, LogError::Sync { .. })),
            (Fault::Create, |e| matches!(e, LogError::Create { .. })),
        ];
        for (fault, expected) in cases {
            let disk = FaultyDisk::default();
            let mut writer = writer(&disk);
            if fault != Fault::Create {
                append(&mut writer, &["before"]).unwrap();
            }
            let before = disk.contents().concat();
            disk.will_fail([fault]);
            let error = append(&mut writer, &["lost", "too"]).unwrap_err();
            assert!(expected(&error), "{fault:?}: {error:?}");
            assert!(writer.failing.load(Ordering::Relaxed));
            assert_eq!(disk.contents().concat(), before, "{fault:?}");

            append(&mut writer, &["after"]).unwrap();
            assert!(!writer.failing.load(Ordering::Relaxed));
            assert_eq!(
                disk.durable().concat(),
                format!("{before}after\n"),
                "{fault:?}"
            );
        }
    }

    #[test]
    fn a_full_disk_is_named_as_the_cause() {
        let disk = FaultyDisk::default();
        disk.will_fail([Fault::Write { written: 1 }]);
        match append(&mut writer(&disk), &["line"]) {
            Err(LogError::Write { source }) => {
                assert_eq!(source.kind(), io::ErrorKind::StorageFull);
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_segment_that_cannot_be_cut_is_given_up() {
        let disk = FaultyDisk::default();
        let mut writer = writer(&disk);
        append(&mut writer, &["before"]).unwrap();
        disk.will_fail([Fault::Write { written: 3 }, Fault::Truncate]);
        append(&mut writer, &["torn"]).unwrap_err();
        append(&mut writer, &["after"]).unwrap();
        assert_eq!(disk.contents(), ["before\ntor", "after\n"]);
        assert_eq!(disk.durable()[1], "after\n");
    }

    #[test]
    fn a_segment_stays_in_use_until_the_next_one_exists() {
        let disk = FaultyDisk::default();
        let mut writer = writer(&disk);
        append(&mut writer, &["nearly a whole segment"]).unwrap();
        disk.will_fail([Fault::Create]);
        append(&mut writer, &["no room here"]).unwrap_err();
        append(&mut writer, &["fits"]).unwrap();
        append(&mut writer, &["no room here"]).unwrap();
        let expected = ["nearly a whole segment\nfits\n", "no room here\n"];
        assert_eq!(disk.durable(), expected);
    }

    #[test]
    fn lines_already_answered_for_are_kept_until_they_are_written() {
        let disk = FaultyDisk::default();
        let mut writer = writer(&disk);
        disk.will_fail([Fault::Sync, Fault::Write { written: 2 }]);
        hand_over(&mut writer, "first");
        append(&mut writer, &["refused"]).unwrap_err();
        append(&mut writer, &["second"]).unwrap();
        assert_eq!(disk.durable(), ["first\nsecond\n"]);
        writer.finish().unwrap();

        disk.will_fail([Fault::Sync, Fault::Sync]);
        hand_over(&mut writer, "last");
        assert!(matches!(writer.finish(), Err(LogError::Sync { .. })));
        writer.finish().unwrap();
        writer.finish().unwrap();
        assert_eq!(disk.durable(), ["first\nsecond\nlast\n"]);
    }

    #[test]
    fn a_large_group_is_written_in_parts() {
        let disk = FaultyDisk::default();
        let mut writer = Writer::new(
            disk.clone(),
            None,
            u64::MAX,
            Arc::default(),
            watch::Sender::default(),
        );
        let line = "x".repeat(GROUP_BYTES / 4);
        append(&mut writer, &[line.as_str(); 9]).unwrap();
        let writes = disk.calls().iter().filter(|call| **call == "write").count();
        assert_eq!(writes, 3);
        assert_eq!(disk.durable().concat().len(), 9 * (line.len() + 1));
    }

    #[test]
    fn an_existing_tail_is_continued() {
        let disk = FaultyDisk::default();
        append(&mut writer(&disk), &["old"]).unwrap();
        let tail = Tail {
            segment: FaultyFile::of(&disk, 0),
            number: 7,
            offset: 4,
        };
        let durable = watch::Sender::new(tail.end());
        let readers = durable.subscribe();
        let mut writer = Writer::new(
            disk.clone(),
            Some(tail),
            SEGMENT_BYTES,
            Arc::default(),
            durable,
        );
        append(&mut writer, &["new"]).unwrap();
        assert_eq!(disk.durable(), ["old\nnew\n"]);
        let place = |segment, offset| Place { segment, offset };
        assert_eq!(*readers.borrow(), place(7, 8));
        disk.will_fail([Fault::Sync]);
        append(&mut writer, &["lost"]).unwrap_err();
        assert_eq!(*readers.borrow(), place(7, 8), "no further than is durable");
    }

    fn fault() -> impl Strategy<Value = Fault> {
        prop_oneof![
            (0_usize..30).prop_map(|written| Fault::Write { written }),
            Just(Fault::Sync),
            Just(Fault::Create),
            Just(Fault::Truncate),
        ]
    }

    proptest! {
        /// Whatever fails when: what was acknowledged is durable, in order and once; what is in
        /// the log was appended; and only a segment that could not be cut holds anything else.
        #[test]
        fn acknowledged_lines_are_in_the_log(
            groups in proptest::collection::vec(
                (1_usize..4, proptest::collection::vec(fault(), 0..3), any::<bool>()),
                1..20,
            ),
        ) {
            let disk = FaultyDisk::default();
            let mut writer = writer(&disk);
            let mut promised = Vec::new();
            let mut appended = 0;
            for (count, faults, waits) in groups {
                disk.will_fail(faults);
                let lines: Vec<_> = (appended..appended + count).map(|i| format!("{i:05}")).collect();
                appended += count;
                if waits {
                    let lines_now: Vec<_> = lines.iter().map(String::as_str).collect();
                    if append(&mut writer, &lines_now).is_ok() {
                        promised.extend(lines);
                    }
                } else {
                    lines.iter().for_each(|line| hand_over(&mut writer, line));
                    promised.extend(lines);
                }
            }
            disk.will_fail([]);
            writer.finish().unwrap();

            let durable = disk.durable();
            let whole: Vec<_> = durable
                .iter()
                .flat_map(|segment| segment.split_inclusive('\n'))
                .filter_map(|line| line.strip_suffix('\n'))
                .collect();
            if disk.truncations_failed() == 0 {
                assert_eq!(whole, promised);
                assert!(disk.contents().iter().all(|s| s.is_empty() || s.ends_with('\n')));
            } else {
                let mut rest = whole.iter();
                assert!(promised.iter().all(|line| rest.any(|found| found == line)));
            }
        }
    }
}
