//! What indexing and looking up cost, as a table and as JSON.

use std::fmt;

use serde::Serialize;

/// The whole benchmark.
#[derive(Serialize)]
pub(super) struct Report {
    pub(super) events: u32,
    pub(super) log_bytes: u64,
    pub(super) indexed: Indexed,
    pub(super) lookups: Vec<Lookup>,
}

/// What indexing all of the log cost.
#[derive(Serialize)]
pub(super) struct Indexed {
    pub(super) records: u64,
    pub(super) wall_seconds: f64,
    pub(super) cpu_seconds: f64,
    pub(super) files: usize,
    /// Of all index files.
    pub(super) index_bytes: u64,
    /// Of the segments that have index files.
    pub(super) closed_bytes: u64,
    /// The most memory that the process has had.
    pub(super) peak_bytes: Option<u64>,
}

/// The first pages of one kind.
#[derive(Serialize)]
pub(super) struct Lookup {
    name: String,
    /// How many events a page has, and one more if there are others.
    found: usize,
    p50_micros: f64,
    p99_micros: f64,
    most_micros: f64,
}

impl Lookup {
    /// Sums up the times of lookups, in nanoseconds.
    pub(super) fn new(name: String, found: usize, mut nanos: Vec<u64>) -> Self {
        nanos.sort_unstable();
        let at = |percent: usize| {
            let index = nanos.len().saturating_sub(1) * percent / 100;
            micros(nanos.get(index).copied().unwrap_or_default())
        };
        Self {
            name,
            found,
            p50_micros: at(50),
            p99_micros: at(99),
            most_micros: at(100),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "shown with a few digits")]
fn micros(nanos: u64) -> f64 {
    nanos as f64 / 1000.0
}

#[expect(clippy::cast_precision_loss, reason = "shown with a few digits")]
fn ratio(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}

impl fmt::Display for Report {
    #[expect(clippy::cast_precision_loss, reason = "shown with a few digits")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            events,
            log_bytes,
            indexed,
            ..
        } = self;
        let events_in_files = ratio(indexed.closed_bytes, *log_bytes) * f64::from(*events);
        let per_event = indexed.index_bytes as f64 / events_in_files;
        writeln!(
            f,
            "{events} events, {:.0} bytes each\n",
            *log_bytes as f64 / f64::from(*events)
        )?;
        writeln!(
            f,
            "indexed {} in {:.1} s, {:.1} s of CPU: {:.0} events for each second of CPU",
            indexed.records,
            indexed.wall_seconds,
            indexed.cpu_seconds,
            indexed.records as f64 / indexed.cpu_seconds
        )?;
        writeln!(
            f,
            "{} index files, {:.1} bytes for each event, {:.1} % of the log",
            indexed.files,
            per_event,
            100.0 * ratio(indexed.index_bytes, indexed.closed_bytes)
        )?;
        if let Some(peak) = indexed.peak_bytes {
            writeln!(f, "at most {:.0} MB of memory", peak as f64 / 1e6)?;
        }
        writeln!(
            f,
            "\n{:<42} {:>6} {:>10} {:>10} {:>10}",
            "first page", "events", "p50 µs", "p99 µs", "most µs"
        )?;
        for lookup in &self.lookups {
            writeln!(
                f,
                "{:<42} {:>6} {:>10.0} {:>10.0} {:>10.0}",
                lookup.name, lookup.found, lookup.p50_micros, lookup.p99_micros, lookup.most_micros
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_tells_of_each_lookup() {
        let nanos = (1..=101).map(|n| n * 1000).rev().collect();
        let report = Report {
            events: 1000,
            log_bytes: 700_000,
            indexed: Indexed {
                records: 1000,
                wall_seconds: 2.0,
                cpu_seconds: 0.5,
                files: 1,
                index_bytes: 35_000,
                closed_bytes: 350_000,
                peak_bytes: Some(5_000_000),
            },
            lookups: vec![Lookup::new("all".to_owned(), 51, nanos)],
        };
        let text = report.to_string();
        for part in [
            "1000 events, 700 bytes each",
            "2000 events for each second of CPU",
            "70.0 bytes for each event, 10.0 % of the log",
        ] {
            assert!(text.contains(part), "{text}");
        }
        let row = text.lines().last().unwrap();
        let cells: Vec<_> = row.split_whitespace().collect();
        assert_eq!(cells, ["all", "51", "51", "100", "101"]);
    }
}
