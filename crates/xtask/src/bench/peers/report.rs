//! Keystead beside others, as a table and as JSON.

use std::fmt;

use serde::Serialize;

use super::super::report::{Sample, Spread, Summary};

/// The whole benchmark.
#[derive(Serialize)]
pub(super) struct Report {
    /// Connections, each with one request under way.
    pub(super) connections: usize,
    /// Rounds; in each, every server was measured once.
    pub(super) rounds: u32,
    /// Seconds of one measurement.
    pub(super) slice_seconds: f64,
    /// Those that were there, Keystead first.
    pub(super) peers: Vec<PeerReport>,
    /// Who was not, and what to do about it.
    pub(super) missing: Vec<String>,
}

/// One server.
#[derive(Serialize)]
pub(super) struct PeerReport {
    name: &'static str,
    summary: Summary,
    /// Keystead's rate as a multiple of its, paired by round.
    keystead_to_it: Spread,
}

impl PeerReport {
    /// Sums up the rounds of a server beside Keystead's.
    pub(super) fn new(name: &'static str, samples: &[Sample], keystead: &[Sample]) -> Self {
        let pairs = samples.iter().zip(keystead);
        Self {
            name,
            summary: Summary::of(&samples.iter().collect::<Vec<_>>()),
            keystead_to_it: Spread::of(
                pairs.map(|(it, keystead)| keystead.per_second / it.per_second),
            ),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "Encrypt of 1 KiB: {} connections, {} rounds of {:.1} s; medians (least–most) of the rounds\n",
            self.connections, self.rounds, self.slice_seconds
        )?;
        writeln!(
            f,
            "  {:<12}{}{:>24}",
            "server",
            Summary::HEAD,
            "Keystead to it"
        )?;
        for PeerReport {
            name,
            summary,
            keystead_to_it,
        } in &self.peers
        {
            writeln!(f, "  {name:<12}{summary}{:>24}", keystead_to_it.to_text(1))?;
        }
        for missing in &self.missing {
            writeln!(f, "  {missing}")?;
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
    fn rounds_are_paired_and_the_missing_are_named() {
        let (keystead, other) = (
            samples(&[800.0, 900.0, 1000.0]),
            samples(&[400.0, 100.0, 200.0]),
        );
        let report = Report {
            connections: 64,
            rounds: 3,
            slice_seconds: 2.0,
            peers: vec![
                PeerReport::new("keystead", &keystead, &keystead),
                PeerReport::new("other", &other, &keystead),
            ],
            missing: vec!["another is missing: install it".to_owned()],
        };
        let text = report.to_string();
        for part in [
            "1.0 (1.0–1.0)",
            "5.0 (2.0–9.0)",
            "another is missing: install it",
        ] {
            assert!(text.contains(part), "{part} in:\n{text}");
        }
        let json = serde_json::to_value(&report).unwrap();
        assert_eq!(json["peers"][1]["keystead_to_it"]["max"], 9.0);
    }
}
