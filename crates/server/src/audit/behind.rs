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
        let lines = [
            record("2026-01-02T03:04:05Z"),
            record("2026-01-02T03:04:15Z"),
            b"{\"somebody\": \"else's\"}".to_vec(),
        ];
        for line in lines {
            log.append(line).await.unwrap();
            places.push(reader.end());
        }
        let bytes_after = |place: &Place| places[3].offset - place.offset;
        let now = "2026-01-02T03:05:05Z".parse().unwrap();
        for (place, seconds) in places.iter().zip([60, 50, 0, 0]) {
            let expected = Behind {
                bytes: bytes_after(place),
                seconds,
            };
            assert_eq!(Behind::of(&reader, *place, now).unwrap(), expected);
        }
        let early = "2026-01-01T00:00:00Z".parse().unwrap();
        let behind = Behind::of(&reader, places[0], early).unwrap();
        assert_eq!(behind.seconds, 0, "a clock that was set back");
    }
}
