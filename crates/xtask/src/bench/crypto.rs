//! `cargo xtask bench crypto`: what the provider's handles cost beside the libraries under them.
//!
//! A handle checks its arguments, picks an algorithm and copies a result; the rest is the library's.
//! Both do the same with the same key on one core, in turns, and what counts is their ratio.

mod contest;
mod contests;
mod keys;
mod measure;
mod report;

use std::path::PathBuf;

use self::measure::{Effort, measure};
use self::report::Report;
use super::{Error, release};

/// What `cargo xtask bench crypto` may be told.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Turns of each side
    #[arg(long, default_value_t = 51, value_parser = clap::value_parser!(u32).range(3..=10_000))]
    rounds: u32,
    /// Milliseconds of a turn, at least one call
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    millis: u32,
    /// Only the contests whose names contain this
    #[arg(long, default_value = "")]
    only: String,
    /// Also write the report to this file, as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// Measures every contest and reports.
pub(super) fn run(options: &Options) -> Result<(), Error> {
    if cfg!(debug_assertions) {
        return release::rerun();
    }
    let effort = Effort {
        rounds: options.rounds,
        millis: options.millis,
    };
    let contests = contests::all()?;
    let chosen = contests
        .iter()
        .filter(|contest| contest.name.contains(&options.only));
    let report = Report {
        rounds: options.rounds,
        millis: options.millis,
        rows: chosen
            .map(|contest| measure(contest, effort))
            .collect::<Result<_, _>>()?,
    };
    println!("{report}");
    if let Some(path) = &options.json {
        let write = || std::fs::write(path, serde_json::to_vec_pretty(&report)?);
        write().map_err(Error::system(path.display().to_string()))?;
    }
    Ok(())
}
