//! What keeps the index up with the log, on a thread of its own that gives way to all others.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::setpriority_process;
use rustix::thread::gettid;
use tokio::runtime::{self, Runtime};
use tokio::sync::watch;

use super::History;
use super::catalog::Catalog;
use super::error::IndexError;
use super::file;
use super::memo::Memo;
use super::memory::{Harvest, MemoryIndex};
use crate::audit::log::{Joined, LogError, Place, Reader, Segment};
use crate::audit::retention::{Need, Needs};
use crate::causes::Causes;

/// How much is indexed at once: little enough to stay in a core's cache from reading to wiping. Searches wait for that long at
/// most, which is less than a millisecond.
const BATCH_BYTES: usize = 128 * 1024;
/// A batch that is smaller is followed by a pause, in which lines gather: a wake-up for each group of the log would cost
/// more than its lines do. Searches see them all the same.
const SMALL_BATCH_BYTES: u64 = 64 * 1024;
const PAUSE: Duration = Duration::from_millis(20);
/// After an index file could not be written or a segment not be read.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(30);
/// How much this thread gives way: the system's niceness, of 19.
const NICENESS: i32 = 10;

/// An indexer at work. It ends with the log, when it is stopped, or when it is dropped.
pub struct Indexer {
    // Dropped in this order: the thread ends when it is told to.
    stop: watch::Sender<bool>,
    thread: Joined,
}

impl Indexer {
    /// Indexes what the history's log has and will have. It takes note in `needs` of what it has not come to.
    ///
    /// # Errors
    /// [`LogError::Thread`], or [`LogError::Open`] if the log's directory can't be read.
    pub fn start(history: &History, needs: &Needs) -> Result<Self, LogError> {
        let refused = |source| LogError::Thread {
            source: Arc::new(source),
        };
        let reader = history.reader().clone();
        let runtime = runtime::Builder::new_current_thread().enable_time().build();
        let (stop, stopped) = watch::channel(false);
        let worker = Worker {
            need: needs.register("the search index", reader.start()?),
            catalog: Arc::clone(&history.catalog),
            reader,
            stopped,
            memo: Memo::default(),
            rebuild: None,
            unreadable: BTreeSet::new(),
            not_before: None,
        };
        let runtime = runtime.map_err(refused)?;
        let thread = thread::Builder::new()
            .name("audit-index".to_owned())
            .spawn(move || worker.run(&runtime))
            .map_err(refused)?;
        Ok(Self {
            stop,
            thread: Joined::new(thread),
        })
    }

    /// Tells it to end, and waits for it. Nothing is lost: what is in memory is in the log. Blocks.
    pub fn stop(self) {
        self.stop.send_replace(true);
        drop(self.thread);
    }
}

struct Worker {
    catalog: Arc<Catalog>,
    reader: Reader,
    need: Need,
    stopped: watch::Receiver<bool>,
    memo: Memo,
    rebuild: Option<Rebuild>,
    /// Segments that could not be read: all others go first.
    unreadable: BTreeSet<u64>,
    /// When a segment without an index is tried again.
    not_before: Option<Instant>,
}

/// A closed segment that is being indexed.
struct Rebuild {
    number: u64,
    segment: Segment,
    at: u64,
    end: u64,
    index: MemoryIndex,
}

impl Rebuild {
    /// Begins with a segment; `None` if it is gone.
    fn begin(reader: &Reader, number: u64) -> Result<Option<Self>, LogError> {
        let Some(segment) = reader.segment(number)? else {
            return Ok(None);
        };
        Ok(Some(Self {
            number,
            end: segment.length()?,
            segment,
            at: 0,
            index: MemoryIndex::default(),
        }))
    }
}

/// What a step came to.
enum Step {
    /// There may be more to do.
    Worked,
    /// What came was little.
    Caught,
    /// There is nothing to do.
    Idle,
}

impl Worker {
    fn run(mut self, runtime: &Runtime) {
        if let Err(error) = setpriority_process(Some(gettid()), NICENESS) {
            tracing::debug!(%error, "the indexer runs at the priority of all others");
        }
        self.clean();
        while self.goes_on() {
            let step = match self.step() {
                Ok(step) => step,
                Err(error) => {
                    tracing::warn!(error = %Causes(&error), "the audit log can't be indexed for now");
                    runtime.block_on(self.pause(PAUSE_AFTER_FAILURE));
                    continue;
                }
            };
            match step {
                Step::Worked => {}
                Step::Caught => runtime.block_on(self.pause(PAUSE)),
                Step::Idle => {
                    if !runtime.block_on(self.wait()) {
                        return;
                    }
                }
            }
        }
    }

    /// Takes away files of segments that are gone, and what a crash left.
    fn clean(&self) {
        let cleaned = self.reader.segments().map(|segments| {
            let cleaned = file::remove_others(self.catalog.log(), &segments);
            cleaned.map_err(|error| error.to_string())
        });
        if let Ok(Err(error)) = cleaned {
            tracing::warn!(error, "old index files of the audit log can't be removed");
        }
    }

    fn goes_on(&self) -> bool {
        !*self.stopped.borrow() && self.stopped.has_changed().is_ok()
    }

    /// Does a part of what is to be done: the end of the log goes first.
    fn step(&mut self) -> Result<Step, WorkError> {
        let step = self.follow()?;
        if matches!(step, Step::Worked) || !self.mend()? {
            return Ok(step);
        }
        Ok(Step::Worked)
    }

    /// Indexes a batch at the end of the log.
    fn follow(&mut self) -> Result<Step, WorkError> {
        let place = match self.catalog.live_place() {
            Some(place) => place,
            None => {
                let segment = self.reader.end().segment;
                self.catalog.begin(segment);
                self.tell_need()?;
                Place { segment, offset: 0 }
            }
        };
        let batch = self.reader.read(place, BATCH_BYTES)?;
        if batch.from.segment > place.segment {
            self.close()?;
            if batch.from.segment > place.segment + 1 {
                // What is between has no whole line, and gets an index of nothing.
                self.catalog.set_incomplete();
            }
            self.catalog.begin(batch.from.segment);
            self.tell_need()?;
        } else if batch.is_empty() {
            return Ok(Step::Idle);
        }
        let harvest = Harvest::of(&batch, &mut self.memo)?;
        self.catalog.add(&harvest, batch.next)?;
        let is_small = batch.next.offset - batch.from.offset < SMALL_BATCH_BYTES;
        Ok(if is_small { Step::Caught } else { Step::Worked })
    }

    /// Puts the index of the segment that was the last into a file.
    fn close(&mut self) -> Result<(), WorkError> {
        let Some((number, index)) = self.catalog.end_live() else {
            return Ok(());
        };
        match self.length(number) {
            Ok(Some(length)) => self.save(number, length, &index),
            Ok(None) => self.catalog.forget(number),
            Err(error) => {
                self.catalog.forget(number);
                return Err(error.into());
            }
        }
        Ok(())
    }

    fn length(&self, number: u64) -> Result<Option<u64>, LogError> {
        let segment = self.reader.segment(number)?;
        segment.map(|segment| segment.length()).transpose()
    }

    fn save(&mut self, number: u64, length: u64, index: &MemoryIndex) {
        if let Err(error) = self.catalog.save(number, length, index) {
            self.not_before = Some(Instant::now() + PAUSE_AFTER_FAILURE);
            let error = Causes(&error);
            tracing::warn!(segment = number, %error, "a segment of the audit log can't be indexed for now");
        }
    }

    /// Indexes a part of a segment that has no index, if there is one: the newest such first, for it is searched most.
    fn mend(&mut self) -> Result<bool, WorkError> {
        let Some(number) = self.next_to_mend()? else {
            return Ok(false);
        };
        if let Err(error) = self.mend_part(number) {
            let error = Causes(&error);
            tracing::warn!(segment = number, %error, "a segment of the audit log can't be read to index it for now");
            self.rebuild = None;
            self.unreadable.insert(number);
            self.catalog.set_incomplete();
        }
        Ok(true)
    }

    /// The segment that is being indexed, or else the newest that has no index.
    fn next_to_mend(&mut self) -> Result<Option<u64>, LogError> {
        if let Some(rebuild) = &self.rebuild {
            return Ok(Some(rebuild.number));
        }
        let waits = self.not_before.is_some_and(|then| Instant::now() < then);
        if waits || !self.catalog.take_incomplete() {
            return Ok(None);
        }
        let segments = self.reader.segments();
        let segments = segments.inspect_err(|_| self.catalog.set_incomplete())?;
        let missing = self.catalog.missing(&segments);
        let mut newest_first = missing.iter().rev().copied();
        let next = newest_first.find(|number| !self.unreadable.contains(number));
        if !missing.is_empty() {
            self.catalog.set_incomplete();
        }
        if next.is_none() && !missing.is_empty() {
            self.unreadable.clear();
            self.not_before = Some(Instant::now() + PAUSE_AFTER_FAILURE);
        }
        Ok(next)
    }

    fn mend_part(&mut self, number: u64) -> Result<(), WorkError> {
        let rebuild = match &mut self.rebuild {
            Some(rebuild) => rebuild,
            None => match Rebuild::begin(&self.reader, number)? {
                Some(rebuild) => self.rebuild.insert(rebuild),
                // It was removed meanwhile.
                None => return Ok(()),
            },
        };
        let batch = rebuild.segment.read(rebuild.at, rebuild.end, BATCH_BYTES)?;
        let harvest = Harvest::of(&batch, &mut self.memo)?;
        rebuild.index.add(&harvest)?;
        rebuild.at = batch.next.offset;
        self.catalog.count(&harvest);
        if batch.is_empty()
            && let Some(done) = self.rebuild.take()
        {
            self.save(done.number, done.end, &done.index);
            self.tell_need()?;
        }
        Ok(())
    }

    /// Takes note of how far the log is indexed without a gap.
    fn tell_need(&self) -> Result<(), WorkError> {
        if let Some(place) = self.catalog.gapless_place(&self.reader.segments()?) {
            self.need.advance(place);
        }
        Ok(())
    }

    async fn pause(&mut self, time: Duration) {
        let stopped = self.stopped.wait_for(|stopped| *stopped);
        let _ = tokio::time::timeout(time, stopped).await;
    }

    /// Waits until there is something to do; `false` if there never will be.
    async fn wait(&mut self) -> bool {
        let place = self.catalog.live_place().unwrap_or_default();
        let is_waiting = self.not_before.is_some();
        let retry = self.not_before.unwrap_or_else(Instant::now);
        tokio::select! {
            _ = self.stopped.wait_for(|stopped| *stopped) => false,
            goes_on = self.reader.wait_beyond(place) => goes_on,
            () = self.catalog.forgotten(), if !is_waiting => true,
            () = tokio::time::sleep_until(retry.into()), if is_waiting => {
                self.not_before = None;
                true
            }
        }
    }
}

/// Why a step was not done.
#[derive(Debug, thiserror::Error)]
enum WorkError {
    #[error(transparent)]
    Log(#[from] LogError),
    #[error(transparent)]
    Index(#[from] IndexError),
}
