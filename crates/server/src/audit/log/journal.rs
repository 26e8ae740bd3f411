//! The log's journal: where a group is made durable before its segment is.
//!
//! To sync a file that has grown, a file system commits what it knows of the file besides its content; to sync one that
//! was written all over before costs half the time and half the processor's. So the journal is a file of zeros at
//! first that never grows. A group is written to its segment, which is not synced, and as a frame to the journal,
//! which is. The journal has two halves: when one is full, a thread syncs the segments whose lines it has, while
//! groups go to the other one, which is used again only once that is done.
//!
//! After a crash the segments get what they lack from the journal (`replay`). After a clean end it is all zeros again.

mod frame;
mod group;
mod replay;
mod settler;

use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io;
use std::mem;
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use self::frame::BLOCK_BYTES;
pub(super) use self::group::Group;
pub(super) use self::replay::recover;
use self::settler::Settler;
use super::Place;
use crate::private_file::sync_parent;

/// The journal's name in the log's directory.
pub(super) const NAME: &str = "journal";
const HALVES: u64 = 2;
/// More than a frame can have: a group's limit, a line's, and its head.
const HALF_BYTES: u64 = 4 * 1024 * 1024;
const FILE_BYTES: u64 = HALVES * HALF_BYTES;
/// After so many bytes the segments are synced in passing: groups wait for less of it than for a whole half's at once.
const PASSING_BYTES: u64 = 1024 * 1024;

/// Makes a directory's journal, empty and durable. It takes as long as the disk takes to write all of it.
pub(super) fn make(directory: &Path) -> io::Result<File> {
    let fresh = directory.join(format!("{NAME}.new"));
    let made = fill(&fresh).and_then(|file| {
        let path = directory.join(NAME);
        fs::rename(&fresh, &path)?;
        sync_parent(&path)?;
        Ok(file)
    });
    if made.is_err() {
        // A disk that is full needs its room.
        let _ = fs::remove_file(&fresh);
    }
    made
}

fn fill(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    let options = options.read(true).write(true).create(true).truncate(true);
    let file = options.mode(0o600).open(path)?;
    blank(&file, 0, FILE_BYTES)?;
    file.sync_all()?;
    Ok(file)
}

/// Fills a part of the file with zeros, which is durable then.
fn blank(file: &File, start: u64, end: u64) -> io::Result<()> {
    let zeros = [0; BLOCK_BYTES];
    for at in (start..end).step_by(BLOCK_BYTES) {
        file.write_all_at(&zeros, at)?;
    }
    file.sync_data()
}

/// A journal to put groups into.
pub(super) struct Journal {
    directory: PathBuf,
    file: File,
    settler: Settler,
    /// That of the next frame.
    sequence: u64,
    /// Where the next frame goes: to which half, and where in it.
    half: u64,
    at: u64,
    /// Whether there may be something in that place: a frame that is not known to be on the disk.
    is_spoiled: bool,
    /// The segments with lines in this half, by their numbers.
    segments: Vec<(u64, Arc<File>)>,
    /// How many bytes were put since segments were synced in passing.
    passed: u64,
    /// Whether segments could not be synced, and may lack what the journal has.
    is_unsettled: bool,
}

impl Journal {
    /// Begins with a journal that is empty.
    pub(super) fn start(directory: &Path, file: File) -> io::Result<Self> {
        Ok(Self {
            directory: directory.to_owned(),
            file,
            settler: Settler::start()?,
            // Older frames may stand behind what this run writes. None of them goes on where its own end.
            sequence: RandomState::new().build_hasher().finish() >> 1,
            half: 0,
            at: 0,
            is_spoiled: false,
            segments: Vec::new(),
            passed: 0,
            is_unsettled: false,
        })
    }

    /// Makes lines durable that were written at a place of a segment.
    ///
    /// # Errors
    /// What the system says. The lines may come back after a crash if no others are put in their place.
    pub(super) fn put(
        &mut self,
        segment: &Arc<File>,
        place: Place,
        group: &mut Group,
    ) -> io::Result<()> {
        let frame = group.frame(self.sequence, place);
        let length = frame.len() as u64;
        if length > HALF_BYTES {
            return Err(io::Error::other("a group is larger than the journal"));
        }
        if self.at + length > HALF_BYTES {
            self.turn()?;
        }
        self.is_spoiled = true;
        let at = self.half * HALF_BYTES + self.at;
        let written = self.file.write_all_at(frame, at);
        if let Err(error) = written.and_then(|()| self.file.sync_data()) {
            // If that fails too, the next frame in this place or the next turn does it.
            let _ = self.clear_place();
            return Err(error);
        }
        self.is_spoiled = false;
        self.at += length;
        self.sequence += 1;
        self.passed += length;
        if self
            .segments
            .last()
            .is_none_or(|(last, _)| *last != place.segment)
        {
            self.segments.push((place.segment, Arc::clone(segment)));
        }
        if self.passed >= PASSING_BYTES && self.settler.is_idle() {
            self.passed = 0;
            let segments = self.segments.iter();
            self.settler
                .begin(segments.map(|(_, segment)| Arc::clone(segment)).collect());
        }
        Ok(())
    }

    /// Goes on in the other half.
    fn turn(&mut self) -> io::Result<()> {
        self.clear_place()?;
        self.wait_for_other_half()?;
        self.hand_over();
        self.half = HALVES - 1 - self.half;
        self.at = 0;
        Ok(())
    }

    /// Has the segments synced whose lines are in this half.
    fn hand_over(&mut self) {
        let segments = mem::take(&mut self.segments).into_iter();
        self.settler
            .begin(segments.map(|(_, segment)| segment).collect());
    }

    /// Takes away a frame that nobody was told of, which would be taken for the last one of this half.
    fn clear_place(&mut self) -> io::Result<()> {
        if self.is_spoiled {
            let at = self.half * HALF_BYTES + self.at;
            blank(&self.file, at, at + BLOCK_BYTES as u64)?;
            self.is_spoiled = false;
        }
        Ok(())
    }

    /// Waits until the lines of the other half are durable in their segments, and whatever else is being synced. A system
    /// that could not write pages has forgotten them: all is written anew, for as often as it takes.
    fn wait_for_other_half(&mut self) -> io::Result<()> {
        if let Err(error) = self.settler.wait() {
            tracing::warn!(%error, "segments of the audit log can't be synced; their lines are in its journal, and are written again");
            self.is_unsettled = true;
        }
        if self.is_unsettled {
            replay::apply(&self.directory, &self.file)?;
            self.is_unsettled = false;
        }
        Ok(())
    }

    /// Takes note that a segment lost what was written to it: a sync of it failed, of which no later one tells.
    pub(super) const fn distrust_segments(&mut self) {
        self.is_unsettled = true;
    }

    /// Makes all durable in the segments themselves, and empties the journal.
    ///
    /// # Errors
    /// What the system says. The journal has then what the segments may lack.
    pub(super) fn empty(&mut self) -> io::Result<()> {
        self.clear_place()?;
        self.wait_for_other_half()?;
        self.hand_over();
        self.wait_for_other_half()?;
        // First, for frames behind a blank that was not finished would never be found.
        self.at = 0;
        blank(&self.file, 0, FILE_BYTES)
    }
}

#[cfg(test)]
mod tests;
