//! What the writer needs of a disk, so that tests can give it a bad one.

use std::io;

use super::Place;
use super::journal::Group;

/// Where segments are.
pub(super) trait Disk {
    type Segment: Segment;

    /// A new, empty segment after all others, which will still be there after a power failure.
    fn create(&mut self) -> io::Result<Tail<Self::Segment>>;

    /// Returns when a group that was written to the end of a segment will still be there after a power failure. What was
    /// written before it is, already. After an error the group is to be cut off, and may come back if the process or the
    /// power fails before the next group is synced.
    fn sync(&mut self, tail: &Tail<Self::Segment>, group: &mut Group) -> io::Result<()>;

    /// Cuts off what is behind the end of a segment. It stays cut off once the next group is synced.
    fn cut(&mut self, tail: &Tail<Self::Segment>) -> io::Result<()>;

    /// Brings everything to its segment that a power failure would have to be mended for.
    fn empty(&mut self) -> io::Result<()>;
}

/// One file of the log.
pub(super) trait Segment {
    /// Writes all of `bytes` at `offset`. After an error any part of them may be written.
    fn write_at(&mut self, bytes: &[u8], offset: u64) -> io::Result<()>;
}

/// The segment that is written to, and where it ends.
#[derive(Debug)]
pub(super) struct Tail<S> {
    pub(super) segment: S,
    /// The segment's number.
    pub(super) number: u64,
    /// The length of what is durable; the next group goes there.
    pub(super) offset: u64,
}

impl<S> Tail<S> {
    /// Where what is durable ends.
    pub(super) const fn end(&self) -> Place {
        Place {
            segment: self.number,
            offset: self.offset,
        }
    }
}
