//! What the audit log costs, as a table and as JSON.

use std::fmt;

use serde::Serialize;

use super::super::report::{Sample, Spread, Summary};

/// The whole benchmark.
#[derive(Serialize)]
pub(super) struct Report {
    /// Cores of the machine, shared by the node and the load.
    pub(super) cores: usize,
    /// Connections, each with one request under way.
    pub(super) connections: usize,
    /// Rounds; in each, every node was measured once.
    pub(super) rounds: u32,
    /// Seconds of one measurement.
    pub(super) slice_seconds: f64,
    /// What was called.
    pub(super) operation: &'static str,
    /// The nodes.
    pub(super) nodes: Vec<NodeReport>,
}

/// One node.
#[derive(Serialize)]
pub(super) struct NodeReport {
    records: &'static str,
    summary: Summary,
    /// Its rate as a part of that of the node that records nothing, paired by round.
    ratio_to_none: Spread,
}

impl NodeReport {
    /// Sums up the rounds of a node beside those of the node that records nothing.
    pub(super) fn new(records: &'static str, samples: &[Sample], without: &[Sample]) -> Self {
        let pairs = samples.iter().zip(without);
        Self {
            records,
            summary: Summary::of(&samples.iter().collect::<Vec<_>>()),
            ratio_to_none: Spread::of(pairs.map(|(node, none)| node.per_second / none.per_second)),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}: {} connections, {} rounds of {:.1} s, {} cores for node and load together; \
             medians (least–most) of the rounds\n",
            self.operation, self.connections, self.rounds, self.slice_seconds, self.cores
        )?;
        writeln!(f, "  {:<9}{}{:>24}", "records", Summary::HEAD, "of none")?;
        for node in &self.nodes {
            let (summary, ratio) = (&node.summary, node.ratio_to_none.to_text(2));
            writeln!(f, "  {:<9}{summary}{ratio:>24}", node.records)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use hdrhistogram::Histogram;

    use super::*;

    fn samples(rates: &[f64]) -> Vec<Sample> {
        let sample = |rate: &f64| Sample {
            per_second: *rate,
            cpu_us: 50.0,
            latency_us: Histogram::new_with_max(1_000_000, 3).unwrap(),
            errors: 0,
            refusal: None,
        };
        rates.iter().map(sample).collect()
    }

    #[test]
    fn rounds_are_paired() {
        let (durable, none) = (
            samples(&[800.0, 950.0, 90.0]),
            samples(&[1000.0, 1000.0, 100.0]),
        );
        let report = Report {
            cores: 2,
            connections: 64,
            rounds: 3,
            slice_seconds: 2.0,
            operation: "Encrypt",
            nodes: vec![
                NodeReport::new("durable", &durable, &none),
                NodeReport::new("none", &none, &none),
            ],
        };
        let text = report.to_string();
        for part in ["64 connections", "0.90 (0.80–0.95)", "1.00 (1.00–1.00)"] {
            assert!(text.contains(part), "{part} in:\n{text}");
        }
        let json = serde_json::to_value(&report).unwrap();
        assert_eq!(json["nodes"][0]["ratio_to_none"]["min"], 0.8);
        assert_eq!(
            json["nodes"][1]["summary"]["requests_per_second"]["max"],
            1000.0
        );
    }
}
