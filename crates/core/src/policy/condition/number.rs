//! Decimal numbers, compared exactly.

use std::cmp::Ordering;

/// A number of any length, such as `-12.50`: an optional sign, digits, and a fraction if there is
/// one. AWS documents "integer or decimal value"; there is no exponent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Decimal<T> {
    is_negative: bool,
    /// The digits before the point, without leading zeros.
    whole: T,
    /// The digits behind the point, without trailing zeros.
    fraction: T,
}

impl<'a> Decimal<&'a str> {
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let is_number =
            |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !(is_number(whole) && is_number(fraction)) {
            return None;
        }
        let whole = whole.trim_start_matches('0');
        let fraction = fraction.trim_end_matches('0');
        let is_zero = whole.is_empty() && fraction.is_empty();
        Some(Self {
            is_negative: text.starts_with('-') && !is_zero,
            whole,
            fraction,
        })
    }

    pub(super) fn to_owned(&self) -> Decimal<Box<str>> {
        Decimal {
            is_negative: self.is_negative,
            whole: self.whole.into(),
            fraction: self.fraction.into(),
        }
    }

    /// How this number compares with another.
    pub(super) fn compare(&self, other: &Decimal<Box<str>>) -> Ordering {
        let magnitude = (self.whole.len().cmp(&other.whole.len()))
            .then_with(|| self.whole.cmp(&other.whole))
            .then_with(|| self.fraction.cmp(&other.fraction));
        match (self.is_negative, other.is_negative) {
            (false, false) => magnitude,
            (true, true) => magnitude.reverse(),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn compare(one: &str, other: &str) -> Ordering {
        let other = Decimal::parse(other).unwrap().to_owned();
        Decimal::parse(one).unwrap().compare(&other)
    }

    #[test]
    fn exact_beyond_any_float() {
        let cases = [
            ("0", "-0.00", Ordering::Equal),
            ("007", "+7.0", Ordering::Equal),
            ("9", "10", Ordering::Less),
            ("-9", "-10", Ordering::Greater),
            ("-1", "0", Ordering::Less),
            ("1.05", "1.5", Ordering::Less),
            ("1.5", "1.50", Ordering::Equal),
            ("0.1", "0", Ordering::Greater),
            ("9007199254740993", "9007199254740992", Ordering::Greater),
            (
                "100000000000000000000000",
                "99999999999999999999999",
                Ordering::Greater,
            ),
        ];
        for (one, other, expected) in cases {
            assert_eq!(compare(one, other), expected, "{one} {other}");
            assert_eq!(compare(other, one), expected.reverse(), "{other} {one}");
        }
    }

    #[test]
    fn what_is_no_number() {
        for text in [
            "", "-", "+", ".", "1.", ".5", "1e3", "abc", " 1", "1 ", "--1", "1.2.3", "0x1", "١",
            "NaN", "inf",
        ] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_integers(one in -10_000_i64..10_000, other in -10_000_i64..10_000) {
            let cents = |n: i64| {
                let sign = if n < 0 { "-" } else { "" };
                format!("{sign}{}.{:02}", n.abs() / 100, n.abs() % 100)
            };
            prop_assert_eq!(compare(&one.to_string(), &other.to_string()), one.cmp(&other));
            prop_assert_eq!(compare(&cents(one), &cents(other)), one.cmp(&other));
        }
    }
}
