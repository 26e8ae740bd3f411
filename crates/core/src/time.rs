//! Instants, as arguments: nothing in the domain asks for the time.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};

const SECOND: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
const MILLISECOND: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
const BASIC: &[BorrowedFormatItem<'_>] =
    format_description!("[year][month][day]T[hour][minute][second]Z");
const BASIC_MINUTE: &[BorrowedFormatItem<'_>] =
    format_description!("[year][month][day]T[hour][minute]Z");
const DAY_FOLDERS: &[BorrowedFormatItem<'_>] = format_description!("[year]/[month]/[day]");
const HTTP_DATE: &[BorrowedFormatItem<'_>] = format_description!(
    "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
);
const ENGLISH: &[BorrowedFormatItem<'_>] = format_description!(
    "[month repr:short] [day padding:none], [year], [hour repr:12 padding:none]:[minute]:[second] [period]"
);

/// Milliseconds in an hour.
const HOUR_MILLIS: i64 = 60 * 60 * 1000;
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

    /// The instant `seconds` seconds later; saturates at the end of representable time.
    #[must_use]
    pub const fn plus_seconds(self, seconds: u32) -> Self {
        Self(self.0.saturating_add(seconds as i64 * 1000))
    }

    /// The instant `hours` hours later; saturates at the end of representable time.
    #[must_use]
    pub const fn plus_hours(self, hours: u32) -> Self {
        Self(
            self.0
                .saturating_add((hours as i64).saturating_mul(HOUR_MILLIS)),
        )
    }

    /// The beginning of the hour that the instant is in.
    #[must_use]
    pub const fn start_of_hour(self) -> Self {
        Self(self.0.saturating_sub(self.0.rem_euclid(HOUR_MILLIS)))
    }

    /// How many whole hours lie between an earlier instant and this one; none if it is later.
    #[must_use]
    pub const fn hours_since(self, earlier: Self) -> i64 {
        let millis = self.0.saturating_sub(earlier.0);
        if millis < 0 { 0 } else { millis / HOUR_MILLIS }
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

    /// ISO 8601 with milliseconds, `2026-01-02T03:04:05.678Z`: the form of S3's `LastModified`.
    #[must_use]
    pub fn to_iso_millis(self) -> String {
        self.format(MILLISECOND)
    }

    /// The basic form of ISO 8601, `20260102T030405Z`, as the names of digests have it.
    #[must_use]
    pub fn to_basic(self) -> String {
        self.format(BASIC)
    }

    /// The basic form of ISO 8601 without seconds, `20260102T0304Z`, as the names of log files have
    /// it.
    #[must_use]
    pub fn to_basic_minute(self) -> String {
        self.format(BASIC_MINUTE)
    }

    /// The folders of a day, `2026/01/02`.
    #[must_use]
    pub fn to_day_folders(self) -> String {
        self.format(DAY_FOLDERS)
    }

    /// The form of HTTP's headers, `Fri, 02 Jan 2026 03:04:05 GMT` (RFC 9110, section 5.6.7).
    #[must_use]
    pub fn to_http_date(self) -> String {
        self.format(HTTP_DATE)
    }

    fn format(self, description: &[BorrowedFormatItem<'_>]) -> String {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000)
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

/// The text is not an instant in the form of `eventTime`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an instant: expected a text such as 2026-01-02T03:04:05Z")]
pub struct MalformedTimestamp;

/// Reads the form of CloudTrail's `eventTime`, and no other.
impl FromStr for Timestamp {
    type Err = MalformedTimestamp;

    fn from_str(text: &str) -> Result<Self, MalformedTimestamp> {
        let instant = PrimitiveDateTime::parse(text, SECOND).map_err(|_| MalformedTimestamp)?;
        let seconds = instant.assume_utc().unix_timestamp();
        Ok(Self(seconds.saturating_mul(1000)))
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
    fn formats_as_files_and_headers_have_it() {
        let instant = Timestamp::from_millis(1_767_323_045_678);
        assert_eq!(instant.to_basic(), "20260102T030405Z");
        assert_eq!(instant.to_basic_minute(), "20260102T0304Z");
        assert_eq!(instant.to_day_folders(), "2026/01/02");
        assert_eq!(instant.to_http_date(), "Fri, 02 Jan 2026 03:04:05 GMT");
        assert_eq!(instant.to_iso_millis(), "2026-01-02T03:04:05.678Z");
    }

    #[test]
    fn reads_the_time_of_an_event_and_nothing_else() {
        let instant = Timestamp::from_millis(1_767_323_045_000);
        assert_eq!("2026-01-02T03:04:05Z".parse(), Ok(instant));
        for bad in [
            "",
            "2026-01-02",
            "2026-01-02T03:04:05",
            "2026-01-02T03:04:05.000Z",
            "2026-13-02T03:04:05Z",
            "2026-01-02 03:04:05Z",
        ] {
            assert_eq!(bad.parse::<Timestamp>(), Err(MalformedTimestamp), "{bad}");
        }
    }

    #[test]
    fn hours_begin_and_are_counted() {
        let instant = Timestamp::from_millis(1_767_323_045_678);
        let hour = instant.start_of_hour();
        assert_eq!(hour.to_string(), "2026-01-02T03:00:00Z");
        assert_eq!(hour.start_of_hour(), hour);
        assert_eq!(hour.plus_hours(2).hours_since(instant), 1);
        assert_eq!(hour.plus_hours(2).hours_since(hour), 2);
        assert_eq!(hour.hours_since(instant), 0);
        assert_eq!(hour.plus_seconds(245).to_string(), "2026-01-02T03:04:05Z");
        let before = Timestamp::from_millis(-1).start_of_hour();
        assert_eq!(before.as_millis(), -HOUR_MILLIS);
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
