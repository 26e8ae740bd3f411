//! From a journal to the segments: what a power failure kept from getting there.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Seek as _, SeekFrom};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use memchr::memchr2;
use serde::de::IgnoredAny;

use super::frame::{BLOCK_BYTES, Frame, frames};
use super::{FILE_BYTES, HALF_BYTES, NAME, blank};
use crate::audit::log::directory::segment_path;
use crate::audit::log::recovery::put_aside;

/// The journal of a directory, empty: all that it had is in the segments. `None` if there is none.
///
/// Behind the last lines that a segment has from the journal there may be the parts of a group that nobody was told of,
/// in whatever order the disk wrote them, or of a group that was refused. What begins with a whole record stays, as it
/// does without a journal; the rest is cut off.
pub(in crate::audit::log) fn recover(directory: &Path) -> io::Result<Option<File>> {
    let path = directory.join(NAME);
    let file = match OpenOptions::new().read(true).write(true).open(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    let content = fs::read(&path)?;
    if content.len() as u64 != FILE_BYTES {
        let length = content.len();
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            format!(
                "it has {length} bytes and not {FILE_BYTES}, so that records may be missing; put it aside to start without it"
            ),
        ));
    }
    if content
        .chunks(BLOCK_BYTES)
        .any(|block| *block != [0; BLOCK_BYTES])
    {
        for segment in write(directory, &in_order(&content))? {
            segment.cut()?;
            segment.file.sync_all()?;
        }
        blank(&file, 0, FILE_BYTES)?;
    }
    Ok(Some(file))
}

/// Writes and syncs once more what a journal has.
pub(super) fn apply(directory: &Path, journal: &File) -> io::Result<()> {
    let mut content = vec![0; usize::try_from(FILE_BYTES).map_err(io::Error::other)?];
    journal.read_exact_at(&mut content, 0)?;
    for segment in write(directory, &in_order(&content))? {
        segment.file.sync_all()?;
    }
    Ok(())
}

/// All frames: those of the older half first.
pub(super) fn in_order(content: &[u8]) -> Vec<Frame<'_>> {
    let half_bytes = usize::try_from(HALF_BYTES).unwrap_or(usize::MAX);
    let halves = content
        .chunks(half_bytes)
        .map(|half| frames(half).collect());
    let mut halves: Vec<Vec<_>> = halves.collect();
    halves.sort_by_key(|frames| frames.first().map(|frame| frame.sequence));
    halves.concat()
}

/// A segment that a journal has lines of.
struct Touched {
    file: File,
    path: PathBuf,
    number: u64,
    /// Where the last of these lines ends.
    end: u64,
}

/// Writes all frames to where they belong. A segment that is gone was removed when its time had come.
fn write(directory: &Path, frames: &[Frame<'_>]) -> io::Result<Vec<Touched>> {
    let mut touched: Vec<Touched> = Vec::new();
    for frame in frames {
        let number = frame.place.segment;
        if touched.last().is_none_or(|last| last.number != number) {
            touched.extend(Touched::open(directory, number)?);
        }
        if let Some(segment) = touched.last_mut().filter(|last| last.number == number) {
            segment.put(frame)?;
        }
    }
    Ok(touched)
}

impl Touched {
    fn open(directory: &Path, number: u64) -> io::Result<Option<Self>> {
        let path = segment_path(directory, number);
        let file = match OpenOptions::new().read(true).write(true).open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            file => file?,
        };
        Ok(Some(Self {
            file,
            path,
            number,
            end: 0,
        }))
    }

    /// Writes, be the lines there or not: a system shows pages that it could not write as if it had.
    fn put(&mut self, frame: &Frame<'_>) -> io::Result<()> {
        let Frame { place, lines, .. } = frame;
        if place.offset > self.file.metadata()?.len() {
            let path = self.path.display();
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("{path} lacks lines before those that the journal has"),
            ));
        }
        self.file.write_all_at(lines, place.offset)?;
        self.end = self.end.max(place.offset + lines.len() as u64);
        Ok(())
    }

    /// Cuts off what is behind the journal's lines and is no record.
    fn cut(&self) -> io::Result<()> {
        let length = self.file.metadata()?.len();
        let end = self.end_of_records()?;
        if end == length {
            return Ok(());
        }
        let mut torn = vec![0; usize::try_from(length - end).map_err(io::Error::other)?];
        self.file.read_exact_at(&mut torn, end)?;
        // Half a line is what any process leaves that is killed while it writes.
        if memchr2(b'\n', 0, &torn).is_some() {
            put_aside(&self.file, end, length, &self.path)?;
        }
        self.file.set_len(end)
    }

    /// Where the whole records end that follow the journal's lines.
    fn end_of_records(&self) -> io::Result<u64> {
        let mut reader = BufReader::new(&self.file);
        reader.seek(SeekFrom::Start(self.end))?;
        let (mut end, mut line) = (self.end, Vec::new());
        loop {
            line.clear();
            let read = reader.read_until(b'\n', &mut line)?;
            let is_record = line.starts_with(b"{")
                && line.ends_with(b"\n")
                && serde_json::from_slice::<IgnoredAny>(&line).is_ok();
            if !is_record {
                return Ok(end);
            }
            end += read as u64;
        }
    }
}
