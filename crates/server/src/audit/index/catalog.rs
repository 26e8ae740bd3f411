//! What is indexed of the log, and where: in files, or in memory until it is in one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::error::IndexError;
use super::file::{self, IndexFile, Summary};
use super::memory::{Harvest, MemoryIndex};
use super::query::Query;
use super::seconds::Seconds;
use super::view::View;
use crate::audit::log::{LogError, Place, Reader};

/// The indexes of a log. Searches look into it and one indexer adds to it; neither holds it for longer than it takes to
/// add a batch or to look up a few values.
#[derive(Debug)]
pub(super) struct Catalog {
    log: PathBuf,
    state: Mutex<State>,
    records: AtomicU64,
    /// Whether closed segments may have no index.
    incomplete: AtomicBool,
    forgotten: Notify,
}

#[derive(Debug, Default)]
struct State {
    closed: BTreeMap<u64, Closed>,
    live: Option<Live>,
}

/// The index of a segment to which no more lines come.
#[derive(Debug, Clone)]
pub(super) enum Closed {
    /// In a file.
    File(Summary),
    /// On its way to a file.
    Memory(Arc<MemoryIndex>),
}

/// The index of the end of the log.
#[derive(Debug)]
struct Live {
    segment: u64,
    /// Up to which offset the segment is indexed.
    indexed: u64,
    index: MemoryIndex,
}

/// What a search has of a segment's index.
#[derive(Debug)]
pub(super) enum Known {
    /// It is in a file.
    File(Summary),
    /// The lines before an offset are in memory; those that may be meant are found.
    Memory { view: View, before: u64 },
    /// There is none.
    Nothing,
}

impl Catalog {
    /// Finds the index files of all segments but the last, to which lines may come.
    pub(super) fn open(reader: &Reader) -> Result<Self, LogError> {
        let log = reader.directory().to_owned();
        let last = reader.end().segment;
        let mut state = State::default();
        for number in reader.segments()? {
            if number >= last {
                continue;
            }
            let Some(segment) = reader.segment(number)? else {
                continue;
            };
            if let Ok(found) = IndexFile::open(&log, number, segment.length()?) {
                state.closed.insert(number, Closed::File(found.summary()));
            }
        }
        Ok(Self {
            log,
            state: Mutex::new(state),
            records: AtomicU64::new(0),
            incomplete: AtomicBool::new(true),
            forgotten: Notify::new(),
        })
    }

    /// The directory of the log.
    pub(super) fn log(&self) -> &Path {
        &self.log
    }

    /// What there is of each of these segments, for a query.
    pub(super) fn known(
        &self,
        segments: &[u64],
        query: &Query,
    ) -> Result<Vec<(u64, Known)>, IndexError> {
        let state = self.state();
        let known = |number: &u64| {
            let live = state.live.as_ref().filter(|live| live.segment == *number);
            let known = match (state.closed.get(number), live) {
                (Some(Closed::File(summary)), _) => Known::File(*summary),
                (Some(Closed::Memory(index)), _) => Known::Memory {
                    view: View::of_memory(index, query)?,
                    before: u64::MAX,
                },
                (None, Some(live)) => Known::Memory {
                    view: View::of_memory(&live.index, query)?,
                    before: live.indexed,
                },
                (None, None) => Known::Nothing,
            };
            Ok((*number, known))
        };
        segments.iter().map(known).collect()
    }

    /// Opens the index file of a segment that has one.
    pub(super) fn open_file(
        &self,
        segment: u64,
        summary: &Summary,
    ) -> Result<IndexFile, IndexError> {
        IndexFile::open(&self.log, segment, summary.segment_bytes)
    }

    /// Takes note that there is no index of a segment, or none of use, so that one is made if the segment is there.
    pub(super) fn forget(&self, segment: u64) {
        self.state().closed.remove(&segment);
        self.set_incomplete();
        self.forgotten.notify_one();
    }

    /// Takes note that closed segments may have no index.
    pub(super) fn set_incomplete(&self) {
        self.incomplete.store(true, Ordering::Release);
    }

    /// Whether closed segments may have no index. Whoever asks looks after them.
    pub(super) fn take_incomplete(&self) -> bool {
        self.incomplete.swap(false, Ordering::Acquire)
    }

    /// Removes the index of a segment that is gone.
    pub(super) fn remove(&self, segment: u64) -> Result<(), LogError> {
        self.state().closed.remove(&segment);
        file::remove(&self.log, segment).map_err(|source| LogError::Open {
            path: file::folder(&self.log),
            source: Arc::new(source),
        })
    }

    /// Returns once something was forgotten since this was last waited for.
    pub(super) async fn forgotten(&self) {
        self.forgotten.notified().await;
    }

    /// Which of these segments have no index, and the live one will not come to. The last is none of them.
    pub(super) fn missing(&self, segments: &[u64]) -> Vec<u64> {
        let state = self.state();
        let last = segments.last().copied().unwrap_or_default();
        let live = state.live.as_ref().map_or(last, |live| live.segment);
        let is_missing = |number: &&u64| **number < live && !state.closed.contains_key(number);
        segments.iter().filter(is_missing).copied().collect()
    }

    /// Up to where the log, of these segments, is indexed without a gap; `None` if there is nothing to tell by yet.
    pub(super) fn gapless_place(&self, segments: &[u64]) -> Option<Place> {
        let first_missing = self.missing(segments).into_iter().next();
        let missing = first_missing.map(|segment| Place { segment, offset: 0 });
        missing.or_else(|| self.live_place())
    }

    /// Begins a live index at a segment's start.
    pub(super) fn begin(&self, segment: u64) {
        self.state().live = Some(Live {
            segment,
            indexed: 0,
            index: MemoryIndex::default(),
        });
    }

    /// Up to where the log's end is indexed.
    pub(super) fn live_place(&self) -> Option<Place> {
        self.state().live.as_ref().map(|live| Place {
            segment: live.segment,
            offset: live.indexed,
        })
    }

    /// Adds lines to the live index, which is then complete up to `next`.
    pub(super) fn add(&self, harvest: &Harvest, next: Place) -> Result<(), IndexError> {
        if let Some(live) = &mut self.state().live {
            live.index.add(harvest)?;
            live.indexed = next.offset;
        }
        self.count(harvest);
        Ok(())
    }

    /// Takes note of records that were indexed.
    pub(super) fn count(&self, harvest: &Harvest) {
        let records = harvest.count() as u64;
        self.records.fetch_add(records, Ordering::Relaxed);
    }

    /// How many records were indexed since the catalog was opened.
    pub(super) fn records(&self) -> u64 {
        self.records.load(Ordering::Relaxed)
    }

    /// Ends the live index, since no more lines come to its segment. Its index goes on in memory, until it is in a file.
    pub(super) fn end_live(&self) -> Option<(u64, Arc<MemoryIndex>)> {
        let mut state = self.state();
        let live = state.live.take()?;
        let index = Arc::new(live.index);
        let closed = Closed::Memory(Arc::clone(&index));
        state.closed.insert(live.segment, closed);
        Some((live.segment, index))
    }

    /// Writes the index of a closed segment into its file. If that fails, the segment has none.
    pub(super) fn save(
        &self,
        segment: u64,
        segment_bytes: u64,
        index: &MemoryIndex,
    ) -> Result<(), IndexError> {
        let written = file::write(&self.log, segment, segment_bytes, index);
        let mut state = self.state();
        match written {
            Ok(summary) => {
                state.closed.insert(segment, Closed::File(summary));
                Ok(())
            }
            Err(error) => {
                drop(state);
                self.forget(segment);
                Err(error)
            }
        }
    }

    /// The closed segments whose indexes are in files, in order, each with the time of its latest record; `None` if it
    /// has no record.
    pub(super) fn saved(&self) -> Vec<(u64, Option<Seconds>)> {
        let state = self.state();
        let saved = state.closed.iter();
        saved
            .filter_map(|(number, closed)| match closed {
                Closed::File(summary) => Some((*number, summary.span.map(|span| span.latest))),
                Closed::Memory(_) => None,
            })
            .collect()
    }

    /// The earliest time of the live index.
    pub(super) fn live_since(&self) -> Option<Seconds> {
        let state = self.state();
        let span = state.live.as_ref()?.index.lines.span()?;
        Some(span.earliest)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
