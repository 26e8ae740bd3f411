//! Rates and their ratios, as a table and as JSON.

use std::fmt;

use serde::Serialize;

/// What a handle is to keep of the library's rate.
const TARGET: f64 = 0.9;

/// The whole benchmark.
#[derive(Serialize)]
pub(super) struct Report {
    /// Turns of each side.
    pub(super) rounds: u32,
    /// The least length of a turn, in milliseconds.
    pub(super) millis: u32,
    /// The contests in the order they were held.
    pub(super) rows: Vec<Row>,
}

/// One contest: medians over its rounds.
#[derive(Serialize)]
pub(super) struct Row {
    name: String,
    handle_per_second: f64,
    bare_per_second: f64,
    ratio: f64,
}

impl Row {
    /// Sums up the rates of the handle and of the library in each round.
    pub(super) fn new(name: String, rates: &[(f64, f64)]) -> Self {
        let median_of = |each: fn(&(f64, f64)) -> f64| median(rates.iter().map(each).collect());
        Self {
            name,
            handle_per_second: median_of(|(handle, _)| *handle),
            bare_per_second: median_of(|(_, bare)| *bare),
            ratio: median_of(|(handle, bare)| handle / bare),
        }
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rounds, millis, .. } = self;
        writeln!(
            f,
            "{rounds} turns of {millis} ms each; calls a second of one core's time, medians\n"
        )?;
        writeln!(
            f,
            "{:<44} {:>12} {:>12} {:>7}",
            "", "handle", "library", "ratio"
        )?;
        for row in &self.rows {
            let mark = if row.ratio < TARGET { " <" } else { "" };
            writeln!(
                f,
                "{:<44} {:>12.1} {:>12.1} {:>7.3}{mark}",
                row.name, row.handle_per_second, row.bare_per_second, row.ratio
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_are_told_and_slow_handles_marked() {
        let row = |name: &str, rates: &[(f64, f64)]| Row::new(name.to_owned(), rates);
        let report = Report {
            rounds: 3,
            millis: 1,
            rows: vec![
                row("fast", &[(9.0, 10.0), (30.0, 30.0), (10.0, 10.0)]),
                row("slow", &[(8.0, 10.0), (1.0, 10.0), (20.0, 10.0)]),
                row("none", &[]),
            ],
        };
        let text = report.to_string();
        let rows: Vec<Vec<_>> = text
            .lines()
            .skip(3)
            .map(|line| line.split_whitespace().collect())
            .collect();
        assert_eq!(rows[0], ["fast", "10.0", "10.0", "1.000"]);
        assert_eq!(rows[1], ["slow", "8.0", "10.0", "0.800", "<"]);
        assert_eq!(rows[2], ["none", "0.0", "0.0", "0.000", "<"]);
    }
}
