//! Instants, which inputs and outputs write alike.

use serde::de::Error;
use serde::{Serialize, Serializer};

use crate::model::{FromWire, Record, RecordedValue, Scalar};

/// An instant: milliseconds since the unix epoch, written as a number of seconds with a fraction. One that is read is
/// rounded to the millisecond; those beyond the range, 292 million years from the epoch, are its ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct EpochSeconds(pub i64);

impl Serialize for EpochSeconds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(milliseconds) = *self;
        if milliseconds % 1000 == 0 {
            return serializer.serialize_i64(milliseconds / 1000);
        }
        #[expect(
            clippy::cast_precision_loss,
            reason = "exact to the millisecond for 285,000 years"
        )]
        serializer.serialize_f64(milliseconds as f64 / 1000.0)
    }
}

impl FromWire for EpochSeconds {
    #[expect(clippy::cast_possible_truncation, reason = "the cast saturates")]
    fn from_scalar<E: Error>(scalar: Scalar<'_>) -> Result<Self, E> {
        match scalar {
            Scalar::Number(seconds) => Ok(Self(seconds.saturating_mul(1000))),
            Scalar::Decimal(seconds) => Ok(Self((seconds * 1000.0).round() as i64)),
            other => Err(other.unfit("milliseconds since epoch")),
        }
    }
}

impl Record for EpochSeconds {
    fn record(&self) -> Option<RecordedValue> {
        Some(RecordedValue::Instant(self.0))
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize as _;

    use super::*;
    use crate::model::Nullable;

    fn read(json: &str) -> Result<Option<EpochSeconds>, String> {
        let mut json = serde_json::Deserializer::from_str(json);
        match Nullable::deserialize(&mut json) {
            Ok(Nullable(instant)) => Ok(instant),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn instants_are_read_as_they_are_written() {
        for (milliseconds, written) in [
            (1_735_689_600_123, "1735689600.123"),
            (1_735_689_600_120, "1735689600.12"),
            (1_735_689_600_000, "1735689600"),
            (253_402_300_799_999, "253402300799.999"),
            (-1, "-0.001"),
        ] {
            let json = serde_json::to_string(&EpochSeconds(milliseconds)).unwrap();
            assert_eq!(json, written);
            assert_eq!(read(&json), Ok(Some(EpochSeconds(milliseconds))));
        }
    }

    #[test]
    fn instants_as_others_write_them() {
        for (json, milliseconds) in [
            ("1.7356896E9", 1_735_689_600_000),
            ("1735689600.0", 1_735_689_600_000),
            ("1735689600.123456", 1_735_689_600_123),
            ("1735689600.9996", 1_735_689_601_000),
            ("0", 0),
            ("-0", 0),
            ("9223372036854775807", i64::MAX),
            ("18446744073709551616", i64::MAX),
            ("-9223372036854775808", i64::MIN),
            ("1e300", i64::MAX),
            ("-1e300", i64::MIN),
        ] {
            assert_eq!(read(json), Ok(Some(EpochSeconds(milliseconds))), "{json}");
        }
        assert_eq!(read("null"), Ok(None));
    }

    #[test]
    fn what_is_no_number_is_no_instant() {
        for (json, token) in [
            (r#""2025-01-01T00:00:00Z""#, "STRING_VALUE"),
            (r#""1735689600""#, "STRING_VALUE"),
            ("true", "TRUE_VALUE"),
        ] {
            let error = read(json).unwrap_err();
            let expected = format!("{token} can not be converted to milliseconds since epoch");
            assert!(error.starts_with(&expected), "{error}");
        }
    }
}
