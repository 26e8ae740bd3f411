//! How far those who read the log are behind those who write it.

use keystead_core::time::Timestamp;

use super::index::Facts;
use super::log::{LogError, Place, Reader};

/// How many bytes are read at once in search of a record that tells its time.
const PIECE: usize = 64 * 1024;

/// How many times that, before the search is given up.
const MOST_PIECES: usize = 16;

/// What somebody has not come to yet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Behind {
    /// How many bytes.
    pub bytes: u64,
    /// When the oldest of it was made: `None` if there is nothing, or nothing that tells.
    pub oldest: Option<Timestamp>,
}

impl Behind {
    /// How far a reader of the log is behind that has come to this place. Records that can't be read are
    /// passed over, a megabyte of them at most. Blocks on the disk.
    ///
    /// # Errors
    /// [`LogError::Open`] if the log can't be read.
    pub fn of(reader: &Reader, place: Place) -> Result<Self, LogError> {
        Ok(Self {
            bytes: reader.bytes_after(place)?,
            oldest: oldest(reader, place)?,
        })
    }

    /// How many seconds ago the oldest of it was made; 0 if that is not known.
    #[must_use]
    pub fn seconds(&self, now: Timestamp) -> i64 {
        let age = |oldest: Timestamp| now.as_seconds().saturating_sub(oldest.as_seconds());
        self.oldest.map_or(0, age).max(0)
    }
}

fn oldest(reader: &Reader, mut place: Place) -> Result<Option<Timestamp>, LogError> {
    for _ in 0..MOST_PIECES {
        let piece = reader.read(place, PIECE)?;
        let found = piece
            .lines()
            .find_map(|(_, line)| Facts::of(line)?.seconds());
        if let Some(seconds) = found {
            return Ok(Some(Timestamp::from_millis(i64::from(seconds) * 1000)));
        }
        if piece.is_empty() {
            break;
        }
        place = piece.next;
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::log::{AuditLog, LogOptions};
    use super::*;

    fn record(time: &str) -> Vec<u8> {
        let record = json!({
            "userIdentity": {}, "eventTime": time, "eventSource": "kms.amazonaws.com",
            "eventName": "Encrypt", "awsRegion": "us-east-1", "eventID": "1", "readOnly": true,
            "recipientAccountId": "111122223333",
        });
        record.to_string().into_bytes()
    }

    #[tokio::test]
    async fn the_first_record_that_is_not_read_tells_how_long() {
        let scratch = tempfile::tempdir().unwrap();
        let log = AuditLog::open(scratch.path(), LogOptions::default()).unwrap();
        let reader = log.reader().unwrap();
        let mut places = vec![reader.end()];
        let strange = b"{\"somebody\": \"else's\"}".to_vec();
        let lines = [
            record("2026-01-02T03:04:05Z"),
            strange.clone(),
            record("2026-01-02T03:04:15Z"),
            strange,
        ];
        for line in lines {
            log.append(line).await.unwrap();
            places.push(reader.end());
        }
        let bytes_after = |place: &Place| places[4].offset - place.offset;
        let now = "2026-01-02T03:05:05Z".parse().unwrap();
        for (place, seconds) in places.iter().zip([60, 50, 50, 0, 0]) {
            let behind = Behind::of(&reader, *place).unwrap();
            assert_eq!(behind.bytes, bytes_after(place));
            assert_eq!(behind.seconds(now), seconds, "{place:?}");
        }
        let early = "2026-01-01T00:00:00Z".parse().unwrap();
        let behind = Behind::of(&reader, places[0]).unwrap();
        assert_eq!(behind.seconds(early), 0, "a clock that was set back");
    }
}
