//! `cargo xtask bench authz`: what a decision costs.
//!
//! The decision is on the path of every call. Measured are one decision at a time, from a question
//! and facts that are there already, with policies of the size that large customers have and with as
//! many grants on the key as there can be.

mod measure;
mod report;
mod scene;

use std::path::PathBuf;

use self::measure::measure;
use self::report::Report;
use self::scene::Scene;
use super::{Error, release};

/// What `cargo xtask bench authz` may be told.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Decisions of each kind that are measured
    #[arg(long, default_value_t = 200_000, value_parser = clap::value_parser!(u32).range(1_000..=10_000_000))]
    decisions: u32,
    /// Also write the report to this file, as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// Measures every scene and reports.
pub(super) fn run(options: &Options) -> Result<(), Error> {
    if cfg!(debug_assertions) {
        return release::rerun();
    }
    let scenes = Scene::all()?;
    let report = Report {
        grants: scene::GRANTS,
        decisions: options.decisions,
        scenes: scenes
            .iter()
            .map(|scene| measure(scene, options.decisions))
            .collect(),
    };
    println!("{report}");
    if let Some(path) = &options.json {
        let write = || std::fs::write(path, serde_json::to_vec_pretty(&report)?);
        write().map_err(Error::system(path.display().to_string()))?;
    }
    Ok(())
}
