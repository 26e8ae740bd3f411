//! Keystead's development tasks, run as `cargo xtask <task>`.
//!
//! It checks the workspace's layers, its style and its licences, installs the stock AWS clients
//! and the SoftHSM2 that the tests run and then runs the tests, and measures the server beside a bare HTTP server,
//! what its audit log costs, decisions by themselves, handles on keys beside the libraries under them, and the search among
//! audit records.
//!
//! It refuses to ship in the product: nothing may depend on it. It starts servers on loopback
//! only, and ends no process but its own children.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a developer's command: what it prints is its result"
)]

mod bench;
mod check;
mod clients;
#[cfg(test)]
mod evidence;
mod fuzz;
mod layers;
mod root;
mod soak;
mod softhsm;
mod step;
mod test;
mod tools;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use mimalloc::MiMalloc;
use thiserror::Error;
use zeroizing_alloc::ZeroAlloc;

/// As the product has it: the nodes that `bench audit` compares are processes of this program.
#[global_allocator]
static WIPING: ZeroAlloc<MiMalloc> = ZeroAlloc(MiMalloc);

/// Keystead's development tasks.
///
/// A change is ready when `cargo xtask check` and `cargo xtask test` pass: together they are what
/// `.ci/run` runs. Both install what they lack, and say so.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Everything that can be said without running it: formatting, layers, lints, docs, licences
    Check,
    /// Which crate depends on which: a part of check
    Layers,
    /// Install what the tests need, then run them all
    ///
    /// The stock AWS clients go to .clients/, in the versions that clients/ names; SoftHSM2 comes
    /// from the system's packages. What is there already is not installed again.
    Test(test::Options),
    /// A release build beside a bare HTTP server, in every scenario that its targets are about
    ///
    /// Both run on loopback with requests and replies of the same size, in turns; the report is of
    /// rates, latencies, CPU time, memory, and Keystead's part of the bare server's rate.
    /// docs/benchmarks tells how to read it.
    Bench(bench::Options),
    /// The policy evaluator and its short, slow reference on a million generated questions
    Soak(soak::Options),
    /// libFuzzer on every parser that strangers reach, with nightly Rust
    Fuzz(fuzz::Options),
    /// The bare HTTP server of bench
    #[command(hide = true)]
    Floor(bench::FloorOptions),
    /// A node of bench audit
    #[command(hide = true)]
    Audited(bench::NodeOptions),
}

/// Whatever stopped a task; its message says what to do about it.
#[derive(Debug, Error)]
enum Failure {
    #[error(transparent)]
    Bench(#[from] bench::Error),
    #[error(transparent)]
    Check(#[from] check::Error),
    #[error(transparent)]
    Fuzz(#[from] fuzz::Error),
    #[error(transparent)]
    Layers(#[from] layers::Error),
    #[error(transparent)]
    Soak(#[from] soak::Error),
    #[error(transparent)]
    Test(#[from] test::Error),
}

fn main() -> ExitCode {
    match run(Arguments::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<(), Failure> {
    match task {
        Task::Check => check::run()?,
        Task::Layers => layers::run()?,
        Task::Test(options) => test::run(&options)?,
        Task::Bench(options) => bench::run(&options)?,
        Task::Soak(options) => soak::run(&options)?,
        Task::Fuzz(options) => fuzz::run(&options)?,
        Task::Floor(options) => bench::floor(&options)?,
        Task::Audited(options) => bench::audited(&options)?,
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn what_follows_the_dashes_is_the_test_runners() {
        let arguments =
            Arguments::try_parse_from(["xtask", "test", "--", "-p", "keystead-wire"]).unwrap();
        let Task::Test(options) = arguments.task else {
            panic!("not the test task");
        };
        assert_eq!(options.nextest, ["-p", "keystead-wire"]);
    }

    #[test]
    fn odd_command_lines_are_refused() {
        for words in [
            &["xtask"][..],
            &["xtask", "deploy"],
            &["xtask", "check", "quickly"],
            &["xtask", "test", "-p", "keystead-wire"],
            &["xtask", "bench", "--seconds", "0"],
            &["xtask", "bench", "--only"],
            &["xtask", "bench", "peers", "--connections", "1"],
            &["xtask", "bench", "audit", "--connections", "1"],
            &["xtask", "bench", "authz", "--decisions", "0"],
            &["xtask", "bench", "--seconds", "5", "authz"],
            &["xtask", "bench", "crypto", "--rounds", "0"],
            &["xtask", "bench", "audit-search", "--events", "0"],
            &["xtask", "soak", "--questions", "0"],
            &["xtask", "fuzz", "--seconds", "0"],
            &["xtask", "floor"],
            &["xtask", "audited", "--data-dir", "d"],
            &["xtask", "audited", "--records", "some", "--data-dir", "d"],
        ] {
            assert!(Arguments::try_parse_from(words).is_err(), "{words:?}");
        }
    }
}
