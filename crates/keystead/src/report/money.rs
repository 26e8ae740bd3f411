//! Amounts of US dollars.

use std::fmt;
use std::iter::Sum;

use serde::Serialize;

/// An amount in millionths of a US dollar. More than there can be is the most there can be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub(super) struct MicroDollars(pub(super) u64);

impl MicroDollars {
    /// As often as this.
    pub(super) const fn times(self, number: u64) -> Self {
        Self(self.0.saturating_mul(number))
    }
}

impl Sum for MicroDollars {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        Self(all.fold(0, |sum, one| sum.saturating_add(one.0)))
    }
}

/// In dollars, with two digits behind the point, and as many more as there are.
impl fmt::Display for MicroDollars {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{}.{:06}", self.0 / 1_000_000, self.0 % 1_000_000);
        let least = digits.len() - 4;
        let short = digits.trim_end_matches('0');
        let shown = digits.get(..short.len().max(least)).unwrap_or(&digits);
        f.pad(shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_in_dollars() {
        for (micros, expected) in [
            (0, "0.00"),
            (3, "0.000003"),
            (30_000, "0.03"),
            (1_500_000, "1.50"),
            (12_345_678, "12.345678"),
            (100_000_000, "100.00"),
        ] {
            assert_eq!(MicroDollars(micros).to_string(), expected);
        }
        assert_eq!(MicroDollars(u64::MAX).times(2), MicroDollars(u64::MAX));
        let sum: MicroDollars = [MicroDollars(u64::MAX), MicroDollars(1)].into_iter().sum();
        assert_eq!(sum, MicroDollars(u64::MAX));
    }
}
