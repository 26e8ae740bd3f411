//! The instants of a signature: `20260102T030405Z`, or the HTTP date of RFC 9110 §5.6.7.

use time::format_description::well_known::Rfc2822;
use time::macros::format_description;
use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time};

/// Reads the basic format of ISO 8601 that AWS uses, to unix seconds.
pub(super) fn parse_basic(text: &str) -> Option<i64> {
    let bytes: &[u8; 16] = text.as_bytes().try_into().ok()?;
    let [
        y1,
        y2,
        y3,
        y4,
        m1,
        m2,
        d1,
        d2,
        b'T',
        h1,
        h2,
        n1,
        n2,
        s1,
        s2,
        b'Z',
    ] = *bytes
    else {
        return None;
    };
    let century = number(y1, y2)?;
    let year = i32::from(century) * 100 + i32::from(number(y3, y4)?);
    let month = Month::try_from(number(m1, m2)?).ok()?;
    let date = Date::from_calendar_date(year, month, number(d1, d2)?).ok()?;
    let time = Time::from_hms(number(h1, h2)?, number(n1, n2)?, number(s1, s2)?).ok()?;
    Some(
        PrimitiveDateTime::new(date, time)
            .assume_utc()
            .unix_timestamp(),
    )
}

fn number(tens: u8, ones: u8) -> Option<u8> {
    if !tens.is_ascii_digit() || !ones.is_ascii_digit() {
        return None;
    }
    Some((tens - b'0') * 10 + (ones - b'0'))
}

/// Reads the value of a `Date` header, to unix seconds.
pub(super) fn parse_http_date(text: &str) -> Option<i64> {
    let date = OffsetDateTime::parse(text, &Rfc2822).ok()?;
    Some(date.unix_timestamp())
}

/// Writes unix seconds in the basic format. An instant outside of the years 0 to 9999 is written as its number.
pub(super) fn format_basic(unix_seconds: i64) -> String {
    let format = format_description!("[year][month][day]T[hour][minute][second]Z");
    OffsetDateTime::from_unix_timestamp(unix_seconds)
        .ok()
        .and_then(|instant| instant.format(format).ok())
        .unwrap_or_else(|| unix_seconds.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_format() {
        assert_eq!(parse_basic("20260102T030405Z"), Some(1_767_323_045));
        assert_eq!(format_basic(1_767_323_045), "20260102T030405Z");
        for bad in [
            "",
            "20260102T030405",
            "2026-01-02T03:04:05Z",
            "20260102t030405Z",
            "20261302T030405Z",
            "20260230T030405Z",
            "20260102T240000Z",
            "+0260102T030405Z",
            "20260102T030405ZZ",
            "2026010éT03040Z",
        ] {
            assert_eq!(parse_basic(bad), None, "{bad}");
        }
    }

    #[test]
    fn http_dates() {
        assert_eq!(
            parse_http_date("Fri, 02 Jan 2026 03:04:05 GMT"),
            Some(1_767_323_045)
        );
        assert_eq!(parse_http_date("2026-01-02T03:04:05Z"), None);
    }

    #[test]
    fn any_instant_can_be_written() {
        for extreme in [i64::MIN, i64::MAX] {
            assert_eq!(format_basic(extreme), extreme.to_string());
        }
    }
}
