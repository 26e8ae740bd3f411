//! Keystead: a self-hosted key management service that speaks the AWS KMS API.
//!
//! This binary reads the configuration, chooses the backends, and wires the rooms of
//! `keystead-server` together. It holds no logic of its own. Its other commands are clients of a
//! running server, read its audit log, or check a policy's text.

mod api;
mod apply;
mod audit;
mod check_policy;
mod cli;
mod client;
mod config;
mod confirm;
mod data_dir;
mod explain;
mod greeting;
mod harden;
mod key;
mod moment;
mod otlp;
mod outbound;
mod principals;
mod progress;
mod report;
mod seal;
mod serve;
mod shipping;
mod table;
mod telemetry;
mod text_file;
mod tokens;
mod who_can;
mod words;

use std::error::Error;
use std::process::ExitCode;

use clap::Parser as _;
use mimalloc::MiMalloc;
use zeroizing_alloc::ZeroAlloc;

use crate::cli::{Cli, Command, ServeArguments};
use crate::config::Config;

/// Wipes all memory when it is freed, whoever used it: the buffers of HTTP and TLS, and of whatever
/// reads and writes JSON, hold plaintexts too, and know nothing of secrets.
///
/// Under it is mimalloc: what one thread allocates another frees here, as a record goes from a worker to the log's
/// thread, and the C library's allocator, which keeps an arena for each thread, grows by that for days and is slower.
#[global_allocator]
static WIPING: ZeroAlloc<MiMalloc> = ZeroAlloc(MiMalloc);

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let outcome = match cli.command {
        None => serve(cli.serve),
        Some(Command::Serve(arguments)) => serve(*arguments),
        Some(Command::Apply(arguments)) => apply::run(&arguments),
        Some(Command::Key(arguments)) => key::run(&arguments),
        Some(Command::WhoCan(arguments)) => who_can::run(&arguments),
        Some(Command::Report(arguments)) => report::run(&arguments),
        Some(Command::Audit(arguments)) => audit::run(&arguments),
        Some(Command::Explain(arguments)) => explain::run(&arguments),
        Some(Command::CheckPolicy(arguments)) => check_policy::run(&arguments),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            greeting::complain(error.as_ref());
            ExitCode::FAILURE
        }
    }
}

/// Shows help, or what is wrong with the command line. That ends with 1 as every error does: 2 is
/// what a dry run of `apply` ends with where something differs.
fn usage(error: &clap::Error) -> ExitCode {
    // Nobody may be listening, which is no reason to stop.
    let _ = error.print();
    match error.use_stderr() {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    }
}

fn serve(arguments: ServeArguments) -> Result<ExitCode, Box<dyn Error>> {
    serve::run(Config::resolve(arguments)?)?;
    Ok(ExitCode::SUCCESS)
}
