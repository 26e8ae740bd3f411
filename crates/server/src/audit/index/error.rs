//! What can be wrong with an index file. None of it is lost data: the segment is what counts.

use std::io;

/// Why an index file is of no use.
#[derive(Debug, thiserror::Error)]
pub(super) enum IndexError {
    /// The system can't read or write it.
    #[error("the index file can't be read or written")]
    Io {
        /// What the system says.
        #[from]
        source: io::Error,
    },
    /// Its bytes are not those that were written.
    #[error("the index file is damaged")]
    Damaged,
    /// It is of another version, or of other contents of the segment.
    #[error("the index file is out of date")]
    OutOfDate,
    /// The segment is longer than an index can tell of.
    #[error("the segment is too long to be indexed")]
    LongSegment,
}
