//! One benchmark: the scenarios that are asked for, on servers of the kinds that they need.

use std::path::Path;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::contest::Contest;
use super::pool::Pool;
use super::report::Report;
use super::scenario::{SCENARIOS, Scenario};
use super::stage::Kind;
use super::starts::{STARTS, Start};
use super::{Error, Options, targets};

/// Enough for a median and a spread.
const ROUNDS: u32 = 5;

/// A report, and what went wrong while it was made.
pub(super) struct Outcome<R> {
    /// The report.
    pub(super) report: R,
    /// Replies that were not 200.
    pub(super) errors: u64,
    /// The first of these.
    pub(super) refusal: Option<String>,
}

impl<R> Outcome<R> {
    /// An error where any reply was not 200, since such a rate tells nothing.
    pub(super) fn verdict(self) -> Result<(), Error> {
        let count = self.errors;
        self.refusal
            .map_or(Ok(()), |first| Err(Error::Refused { count, first }))
    }
}

/// What is asked for.
pub(super) struct Chosen {
    scenarios: Vec<&'static Scenario>,
    starts: Vec<&'static Start>,
}

impl Chosen {
    /// Whatever has one of these parts in its name; everything without any.
    pub(super) fn new(only: &[String]) -> Result<Self, Error> {
        let is_wanted = |name: &str| only.is_empty() || only.iter().any(|part| name.contains(part));
        let chosen = Self {
            scenarios: SCENARIOS.iter().filter(|one| is_wanted(one.name)).collect(),
            starts: STARTS.iter().filter(|one| is_wanted(one.name)).collect(),
        };
        match chosen.scenarios.is_empty() && chosen.starts.is_empty() {
            true => Err(Error::NothingChosen),
            false => Ok(chosen),
        }
    }

    /// A line for everything.
    pub(super) fn list(&self) -> String {
        let scenarios = self.scenarios.iter().map(ToString::to_string);
        let starts = self.starts.iter().map(|start| {
            format!(
                "{:<26}from the start of a server to its first answer",
                start.name
            )
        });
        scenarios.chain(starts).collect::<Vec<_>>().join("\n")
    }

    /// The kinds of servers that are loaded, each once, in the order of the table.
    fn kinds(&self) -> Vec<Kind> {
        let mut kinds = Vec::new();
        let loaded = self.scenarios.iter().map(|scenario| Kind::of(scenario));
        for kind in loaded.chain(self.starts.iter().filter_map(|start| start.kind())) {
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        kinds
    }

    fn of(&self, kind: Kind) -> impl Iterator<Item = &'static Scenario> {
        self.scenarios
            .iter()
            .copied()
            .filter(move |scenario| Kind::of(scenario) == kind)
    }

    /// The time of one measurement of all those that make up the time.
    fn slice(&self, seconds: u32) -> Duration {
        let turns: u32 = self
            .scenarios
            .iter()
            .map(|scenario| Contest::turns(scenario))
            .sum();
        Duration::from_secs(seconds.into()) / (ROUNDS * turns).max(1)
    }
}

/// Measures what is asked for of Keystead (`program`). The servers end when the future does, or is dropped. What failed, if
/// anything did, comes with the report of all that was measured before.
pub(super) async fn run(
    options: &Options,
    program: &Path,
) -> Result<(Outcome<Report>, Option<Error>), Error> {
    raise_file_limit();
    let chosen = Chosen::new(&options.only)?;
    let folder = match &options.folder {
        Some(folder) => tempfile::tempdir_in(folder),
        None => tempfile::tempdir(),
    };
    let folder = folder.map_err(Error::system("a folder for the data"))?;
    let folder = folder.path();
    let mut pool = Pool::new(program, folder);
    let mut report = Report {
        cores: std::thread::available_parallelism().map_or(1, usize::from),
        rounds: ROUNDS,
        slice_seconds: chosen.slice(options.seconds).as_secs_f64(),
        scenarios: Vec::new(),
        starts: Vec::new(),
        targets: Vec::new(),
    };
    let slice = chosen.slice(options.seconds);
    let mut refusal = None;
    let measured = measure(&chosen, &mut pool, folder, slice, &mut report, &mut refusal).await;
    report.targets = targets::of(&report);
    let outcome = Outcome {
        refusal,
        errors: report.errors(),
        report,
    };
    Ok((outcome, measured.err()))
}

/// Measures one kind of server after the other.
async fn measure(
    chosen: &Chosen,
    pool: &mut Pool<'_>,
    folder: &Path,
    slice: Duration,
    report: &mut Report,
    refusal: &mut Option<String>,
) -> Result<(), Error> {
    let mut kinds = chosen.kinds();
    while let Some(kind) = kinds.first().copied() {
        for contest in contests(chosen, kind, pool, folder, slice).await? {
            *refusal = refusal.take().or(contest.refusal().map(str::to_owned));
            report.scenarios.push(contest.report());
        }
        for start in chosen
            .starts
            .iter()
            .filter(|start| start.kind() == Some(kind))
        {
            report.starts.push(start.measure(pool, folder).await?);
        }
        kinds.remove(0);
        pool.keep(&needed(chosen, &kinds));
    }
    for start in chosen.starts.iter().filter(|start| start.kind().is_none()) {
        report.starts.push(start.measure(pool, folder).await?);
    }
    Ok(())
}

/// Measures all scenarios of one kind of server, round by round.
async fn contests(
    chosen: &Chosen,
    kind: Kind,
    pool: &mut Pool<'_>,
    folder: &Path,
    slice: Duration,
) -> Result<Vec<Contest>, Error> {
    let mut contests = Vec::new();
    for scenario in chosen.of(kind) {
        contests.push(Contest::open(scenario, pool, folder).await?);
    }
    for round in 1..=ROUNDS {
        if !contests.is_empty() {
            println!("==> round {round} of {ROUNDS}");
        }
        for contest in &mut contests {
            contest.measure(pool, slice).await?;
        }
    }
    Ok(contests)
}

/// The kinds that scenarios of these kinds are measured on, and compared with.
fn needed(chosen: &Chosen, kinds: &[Kind]) -> Vec<Kind> {
    let scenarios = kinds.iter().flat_map(|kind| chosen.of(*kind));
    let rivals = scenarios.filter_map(Scenario::reference).map(Kind::of);
    rivals.chain(kinds.iter().copied()).collect()
}

/// A thousand connections, each with a timer, are more than the usual limit has room for.
fn raise_file_limit() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    // Where this fails, the connections will, which says so.
    let _ = setrlimit(Resource::Nofile, raised);
}

#[cfg(test)]
mod tests {
    use super::super::scenario::{MANY, MOST, named};
    use super::*;

    fn chosen(parts: &[&str]) -> Result<Chosen, Error> {
        let parts: Vec<_> = parts.iter().map(ToString::to_string).collect();
        Chosen::new(&parts)
    }

    #[test]
    fn names_are_chosen_by_their_parts() {
        let all = chosen(&[]).unwrap();
        assert_eq!(all.scenarios.len(), SCENARIOS.len());
        assert_eq!(all.list().lines().count(), SCENARIOS.len() + STARTS.len());
        let some = chosen(&["tls", "start-dev"]).unwrap();
        assert!(!some.scenarios.is_empty());
        assert!(
            some.scenarios
                .iter()
                .all(|scenario| scenario.name.contains("tls"))
        );
        assert_eq!(some.starts.len(), 1);
        assert!(matches!(chosen(&["xyz"]), Err(Error::NothingChosen)));
    }

    #[test]
    fn the_slices_make_up_the_time() {
        // The floor, plain HTTP and TLS, in each of the rounds.
        let one = Chosen {
            scenarios: vec![named("encrypt-tls").unwrap()],
            starts: Vec::new(),
        };
        assert_eq!(one.slice(30), Duration::from_secs(2));
        // Starts take what they take.
        assert_eq!(
            chosen(&["start-"]).unwrap().slice(30),
            Duration::from_secs(30)
        );
    }

    #[test]
    fn servers_stay_while_something_is_compared_with_them() {
        let keys = chosen(&["0-keys"]).unwrap();
        let kinds = keys.kinds();
        assert_eq!(kinds, [Kind::holding(MANY), Kind::holding(MOST)]);
        assert!(needed(&keys, &kinds[1..]).contains(&Kind::holding(MANY)));
        assert!(needed(&keys, &[]).is_empty());
        let all = chosen(&[]).unwrap();
        let of_kinds = all.kinds().into_iter().map(|kind| all.of(kind).count());
        assert_eq!(of_kinds.sum::<usize>(), SCENARIOS.len());
    }
}
