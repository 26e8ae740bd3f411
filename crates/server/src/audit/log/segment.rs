//! One segment, to read in.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use memchr::{memchr, memrchr};

use super::LogError;
use super::directory::{segment_path, unreadable};
use super::reader::{Batch, Place};
use super::recovery::end_of_lines;

/// How much is read at first of a line. Most have less.
const LINE_BYTES: usize = 4096;
/// How much is looked at to find the last line.
const LAST_BYTES: u64 = 64 * 1024;

/// A segment that is open for reading. It can be read on after it was removed.
#[derive(Debug)]
pub struct Segment {
    file: File,
    path: PathBuf,
    number: u64,
}

impl Segment {
    pub(super) fn open(directory: &Path, number: u64) -> Result<Option<Self>, LogError> {
        let path = segment_path(directory, number);
        match File::open(&path) {
            Ok(file) => Ok(Some(Self { file, path, number })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(unreadable(&path, source)),
        }
    }

    /// How many bytes it has now. The last segment may have bytes that are not durable.
    ///
    /// # Errors
    /// [`LogError::Open`].
    pub fn length(&self) -> Result<u64, LogError> {
        let metadata = self.file.metadata();
        Ok(metadata.map_err(|source| self.failed(source))?.len())
    }

    /// Where its last whole line ends now.
    ///
    /// # Errors
    /// [`LogError::Open`].
    pub fn end_of_lines(&self) -> Result<u64, LogError> {
        let end = end_of_lines(&self.file, self.length()?);
        end.map_err(|source| self.failed(source))
    }

    /// The next whole lines from an offset on and before `end`: at least one if there is any, and no more than fit into
    /// `most` bytes if the first does. Blocks on the disk.
    ///
    /// # Errors
    /// [`LogError::Open`].
    pub fn read(&self, from: u64, end: u64, most: usize) -> Result<Batch, LogError> {
        let bytes = self.whole_lines(from, end, most);
        let bytes = bytes.map_err(|source| self.failed(source))?;
        let place = |offset| Place {
            segment: self.number,
            offset,
        };
        Ok(Batch {
            from: place(from),
            next: place(from + bytes.len() as u64),
            bytes,
        })
    }

    fn whole_lines(&self, start: u64, end: u64, most: usize) -> io::Result<Vec<u8>> {
        let left = usize::try_from(end.saturating_sub(start)).unwrap_or(usize::MAX);
        let mut wanted = most.max(1).min(left);
        loop {
            let mut bytes = vec![0; wanted];
            self.file.read_exact_at(&mut bytes, start)?;
            if let Some(last) = memrchr(b'\n', &bytes) {
                bytes.truncate(last + 1);
                return Ok(bytes);
            }
            if wanted == left {
                return Ok(Vec::new());
            }
            wanted = wanted.saturating_mul(2).min(left);
        }
    }

    /// The line that begins at an offset, without its end; what is left of the segment if it has none. Blocks on the
    /// disk.
    ///
    /// # Errors
    /// [`LogError::Open`].
    pub fn line(&self, offset: u64) -> Result<Vec<u8>, LogError> {
        let line = self.line_at(offset);
        line.map_err(|source| self.failed(source))
    }

    fn line_at(&self, offset: u64) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; LINE_BYTES];
        let mut filled = 0;
        loop {
            let room = bytes.get_mut(filled..).unwrap_or_default();
            let read = self.file.read_at(room, offset + filled as u64)?;
            let fresh = bytes.get(filled..filled + read).unwrap_or_default();
            if let Some(end) = memchr(b'\n', fresh) {
                bytes.truncate(filled + end);
                return Ok(bytes);
            }
            filled += read;
            if read == 0 {
                bytes.truncate(filled);
                return Ok(bytes);
            }
            if filled == bytes.len() {
                bytes.resize(filled * 2, 0);
            }
        }
    }

    /// The last whole line before `end`, without its end; `None` if it does not begin in the 64 KiB before.
    ///
    /// # Errors
    /// [`LogError::Open`].
    pub fn last_line(&self, end: u64) -> Result<Option<Vec<u8>>, LogError> {
        let start = end.saturating_sub(LAST_BYTES);
        let length = usize::try_from(end - start).unwrap_or_default();
        let mut bytes = vec![0; length];
        let read = self.file.read_exact_at(&mut bytes, start);
        read.map_err(|source| self.failed(source))?;
        let Some(last) = memrchr(b'\n', &bytes) else {
            return Ok(None);
        };
        bytes.truncate(last);
        match memrchr(b'\n', &bytes) {
            Some(before) => drop(bytes.drain(..=before)),
            None if start > 0 => return Ok(None),
            None => {}
        }
        Ok(Some(bytes))
    }

    fn failed(&self, source: io::Error) -> LogError {
        unreadable(&self.path, source)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn segment(text: &str) -> Segment {
        let scratch = tempfile::tempdir().unwrap();
        fs::write(segment_path(scratch.path(), 3), text).unwrap();
        Segment::open(scratch.path(), 3).unwrap().unwrap()
    }

    #[test]
    fn a_line_of_any_length_is_read() {
        for length in [0, 1, 4095, 4096, 4097, 100_000] {
            let line = "x".repeat(length);
            let segment = segment(&format!("first\n{line}\nthird"));
            assert!(segment.line(6).unwrap() == line.as_bytes(), "{length}");
            let third = segment.line(7 + length as u64).unwrap();
            assert_eq!(third, b"third");
            let end = segment.length().unwrap();
            let last = segment.last_line(end).unwrap();
            let expected = Some(line.as_bytes()).filter(|line| line.len() < 65_000);
            assert!(last.as_deref() == expected, "{length}");
        }
        assert_eq!(segment("torn").last_line(4).unwrap(), None);
        assert_eq!(segment("").last_line(0).unwrap(), None);
    }

    #[test]
    fn nothing_is_read_beyond_the_end_that_is_asked_for() {
        let segment = segment("a\nbb\nccc\n");
        let batch = segment.read(2, 5, 100).unwrap();
        let lines: Vec<_> = batch.lines().map(|(_, line)| line).collect();
        assert_eq!(lines, [b"bb"]);
        assert!(segment.read(5, 8, 100).unwrap().is_empty());
        assert!(segment.read(9, 9, 100).unwrap().is_empty());
    }

    #[test]
    fn one_that_is_gone_is_none() {
        let scratch = tempfile::tempdir().unwrap();
        assert!(Segment::open(scratch.path(), 3).unwrap().is_none());
    }
}
