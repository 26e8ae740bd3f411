//! Reading back the newest lines, to tell what was logged before the process last ended.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _, Take};
use std::path::PathBuf;
use std::vec;

use super::LogError;
use super::directory::unreadable;

/// How many segments count as recent.
const SEGMENTS: usize = 2;

/// The newest segments as they were when the log was opened.
pub(super) struct Recent {
    /// Path and length, oldest first.
    segments: Vec<(PathBuf, u64)>,
}

impl Recent {
    /// Notes the lengths of the first segments of `newest_first`.
    pub(super) fn new(newest_first: impl Iterator<Item = PathBuf>) -> Result<Self, LogError> {
        let mut segments = Vec::with_capacity(SEGMENTS);
        for path in newest_first.take(SEGMENTS) {
            let length = fs::metadata(&path)
                .map_err(|source| unreadable(&path, source))?
                .len();
            segments.push((path, length));
        }
        segments.reverse();
        Ok(Self { segments })
    }

    pub(super) fn lines(&self) -> RecentLines {
        RecentLines {
            segments: self.segments.clone().into_iter(),
            current: None,
        }
    }
}

/// Whole lines without their ends, oldest first; see
/// [`AuditLog::recent_lines`](super::AuditLog::recent_lines).
///
/// Yields [`LogError::Open`] for a segment that can't be read.
pub struct RecentLines {
    segments: vec::IntoIter<(PathBuf, u64)>,
    current: Option<(PathBuf, BufReader<Take<File>>)>,
}

impl RecentLines {
    pub(super) fn none() -> Self {
        Self {
            segments: Vec::new().into_iter(),
            current: None,
        }
    }

    fn read(&mut self) -> Result<Option<Vec<u8>>, LogError> {
        loop {
            if let Some((path, reader)) = &mut self.current {
                let mut line = Vec::new();
                let read = reader.read_until(b'\n', &mut line);
                read.map_err(|source| unreadable(path, source))?;
                // A segment that had to be given up may end in half a line.
                if line.pop() == Some(b'\n') {
                    return Ok(Some(line));
                }
            }
            let Some((path, length)) = self.segments.next() else {
                return Ok(None);
            };
            let file = File::open(&path).map_err(|source| unreadable(&path, source))?;
            self.current = Some((path, BufReader::new(file.take(length))));
        }
    }
}

impl Iterator for RecentLines {
    type Item = Result<Vec<u8>, LogError>;

    fn next(&mut self) -> Option<Self::Item> {
        let line = self.read();
        if line.is_err() {
            self.current = None;
        }
        line.transpose()
    }
}
