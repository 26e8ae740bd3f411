//! What was counted beside what is kept.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// By how much a call may cost more or less than what is kept, in percent. Runs differ by half a percent, builds of other
/// machines by more.
const MARGIN_PERCENT: u64 = 10;

/// What calls may cost, by name, in instructions.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Baseline(BTreeMap<String, u64>);

/// The kept numbers can't be read.
#[derive(Debug, Error)]
#[error("line {line} of the kept numbers is not a name and a number. Write them anew with --write")]
pub(crate) struct BadBaseline {
    line: usize,
}

/// Some calls cost another number of instructions than is kept.
#[derive(Debug, Error)]
#[error(
    "{names}: mend it, or keep the new numbers with `cargo xtask bench instructions --write` and say why in the commit"
)]
pub(crate) struct Changed {
    names: String,
}

/// A comparison.
pub(super) struct Report<'a> {
    rows: Vec<Row<'a>>,
}

struct Row<'a> {
    name: &'a str,
    counted: u64,
    kept: Option<u64>,
}

impl Baseline {
    pub(super) fn of(counted: &[(&str, u64)]) -> Self {
        Self(
            counted
                .iter()
                .map(|(name, count)| ((*name).to_owned(), *count))
                .collect(),
        )
    }
}

impl fmt::Display for Baseline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|(name, count)| writeln!(f, "{name} {count}"))
    }
}

impl FromStr for Baseline {
    type Err = BadBaseline;

    fn from_str(text: &str) -> Result<Self, BadBaseline> {
        let row = |(index, line): (usize, &str)| {
            let parts = line.split_once(' ');
            let row = parts.and_then(|(name, count)| Some((name.to_owned(), count.parse().ok()?)));
            row.ok_or(BadBaseline { line: index + 1 })
        };
        text.lines()
            .enumerate()
            .map(row)
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl<'a> Report<'a> {
    pub(super) fn new(counted: &'a [(&'a str, u64)], baseline: &Baseline) -> Self {
        let rows = counted.iter().map(|(name, count)| Row {
            name,
            counted: *count,
            kept: baseline.0.get(*name).copied(),
        });
        Self {
            rows: rows.collect(),
        }
    }

    /// Whether all cost what is kept.
    ///
    /// # Errors
    /// [`Changed`] with those that don't.
    pub(super) fn verdict(&self) -> Result<(), Changed> {
        let changed: Vec<_> = self.rows.iter().filter_map(Row::complaint).collect();
        if changed.is_empty() {
            return Ok(());
        }
        Err(Changed {
            names: changed.join("; "),
        })
    }
}

impl Row<'_> {
    fn complaint(&self) -> Option<String> {
        let (name, counted) = (self.name, self.counted);
        let Some(kept) = self.kept else {
            return Some(format!("nothing is kept of {name}"));
        };
        let margin = kept * MARGIN_PERCENT / 100;
        let word = match counted {
            more if more > kept + margin => "more",
            less if less + margin < kept => "less",
            _ => return None,
        };
        Some(format!(
            "{name} costs {word} instructions than is kept, {counted} and not {kept}"
        ))
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<18}{:>12}{:>12}", "instructions", "counted", "kept")?;
        for Row {
            name,
            counted,
            kept,
        } in &self.rows
        {
            let kept = kept.map_or_else(|| "-".to_owned(), |kept| kept.to_string());
            writeln!(f, "{name:<18}{counted:>12}{kept:>12}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(counted: u64) -> usize {
        let baseline = Baseline::of(&[("Encrypt", 1000)]);
        let counted = [("Encrypt", counted)];
        let report = Report::new(&counted, &baseline);
        usize::from(report.verdict().is_err())
    }

    #[test]
    fn within_the_margin_nobody_complains() {
        for (counted, expected) in [(1000, 0), (1100, 0), (900, 0), (1101, 1), (899, 1)] {
            assert_eq!(complaints(counted), expected, "{counted}");
        }
    }

    #[test]
    fn what_is_not_kept_is_told() {
        let counted = [("Decrypt", 5)];
        let report = Report::new(&counted, &Baseline::of(&[]));
        assert!(
            report
                .verdict()
                .unwrap_err()
                .to_string()
                .contains("nothing is kept of Decrypt")
        );
    }

    #[test]
    fn what_is_kept_is_read_again() {
        let kept = Baseline::of(&[("Encrypt", 5), ("Decrypt", 7)]);
        assert_eq!(kept.to_string().parse::<Baseline>().unwrap(), kept);
        assert!("Encrypt".parse::<Baseline>().is_err());
        assert!("Encrypt x".parse::<Baseline>().is_err());
    }
}
