//! A group of lines, with room before them: what goes to a segment and what goes to the journal are the same bytes.

use super::super::Place;
use super::frame::{BLOCK_BYTES, HEAD_BYTES, head};

/// Lines with their ends, to be written as they are to a segment, and as a frame to the journal.
#[derive(Debug)]
pub(in crate::audit::log) struct Group {
    /// Room for a frame's head, the lines, and what fills up a frame's last block.
    bytes: Vec<u8>,
    /// Where the lines end.
    end: usize,
}

impl Default for Group {
    fn default() -> Self {
        Self {
            bytes: vec![0; HEAD_BYTES],
            end: HEAD_BYTES,
        }
    }
}

impl Group {
    /// Takes the lines out, and keeps no more memory than `most` bytes for others.
    pub(in crate::audit::log) fn clear(&mut self, most: usize) {
        self.bytes.truncate(HEAD_BYTES);
        self.bytes.shrink_to(most);
        self.end = self.bytes.len();
    }

    /// Adds a line, without its end.
    pub(in crate::audit::log) fn push(&mut self, line: &[u8]) {
        self.extend(line);
        self.extend(b"\n");
    }

    /// Adds lines with their ends, or a part of one.
    pub(super) fn extend(&mut self, bytes: &[u8]) {
        self.bytes.truncate(self.end);
        self.bytes.extend_from_slice(bytes);
        self.end = self.bytes.len();
    }

    /// The lines with their ends.
    pub(in crate::audit::log) fn lines(&self) -> &[u8] {
        self.bytes.get(HEAD_BYTES..self.end).unwrap_or_default()
    }

    /// The lines as a frame.
    pub(super) fn frame(&mut self, sequence: u64, place: Place) -> &[u8] {
        let head = head(sequence, place, self.lines());
        self.bytes.splice(..HEAD_BYTES, head);
        self.bytes.truncate(self.end);
        self.bytes.resize(self.end.next_multiple_of(BLOCK_BYTES), 0);
        &self.bytes
    }
}
