//! Instants, as arguments: nothing in the domain asks for the time.

use std::fmt;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

const SECOND: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
const ENGLISH: &[BorrowedFormatItem<'_>] = format_description!(
    "[month repr:short] [day padding:none], [year], [hour repr:12 padding:none]:[minute]:[second] [period]"
);

/// Milliseconds in a day.
const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// An instant in UTC, in whole milliseconds since 1970-01-01T00:00:00Z.
///
/// AWS answers timestamps with millisecond precision, so nothing finer is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The instant `millis` milliseconds after the Unix epoch.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the Unix epoch.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the Unix epoch, rounded down.
    #[must_use]
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The instant `days` days later; saturates at the end of representable time.
    #[must_use]
    pub fn plus_days(self, days: u32) -> Self {
        Self(
            self.0
                .saturating_add(i64::from(days).saturating_mul(DAY_MILLIS)),
        )
    }

    /// The instant `days` days earlier; saturates at the beginning of representable time.
    #[must_use]
    pub fn minus_days(self, days: u32) -> Self {
        Self(
            self.0
                .saturating_sub(i64::from(days).saturating_mul(DAY_MILLIS)),
        )
    }

    /// How many whole days lie between an earlier instant and this one; none if it is later.
    #[must_use]
    pub const fn days_since(self, earlier: Self) -> i64 {
        let millis = self.0.saturating_sub(earlier.0);
        if millis < 0 { 0 } else { millis / DAY_MILLIS }
    }

    /// The form of CloudTrail's request and response elements: `May 21, 2025, 5:47:45 AM`.
    #[must_use]
    pub fn to_english(self) -> String {
        self.format(ENGLISH)
    }

    fn format(self, description: &[BorrowedFormatItem<'_>]) -> String {
        OffsetDateTime::from_unix_timestamp(self.as_seconds())
            .ok()
            .and_then(|instant| instant.format(description).ok())
            .unwrap_or_else(|| self.0.to_string())
    }
}

/// ISO 8601 with whole seconds, `2026-01-02T03:04:05Z`: the form of CloudTrail's `eventTime`.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.format(SECOND))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_as_cloudtrail_does() {
        let instant = Timestamp::from_millis(1_767_323_045_678);
        assert_eq!(instant.to_string(), "2026-01-02T03:04:05Z");
        assert_eq!(instant.to_english(), "Jan 2, 2026, 3:04:05 AM");
        assert_eq!(instant.plus_days(30).to_string(), "2026-02-01T03:04:05Z");
    }

    #[test]
    fn seconds_round_down_before_the_epoch_too() {
        assert_eq!(Timestamp::from_millis(-1).as_seconds(), -1);
        assert_eq!(Timestamp::from_millis(1999).as_seconds(), 1);
    }

    #[test]
    fn adding_and_taking_days_saturates() {
        assert_eq!(
            Timestamp::from_millis(i64::MIN).minus_days(1).as_millis(),
            i64::MIN
        );
        let instant = Timestamp::from_millis(5);
        assert_eq!(instant.plus_days(90).minus_days(90), instant);
        assert_eq!(
            Timestamp::from_millis(i64::MAX).plus_days(1).as_millis(),
            i64::MAX
        );
    }
}
