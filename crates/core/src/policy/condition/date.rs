//! Dates of conditions.
//!
//! AWS takes "one of the W3C implementations of the ISO 8601 date formats, or epoch (UNIX) time":
//! `2026-01`, `2026-01-02`, `2026-01-02T03:04Z`, with seconds and a fraction of them, `Z` or an
//! offset. A text of digits alone is seconds since 1970, so that a year alone is no date here.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Nanoseconds since 1970-01-01T00:00:00Z.
pub(super) fn parse(text: &str) -> Option<i128> {
    const NANOS: i128 = 1_000_000_000;
    let digits = text.strip_prefix('-').unwrap_or(text);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let seconds: i64 = text.parse().ok()?;
        return Some(i128::from(seconds) * NANOS);
    }
    let whole = match text.len() {
        7 => format!("{text}-01T00:00:00Z"),
        10 => format!("{text}T00:00:00Z"),
        _ => return full(text).or_else(|| full(&with_seconds(text)?)),
    };
    full(&whole)
}

fn full(text: &str) -> Option<i128> {
    let instant = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    Some(instant.unix_timestamp_nanos())
}

/// Puts the seconds into a time of the form `2026-01-02T03:04Z`.
fn with_seconds(text: &str) -> Option<String> {
    let (minutes, offset) = text.split_at_checked("2026-01-02T03:04".len())?;
    Some(format!("{minutes}:00{offset}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        let seconds = |text| parse(text).map(|nanos| nanos / 1_000_000_000);
        for (text, expected) in [
            ("0", 0),
            ("-1", -1),
            ("2026", 2026),
            ("1767323045", 1_767_323_045),
            ("2026-01", 1_767_225_600),
            ("2026-01-02", 1_767_312_000),
            ("2026-01-02T03:04Z", 1_767_323_040),
            ("2026-01-02T03:04:05Z", 1_767_323_045),
            ("2026-01-02T03:04:05.999Z", 1_767_323_045),
            ("2026-01-02T04:04:05+01:00", 1_767_323_045),
            ("2026-01-02T04:04+01:00", 1_767_323_040),
            ("2024-02-29T00:00:00Z", 1_709_164_800),
        ] {
            assert_eq!(seconds(text), Some(expected), "{text}");
        }
        assert!(parse("2026-01-02T03:04:05.1Z") > parse("2026-01-02T03:04:05Z"));
    }

    #[test]
    fn what_is_no_date() {
        for text in [
            "",
            "-",
            "+1",
            "1.5",
            "tomorrow",
            "2026-13",
            "2026-1-2",
            "2025-02-29",
            "2026-01-02T03:04:05",
            "2026-01-02T03Z",
            "2026-01-02T25:00:00Z",
            "2026-01-02T03:04:05ZZ",
            "20260102T030405Z",
            "99999999999999999999",
            "2026-01-é",
            "2026-01-02T03:0é",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
