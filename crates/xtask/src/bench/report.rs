//! What the benchmark found: numbers over several rounds, as a table and as JSON.

use std::fmt;

use hdrhistogram::Histogram;
use serde::Serialize;

use super::scenario::{Against, Scenario};
use super::targets::TargetReport;

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

/// One measurement with all that is known of it.
pub(super) struct Measured {
    /// What every report has.
    pub(super) sample: Sample,
    /// The server's resident memory at the end of the load.
    pub(super) memory_bytes: u64,
    /// Requests that were due and never sent.
    pub(super) passed_over: u64,
    /// Successful replies that took more than a second, which count for no rate under a load beyond what can be served.
    pub(super) late: u64,
    /// Replies with `ThrottlingException`.
    pub(super) throttled: u64,
}

/// One round of a scenario.
pub(super) struct Round {
    /// The scenario itself.
    pub(super) keystead: Measured,
    /// Its floor, where it has one.
    pub(super) floor: Option<Measured>,
    /// The requests, or signatures, per second of what it is compared with.
    pub(super) rival_per_second: Option<f64>,
}

/// The whole benchmark.
#[derive(Serialize)]
pub(super) struct Report {
    /// Cores of the machine, shared by the server and the load.
    pub(super) cores: usize,
    /// Rounds; in each, a scenario was measured once, right after its floor and what it is compared with.
    pub(super) rounds: u32,
    /// Seconds of one measurement.
    pub(super) slice_seconds: f64,
    /// The scenarios in the order they were measured.
    pub(super) scenarios: Vec<ScenarioReport>,
    /// The starts.
    pub(super) starts: Vec<StartReport>,
    /// What was aimed at, and what came of it.
    pub(super) targets: Vec<TargetReport>,
}

/// How long a server takes from its start to its first answer to a call.
#[derive(Serialize)]
pub(super) struct StartReport {
    /// The kind of start.
    pub(super) name: &'static str,
    /// The time of several.
    pub(super) seconds: Spread,
}

/// One scenario beside its floor and what it is compared with.
#[derive(Serialize)]
pub(super) struct ScenarioReport {
    /// What was measured.
    #[serde(flatten)]
    pub(super) scenario: &'static Scenario,
    request_bytes: usize,
    response_body_bytes: usize,
    /// Latencies of an open loop are from when requests were due, or could be sent; see the scenario.
    pub(super) keystead: Summary,
    /// The most of all rounds.
    pub(super) memory_bytes: u64,
    passed_over: u64,
    late: u64,
    throttled: u64,
    floor: Option<Summary>,
    /// Keystead's rate as a part of the floor's, paired by round.
    pub(super) ratio_to_floor: Option<Spread>,
    /// Keystead's CPU time for a request as a multiple of the floor's, paired by round.
    pub(super) cpu_to_floor: Option<Spread>,
    /// The rate of what it is compared with.
    rival_per_second: Option<Spread>,
    /// Keystead's rate as a part of that, paired by round.
    pub(super) ratio_to_rival: Option<Spread>,
}

/// A server's rounds.
#[derive(Serialize)]
pub(super) struct Summary {
    /// Replies per second.
    pub(super) requests_per_second: Spread,
    /// Of successful replies.
    pub(super) latency_us: Percentiles,
    /// Replies with another status than 200.
    pub(super) errors: u64,
    /// The server's, in user and kernel mode.
    pub(super) cpu_us_per_request: Spread,
}

/// The rounds' median, and how far they lie apart.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Spread {
    /// The middle one.
    pub(super) median: f64,
    min: f64,
    max: f64,
}

/// Over the requests of all rounds.
#[derive(Default, Serialize)]
pub(super) struct Percentiles {
    p50: u64,
    p90: u64,
    /// What 99 of 100 requests took at most.
    pub(super) p99: u64,
    p99_9: u64,
    max: u64,
}

impl Report {
    /// Replies of Keystead and of the floors that were neither 200 nor of a server that can't serve more.
    pub(super) fn errors(&self) -> u64 {
        self.scenarios.iter().map(ScenarioReport::errors).sum()
    }
}

impl ScenarioReport {
    /// Sums up the rounds of a scenario. The sizes are those of a whole request and of a reply's body, in bytes.
    pub(super) fn new(
        scenario: &'static Scenario,
        (request_bytes, response_body_bytes): (usize, usize),
        rounds: &[Round],
    ) -> Self {
        let all = |of: fn(&Measured) -> u64| rounds.iter().map(move |round| of(&round.keystead));
        let samples: Vec<_> = rounds.iter().map(|round| &round.keystead.sample).collect();
        let pairs: Vec<_> = rounds
            .iter()
            .filter_map(|round| Some((&round.keystead.sample, &round.floor.as_ref()?.sample)))
            .collect();
        let floor: Vec<_> = pairs.iter().map(|(_, floor)| *floor).collect();
        let rivals = || rounds.iter().filter_map(|round| round.rival_per_second);
        let to_rival = rounds
            .iter()
            .filter_map(|round| Some(round.keystead.sample.per_second / round.rival_per_second?));
        Self {
            scenario,
            request_bytes,
            response_body_bytes,
            keystead: Summary::of(&samples),
            memory_bytes: all(|one| one.memory_bytes).max().unwrap_or_default(),
            passed_over: all(|one| one.passed_over).sum(),
            late: all(|one| one.late).sum(),
            throttled: all(|one| one.throttled).sum(),
            floor: (!floor.is_empty()).then(|| Summary::of(&floor)),
            ratio_to_floor: Spread::of_some(pairs.iter().map(|(a, b)| a.per_second / b.per_second)),
            cpu_to_floor: Spread::of_some(pairs.iter().map(|(a, b)| a.cpu_us / b.cpu_us)),
            rival_per_second: Spread::of_some(rivals()),
            ratio_to_rival: Spread::of_some(to_rival),
        }
    }

    fn errors(&self) -> u64 {
        let floor = self.floor.as_ref().map_or(0, |floor| floor.errors);
        self.keystead.errors + floor
    }

    /// What it is compared with, as a row has it.
    fn rival(&self) -> &'static str {
        match self.scenario.against {
            Against::Floor => "",
            Against::Library => "the library",
            Against::Scenario(name) => name,
        }
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
    /// None where there are no values.
    pub(super) fn of_some(values: impl Iterator<Item = f64>) -> Option<Self> {
        let mut values = values.peekable();
        values.peek().is_some().then(|| Self::of(values))
    }

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

/// A spread with so many digits, or nothing.
fn or_nothing(spread: Option<&Spread>, digits: usize) -> String {
    spread
        .map(|spread| spread.to_text(digits))
        .unwrap_or_default()
}

/// Megabytes, of a million bytes.
#[expect(clippy::cast_precision_loss, reason = "no memory is so large")]
pub(super) fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} rounds of {:.1} s, {} cores for server and load together; medians (least–most) of the rounds; \
             latencies in µs\n",
            self.rounds, self.slice_seconds, self.cores
        )?;
        if !self.scenarios.is_empty() {
            writeln!(f, "{}", ScenarioReport::HEAD)?;
        }
        for scenario in &self.scenarios {
            writeln!(f, "{scenario}")?;
        }
        for scenario in &self.scenarios {
            let ScenarioReport {
                passed_over,
                late,
                throttled,
                ..
            } = scenario;
            if passed_over + late + throttled > 0 {
                writeln!(
                    f,
                    "\n{}: {passed_over} requests were due and not sent, {late} replies took more than 1 s, \
                     {throttled} were ThrottlingException",
                    scenario.scenario.name
                )?;
            }
        }
        if !self.starts.is_empty() {
            writeln!(f, "\n{:<26}{:>24}", "start to first answer", "seconds")?;
        }
        for start in &self.starts {
            writeln!(f, "{:<26}{:>24}", start.name, start.seconds.to_text(3))?;
        }
        if !self.targets.is_empty() {
            writeln!(f, "\n{}", TargetReport::HEAD)?;
        }
        for target in &self.targets {
            writeln!(f, "{target}")?;
        }
        Ok(())
    }
}

impl ScenarioReport {
    /// What stands above it in a table.
    const HEAD: &str = "scenario                                requests/s     p50     p99   p99.9  CPU µs    MB errors\
        \u{20}  floor requests/s  CPU µs    of the floor  compared";
}

impl fmt::Display for ScenarioReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Summary { latency_us, .. } = &self.keystead;
        write!(
            f,
            "{:<26}{:>24}{:>8}{:>8}{:>8}{:>8.1}{:>6.0}{:>7}",
            self.scenario.name,
            self.keystead.requests_per_second.to_text(0),
            latency_us.p50,
            latency_us.p99,
            latency_us.p99_9,
            self.keystead.cpu_us_per_request.median,
            megabytes(self.memory_bytes),
            self.errors(),
        )?;
        let (rate, cpu) = match &self.floor {
            Some(floor) => (
                format!("{:.0}", floor.requests_per_second.median),
                format!("{:.1}", floor.cpu_us_per_request.median),
            ),
            None => Default::default(),
        };
        let of_floor = or_nothing(self.ratio_to_floor.as_ref(), 2);
        write!(f, "{rate:>18}{cpu:>8}{of_floor:>18}")?;
        match &self.ratio_to_rival {
            Some(ratio) => write!(f, "  {} of {}", ratio.to_text(2), self.rival()),
            None => Ok(()),
        }
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
    use super::super::scenario::named;
    use super::super::targets;
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

    fn measured(per_second: f64, latencies: &[u64]) -> Measured {
        Measured {
            sample: sample(per_second, latencies),
            memory_bytes: 50_000_000,
            passed_over: 0,
            late: 0,
            throttled: 2,
        }
    }

    fn round(keystead: Measured, floor: Option<f64>, rival_per_second: Option<f64>) -> Round {
        Round {
            keystead,
            floor: floor.map(|rate| measured(rate, &[10])),
            rival_per_second,
        }
    }

    #[test]
    fn rounds_are_paired_and_requests_pooled() {
        let rounds = [
            round(measured(500.0, &[100; 99]), Some(1000.0), Some(1000.0)),
            round(measured(900.0, &[100]), Some(1000.0), Some(900.0)),
            round(measured(100.0, &[5000]), Some(1000.0), Some(400.0)),
        ];
        let report = ScenarioReport::new(named("encrypt-tls").unwrap(), (2000, 1500), &rounds);
        let ratio = report.ratio_to_floor.as_ref().unwrap();
        assert_eq!((ratio.median, ratio.min, ratio.max), (0.5, 0.1, 0.9));
        let ratio = report.ratio_to_rival.as_ref().unwrap();
        assert_eq!((ratio.median, ratio.min, ratio.max), (0.5, 0.25, 1.0));
        let latency = &report.keystead.latency_us;
        assert_eq!((latency.p50, latency.p90), (100, 100));
        assert!(latency.p99_9 >= 5000 && latency.max >= 5000);
        assert_eq!((report.errors(), report.throttled), (6, 6));
    }

    #[test]
    fn what_has_no_floor_is_not_compared_with_it() {
        let rounds = [round(measured(500.0, &[100]), None, Some(1000.0))];
        let report = ScenarioReport::new(named("encrypt-half-load").unwrap(), (2, 2), &rounds);
        assert!(report.ratio_to_floor.is_none() && report.cpu_to_floor.is_none());
        assert_eq!(report.errors(), 1);
    }

    #[test]
    fn the_table_and_the_json_tell_the_same() {
        let rounds = [round(measured(500.0, &[100]), Some(1000.0), Some(800.0))];
        let scenario = ScenarioReport::new(named("encrypt-tls").unwrap(), (2000, 1500), &rounds);
        let seconds = Spread::of([0.5, 0.25].into_iter());
        let mut report = Report {
            cores: 2,
            rounds: 1,
            slice_seconds: 2.0,
            scenarios: vec![scenario],
            starts: vec![StartReport {
                name: "start-dev",
                seconds,
            }],
            targets: Vec::new(),
        };
        report.targets = targets::of(&report);
        let text = report.to_string();
        for part in [
            "1 rounds of 2.0 s, 2 cores",
            "500 (500–500)",
            "0.50 (0.50–0.50)",
            "0.62 (0.62–0.62) of encrypt\n",
            "2 were ThrottlingException",
            "0.375 (0.250–0.500)",
        ] {
            assert!(text.contains(part), "{part} in:\n{text}");
        }
        let json = serde_json::to_value(&report).unwrap();
        let scenario = &json["scenarios"][0];
        assert_eq!(scenario["name"], "encrypt-tls");
        assert_eq!(scenario["ratio_to_floor"]["median"], 0.5);
        assert_eq!(scenario["ratio_to_rival"]["median"], 0.625);
        assert_eq!(scenario["keystead"]["requests_per_second"]["max"], 500.0);
        assert_eq!(scenario["floor"]["latency_us"]["p99_9"], 10);
        let missed = json["targets"]
            .as_array()
            .unwrap()
            .iter()
            .find(|row| row["met"] == false);
        assert!(missed.is_some_and(|row| row["value"] == 0.625));
    }
}
