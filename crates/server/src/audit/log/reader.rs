//! Reading the log while it grows: for the search index, for the files that are delivered, for
//! whoever follows.

use std::path::{Path, PathBuf};

use memchr::memchr_iter;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::LogError;
use super::directory::{segments, unreadable};
use super::segment::Segment;

/// A place between two lines of the log.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Place {
    /// The number of the segment.
    pub segment: u64,
    /// How many bytes of the segment are before it.
    pub offset: u64,
}

/// Whole lines that follow each other in one segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Where the first of them begins.
    pub from: Place,
    /// Where the next batch is to be read from. It is in a later segment if nothing more comes in
    /// this one.
    pub next: Place,
    pub(super) bytes: Vec<u8>,
}

impl Batch {
    /// The lines without their ends, and where each begins.
    pub fn lines(&self) -> impl Iterator<Item = (Place, &[u8])> {
        let Place { segment, offset } = self.from;
        let ends = memchr_iter(b'\n', &self.bytes);
        ends.scan(0, move |start, end| {
            let line = self.bytes.get(*start..end)?;
            let offset = offset + *start as u64;
            *start = end + 1;
            Some((Place { segment, offset }, line))
        })
    }

    /// Nothing, after this place.
    pub(super) const fn none(place: Place) -> Self {
        Self {
            from: place,
            next: place,
            bytes: Vec::new(),
        }
    }

    /// Whether there is no line in it.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }
}

/// Reads what is durable of a log, from any place on. A clone reads on its own.
#[derive(Debug, Clone)]
pub struct Reader {
    directory: PathBuf,
    durable: watch::Receiver<Place>,
}

impl Reader {
    pub(super) const fn new(directory: PathBuf, durable: watch::Receiver<Place>) -> Self {
        Self { directory, durable }
    }

    /// The log's directory.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Where what is durable ends.
    #[must_use]
    pub fn end(&self) -> Place {
        *self.durable.borrow()
    }

    /// Where the oldest line begins that is still there.
    ///
    /// # Errors
    /// [`LogError::Open`] if the directory can't be read.
    pub fn start(&self) -> Result<Place, LogError> {
        let first = self.segments()?.into_iter().next();
        Ok(Place {
            segment: first.unwrap_or_default(),
            offset: 0,
        })
    }

    /// Returns once something after `place` is durable. `false` if the log was closed and nothing
    /// will be.
    pub async fn wait_beyond(&mut self, place: Place) -> bool {
        self.durable.wait_for(|end| *end > place).await.is_ok()
    }

    /// The next lines from `from` on: at least one if there is any, and no more than fit into
    /// `most` bytes if the first does. Blocks on the disk.
    ///
    /// A segment that is gone is passed over, and so is half a line at a segment's end.
    ///
    /// # Errors
    /// [`LogError::Open`] if the directory or a segment can't be read.
    pub fn read(&self, from: Place, most: usize) -> Result<Batch, LogError> {
        let end = self.end();
        let mut from = from;
        loop {
            let is_last = from.segment >= end.segment;
            let batch = match self.segment(from.segment)? {
                Some(segment) => {
                    let length = match is_last {
                        true => end.offset,
                        false => segment.length()?,
                    };
                    segment.read(from.offset, length, most)?
                }
                None => Batch::none(from),
            };
            if !batch.is_empty() || is_last {
                return Ok(batch);
            }
            from = Place {
                segment: self.segment_after(from.segment)?.unwrap_or(end.segment),
                offset: 0,
            };
        }
    }

    /// How many bytes are durable after a place, of what is still there.
    ///
    /// # Errors
    /// [`LogError::Open`] if the directory or a segment can't be read.
    pub fn bytes_after(&self, place: Place) -> Result<u64, LogError> {
        let end = self.end();
        let mut bytes = 0;
        let numbers = self.segments()?.into_iter();
        for number in numbers.filter(|number| (place.segment..=end.segment).contains(number)) {
            let length = match self.segment(number)? {
                Some(_) if number == end.segment => end.offset,
                Some(segment) => segment.length()?,
                None => 0,
            };
            let passed = match number == place.segment {
                true => place.offset,
                false => 0,
            };
            bytes += length.saturating_sub(passed);
        }
        Ok(bytes)
    }

    /// The segment with this number; `None` if it is gone.
    ///
    /// # Errors
    /// [`LogError::Open`] if it can't be opened.
    pub fn segment(&self, number: u64) -> Result<Option<Segment>, LogError> {
        Segment::open(&self.directory, number)
    }

    fn segment_after(&self, number: u64) -> Result<Option<u64>, LogError> {
        Ok(self.segments()?.into_iter().find(|other| *other > number))
    }

    /// The numbers of the segments, ascending.
    ///
    /// # Errors
    /// [`LogError::Open`] if the directory can't be read.
    pub fn segments(&self) -> Result<Vec<u64>, LogError> {
        segments(&self.directory).map_err(|source| unreadable(&self.directory, source))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::directory::segment_path;
    use super::*;

    fn place(segment: u64, offset: u64) -> Place {
        Place { segment, offset }
    }

    fn lines(batch: &Batch) -> Vec<(u64, String)> {
        batch
            .lines()
            .map(|(at, line)| (at.offset, String::from_utf8(line.to_vec()).unwrap()))
            .collect()
    }

    fn all(reader: &Reader, most: usize) -> Vec<String> {
        let (mut from, mut found) = (reader.start().unwrap(), Vec::new());
        loop {
            let batch = reader.read(from, most).unwrap();
            if batch.is_empty() {
                assert_eq!(batch.next, reader.end());
                return found;
            }
            found.extend(lines(&batch).into_iter().map(|(_, line)| line));
            from = batch.next;
        }
    }

    #[test]
    fn lines_are_read_in_order_whatever_fits_at_once() {
        let scratch = tempfile::tempdir().unwrap();
        let write = |number, text: &str| {
            fs::write(segment_path(scratch.path(), number), text).unwrap();
        };
        write(2, "a\nbb\nccc\ntor");
        write(3, "");
        write(5, "d\neeee\nnot durable\n");
        let (_writer, durable) = watch::channel(place(5, 7));
        let reader = Reader::new(scratch.path().to_owned(), durable);
        assert_eq!(reader.start().unwrap(), place(2, 0));
        for most in [1, 2, 3, 4, 5, 100] {
            let found = all(&reader, most);
            assert_eq!(found, ["a", "bb", "ccc", "d", "eeee"], "{most}");
        }
        let batch = reader.read(place(2, 2), 100).unwrap();
        assert_eq!(lines(&batch), [(2, "bb".into()), (5, "ccc".into())]);
        assert_eq!(batch.next, place(2, 9));
        let batch = reader.read(batch.next, 3).unwrap();
        assert_eq!((batch.from, batch.next), (place(5, 0), place(5, 2)));
        assert!(reader.read(place(5, 7), 9).unwrap().is_empty());
        for (from, bytes) in [
            (place(1, 500), 19),
            (place(2, 9), 10),
            (place(5, 5), 2),
            (place(5, 7), 0),
            (place(6, 0), 0),
        ] {
            assert_eq!(reader.bytes_after(from).unwrap(), bytes, "{from:?}");
        }
        let gone = reader.read(place(1, 500), 100).unwrap();
        assert_eq!(gone.from, place(2, 0));
    }

    #[tokio::test]
    async fn a_reader_waits_for_more_and_for_the_end() {
        let scratch = tempfile::tempdir().unwrap();
        let (writer, durable) = watch::channel(place(1, 0));
        let mut reader = Reader::new(scratch.path().to_owned(), durable);
        let waits = async {
            assert!(reader.wait_beyond(place(1, 0)).await);
            assert!(!reader.wait_beyond(place(1, 2)).await);
        };
        let writes = async {
            writer.send_replace(place(1, 2));
            tokio::task::yield_now().await;
            drop(writer);
        };
        tokio::join!(waits, writes);
    }
}
