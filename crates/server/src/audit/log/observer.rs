//! Reading a log that another process may have: nothing is changed and nothing is locked.

use std::path::Path;

use tokio::sync::watch;

use super::LogError;
use super::reader::{Place, Reader};

/// A log as it is seen from outside. What its writer has written counts, be it durable or not: after a failure of the
/// disk the last lines seen may be taken back.
pub struct Observer {
    reader: Reader,
    end: watch::Sender<Place>,
}

impl Observer {
    /// Opens the log in a directory.
    ///
    /// # Errors
    /// [`LogError::Open`] if the directory or a segment can't be read.
    pub fn open(directory: &Path) -> Result<Self, LogError> {
        let (end, seen) = watch::channel(Place::default());
        let observer = Self {
            reader: Reader::new(directory.to_owned(), seen),
            end,
        };
        observer.look()?;
        Ok(observer)
    }

    /// Takes note of what was written meanwhile, and returns where it ends. Half a line
    /// does not count: it is being written.
    ///
    /// # Errors
    /// [`LogError::Open`] if the directory or a segment can't be read.
    pub fn look(&self) -> Result<Place, LogError> {
        let mut end = self.reader.end();
        // One that is gone by the time it is looked into was old, or never had a line.
        for number in self.reader.segments()?.into_iter().rev() {
            if let Some(segment) = self.reader.segment(number)? {
                end = Place {
                    segment: number,
                    offset: segment.end_of_lines()?,
                };
                break;
            }
        }
        self.end.send_replace(end);
        Ok(end)
    }

    /// Reads what was seen.
    #[must_use]
    pub const fn reader(&self) -> &Reader {
        &self.reader
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::directory::segment_path;
    use super::*;

    fn read(observer: &Observer, from: Place) -> (Vec<String>, Place) {
        let batch = observer.reader().read(from, 1000).unwrap();
        let lines = batch.lines().map(|(_, line)| line.to_vec());
        let lines = lines.map(|line| String::from_utf8(line).unwrap());
        (lines.collect(), batch.next)
    }

    #[test]
    fn lines_are_seen_once_they_are_whole() {
        let scratch = tempfile::tempdir().unwrap();
        let path = segment_path(scratch.path(), 4);
        fs::write(&path, "a\nb").unwrap();
        let observer = Observer::open(scratch.path()).unwrap();
        let (lines, next) = read(&observer, observer.reader().start().unwrap());
        assert_eq!(lines, ["a"]);
        fs::write(&path, "a\nbb\n").unwrap();
        fs::write(segment_path(scratch.path(), 5), "c\n").unwrap();
        assert!(read(&observer, next).0.is_empty(), "nobody looked");
        observer.look().unwrap();
        let (lines, next) = read(&observer, next);
        assert_eq!(lines, ["bb"]);
        assert_eq!(read(&observer, next).0, ["c"]);
    }

    #[test]
    fn a_log_without_a_segment_is_empty_and_one_that_is_not_there_an_error() {
        let scratch = tempfile::tempdir().unwrap();
        let observer = Observer::open(scratch.path()).unwrap();
        assert!(read(&observer, Place::default()).0.is_empty());
        let missing = scratch.path().join("audit");
        let error = Observer::open(&missing).err().unwrap();
        assert!(matches!(error, LogError::Open { path, .. } if path == missing));
    }
}
