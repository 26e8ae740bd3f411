//! The times of events, which have whole seconds.

use keystead_core::time::Timestamp;

/// Seconds since 1970-01-01T00:00:00Z. Times outside of what fits, which is until 2106, are no event's.
pub type Seconds = u32;

/// The time that an `eventTime` says: `2026-01-02T03:04:05Z`, and nothing else.
pub(super) fn parse(text: &str) -> Option<Seconds> {
    let bytes: &[u8; 20] = text.as_bytes().try_into().ok()?;
    let [
        a,
        b,
        c,
        d,
        b'-',
        e,
        f,
        b'-',
        g,
        h,
        b'T',
        i,
        j,
        b':',
        k,
        l,
        b':',
        m,
        n,
        b'Z',
    ] = *bytes
    else {
        return None;
    };
    let year = number(&[a, b, c, d])?;
    let (month, day) = (number(&[e, f])?, number(&[g, h])?);
    let (hour, minute, second) = (number(&[i, j])?, number(&[k, l])?, number(&[m, n])?);
    let is_one = (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hour < 24
        && minute < 60
        && second < 61;
    if !is_one {
        return None;
    }
    let seconds = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
    Seconds::try_from(seconds).ok()
}

/// The second in which an instant is; the nearest that can be told, of one outside.
#[must_use]
pub fn second_of(instant: Timestamp) -> Seconds {
    let seconds = instant.as_seconds().clamp(0, i64::from(Seconds::MAX));
    Seconds::try_from(seconds).unwrap_or(Seconds::MAX)
}

fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |number, digit| {
        digit
            .is_ascii_digit()
            .then(|| number * 10 + i64::from(digit - b'0'))
    })
}

/// The days from 1970-01-01 to this one. Years are taken to begin in March, so that the odd day of leap years is their
/// last.
const fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(seconds: Seconds) {
            let instant = Timestamp::from_millis(i64::from(seconds) * 1000 + 999);
            assert_eq!(parse(&instant.to_string()), Some(seconds));
            assert_eq!(second_of(instant), seconds);
        }

        #[test]
        fn nothing_makes_it_panic(text in ".{20}") {
            let _ = parse(&text);
        }
    }

    #[test]
    fn other_forms_are_no_times() {
        for text in [
            "",
            "2026-01-02T03:04:05",
            "2026-01-02T03:04:05.0Z",
            "2026-13-02T03:04:05Z",
            "2026-00-02T03:04:05Z",
            "2026-01-32T03:04:05Z",
            "2026-01-02T24:04:05Z",
            "2026-01-02 03:04:05Z",
            "+026-01-02T03:04:05Z",
            "1969-12-31T23:59:59Z",
            "2200-01-01T00:00:00Z",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn instants_outside_are_the_nearest_inside() {
        assert_eq!(second_of(Timestamp::from_millis(-5)), 0);
        assert_eq!(second_of(Timestamp::from_millis(i64::MAX)), Seconds::MAX);
    }
}
