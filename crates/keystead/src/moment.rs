//! Moments on the command line.

use keystead_core::time::Timestamp;
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime, Time};

const DAY: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");

/// A moment as `2027-01-31T12:00:00Z`, or the start of a day in UTC as `2027-01-31`. Fractions of a second are dropped.
pub(crate) fn instant(text: &str) -> Result<Timestamp, String> {
    let day = || Date::parse(text, DAY).map(|day| day.with_time(Time::MIDNIGHT).assume_utc());
    let instant = OffsetDateTime::parse(text, &Rfc3339).or_else(|_| day());
    let instant = instant.map_err(|_| "write it as 2027-01-31 or 2027-01-31T12:00:00Z")?;
    Ok(Timestamp::from_millis(
        instant.unix_timestamp().saturating_mul(1000),
    ))
}

/// The letters of units, and how many seconds they have.
const UNITS: [(char, i64); 5] = [
    ('s', 1),
    ('m', 60),
    ('h', 60 * 60),
    ('d', 24 * 60 * 60),
    ('w', 7 * 24 * 60 * 60),
];

/// A hundred years: no log is older.
const MAX_SECONDS: i64 = 36_525 * 24 * 60 * 60;

/// A moment, or how long ago it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    At(Timestamp),
    Ago { seconds: i64 },
}

impl Moment {
    /// The moment, if it is `now` now.
    pub(crate) fn instant(self, now: Timestamp) -> Timestamp {
        match self {
            Self::At(instant) => instant,
            Self::Ago { seconds } => {
                let millis = seconds.saturating_mul(1000);
                Timestamp::from_millis(now.as_millis().saturating_sub(millis))
            }
        }
    }
}

/// A moment as [`instant`] reads it, or `2h` and the like.
pub(crate) fn moment(text: &str) -> Result<Moment, String> {
    if let Ok(instant) = instant(text) {
        return Ok(Moment::At(instant));
    }
    let ago = || {
        let unit = text.chars().next_back()?;
        let (_, length) = UNITS.iter().find(|(letter, _)| *letter == unit)?;
        let number = text.strip_suffix(unit)?.parse::<u32>().ok()?;
        let seconds = i64::from(number).checked_mul(*length)?;
        (seconds <= MAX_SECONDS).then_some(seconds)
    };
    match ago() {
        Some(seconds) => Ok(Moment::Ago { seconds }),
        None => Err("write it as 2h, 3d, 2027-01-31 or 2027-01-31T12:00:00Z".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        for (text, expected) in [
            ("2027-01-31", "2027-01-31T00:00:00Z"),
            ("2027-01-31T12:00:00Z", "2027-01-31T12:00:00Z"),
            ("2027-01-31T12:00:00.9+02:00", "2027-01-31T10:00:00Z"),
        ] {
            assert_eq!(instant(text).unwrap().to_string(), expected);
        }
        for text in ["tomorrow", "31.1.2027", "2027-02-29", "2027-01-31T12:00:00"] {
            assert!(instant(text).is_err(), "{text}");
        }
    }

    #[test]
    fn times_ago() {
        let now = Timestamp::from_millis(1_767_323_045_000);
        for (text, expected) in [
            ("0s", "2026-01-02T03:04:05Z"),
            ("90s", "2026-01-02T03:02:35Z"),
            ("4m", "2026-01-02T03:00:05Z"),
            ("2h", "2026-01-02T01:04:05Z"),
            ("1d", "2026-01-01T03:04:05Z"),
            ("1w", "2025-12-26T03:04:05Z"),
            ("2026-01-01", "2026-01-01T00:00:00Z"),
        ] {
            let found = moment(text).unwrap().instant(now);
            assert_eq!(found.to_string(), expected, "{text}");
        }
        for text in [
            "",
            "h",
            "2",
            "2y",
            "-2h",
            "2.5h",
            "2 h",
            "3ö",
            "99999999999h",
            "36526d",
        ] {
            assert!(moment(text).is_err(), "{text}");
        }
    }
}
