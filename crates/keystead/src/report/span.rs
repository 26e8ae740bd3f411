//! A while before now, as it stands on the command line.

use std::str::FromStr;

use keystead_core::time::Timestamp;

/// Units, and how many milliseconds each has.
const UNITS: [(char, i64); 3] = [
    ('h', 60 * 60 * 1000),
    ('d', 24 * 60 * 60 * 1000),
    ('w', 7 * 24 * 60 * 60 * 1000),
];

/// A hundred years: no log is older.
const MAX_MILLIS: i64 = 36_525 * 24 * 60 * 60 * 1000;

/// Some hours, days or weeks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    millis: i64,
}

impl Span {
    /// The instant that is this long before another.
    pub(super) const fn before(self, now: Timestamp) -> Timestamp {
        Timestamp::from_millis(now.as_millis().saturating_sub(self.millis))
    }
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let read = || {
            let unit = text.chars().last()?;
            let (_, each) = UNITS.into_iter().find(|(letter, _)| *letter == unit)?;
            let number = text.strip_suffix(unit)?.parse::<u32>().ok()?;
            let millis = i64::from(number).checked_mul(each)?;
            (millis <= MAX_MILLIS).then_some(Self { millis })
        };
        read().ok_or_else(|| "write it as 12h, 30d or 8w, a hundred years at most".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans() {
        let now = Timestamp::from_millis(1_767_323_045_000);
        for (text, expected) in [
            ("12h", "2026-01-01T15:04:05Z"),
            ("1d", "2026-01-01T03:04:05Z"),
            ("2w", "2025-12-19T03:04:05Z"),
            ("0d", "2026-01-02T03:04:05Z"),
        ] {
            assert_eq!(
                text.parse::<Span>().unwrap().before(now).to_string(),
                expected
            );
        }
        for text in [
            "",
            "d",
            "30",
            "-1d",
            "1.5d",
            "30m",
            "99999999999d",
            "36526d",
            "3ö",
        ] {
            assert!(text.parse::<Span>().is_err(), "{text}");
        }
    }
}
