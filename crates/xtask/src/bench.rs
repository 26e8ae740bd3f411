//! `cargo xtask bench`: Keystead's hot operations beside a bare HTTP server, in one run.
//!
//! A rate alone tells of the machine and its mood. So every measurement of Keystead follows one of
//! the floor under the same load — the very same requests, replies of the same size — and the
//! report is of their ratio, over several rounds.

mod audit;
mod audit_search;
mod authz;
mod client;
mod connection;
mod contest;
mod crypto;
mod floor;
mod instructions;
mod load;
mod operations;
mod process;
mod release;
mod report;
mod response;
mod run;

use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;
use thiserror::Error;
use tokio::runtime;
use tokio::signal::unix::{SignalKind, signal};

use crate::step::StepError;
pub(crate) use audit::NodeOptions;
pub(crate) use floor::FloorOptions;
pub(crate) use instructions::Uncounted;

/// What `cargo xtask bench` may be told.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Options {
    #[command(subcommand)]
    part: Option<Part>,
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

/// A part of Keystead that is measured by itself.
#[derive(Debug, clap::Subcommand)]
enum Part {
    /// Encrypt with an audit log on the disk, with one that is buffered, and without one
    Audit(audit::Options),
    /// Indexing the audit log, and looking events up among ten million
    AuditSearch(audit_search::Options),
    /// One decision at a time, with twenty statements, ten identity policies and 50,000 grants
    Authz(authz::Options),
    /// The software provider's handles beside the libraries under them, for every algorithm
    Crypto(crypto::Options),
    /// How many instructions each of the main calls costs, beside what is kept of it
    Instructions(instructions::Options),
}

/// Why there is no report, or not a good one.
#[derive(Debug, Error)]
pub(crate) enum Error {
    /// The release build failed.
    #[error(transparent)]
    Build(#[from] StepError),
    /// Cargo could not tell where it builds.
    #[error("cargo metadata: {0}")]
    Metadata(#[from] cargo_metadata::Error),
    /// A server that is measured could not be started or looked at.
    #[error(transparent)]
    Process(#[from] process::ProcessError),
    /// The floor, run as a task of its own, could not serve.
    #[error(transparent)]
    Floor(#[from] floor::FloorError),
    /// A node, run as a task of its own, could not serve.
    #[error(transparent)]
    Node(#[from] audit::NodeError),
    /// The requests could not be prepared.
    #[error(transparent)]
    Client(#[from] client::ClientError),
    /// The load broke off.
    #[error(transparent)]
    Load(#[from] load::LoadError),
    /// An audit log can't be read or written.
    #[error(transparent)]
    Log(#[from] keystead_server::audit::log::LogError),
    /// A policy that is decided by does not parse.
    #[error(transparent)]
    Policy(#[from] keystead_core::policy::PolicyError),
    /// A key that is measured could not be made.
    #[error(transparent)]
    Crypto(#[from] keystead_crypto::CryptoError),
    /// A cryptographic library refused what it should not.
    #[error("a cryptographic library refused {0}")]
    Library(&'static str),
    /// A program that counting takes could not be had.
    #[error(transparent)]
    Tool(#[from] crate::tools::ToolError),
    /// Instructions could not be counted.
    #[error(transparent)]
    Uncounted(#[from] Uncounted),
    /// What is kept of earlier counts can't be read.
    #[error(transparent)]
    Baseline(instructions::BadBaseline),
    /// Calls cost more or less than is kept.
    #[error(transparent)]
    Instructions(instructions::Changed),
    /// A file or the reactor failed.
    #[error("{what}: {source}")]
    System {
        /// What was being done.
        what: String,
        /// What the system said.
        source: io::Error,
    },
    /// Replies that were not 200; the report stands above.
    #[error("{count} requests were refused, the first with {first}")]
    Refused {
        /// How many.
        count: u64,
        /// Status and body of the first.
        first: String,
    },
    /// Someone pressed Ctrl-C, or asked the process to end.
    #[error("interrupted")]
    Interrupted,
}

impl Error {
    fn system(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        |source| Self::System { what, source }
    }
}

/// Builds, measures, reports. The servers end with the benchmark, however it ends.
pub(crate) fn run(options: &Options) -> Result<(), Error> {
    match &options.part {
        Some(Part::Audit(options)) => return audit::run(options),
        Some(Part::AuditSearch(options)) => return audit_search::run(options),
        Some(Part::Authz(options)) => return authz::run(options),
        Some(Part::Crypto(options)) => return crypto::run(options),
        Some(Part::Instructions(options)) => return instructions::run(options),
        None => {}
    }
    // The load generator shares the machine with the servers: it must not be the slow part.
    if cfg!(debug_assertions) {
        return release::rerun();
    }
    let program = release::keystead()?;
    let outcome = interruptible(run::run(options, &program))?;
    println!("{}", outcome.report);
    write_json(options.json.as_deref(), &outcome.report)?;
    outcome.verdict()
}

/// Waits for some measuring, which is dropped when somebody presses Ctrl-C or asks the process to end.
fn interruptible<T>(measuring: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Error::system("the reactor"))?;
    runtime.block_on(async {
        let mut terminate =
            signal(SignalKind::terminate()).map_err(Error::system("waiting for signals"))?;
        tokio::select! {
            outcome = measuring => outcome,
            _ = tokio::signal::ctrl_c() => Err(Error::Interrupted),
            _ = terminate.recv() => Err(Error::Interrupted),
        }
    })
}

/// Writes a report to a file, if to any.
fn write_json(path: Option<&Path>, report: &impl Serialize) -> Result<(), Error> {
    let Some(path) = path else {
        return Ok(());
    };
    let write = || std::fs::write(path, serde_json::to_vec_pretty(report)?);
    write().map_err(Error::system(path.display().to_string()))
}

/// Serves as a node of `bench audit` until the process is ended.
pub(crate) fn audited(options: &NodeOptions) -> Result<(), Error> {
    audit::node(options)
}

/// Serves as the floor until the process is ended.
pub(crate) fn floor(options: &FloorOptions) -> Result<(), Error> {
    Ok(floor::run(options)?)
}
