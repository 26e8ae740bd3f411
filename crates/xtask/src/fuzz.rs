//! `cargo xtask fuzz`: libFuzzer on every target of `fuzz/`, one after the other.
//!
//! It starts from the inputs in `fuzz/corpus`, which it never changes: what it finds on the way goes to `fuzz/found`, and
//! what fails to `fuzz/artifacts`. Neither is committed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::root::root;
use crate::step::{Step, StepError};
use crate::tools::{CARGO_FUZZ, ToolError, answers};

/// The longest input that is tried, in bytes.
const MAX_BYTES: u32 = 8192;

/// How long one input may take, in seconds.
const TIMEOUT_SECONDS: u32 = 20;

/// What `cargo xtask fuzz` may be told.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The target; all of them in turn without one
    target: Option<String>,
    /// How long each target runs
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..))]
    seconds: u32,
}

/// Why fuzzing found something, or did not run.
#[derive(Debug, Error)]
pub(crate) enum Error {
    /// There is no nightly compiler, whose instrumentation libFuzzer needs.
    #[error(
        "nightly Rust is missing. Install it: rustup toolchain install nightly --profile minimal"
    )]
    NoNightly,
    /// There is no such target.
    #[error("there is no target {given}. There are: {}", known.join(", "))]
    UnknownTarget {
        /// What was asked for.
        given: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// A folder can't be read or made.
    #[error("{}: {source}", path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A target failed, or did not build.
    #[error(transparent)]
    Step(#[from] StepError),
    /// cargo-fuzz could not be had.
    #[error(transparent)]
    Tool(#[from] ToolError),
}

/// Runs them.
pub(crate) fn run(options: &Options) -> Result<(), Error> {
    let folder = root().join("fuzz");
    let targets = chosen(targets(&folder)?, options.target.as_deref())?;
    if !answers("cargo", &["+nightly", "--version"]) {
        return Err(Error::NoNightly);
    }
    CARGO_FUZZ.ensure()?;
    for target in targets {
        let found = folder.join("found").join(&target);
        fs::create_dir_all(&found).map_err(|source| Error::Folder {
            path: found,
            source,
        })?;
        fuzzing(&target, options.seconds).run()?;
    }
    Ok(())
}

/// The targets that there are, in the order of their names.
fn targets(folder: &Path) -> Result<Vec<String>, Error> {
    let path = folder.join("fuzz_targets");
    let failed = |source| Error::Folder {
        path: path.clone(),
        source,
    };
    let mut targets = Vec::new();
    for entry in fs::read_dir(&path).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        let name = name.to_string_lossy();
        targets.extend(name.strip_suffix(".rs").map(str::to_owned));
    }
    targets.sort();
    Ok(targets)
}

/// The one that is asked for, or all.
fn chosen(known: Vec<String>, given: Option<&str>) -> Result<Vec<String>, Error> {
    match given {
        None => Ok(known),
        Some(given) if known.iter().any(|target| target == given) => Ok(vec![given.to_owned()]),
        Some(given) => Err(Error::UnknownTarget {
            given: given.to_owned(),
            known,
        }),
    }
}

/// One target for so long, without a sanitizer: nothing of Keystead is unsafe code, and one that is built for Rust alone
/// does not see into the C libraries.
fn fuzzing(target: &str, seconds: u32) -> Step {
    let folders = ["found", "corpus"].map(|folder| format!("fuzz/{folder}/{target}"));
    let limits = [
        format!("-max_total_time={seconds}"),
        format!("-max_len={MAX_BYTES}"),
        format!("-timeout={TIMEOUT_SECONDS}"),
    ];
    let words = ["+nightly", "fuzz", "run", "--sanitizer", "none", target];
    let words = words.map(str::to_owned).into_iter().chain(folders);
    Step::new(
        "fuzzing",
        "The input is in fuzz/artifacts: mend what it shows, and keep it in fuzz/corpus.",
        "cargo",
        words.chain(["--".to_owned()]).chain(limits),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_found_and_chosen() {
        let known = targets(&root().join("fuzz")).unwrap();
        assert!(known.contains(&"signatures".to_owned()), "{known:?}");
        assert_eq!(chosen(known.clone(), None).unwrap(), known);
        assert_eq!(chosen(known.clone(), Some("names")).unwrap(), ["names"]);
        let error = chosen(known, Some("nothing")).unwrap_err().to_string();
        assert!(error.starts_with("there is no target nothing. There are: audit_index, "));
    }
}
