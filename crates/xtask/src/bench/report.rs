//! What the benchmark found: numbers over several rounds, as a table and as JSON.

use std::fmt;

use hdrhistogram::Histogram;
use serde::Serialize;

/// One measurement: one operation against one server in one round.
pub(super) struct Sample {
    /// Replies per second.
    pub(super) per_second: f64,
    /// CPU time of the server per request, in microseconds.
    pub(super) cpu_us: f64,
    /// Latencies in microseconds.
    pub(super) latency_us: Histogram<u64>,
    /// Replies with another status than 200.
    pub(super) errors: u64,
    /// Status and body of the first of these.
    pub(super) refusal: Option<String>,
}

/// The whole benchmark.
#[derive(Serialize)]
pub(super) struct Report {
    /// Cores of the machine, shared by the server and the load.
    pub(super) cores: usize,
    /// Connections, each with one request under way.
    pub(super) connections: usize,
    /// Rounds; in each, every operation was measured once, right after its floor.
    pub(super) rounds: u32,
    /// Seconds of one measurement.
    pub(super) slice_seconds: f64,
    /// The operations in the order they were measured.
    pub(super) operations: Vec<OperationReport>,
}

/// One operation beside its floor.
#[derive(Serialize)]
pub(super) struct OperationReport {
    name: &'static str,
    request_bytes: usize,
    response_body_bytes: usize,
    keystead: Summary,
    floor: Summary,
    /// Keystead's rate as a part of the floor's, paired by round.
    ratio_to_floor: Spread,
}

/// A server's rounds.
#[derive(Serialize)]
pub(super) struct Summary {
    requests_per_second: Spread,
    latency_us: Percentiles,
    errors: u64,
    cpu_us_per_request: Spread,
}

/// The rounds' median, and how far they lie apart.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Spread {
    median: f64,
    min: f64,
    max: f64,
}

/// Over the requests of all rounds.
#[derive(Default, Serialize)]
struct Percentiles {
    p50: u64,
    p90: u64,
    p99: u64,
    p99_9: u64,
    max: u64,
}

impl Report {
    /// Replies of Keystead and of the floors that were not 200.
    pub(super) fn errors(&self) -> u64 {
        self.operations.iter().map(OperationReport::errors).sum()
    }
}

impl OperationReport {
    /// Sums up the rounds of one operation; `rounds` holds Keystead's sample and the floor's of
    /// each. The sizes are those of a whole request and of a reply's body, in bytes.
    pub(super) fn new(
        name: &'static str,
        request_bytes: usize,
        response_body_bytes: usize,
        rounds: &[(Sample, Sample)],
    ) -> Self {
        let (keystead, floor): (Vec<_>, Vec<_>) = rounds
            .iter()
            .map(|(keystead, floor)| (keystead, floor))
            .unzip();
        Self {
            name,
            request_bytes,
            response_body_bytes,
            keystead: Summary::of(&keystead),
            floor: Summary::of(&floor),
            ratio_to_floor: Spread::of(
                rounds
                    .iter()
                    .map(|(keystead, floor)| keystead.per_second / floor.per_second),
            ),
        }
    }

    fn errors(&self) -> u64 {
        self.keystead.errors + self.floor.errors
    }
}

impl Summary {
    /// What stands above it in a table.
    pub(super) const HEAD: &str = "              requests/s   p50 µs   p90 µs   p99 µs  p99.9 µs          CPU µs/request  errors";

    /// Sums up the rounds.
    pub(super) fn of(samples: &[&Sample]) -> Self {
        Self {
            requests_per_second: Spread::of(samples.iter().map(|sample| sample.per_second)),
            latency_us: Percentiles::of(samples),
            errors: samples.iter().map(|sample| sample.errors).sum(),
            cpu_us_per_request: Spread::of(samples.iter().map(|sample| sample.cpu_us)),
        }
    }
}

impl Spread {
    /// Zeroes where there are no values.
    pub(super) fn of(values: impl Iterator<Item = f64>) -> Self {
        let mut sorted: Vec<_> = values.collect();
        sorted.sort_by(f64::total_cmp);
        let at = |index: usize| sorted.get(index).copied().unwrap_or_default();
        let last = sorted.len().saturating_sub(1);
        Self {
            median: f64::midpoint(at(last / 2), at(last.div_ceil(2))),
            min: at(0),
            max: at(last),
        }
    }
}

impl Percentiles {
    /// Zeroes where there are no samples. All histograms are of one range and precision.
    fn of(samples: &[&Sample]) -> Self {
        let Some((first, others)) = samples.split_first() else {
            return Self::default();
        };
        let mut all = first.latency_us.clone();
        for other in others {
            all += &other.latency_us;
        }
        Self {
            p50: all.value_at_quantile(0.5),
            p90: all.value_at_quantile(0.9),
            p99: all.value_at_quantile(0.99),
            p99_9: all.value_at_quantile(0.999),
            max: all.max(),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} connections, {} rounds of {:.1} s, {} cores for server and load together; \
             medians (least–most) of the rounds",
            self.connections, self.rounds, self.slice_seconds, self.cores
        )?;
        for operation in &self.operations {
            write!(f, "\n{operation}")?;
        }
        Ok(())
    }
}

impl fmt::Display for OperationReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}: requests of {} bytes, replies with {} bytes of body",
            self.name, self.request_bytes, self.response_body_bytes
        )?;
        writeln!(f, "  {:<9}{}", "", Summary::HEAD)?;
        writeln!(f, "  {:<9}{}", "keystead", self.keystead)?;
        writeln!(f, "  {:<9}{}", "floor", self.floor)?;
        writeln!(f, "  {:<9}{:>24}", "ratio", self.ratio_to_floor.to_text(2))
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:>24}{:>9}{:>9}{:>9}{:>10}{:>24}{:>8}",
            self.requests_per_second.to_text(0),
            self.latency_us.p50,
            self.latency_us.p90,
            self.latency_us.p99,
            self.latency_us.p99_9,
            self.cpu_us_per_request.to_text(1),
            self.errors
        )
    }
}

impl Spread {
    /// The median, and the least and the most.
    pub(super) fn to_text(&self, digits: usize) -> String {
        let Self { median, min, max } = self;
        format!("{median:.digits$} ({min:.digits$}–{max:.digits$})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(per_second: f64, latencies: &[u64]) -> Sample {
        let mut latency_us = Histogram::new_with_max(1_000_000, 3).unwrap();
        latencies
            .iter()
            .for_each(|us| latency_us.record(*us).unwrap());
        Sample {
            per_second,
            cpu_us: 10.0,
            latency_us,
            errors: 1,
            refusal: None,
        }
    }

    #[test]
    fn spreads() {
        for (values, median, min, max) in [
            (&[][..], 0.0, 0.0, 0.0),
            (&[3.0], 3.0, 3.0, 3.0),
            (&[4.0, 1.0], 2.5, 1.0, 4.0),
            (&[9.0, 1.0, 2.0], 2.0, 1.0, 9.0),
            (&[1.0, 2.0, 3.0, 10.0], 2.5, 1.0, 10.0),
        ] {
            let expected = Spread { median, min, max };
            assert_eq!(Spread::of(values.iter().copied()), expected, "{values:?}");
        }
    }

    #[test]
    fn rounds_are_paired_and_requests_pooled() {
        let rounds = [
            (sample(500.0, &[100; 99]), sample(1000.0, &[10])),
            (sample(900.0, &[100]), sample(1000.0, &[10])),
            (sample(100.0, &[5000]), sample(1000.0, &[10])),
        ];
        let report = OperationReport::new("Encrypt", 2000, 1500, &rounds);
        let ratio = &report.ratio_to_floor;
        assert_eq!((ratio.median, ratio.min, ratio.max), (0.5, 0.1, 0.9));
        let latency = &report.keystead.latency_us;
        assert_eq!((latency.p50, latency.p90), (100, 100));
        assert!(latency.p99_9 >= 5000 && latency.max >= 5000);
        assert_eq!(report.errors(), 6);
    }

    #[test]
    fn the_table_and_the_json_tell_the_same() {
        let rounds = [(sample(500.0, &[100]), sample(1000.0, &[10]))];
        let report = Report {
            cores: 2,
            connections: 64,
            rounds: 1,
            slice_seconds: 2.0,
            operations: vec![OperationReport::new("Encrypt", 2000, 1500, &rounds)],
        };
        let text = report.to_string();
        for part in [
            "64 connections",
            "Encrypt:",
            "500 (500–500)",
            "0.50 (0.50–0.50)",
        ] {
            assert!(text.contains(part), "{part} in:\n{text}");
        }
        let json = serde_json::to_value(&report).unwrap();
        let operation = &json["operations"][0];
        assert_eq!(operation["ratio_to_floor"]["median"], 0.5);
        assert_eq!(operation["keystead"]["requests_per_second"]["max"], 500.0);
        assert_eq!(operation["floor"]["latency_us"]["p99_9"], 10);
    }
}
