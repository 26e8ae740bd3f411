//! `cargo xtask bench instructions`: how many instructions a call costs the server, which no other load on the machine
//! changes.
//!
//! A server runs under callgrind, which counts what it executes in user mode, on all its threads. Calls are made one after
//! the other, so that each is recorded and synced by itself: what a group of calls shares is counted for each. callgrind
//! shows programs a processor of its own, so that the numbers of different machines are close.
//!
//! Counted is the program that the tests run, whose libraries are optimized and which is there already when they are: a
//! release build would take longer than all else that a change must pass. The numbers that are kept in the repository are
//! what a call of it may cost, give or take a few percent. One that costs more fails the check; one that costs less asks for
//! the number to be written anew, lest the gain be lost unseen. To see where a release build's instructions go, give it as
//! `--program`, with `--profiles`.

mod callgrind;
mod calls;
mod report;

use std::path::{Path, PathBuf};

pub(crate) use self::callgrind::Uncounted;
pub(crate) use self::report::{BadBaseline, Changed};
use self::report::{Baseline, Report};
use super::{Error, interruptible, release};
use crate::root::root;
use crate::step::Step;

/// Where the numbers are kept, in the repository.
const BASELINE: &str = "docs/benchmarks/instructions.txt";

/// What `cargo xtask bench instructions` may be told.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Keep what was counted as what calls may cost from now on
    #[arg(long, conflicts_with = "program")]
    write: bool,
    /// Count the calls of this program, and compare with nothing
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
    /// Leave callgrind's files in this folder, for `callgrind_annotate`
    #[arg(long, value_name = "DIR")]
    profiles: Option<PathBuf>,
}

/// Counts, compares and reports.
pub(super) fn run(options: &Options) -> Result<(), Error> {
    callgrind::ensure()?;
    if let Some(program) = &options.program {
        return interruptible(count(options, program)).map(drop);
    }
    let counted = interruptible(count(options, &tested()?))?;
    let path = root().join(BASELINE);
    if options.write {
        let text = Baseline::of(&counted).to_string();
        return std::fs::write(&path, text).map_err(Error::system(path.display().to_string()));
    }
    let text = std::fs::read_to_string(&path).map_err(Error::system(path.display().to_string()))?;
    let baseline: Baseline = text.parse().map_err(Error::Baseline)?;
    let report = Report::new(&counted, &baseline);
    println!("{report}");
    report.verdict().map_err(Error::Instructions)
}

/// The program that the tests run.
fn tested() -> Result<PathBuf, Error> {
    let build = ["build", "--locked", "--quiet", "--workspace", "--tests"];
    Step::new(
        "test build",
        "Mend what the compiler names.",
        "cargo",
        build,
    )
    .run()?;
    Ok(release::target()?.join("debug/keystead"))
}

/// What each call costs, in instructions.
async fn count(options: &Options, program: &Path) -> Result<Vec<(&'static str, u64)>, Error> {
    let scratch = tempfile::tempdir().map_err(Error::system("a folder for the data"))?;
    let profiles = options.profiles.as_deref().unwrap_or(scratch.path());
    std::fs::create_dir_all(profiles).map_err(Error::system(profiles.display().to_string()))?;
    let server = callgrind::Counted::start(program, scratch.path(), profiles).await?;
    calls::count(&server).await
}
