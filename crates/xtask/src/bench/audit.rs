//! `cargo xtask bench audit`: what the audit log costs a busy server.
//!
//! Three nodes serve the same Encrypt calls in turns, alike but for their audit log: one answers a call once its record
//! is on the disk, one once it is in the queue, and one records nothing. The last can't be had of Keystead: it is a
//! node of this program's own (`node`), as are the others, so that nothing but the log differs. With the log come its
//! index and its trail, as they are by default.

mod measure;
mod node;
mod report;

use std::path::PathBuf;

pub(crate) use self::node::{NodeError, NodeOptions};
use super::{Error, interruptible, release, write_json};

/// What `cargo xtask bench audit` may be told.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Seconds of measuring, all rounds together
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u32).range(3..=600))]
    seconds: u32,
    /// Keep-alive connections, each with one request under way
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u16).range(2..=1024))]
    connections: u16,
    /// A folder on the disk that is to be measured; the system's for temporary files otherwise
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Also write the report to this file, as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// Measures and reports. The nodes end with the benchmark, however it ends.
pub(super) fn run(options: &Options) -> Result<(), Error> {
    if cfg!(debug_assertions) {
        return release::rerun();
    }
    let outcome = interruptible(measure::run(options))?;
    println!("{}", outcome.report);
    write_json(options.json.as_deref(), &outcome.report)?;
    outcome.verdict()
}

/// Serves as one of the nodes until the process is ended.
pub(super) fn node(options: &NodeOptions) -> Result<(), Error> {
    Ok(node::run(options)?)
}
