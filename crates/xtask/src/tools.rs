//! The programs that a task needs: found, or installed.

use std::process::{Command, Stdio};

use thiserror::Error;

use crate::step::{Step, StepError};

/// Why a tool could not be had.
#[derive(Debug, Error)]
pub(crate) enum ToolError {
    /// A Debian package is missing, and only root may install it.
    #[error("{program} is missing. As root: apt-get install {packages}")]
    NotRoot {
        /// What was looked for.
        program: &'static str,
        /// The packages that bring it, separated by spaces.
        packages: String,
    },
    /// The installation ran and failed.
    #[error(transparent)]
    Step(#[from] StepError),
}

/// A cargo subcommand that is built from source when the machine lacks it.
pub(crate) struct CargoTool {
    /// What follows `cargo` on the command line.
    pub(crate) subcommand: &'static str,
    /// The package that brings it.
    pub(crate) package: &'static str,
    /// The version to install; any version that is there already will do.
    pub(crate) version: &'static str,
}

/// Licences, bans and sources of the dependencies.
pub(crate) const CARGO_DENY: CargoTool = CargoTool {
    subcommand: "deny",
    package: "cargo-deny",
    version: "0.20.2",
};

/// libFuzzer for Rust.
pub(crate) const CARGO_FUZZ: CargoTool = CargoTool {
    subcommand: "fuzz",
    package: "cargo-fuzz",
    version: "0.13.2",
};

/// The test runner.
pub(crate) const CARGO_NEXTEST: CargoTool = CargoTool {
    subcommand: "nextest",
    package: "cargo-nextest",
    version: "0.9.143",
};

impl CargoTool {
    /// Installs the tool unless it answers.
    pub(crate) fn ensure(&self) -> Result<(), ToolError> {
        if answers("cargo", &[self.subcommand, "--version"]) {
            return Ok(());
        }
        Step::new(
            self.package,
            "It is built from source: read the compiler's message above.",
            "cargo",
            [
                "install",
                "--locked",
                "--version",
                self.version,
                self.package,
            ],
        )
        .run()?;
        Ok(())
    }
}

/// Installs Debian packages that bring `program`, where we are root.
pub(crate) fn apt_install(program: &'static str, packages: &[&str]) -> Result<(), ToolError> {
    if !rustix::process::geteuid().is_root() {
        return Err(ToolError::NotRoot {
            program,
            packages: packages.join(" "),
        });
    }
    let advice = "Install the packages by hand, then run this again.";
    Step::new("package lists", advice, "apt-get", ["update", "--quiet"]).run()?;
    let options = ["install", "--yes", "--quiet", "--no-install-recommends"];
    Step::new(
        "Debian packages",
        advice,
        "apt-get",
        options.iter().chain(packages),
    )
    .env("DEBIAN_FRONTEND", "noninteractive")
    .run()?;
    Ok(())
}

/// Whether the command runs and succeeds; what it prints is dropped.
pub(crate) fn answers(program: &str, arguments: &[&str]) -> bool {
    Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// The first line that the command prints, where it runs and succeeds.
pub(crate) fn first_line(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    if !output.status.success() {
        return None;
    }
    let text = String::from_utf8(output.stdout).ok()?;
    text.lines().next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_answers_or_not() {
        assert!(answers("true", &[]));
        assert!(!answers("false", &[]));
        assert!(!answers("no-such-program", &[]));
    }

    #[test]
    fn the_first_line_is_the_first_line() {
        assert_eq!(
            first_line("printf", &["v20.1.0\\nmore\\n"]).as_deref(),
            Some("v20.1.0")
        );
        assert_eq!(first_line("false", &[]), None);
        assert_eq!(first_line("true", &[]), None);
        assert_eq!(first_line("no-such-program", &[]), None);
    }
}
