//! Searching: the events that are meant, the newest first.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::sync::Arc;

use super::catalog::{Catalog, Known};
use super::error::IndexError;
use super::facts::Facts;
use super::file::Summary;
use super::lines::Line;
use super::memo::Memo;
use super::memory::{Harvest, MemoryIndex};
use super::query::Query;
use super::seconds::Seconds;
use super::view::View;
use crate::audit::log::{LogError, Place, Reader, Segment};

/// How much of a segment is read at once that has no index.
const READ_BYTES: usize = 1024 * 1024;
/// How much earlier than its latest record a segment's last one may be: longer than any call takes, and than clocks are
/// set back. It matters only for segments that have no index, of which the latest record is not known.
const SLACK: Seconds = 300;

/// Where an event stands among all: by its time, then by its place in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// When the call was decided.
    pub seconds: Seconds,
    /// Where its line begins.
    pub place: Place,
}

/// An event that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where it stands.
    pub position: Position,
    /// The line.
    pub line: Vec<u8>,
}

/// The events that a query means, one after the other, from the newest to the oldest. It blocks on the disk, and reads
/// no further than it is asked for.
///
/// It finds what was durable when it began. What is not indexed yet is read from the log itself, so that an index
/// which lags behind is slow and not wrong.
pub struct Search {
    query: Query,
    before: Option<Position>,
    catalog: Arc<Catalog>,
    reader: Reader,
    sources: BinaryHeap<Source>,
    hits: BinaryHeap<Hit>,
}

/// Lines of a segment of which some may be meant.
struct Source {
    /// No line that is left in it stands after this.
    bound: Bound,
    segment: u64,
    /// The lines before this offset are its own.
    end: u64,
    state: State,
}

/// The latest time of what is left, and where the source begins.
type Bound = (Seconds, Place);

enum State {
    /// There is an index file, which was not opened.
    Closed(Box<Summary>),
    /// There is no index, from this offset on.
    Unindexed { from: u64 },
    /// Lines that may be meant are known.
    Open(Box<View>, Arc<Segment>),
}

/// A line that may be meant.
struct Hit {
    position: Position,
    segment: Arc<Segment>,
}

impl Search {
    pub(super) fn begin(
        catalog: &Arc<Catalog>,
        reader: &Reader,
        query: Query,
        before: Option<Position>,
    ) -> Result<Self, LogError> {
        let end = reader.end();
        let query = match before {
            Some(before) => {
                let latest = query.latest().min(before.seconds);
                query.until(latest)
            }
            None => query,
        };
        let mut segments = reader.segments()?;
        segments.retain(|number| *number <= end.segment);
        let mut search = Self {
            sources: BinaryHeap::with_capacity(segments.len()),
            hits: BinaryHeap::new(),
            query,
            before,
            catalog: Arc::clone(catalog),
            reader: reader.clone(),
        };
        let known = catalog.known(&segments, &search.query);
        let known = known.map_err(|error| refused(reader, &error))?;
        for (number, known) in known {
            search.add(number, known, end)?;
        }
        Ok(search)
    }

    /// Adds the sources of a segment.
    fn add(&mut self, number: u64, known: Known, end: Place) -> Result<(), LogError> {
        match known {
            Known::File(summary) => {
                if let Some(span) = summary.span {
                    let state = State::Closed(Box::new(summary));
                    self.push(number, summary.segment_bytes, span.latest, 0, state);
                }
                Ok(())
            }
            Known::Memory { view, before } => {
                let Some(segment) = self.reader.segment(number)? else {
                    return Ok(());
                };
                let segment = Arc::new(segment);
                let indexed = before.min(segment.length()?);
                if let Some(ceiling) = view.ceiling() {
                    let state = State::Open(Box::new(view), Arc::clone(&segment));
                    self.push(number, indexed, ceiling, 0, state);
                }
                self.add_unindexed(number, &segment, indexed, end)
            }
            Known::Nothing => match self.reader.segment(number)? {
                Some(segment) => self.add_unindexed(number, &segment, 0, end),
                None => Ok(()),
            },
        }
    }

    /// Adds what no index knows of a segment. What is at the log's end is looked at in any case; of an earlier segment the
    /// last line is taken to be among its latest.
    fn add_unindexed(
        &mut self,
        number: u64,
        segment: &Segment,
        from: u64,
        end: Place,
    ) -> Result<(), LogError> {
        let is_last = number == end.segment;
        let until = if is_last {
            end.offset
        } else {
            segment.length()?
        };
        if from >= until {
            return Ok(());
        }
        let last = if is_last {
            None
        } else {
            let line = segment.last_line(until)?;
            line.and_then(|line| Facts::of(&line)?.seconds())
        };
        let latest = last.map_or(Seconds::MAX, |last| last.saturating_add(SLACK));
        self.push(number, until, latest, from, State::Unindexed { from });
        Ok(())
    }

    fn push(&mut self, segment: u64, end: u64, latest: Seconds, from: u64, state: State) {
        let begin = Place {
            segment,
            offset: from,
        };
        self.sources.push(Source {
            bound: (latest, begin),
            segment,
            end,
            state,
        });
    }

    /// The next event.
    fn find(&mut self) -> Result<Option<Found>, LogError> {
        loop {
            let bound = self.sources.peek().map(|source| source.bound);
            let newest = self.hits.peek().map(|hit| hit.position);
            match (bound, newest) {
                // Nothing that was not looked at yet stands after the newest hit.
                (None, Some(_)) => {}
                (Some(bound), Some(hit)) if bound <= (hit.seconds, hit.place) => {}
                (None, None) => return Ok(None),
                // What is left is earlier than what is asked for.
                (Some((latest, _)), None) if latest < self.query.earliest() => return Ok(None),
                (Some(_), _) => {
                    self.advance()?;
                    continue;
                }
            }
            let Some(hit) = self.hits.pop() else {
                return Ok(None);
            };
            let line = hit.segment.line(hit.position.place.offset)?;
            // An index knows hashes; what is meant is read from the record itself.
            if Facts::of(&line).is_some_and(|facts| self.query.matches(&facts)) {
                let position = hit.position;
                return Ok(Some(Found { position, line }));
            }
        }
    }

    /// Looks at the newest lines that were not looked at yet.
    fn advance(&mut self) -> Result<(), LogError> {
        let Some(mut source) = self.sources.pop() else {
            return Ok(());
        };
        let (mut view, segment) = match source.state {
            State::Open(view, segment) => (view, segment),
            State::Closed(ref summary) => {
                let Some(segment) = self.reader.segment(source.segment)? else {
                    return Ok(());
                };
                let opened = self.catalog.open_file(source.segment, summary);
                match opened.and_then(|file| View::of_file(file, &self.query)) {
                    Ok(view) => (Box::new(view), Arc::new(segment)),
                    Err(error) => {
                        self.give_up(source.segment, source.end, &error);
                        return Ok(());
                    }
                }
            }
            State::Unindexed { from } => {
                let Some(segment) = self.reader.segment(source.segment)? else {
                    return Ok(());
                };
                let index = index(&segment, from, source.end)?;
                let view = index.and_then(|index| View::of_memory(&index, &self.query));
                let view = view.map_err(|error| refused(&self.reader, &error))?;
                (Box::new(view), Arc::new(segment))
            }
        };
        match view.next_block(&self.query) {
            Ok(lines) => {
                self.take(&lines, source.segment, &segment);
                if let Some(first) = lines.first() {
                    source.end = first.offset.into();
                }
            }
            Err(error) => {
                self.give_up(source.segment, source.end, &error);
                return Ok(());
            }
        }
        if let Some(ceiling) = view.ceiling() {
            source.bound.0 = ceiling;
            source.state = State::Open(view, segment);
            self.sources.push(source);
        }
        Ok(())
    }

    fn take(&mut self, lines: &[Line], number: u64, segment: &Arc<Segment>) {
        let hits = lines.iter().map(|line| Hit {
            position: Position {
                seconds: line.seconds,
                place: Place {
                    segment: number,
                    offset: line.offset.into(),
                },
            },
            segment: Arc::clone(segment),
        });
        let before = self.before;
        let hits = hits.filter(|hit| before.is_none_or(|before| hit.position < before));
        self.hits.extend(hits);
    }

    /// Goes on without an index file that is of no use: what was not looked at yet is read from the segment.
    fn give_up(&mut self, segment: u64, end: u64, error: &IndexError) {
        tracing::warn!(segment, %error, "an index of the audit log is of no use: the segment itself is read");
        self.catalog.forget(segment);
        let state = State::Unindexed { from: 0 };
        self.push(segment, end, Seconds::MAX, 0, state);
    }
}

impl Iterator for Search {
    type Item = Result<Found, LogError>;

    fn next(&mut self) -> Option<Self::Item> {
        let found = self.find();
        if found.is_err() {
            self.sources.clear();
            self.hits.clear();
        }
        found.transpose()
    }
}

/// An index of a part of a segment, for one search.
fn index(
    segment: &Segment,
    from: u64,
    end: u64,
) -> Result<Result<MemoryIndex, IndexError>, LogError> {
    let (mut index, mut memo) = (MemoryIndex::default(), Memo::default());
    let mut at = from;
    loop {
        let batch = segment.read(at, end, READ_BYTES)?;
        if batch.is_empty() {
            return Ok(Ok(index));
        }
        at = batch.next.offset;
        let added = Harvest::of(&batch, &mut memo).and_then(|harvest| index.add(&harvest));
        if let Err(error) = added {
            return Ok(Err(error));
        }
    }
}

/// An index that can't be made, as an error of the log.
fn refused(reader: &Reader, error: &IndexError) -> LogError {
    LogError::Open {
        path: reader.directory().to_owned(),
        source: Arc::new(std::io::Error::other(error.to_string())),
    }
}

impl PartialEq for Source {
    fn eq(&self, other: &Self) -> bool {
        self.bound == other.bound
    }
}

impl Eq for Source {}

impl PartialOrd for Source {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Source {
    fn cmp(&self, other: &Self) -> Ordering {
        self.bound.cmp(&other.bound)
    }
}

impl PartialEq for Hit {
    fn eq(&self, other: &Self) -> bool {
        self.position == other.position
    }
}

impl Eq for Hit {}

impl PartialOrd for Hit {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Hit {
    fn cmp(&self, other: &Self) -> Ordering {
        self.position.cmp(&other.position)
    }
}
