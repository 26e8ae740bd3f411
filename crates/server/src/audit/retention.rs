//! How long the log is kept, and who still needs it.
//!
//! Whole segments are removed, with their indexes, once all their records are older than they have to be kept and
//! everybody who reads the log has come past them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use keystead_core::time::Timestamp;

use super::index::{History, second_of};
use super::log::{LogError, Place, remove_segment};

/// How long the log is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retention {
    /// For ever.
    Forever,
    /// For so many days after an event, and one more at most.
    Days(u32),
}

/// Who reads the log, and how far each has come. A clone is the same.
#[derive(Debug, Clone, Default)]
pub struct Needs(Arc<Mutex<Registered>>);

#[derive(Debug, Default)]
struct Registered {
    next: u64,
    readers: BTreeMap<u64, (&'static str, Place)>,
}

impl Needs {
    /// Takes note of a reader that needs the log from a place on. Whoever is to be heeded registers before the log is
    /// first cleared, which is when the node has started.
    #[must_use]
    pub fn register(&self, reader: &'static str, from: Place) -> Need {
        let mut registered = self.registered();
        let number = registered.next;
        registered.next += 1;
        registered.readers.insert(number, (reader, from));
        Need {
            needs: self.clone(),
            number,
        }
    }

    /// Who is furthest behind, and where; `None` if nobody reads.
    #[must_use]
    pub fn furthest_behind(&self) -> Option<(&'static str, Place)> {
        let registered = self.registered();
        let readers = registered.readers.values();
        readers.min_by_key(|(_, place)| *place).copied()
    }

    fn registered(&self) -> MutexGuard<'_, Registered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a reader needs: everything from where it has come on. One that ends, if only by a defect, keeps its need until the
/// process ends: what it had not come to must stay.
#[derive(Debug)]
pub struct Need {
    needs: Needs,
    number: u64,
}

impl Need {
    /// What is before this place is not needed any more. A reader may go back, to what is still there.
    pub fn advance(&self, to: Place) {
        if let Some((_, place)) = self.needs.registered().readers.get_mut(&self.number) {
            *place = to;
        }
    }
}

/// Removes the segments of which no record is younger than `days` and which nobody needs, from the oldest on; never the
/// one that is written to. Returns their numbers. Blocks on the disk.
///
/// # Errors
/// [`LogError::Open`] if the log's directory can't be read or written.
pub fn clear(
    history: &History,
    needs: &Needs,
    now: Timestamp,
    days: u32,
) -> Result<Vec<u64>, LogError> {
    let reader = history.reader();
    let oldest_kept = second_of(now.minus_days(days));
    let needed = needs.furthest_behind().map(|(_, place)| place.segment);
    let first_needed = needed.unwrap_or(u64::MAX).min(reader.end().segment);
    let saved: BTreeMap<_, _> = history.saved().into_iter().collect();
    let mut removed = Vec::new();
    for number in reader.segments()? {
        // One that is not indexed may have any records.
        let Some(latest) = saved.get(&number) else {
            break;
        };
        if number >= first_needed || latest.is_some_and(|latest| latest >= oldest_kept) {
            break;
        }
        remove_segment(reader.directory(), number)?;
        history.remove(number)?;
        removed.push(number);
    }
    Ok(removed)
}

/// Whether the segment that is written to has records of a day ago, so that it is to be ended.
pub(super) fn is_segment_due(history: &History, now: Timestamp) -> bool {
    let day_ago = second_of(now.minus_days(1));
    history.live_since().is_some_and(|since| since <= day_ago)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(segment: u64) -> Place {
        Place { segment, offset: 0 }
    }

    #[test]
    fn the_one_furthest_behind_counts() {
        let needs = Needs::default();
        assert_eq!(needs.furthest_behind(), None);
        let (one, other) = (
            needs.register("one", place(1)),
            needs.clone().register("other", place(3)),
        );
        assert_eq!(needs.furthest_behind(), Some(("one", place(1))));
        one.advance(place(4));
        assert_eq!(needs.furthest_behind(), Some(("other", place(3))));
        drop(other);
        assert_eq!(needs.furthest_behind(), Some(("other", place(3))));
    }
}
