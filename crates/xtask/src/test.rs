//! `cargo xtask test`: installs what the tests need, then runs them all.

use thiserror::Error;

use crate::clients::{self, ClientsError};
use crate::root::root;
use crate::softhsm;
use crate::step::{Step, StepError};
use crate::tools::{CARGO_NEXTEST, ToolError};

/// What `cargo xtask test` may be told.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Passed on to `cargo nextest run`, for example `-- -p keystead-wire sigv4`
    #[arg(last = true, value_name = "NEXTEST ARGUMENTS")]
    pub(crate) nextest: Vec<String>,
}

/// Why the tests did not pass, or did not run.
#[derive(Debug, Error)]
pub(crate) enum Error {
    /// The stock clients could not be installed.
    #[error(transparent)]
    Clients(#[from] ClientsError),
    /// A test failed.
    #[error(transparent)]
    Step(#[from] StepError),
    /// The test runner or SoftHSM2 could not be had.
    #[error(transparent)]
    Tool(#[from] ToolError),
}

/// Installs the test runner, the clients and SoftHSM2, then runs the examples in the documentation and all
/// tests of the workspace, the latter with the options' arguments.
pub(crate) fn run(options: &Options) -> Result<(), Error> {
    CARGO_NEXTEST.ensure()?;
    clients::install(root())?;
    softhsm::install()?;
    // A chosen set of tests is a developer's quick run.
    if options.nextest.is_empty() {
        documentation().run()?;
    }
    // Last: its summary is what a reader, and a machine, looks for at the end.
    tests(&options.nextest).run_as_last()?;
    Ok(())
}

fn documentation() -> Step {
    Step::new(
        "documentation tests",
        "Mend the example that it names.",
        "cargo",
        ["test", "--doc", "--workspace", "--locked", "--quiet"],
    )
}

fn tests(arguments: &[String]) -> Step {
    // A package that is named stands for itself only where the workspace isn't.
    let all = (!names_a_package(arguments)).then_some("--workspace");
    Step::new(
        "tests",
        "One alone: `cargo xtask test -- -p <package> <part of the test's name>`.",
        "cargo",
        ["nextest", "run", "--locked"]
            .into_iter()
            .chain(all)
            .chain(arguments.iter().map(String::as_str)),
    )
}

fn names_a_package(arguments: &[String]) -> bool {
    arguments.iter().any(|argument| {
        matches!(argument.as_str(), "-p" | "--package") || argument.starts_with("--package=")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_recognized() {
        for (line, expected) in [
            ("-p keystead-wire", true),
            ("sigv4 --package keystead-wire", true),
            ("--package=keystead-wire", true),
            ("", false),
            ("sigv4", false),
            ("--profile ci", false),
        ] {
            let arguments: Vec<_> = line.split_whitespace().map(str::to_owned).collect();
            assert_eq!(names_a_package(&arguments), expected, "{line}");
        }
    }
}
