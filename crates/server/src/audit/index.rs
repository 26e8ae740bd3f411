//! Searching the log: an index that follows it, and queries.
//!
//! The log's segments are what counts. Beside each closed one there is an index file; the end of the log is indexed in
//! memory, and again at each start. An indexer on a thread of its own adds what has become durable, behind the calls,
//! which know nothing of it. What it has not come to yet, or can't use, a search reads from the segments: an index makes
//! searches fast, and never changes what they find.

mod catalog;
mod error;
mod facts;
mod file;
mod indexer;
mod lines;
mod memo;
mod memory;
mod pages;
mod posting;
mod query;
mod search;
mod seconds;
mod table;
mod term;
mod view;

use std::sync::Arc;

use self::catalog::Catalog;
pub use self::facts::Facts;
pub use self::indexer::Indexer;
pub use self::query::Query;
pub use self::search::{Found, Position, Search};
pub use self::seconds::{Seconds, second_of};
pub use self::term::{Attribute, DENIED, FAILED, MANAGEMENT, Term, Value};
use super::log::{LogError, Place, Reader};

/// The events of a log, to search in. A clone is the same.
#[derive(Debug, Clone)]
pub struct History {
    reader: Reader,
    catalog: Arc<Catalog>,
}

impl History {
    /// The history of a log, with the index files that are there. Blocks on the disk.
    ///
    /// # Errors
    /// [`LogError::Open`] if the log's directory or a segment can't be read.
    pub fn open(reader: Reader) -> Result<Self, LogError> {
        let catalog = Arc::new(Catalog::open(&reader)?);
        Ok(Self { reader, catalog })
    }

    /// Looks for what is durable now; with `before`, only for what stands before that position, so that a search goes on
    /// where another one ended. Blocks on the disk, as the [`Search`] does.
    ///
    /// # Errors
    /// [`LogError::Open`] if the log's directory or a segment can't be read.
    pub fn search(&self, query: Query, before: Option<Position>) -> Result<Search, LogError> {
        Search::begin(&self.catalog, &self.reader, query, before)
    }

    /// How far the index is behind the log.
    ///
    /// # Errors
    /// [`LogError::Open`] if the log's directory can't be read.
    pub fn lag(&self) -> Result<Lag, LogError> {
        let segments = self.reader.segments()?;
        let live = self.catalog.live_place();
        Ok(Lag {
            bytes: self
                .reader
                .bytes_after(live.unwrap_or_else(|| self.last_begin()))?,
            segments: self.catalog.missing(&segments).len(),
            records: self.catalog.records(),
        })
    }

    /// How far the log is indexed without a gap.
    ///
    /// # Errors
    /// [`LogError::Open`] if the log's directory can't be read.
    pub fn indexed(&self) -> Result<Place, LogError> {
        let place = self.catalog.gapless_place(&self.reader.segments()?);
        Ok(place.unwrap_or_else(|| self.last_begin()))
    }

    /// Where the segment begins that is written to.
    fn last_begin(&self) -> Place {
        Place {
            segment: self.reader.end().segment,
            offset: 0,
        }
    }

    /// The log.
    #[must_use]
    pub const fn reader(&self) -> &Reader {
        &self.reader
    }

    /// The closed segments whose indexes are in files, in order, each with the time of its latest record; `None` if it
    /// has no record.
    pub(super) fn saved(&self) -> Vec<(u64, Option<Seconds>)> {
        self.catalog.saved()
    }

    /// The earliest time in the segment that is written to, as far as it is indexed.
    pub(super) fn live_since(&self) -> Option<Seconds> {
        self.catalog.live_since()
    }

    /// Removes the index of a segment that is gone. Blocks on the disk.
    pub(super) fn remove(&self, segment: u64) -> Result<(), LogError> {
        self.catalog.remove(segment)
    }
}

/// How far an index is behind its log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lag {
    /// How many bytes at the log's end are not indexed yet.
    pub bytes: u64,
    /// How many closed segments have no index yet, besides.
    pub segments: usize,
    /// How many records were indexed since the start.
    pub records: u64,
}

#[cfg(test)]
mod tests;
