//! What a journal is made of: frames, each with the lines of one group and where they belong.

use std::iter;

use super::super::Place;

/// A frame begins at a multiple of this and fills up what it takes with zeros: no write changes a sector that has
/// another frame in it, so that a torn one can't take that along.
pub(super) const BLOCK_BYTES: usize = 4096;

/// With a zero, which no line has: no frame begins inside another one's lines.
const MAGIC: [u8; 8] = *b"\0ksdJnl1";

/// How much stands in a frame before its lines.
pub(super) const HEAD_BYTES: usize = 40;

/// Lines of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame<'a> {
    /// One more than that of the frame before.
    pub(super) sequence: u64,
    /// Where the lines begin in the log.
    pub(super) place: Place,
    /// The lines with their ends.
    pub(super) lines: &'a [u8],
}

impl<'a> Frame<'a> {
    /// The frame at the beginning of some blocks, and the blocks after it; `None` if there is none, or not all of it.
    fn read(blocks: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (magic, rest) = blocks.split_first_chunk()?;
        let (sequence, rest) = rest.split_first_chunk()?;
        let (segment, rest) = rest.split_first_chunk()?;
        let (offset, rest) = rest.split_first_chunk()?;
        let (length, rest) = rest.split_first_chunk()?;
        let head = blocks.get(..blocks.len() - rest.len())?;
        let (sum, rest) = rest.split_first_chunk()?;
        if *magic != MAGIC {
            return None;
        }
        let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
        let lines = rest.get(..length)?;
        if checksum(head, lines) != u32::from_le_bytes(*sum) {
            return None;
        }
        let end = (blocks.len() - rest.len() + length).next_multiple_of(BLOCK_BYTES);
        let frame = Self {
            sequence: u64::from_le_bytes(*sequence),
            place: Place {
                segment: u64::from_le_bytes(*segment),
                offset: u64::from_le_bytes(*offset),
            },
            lines,
        };
        Some((frame, blocks.get(end..).unwrap_or_default()))
    }
}

/// A frame's head: the magic bytes, the sequence, the segment and the offset as 64 bits each, the number of bytes that the
/// lines have and a CRC-32 of all of this and the lines as 32 bits each, least significant byte first.
pub(super) fn head(sequence: u64, place: Place, lines: &[u8]) -> Vec<u8> {
    // A group has some MiB at most.
    let length = u32::try_from(lines.len()).unwrap_or(u32::MAX);
    let mut head = MAGIC.to_vec();
    for number in [sequence, place.segment, place.offset] {
        head.extend_from_slice(&number.to_le_bytes());
    }
    head.extend_from_slice(&length.to_le_bytes());
    head.extend_from_slice(&checksum(&head, lines).to_le_bytes());
    head
}

/// The frames that follow each other from the beginning of a half on. What is behind them is older, torn, or nothing.
pub(super) fn frames(half: &[u8]) -> impl Iterator<Item = Frame<'_>> {
    let mut rest = half;
    let mut next = None;
    iter::from_fn(move || {
        let (frame, behind) = Frame::read(rest)?;
        if next.is_some_and(|next| frame.sequence != next) {
            return None;
        }
        next = frame.sequence.checked_add(1);
        rest = behind;
        Some(frame)
    })
}

fn checksum(head: &[u8], lines: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(head);
    hasher.update(lines);
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::super::group::Group;
    use super::*;

    impl Frame<'_> {
        /// Appends the frame, as a group is written.
        fn write(&self, into: &mut Vec<u8>) {
            let mut group = Group::default();
            group.extend(self.lines);
            into.extend_from_slice(group.frame(self.sequence, self.place));
        }
    }

    fn frame(sequence: u64, lines: &[u8]) -> Frame<'_> {
        Frame {
            sequence,
            place: Place {
                segment: sequence / 3,
                offset: sequence * 1000,
            },
            lines,
        }
    }

    #[test]
    fn the_format_is_as_it_was() {
        let mut bytes = Vec::new();
        frame(7, b"{}\n").write(&mut bytes);
        assert_eq!(bytes.len(), BLOCK_BYTES);
        let head = b"\0ksdJnl1\x07\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0\x58\x1b\0\0\0\0\0\0\x03\0\0\0";
        assert_eq!(&bytes[..36], head);
        assert_eq!(&bytes[40..43], b"{}\n");
        assert!(bytes[43..].iter().all(|byte| *byte == 0));
    }

    proptest! {
        /// Whatever was there before, what is read is what was written last, in order and whole.
        #[test]
        fn frames_are_read_as_they_were_written(
            before in proptest::collection::vec(0_usize..9000, 0..6),
            after in proptest::collection::vec(0_usize..9000, 1..6),
            first: u32,
        ) {
            let first = u64::from(first) + 10;
            let lines: Vec<_> = after.iter().map(|length| vec![b'x'; *length]).collect();
            let (mut half, mut fresh) = (Vec::new(), Vec::new());
            for (sequence, length) in (0..).zip(&before) {
                frame(sequence, &vec![b'y'; *length]).write(&mut half);
            }
            for (i, lines) in (0..).zip(&lines) {
                frame(first + i, lines).write(&mut fresh);
            }
            half.resize(half.len().max(fresh.len()), 0);
            half[..fresh.len()].copy_from_slice(&fresh);
            let expected: Vec<_> =
                (0..).zip(&lines).map(|(i, lines)| frame(first + i, lines)).collect();
            assert_eq!(frames(&half).collect::<Vec<_>>(), expected);
        }

        /// A changed byte is found, and what is before it stays.
        #[test]
        fn a_frame_that_is_torn_ends_the_half(
            lengths in proptest::collection::vec(1_usize..6000, 1..5),
            place: proptest::sample::Index,
            change in 1_u8..,
        ) {
            let lines: Vec<_> = lengths.iter().map(|length| vec![b'x'; *length]).collect();
            let (mut half, mut starts) = (Vec::new(), Vec::new());
            for (i, lines) in (0..).zip(&lines) {
                starts.push(half.len());
                frame(i, lines).write(&mut half);
            }
            let torn = place.index(lines.len());
            let at = starts[torn] + place.index(40 + lines[torn].len());
            half[at] ^= change;
            assert_eq!(frames(&half).count(), torn);
        }

        #[test]
        fn any_bytes_are_read(half in proptest::collection::vec(any::<u8>(), 0..200)) {
            assert_eq!(frames(&half).count(), 0);
        }
    }
}
