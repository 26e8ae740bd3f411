//! The index of lines that are still in memory: the end of the log, or a segment that is being indexed.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use foldhash::fast::RandomState;
use roaring::RoaringBitmap;

use super::error::IndexError;
use super::facts::Facts;
use super::lines::{Line, Lines};
use super::memo::{Memo, Record};
use super::posting::Posting;
use super::query::Query;
use super::seconds::Seconds;
use super::term::{self, Attribute, Term, Value};
use crate::audit::log::Batch;

/// What of a batch goes into an index, worked out before anything is locked.
#[derive(Debug, Default)]
pub(super) struct Harvest {
    lines: Vec<Line>,
    /// Of all lines, one after the other.
    hashes: Vec<u64>,
    ids: Vec<u32>,
    /// Where the hashes and the ids of each line end.
    ends: Vec<(usize, usize)>,
}

impl Harvest {
    /// Reads the batch's lines, as far as nothing is remembered of records that are the same. Those that are no records
    /// are left out.
    ///
    /// # Errors
    /// [`IndexError::LongSegment`].
    pub(super) fn of(batch: &Batch, memo: &mut Memo) -> Result<Self, IndexError> {
        let mut harvest = Self::default();
        for (place, line) in batch.lines() {
            let Some(seconds) = harvest.gather(line, memo) else {
                continue;
            };
            let offset = u32::try_from(place.offset).map_err(|_| IndexError::LongSegment)?;
            harvest.lines.push(Line { offset, seconds });
            let ends = (harvest.hashes.len(), harvest.ids.len());
            harvest.ends.push(ends);
        }
        Ok(harvest)
    }

    /// Takes what a line is found by, and gives its time; `None` if it is no record.
    fn gather(&mut self, line: &[u8], memo: &mut Memo) -> Option<Seconds> {
        let record = Record::of(line);
        if let Some(record) = &record
            && let Some(hashes) = memo.get(record)
        {
            let [request_id, event_id] = record.ids.map(Value::Text);
            self.take(Attribute::EventId, event_id);
            self.take(Attribute::RequestId, request_id);
            self.hashes.extend_from_slice(hashes);
            return Some(record.seconds);
        }
        let facts = Facts::of(line)?;
        let seconds = facts.seconds()?;
        let start = self.hashes.len();
        facts.each(|attribute, value| self.take(attribute, value));
        if let (Some(record), Some(hashes)) = (&record, self.hashes.get(start..)) {
            memo.put(record, hashes);
        }
        Some(seconds)
    }

    fn take(&mut self, attribute: Attribute, value: Value<'_>) {
        let hash = term::hash(attribute, value);
        if attribute.is_id() {
            self.ids.push(id_key(hash));
        } else {
            self.hashes.push(hash);
        }
    }

    /// How many records there are.
    pub(super) const fn count(&self) -> usize {
        self.lines.len()
    }
}

/// By what ids are known: half of a hash, since hardly two events have one in common, and whether a record is the one
/// that is meant is read from itself.
pub(super) const fn id_key(hash: u64) -> u32 {
    (hash >> 32) as u32
}

/// An index that grows line by line. It takes about a tenth of the memory that its lines would.
#[derive(Debug, Default)]
pub(super) struct MemoryIndex {
    pub(super) lines: Lines,
    /// By their hashes, which callers can choose: hence with seeds, if quick ones.
    pub(super) terms: HashMap<u64, Posting, RandomState>,
    /// With the numbers of their lines, in these lines' order.
    pub(super) ids: Vec<(u32, u32)>,
}

impl MemoryIndex {
    /// Adds lines after those that are there.
    ///
    /// # Errors
    /// [`IndexError::LongSegment`].
    pub(super) fn add(&mut self, harvest: &Harvest) -> Result<(), IndexError> {
        let mut hashes = harvest.hashes.iter().copied();
        let mut ids = harvest.ids.iter().copied();
        let (mut hashes_before, mut ids_before) = (0, 0);
        for (line, (hashes_end, ids_end)) in harvest.lines.iter().zip(&harvest.ends) {
            let number = u32::try_from(self.lines.count()).map_err(|_| IndexError::LongSegment)?;
            self.lines.push(*line);
            for hash in hashes.by_ref().take(hashes_end - hashes_before) {
                match self.terms.entry(hash) {
                    Entry::Occupied(mut posting) => posting.get_mut().push(number),
                    Entry::Vacant(place) => {
                        place.insert(Posting::One(number));
                    }
                }
            }
            let ids = ids.by_ref().take(ids_end - ids_before);
            self.ids.extend(ids.map(|id| (id, number)));
            (hashes_before, ids_before) = (*hashes_end, *ids_end);
        }
        Ok(())
    }

    /// The lines that may be meant, time aside; `None` if any may be.
    pub(super) fn candidates(&self, query: &Query) -> Result<Option<RoaringBitmap>, IndexError> {
        query.candidates(|term| Ok(self.with(term)))
    }

    fn with(&self, term: &Term) -> RoaringBitmap {
        let hash = term.hash();
        if term.attribute().is_id() {
            let key = id_key(hash);
            let found = self.ids.iter().filter(|(id, _)| *id == key);
            return found.map(|(_, line)| *line).collect();
        }
        self.terms
            .get(&hash)
            .map(Posting::to_bitmap)
            .unwrap_or_default()
    }
}
