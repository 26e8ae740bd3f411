//! How far those who read the log are behind those who write it.

use keystead_core::time::Timestamp;

use super::index::{Facts, second_of};
use super::log::{LogError, Place, Reader};

/// What somebody has not come to yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Behind {
    /// How many bytes of the log.
    pub bytes: u64,
    /// How many seconds ago the first of these records was made: 0 if there is none, and of one that can't be read.
    pub seconds: u32,
}

impl Behind {
    /// How far a reader is behind that has come to this place. Blocks on the disk.
    ///
    /// # Errors
    /// [`LogError::Open`] if the log can't be read.
    pub fn of(reader: &Reader, place: Place, now: Timestamp) -> Result<Self, LogError> {
        let next = reader.read(place, 1)?;
        let made = next
            .lines()
            .next()
            .and_then(|(_, line)| Facts::of(line))
            .and_then(|facts| facts.seconds());
        Ok(Self {
            bytes: reader.bytes_after(place)?,
            seconds: made.map_or(0, |made| second_of(now).saturating_sub(made)),
        })
    }
}
