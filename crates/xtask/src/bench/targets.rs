//! What is aimed at, and whether a report shows it.

use std::fmt;

use serde::Serialize;

use super::report::{Report, ScenarioReport, Spread, megabytes};

/// Something that was aimed at.
struct Target {
    what: &'static str,
    value: Value,
    bound: Bound,
}

/// Where in a report the value is, by the name of a scenario or a start.
#[derive(Debug, Clone, Copy)]
enum Value {
    /// The rate as a part of the floor's.
    OfFloor(&'static str),
    /// The CPU time for a request as a multiple of the floor's.
    CpuOfFloor(&'static str),
    /// The rate as a part of that of what the scenario is compared with.
    OfRival(&'static str),
    /// Latency in milliseconds.
    P99(&'static str),
    /// Replies that were neither 200 nor `ThrottlingException`.
    Errors(&'static str),
    /// In megabytes.
    Memory(&'static str),
    /// In seconds, to the first answer.
    Start(&'static str),
}

#[derive(Debug, Clone, Copy)]
enum Bound {
    AtLeast(f64),
    AtMost(f64),
}

use Bound::{AtLeast, AtMost};
use Value::{CpuOfFloor, Errors, Memory, OfFloor, OfRival, P99, Start};

const fn target(what: &'static str, value: Value, bound: Bound) -> Target {
    Target { what, value, bound }
}

#[rustfmt::skip]
const TARGETS: &[Target] = &[
    target("Encrypt, of the floor's requests/s", OfFloor("encrypt"), AtLeast(0.60)),
    target("Decrypt, of the floor's requests/s", OfFloor("decrypt"), AtLeast(0.60)),
    target("GenerateDataKey, of the floor's requests/s", OfFloor("data-key"), AtLeast(0.60)),
    target("CPU of one Encrypt, of the floor's", CpuOfFloor("encrypt"), AtMost(2.0)),
    target("p99 at half the most that is served, ms", P99("encrypt-half-load"), AtMost(2.0)),
    target("Sign RSA-2048, of the library", OfRival("sign-rsa-2048"), AtLeast(0.90)),
    target("Sign RSA-4096, of the library", OfRival("sign-rsa-4096"), AtLeast(0.90)),
    target("Sign ML-DSA-65, of the library", OfRival("sign-ml-dsa-65"), AtLeast(0.90)),
    target("Sign P-256, of Encrypt", OfRival("sign-p-256"), AtLeast(0.85)),
    target("Sign Ed25519, of Encrypt", OfRival("sign-ed25519"), AtLeast(0.85)),
    target("TLS 1.3, of plain HTTP", OfRival("encrypt-tls"), AtLeast(0.75)),
    target("a million keys, of ten thousand", OfRival("encrypt-1000000-keys"), AtLeast(0.90)),
    target("memory with 10,000 keys at full load, MB", Memory("encrypt-10000-keys"), AtMost(100.0)),
    target("start with 10,000 keys, s", Start("start-10000-keys"), AtMost(1.0)),
    target("start of --dev, s", Start("start-dev"), AtMost(0.1)),
    target("useful replies at twice the load, of the most", OfRival("encrypt-double-load"), AtLeast(0.90)),
    target("errors at twice the load but throttling", Errors("encrypt-double-load"), AtMost(0.0)),
];

/// A target, and what came of it.
#[derive(Debug, Serialize)]
pub(super) struct TargetReport {
    what: &'static str,
    /// The median of the rounds, for latencies of all requests, for memory the most.
    value: f64,
    target: String,
    met: bool,
}

/// All targets that a report has the values of.
pub(super) fn of(report: &Report) -> Vec<TargetReport> {
    let rows = TARGETS.iter().filter_map(|target| {
        let value = target.value.found_in(report)?;
        Some(TargetReport {
            what: target.what,
            value,
            target: target.bound.to_string(),
            met: target.bound.holds(value),
        })
    });
    rows.collect()
}

impl Value {
    fn found_in(self, report: &Report) -> Option<f64> {
        let median = |spread: Option<&Spread>| spread.map(|spread| spread.median);
        if let Start(name) = self {
            let start = report.starts.iter().find(|start| start.name == name);
            return median(start.map(|start| &start.seconds));
        }
        let scenario = report
            .scenarios
            .iter()
            .find(|scenario| scenario.scenario.name == self.name())?;
        let ScenarioReport {
            keystead,
            ratio_to_floor,
            cpu_to_floor,
            ratio_to_rival,
            ..
        } = scenario;
        match self {
            OfFloor(_) => median(ratio_to_floor.as_ref()),
            CpuOfFloor(_) => median(cpu_to_floor.as_ref()),
            OfRival(_) => median(ratio_to_rival.as_ref()),
            P99(_) => Some(number(keystead.latency_us.p99) / 1000.0),
            Errors(_) => Some(number(keystead.errors)),
            Memory(_) => Some(megabytes(scenario.memory_bytes)),
            Start(_) => None,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            OfFloor(name) | CpuOfFloor(name) | OfRival(name) | P99(name) | Errors(name)
            | Memory(name) | Start(name) => name,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "shown with three digits")]
fn number(count: u64) -> f64 {
    count as f64
}

impl Bound {
    fn holds(self, value: f64) -> bool {
        match self {
            AtLeast(bound) => value >= bound,
            AtMost(bound) => value <= bound,
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AtLeast(bound) => write!(f, ">= {bound:.2}"),
            AtMost(bound) => write!(f, "<= {bound:.2}"),
        }
    }
}

impl TargetReport {
    /// What stands above it in a table.
    pub(super) const HEAD: &str =
        "target                                               value       target";
}

impl fmt::Display for TargetReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            what,
            value,
            target,
            met,
        } = self;
        let verdict = if *met { "met" } else { "NOT met" };
        write!(f, "{what:<46}{value:>12.3}{target:>13}  {verdict}")
    }
}

#[cfg(test)]
mod tests {
    use super::super::report::StartReport;
    use super::super::scenario::{Against, Scenario, named};
    use super::super::starts::STARTS;
    use super::*;

    #[test]
    fn every_target_is_of_something_that_is_measured() {
        for target in TARGETS {
            let name = target.value.name();
            let is_start = STARTS.iter().any(|start| start.name == name);
            let scenario = named(name);
            let fits = match target.value {
                Start(_) => is_start,
                OfFloor(_) | CpuOfFloor(_) => scenario.is_some_and(Scenario::has_floor),
                OfRival(_) => scenario.is_some_and(|one| one.against != Against::Floor),
                P99(_) | Errors(_) | Memory(_) => scenario.is_some(),
            };
            assert!(fits, "{}", target.what);
        }
    }

    #[test]
    fn bounds_are_inclusive() {
        for (bound, value, holds) in [
            (AtLeast(0.6), 0.6, true),
            (AtLeast(0.6), 0.599, false),
            (AtMost(2.0), 2.0, true),
            (AtMost(2.0), 2.001, false),
            (AtMost(2.0), f64::NAN, false),
            (AtLeast(2.0), f64::NAN, false),
        ] {
            assert_eq!(bound.holds(value), holds, "{bound}: {value}");
        }
    }

    #[test]
    fn only_what_was_measured_has_a_row() {
        let seconds = Spread::of([0.2].into_iter());
        let report = Report {
            cores: 1,
            rounds: 1,
            slice_seconds: 1.0,
            scenarios: Vec::new(),
            starts: vec![StartReport {
                name: "start-dev",
                seconds,
            }],
            targets: Vec::new(),
        };
        let rows = of(&report);
        assert_eq!(rows.len(), 1);
        assert!(!rows[0].met);
        assert!(
            rows[0].to_string().ends_with("0.200      <= 0.10  NOT met"),
            "{}",
            rows[0]
        );
    }
}
