//! Keystead: a self-hosted key management service that speaks the AWS KMS API.
//!
//! This binary reads the configuration, chooses the backends, and wires the rooms of
//! `keystead-server` together. It holds no logic of its own.

mod cli;
mod config;
mod data_dir;
mod greeting;
mod harden;
mod seal;
mod serve;
mod telemetry;

use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::{Cli, Command};
use crate::config::Config;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let arguments = match cli.command {
        None => cli.serve,
        Some(Command::Serve(arguments)) => arguments,
    };
    let outcome = Config::resolve(arguments)
        .map_err(Into::into)
        .and_then(serve::run);
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            greeting::complain(error.as_ref());
            ExitCode::FAILURE
        }
    }
}
