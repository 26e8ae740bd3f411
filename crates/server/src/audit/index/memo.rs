//! What records were seen to be found by, remembered for those that differ in nothing but their times and ids.
//!
//! Most records say what an earlier one said, of the same caller, key and operation. To see that takes a fraction of
//! what reading one takes.

use std::hash::BuildHasher as _;

use foldhash::fast::RandomState;
use memchr::memmem;

use super::seconds::{self, Seconds};

/// How many are remembered. Each takes as much memory as its record.
const SLOTS: usize = 256;
/// Records that are longer are not remembered: callers have a say in how long they are, and few are like another one.
const LONGEST_BYTES: usize = 8 * 1024;

const TIME: &[u8] = b"\"eventTime\":\"";
const TIME_BYTES: usize = "2026-01-02T03:04:05Z".len();
const REQUEST_ID: &[u8] = b"\"requestID\":\"";
const EVENT_ID: &[u8] = b"\"eventID\":\"";
const ID_BYTES: usize = "6c1b75f4-c77c-43cd-a599-8170da85cfd3".len();

/// What was remembered of records, by everything that is the same in them.
#[derive(Debug)]
pub(super) struct Memo {
    slots: Vec<Slot>,
    hasher: RandomState,
}

#[derive(Debug, Default, Clone)]
struct Slot {
    /// What is the same. Empty if nothing was put here.
    same: Vec<u8>,
    hashes: Vec<u64>,
}

impl Default for Memo {
    fn default() -> Self {
        Self {
            slots: vec![Slot::default(); SLOTS],
            hasher: RandomState::default(),
        }
    }
}

impl Memo {
    /// The hashes that were put for a record that is the same.
    pub(super) fn get(&self, record: &Record<'_>) -> Option<&[u64]> {
        let slot = self.slots.get(self.place(record))?;
        let mut rest = slot.same.as_slice();
        for part in record.same {
            rest = rest.strip_prefix(part)?;
        }
        rest.is_empty().then_some(&slot.hashes)
    }

    /// Remembers the hashes of a record, its ids' aside, in the place of another one's.
    pub(super) fn put(&mut self, record: &Record<'_>, hashes: &[u64]) {
        let place = self.place(record);
        if let Some(slot) = self.slots.get_mut(place) {
            slot.same.clear();
            record
                .same
                .iter()
                .for_each(|part| slot.same.extend_from_slice(part));
            slot.hashes.clear();
            slot.hashes.extend_from_slice(hashes);
        }
    }

    fn place(&self, record: &Record<'_>) -> usize {
        let hash = self.hasher.hash_one(record.same);
        usize::try_from(hash % SLOTS as u64).unwrap_or_default()
    }
}

/// A line of the log, taken apart into what differs from record to record, and the rest.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Record<'l> {
    /// Its time.
    pub(super) seconds: Seconds,
    /// Its request's id and its own.
    pub(super) ids: [&'l str; 2],
    same: [&'l [u8]; 3],
}

impl<'l> Record<'l> {
    /// Takes a line apart. `None` unless it is one of our own records of a call; whether it is one at all is
    /// for whoever reads it to say, once for all that are the same.
    ///
    /// A name that stands in a line only once is that of the record's own member, for no record is without these. Callers
    /// can give the same names to members of an encryption context, and to nothing else, since quotation marks in texts
    /// are escaped: such a record is not taken apart.
    pub(super) fn of(line: &'l [u8]) -> Option<Self> {
        if line.len() > LONGEST_BYTES {
            return None;
        }
        let (before, rest) = split_at_only(line, TIME)?;
        let (time, rest) = rest.split_at_checked(TIME_BYTES)?;
        let seconds = seconds::parse(str::from_utf8(time).ok()?)?;
        let (between, behind) = split_at_only(rest, EVENT_ID)?;
        let between = between.strip_suffix(b"\",")?;
        let (between, request_id) =
            between.split_at_checked(between.len().checked_sub(ID_BYTES)?)?;
        let (event_id, behind) = behind.split_at_checked(ID_BYTES)?;
        let is_ours = between.starts_with(b"\",")
            && between.ends_with(REQUEST_ID)
            && behind.starts_with(b"\"");
        if !is_ours {
            return None;
        }
        Some(Self {
            seconds,
            ids: [id(request_id)?, id(event_id)?],
            same: [before, between, behind],
        })
    }
}

/// What is before a text and behind it, if it is there once.
fn split_at_only<'l>(line: &'l [u8], text: &[u8]) -> Option<(&'l [u8], &'l [u8])> {
    let at = memmem::find(line, text)?;
    let (before, rest) = line.split_at_checked(at)?;
    let behind = rest.strip_prefix(text)?;
    memmem::find(behind, text)
        .is_none()
        .then_some((before, behind))
}

/// An id as we write them, in which nothing is escaped.
fn id(bytes: &[u8]) -> Option<&str> {
    let is_plain = |byte: &u8| byte.is_ascii_hexdigit() || *byte == b'-';
    let text = bytes.iter().all(is_plain).then_some(bytes)?;
    str::from_utf8(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "6c1b75f4-c77c-43cd-a599-8170da85cfd3";

    fn line(time: &str, context: &str, request_id: &str, event_id: &str) -> String {
        format!(
            r#"{{"userIdentity":{{}},"eventTime":"{time}","requestParameters":{{"encryptionContext":{context}}},"requestID":"{request_id}","eventID":"{event_id}","readOnly":true}}"#
        )
    }

    fn of(line: &str) -> Option<Record<'_>> {
        Record::of(line.as_bytes())
    }

    #[test]
    fn records_that_differ_in_times_and_ids_are_the_same() {
        let other_id = ID.replace('6', "0");
        let one = line("2026-01-02T03:04:05Z", "{}", ID, &other_id);
        let other = line("2026-01-02T03:04:06Z", "{}", &other_id, ID);
        let (one, other) = (of(&one).unwrap(), of(&other).unwrap());
        assert_eq!(other.seconds, one.seconds + 1);
        assert_eq!(one.ids, [ID, &other_id]);
        let mut memo = Memo::default();
        assert_eq!(memo.get(&one), None);
        memo.put(&one, &[1, 2]);
        assert_eq!(memo.get(&other), Some([1, 2].as_slice()));
        memo.put(&other, &[3]);
        assert_eq!(memo.get(&one), Some([3].as_slice()));
    }

    #[test]
    fn what_callers_write_tells_records_apart() {
        let contexts = [
            "{}",
            r#"{"a":"1"}"#,
            r#"{"a":"2"}"#,
            r#"{"\"eventTime\":\"2026-01-02T03:04:05Z\"":"1"}"#,
            r#"{"\"eventID\":\"":"1"}"#,
            r#"{"eventID":"1"}"#,
        ];
        let lines = contexts.map(|context| line("2026-01-02T03:04:05Z", context, ID, ID));
        let records: Vec<_> = lines.iter().filter_map(|line| of(line)).collect();
        assert_eq!(records.len(), 5, "one has a name twice");
        let mut memo = Memo::default();
        for record in &records {
            assert_eq!(memo.get(record), None);
            memo.put(record, &[7]);
            assert_eq!(memo.get(record), Some([7].as_slice()));
        }
    }

    #[test]
    fn long_records_are_not_taken_apart() {
        let of_length = |length: usize| {
            let context = format!(r#"{{"a":"{}"}}"#, "x".repeat(length));
            line("2026-01-02T03:04:05Z", &context, ID, ID)
        };
        let rest = of_length(0).len();
        assert!(of(&of_length(LONGEST_BYTES - rest)).is_some());
        assert_eq!(of(&of_length(LONGEST_BYTES - rest + 1)), None);
    }

    #[test]
    fn what_is_not_as_we_write_it_is_not_taken_apart() {
        let time = "2026-01-02T03:04:05Z";
        let usual = line(time, "{}", ID, ID);
        assert!(of(&usual).is_some());
        for (from, to) in [
            (time, "2026-01-02T03:04:65Z"),
            (time, "2026-01-02T03:04:05.5Z"),
            (r#""eventTime":"#, r#""eventTime": "#),
            (
                r#""eventTime":"#,
                r#""eventTime":"2026-01-02T03:04:05Z","eventTime":"#,
            ),
            (r#""requestID":"#, r#""requestId":"#),
            (r#","eventID":"#, r#", "eventID":"#),
            (ID, r"6c1b75f4-c77c-43cd-a599-8170da85cfd\u0033"),
            (ID, "6c1b75f4"),
            (ID, &format!("{ID}0")),
            (ID, &ID.replace("6c1", "\"c1")),
        ] {
            let other = usual.replace(from, to);
            assert_ne!(other, usual);
            assert_eq!(of(&other), None, "{other}");
        }
    }
}
