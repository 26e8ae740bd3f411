//! `cargo xtask bench peers`: the same Encrypt by Keystead and by what people run instead of it.
//!
//! Whoever is not on this machine is named as missing: nothing is fetched.

mod peer;
mod report;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use self::peer::{Peer, Requests};
use self::report::{PeerReport, Report};
use super::contest::sample;
use super::operations::encrypt;
use super::process::Server;
use super::report::Sample;
use super::run::Outcome;
use super::scenario::named;
use super::stage::{Kind, Stage};
use super::{Error, interruptible, release, write_json};

/// Enough for a median and a spread.
const ROUNDS: u32 = 5;

/// What `cargo xtask bench peers` may be told.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Seconds of measuring, all rounds together
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(3..=600))]
    seconds: u32,
    /// Keep-alive connections, each with one request under way
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u16).range(2..=1024))]
    connections: u16,
    /// Also write the report to this file, as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// Measures and reports. The servers end with the benchmark, however it ends.
pub(super) fn run(options: &Options) -> Result<(), Error> {
    if cfg!(debug_assertions) {
        return release::rerun();
    }
    let program = release::keystead()?;
    let outcome = interruptible(measure(options, &program))?;
    println!("{}", outcome.report);
    write_json(options.json.as_deref(), &outcome.report)?;
    outcome.verdict()
}

/// Whoever is measured.
struct Contestant<'a> {
    name: &'static str,
    server: &'a Server,
    requests: &'a Requests,
    samples: Vec<Sample>,
}

async fn measure(options: &Options, program: &Path) -> Result<Outcome<Report>, Error> {
    let folder = tempfile::tempdir().map_err(Error::system("a folder for the data"))?;
    let folder = folder.path();
    let scenario = named("encrypt").ok_or(Error::NothingChosen)?;
    let mut stage = Stage::start(Kind::of(scenario), program, folder).await?;
    let key = stage.keys(scenario).await?.into_iter().next();
    let (client, key) = (stage.client()?, key.ok_or(Error::NothingChosen)?);
    let requests: Requests = Box::new(move |index| {
        let inputs = [encrypt(&key, index).to_string()];
        Ok(client.requests("Encrypt", &inputs)?.concat())
    });
    let mut running = Vec::new();
    let mut missing = Vec::new();
    for peer in Peer::ALL {
        match peer.start(folder).await? {
            Some((server, requests)) => running.push((peer.name(), server, requests)),
            None => missing.push(format!("{} is missing: {}", peer.name(), peer.install())),
        }
    }
    let others = running
        .iter()
        .map(|(name, server, requests)| (*name, server, requests));
    let mut contestants: Vec<_> = [("keystead", &stage.server, &requests)]
        .into_iter()
        .chain(others)
        .map(|(name, server, requests)| Contestant {
            name,
            server,
            requests,
            samples: Vec::new(),
        })
        .collect();
    let connections = usize::from(options.connections);
    let turns = u32::try_from(contestants.len()).unwrap_or(u32::MAX);
    let slice = Duration::from_secs(options.seconds.into()) / (ROUNDS * turns);
    for round in 1..=ROUNDS {
        println!("==> round {round} of {ROUNDS}");
        for contestant in &mut contestants {
            contestant.measure(connections, slice).await?;
        }
    }
    let all = || contestants.iter().flat_map(|one| &one.samples);
    let keystead = contestants.first().map_or(&[][..], |one| &one.samples);
    let peers = contestants
        .iter()
        .map(|one| PeerReport::new(one.name, &one.samples, keystead));
    Ok(Outcome {
        errors: all().map(|sample| sample.errors).sum(),
        refusal: all().find_map(|sample| sample.refusal.clone()),
        report: Report {
            connections,
            rounds: ROUNDS,
            slice_seconds: slice.as_secs_f64(),
            peers: peers.collect(),
            missing,
        },
    })
}

impl Contestant<'_> {
    async fn measure(&mut self, connections: usize, slice: Duration) -> Result<(), Error> {
        let requests = (0..connections).map(self.requests);
        let requests: Arc<[_]> = requests.collect::<Result<Vec<_>, _>>()?.into();
        self.samples
            .push(sample(self.server, &requests, slice).await?);
        Ok(())
    }
}
