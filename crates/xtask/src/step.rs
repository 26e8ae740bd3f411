//! A step of a task: one command, announced, timed, and explained when it fails.

use std::ffi::OsStr;
use std::io;
use std::process::{Command, ExitStatus};
use std::time::Instant;

use thiserror::Error;

use crate::root::root;

/// Why a step did not succeed.
#[derive(Debug, Error)]
pub(crate) enum StepError {
    /// The program is missing or may not be run.
    #[error("{name}: can't start `{program}` ({source}). {advice}")]
    Start {
        /// The step.
        name: &'static str,
        /// The program that was asked for.
        program: String,
        /// What to do.
        advice: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// The program ran and said no.
    #[error("{name} failed ({status}). {advice}")]
    Failed {
        /// The step.
        name: &'static str,
        /// How the program ended.
        status: ExitStatus,
        /// What to do.
        advice: &'static str,
    },
}

/// A command with a name for the reader and advice for the day it fails.
///
/// It runs in the workspace's root, on the caller's standard output and error.
pub(crate) struct Step {
    name: &'static str,
    advice: &'static str,
    command: Command,
}

impl Step {
    /// A step that runs `program` with `arguments`; `advice` is a sentence that says what to do
    /// when it fails.
    pub(crate) fn new<A>(
        name: &'static str,
        advice: &'static str,
        program: impl AsRef<OsStr>,
        arguments: impl IntoIterator<Item = A>,
    ) -> Self
    where
        A: AsRef<OsStr>,
    {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(root());
        Self {
            name,
            advice,
            command,
        }
    }

    /// The same step with an environment variable set.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// The same step in another folder.
    pub(crate) fn current_dir(mut self, folder: impl AsRef<std::path::Path>) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Runs the step and says how long it took.
    pub(crate) fn run(self) -> Result<(), StepError> {
        let name = self.name;
        let started = Instant::now();
        self.run_as_last()?;
        println!("    {name}: {:.1} s", started.elapsed().as_secs_f64());
        Ok(())
    }

    /// Runs the step and adds nothing to its output, so that the program's own summary closes it.
    pub(crate) fn run_as_last(mut self) -> Result<(), StepError> {
        println!("==> {}: {}", self.name, self.command_line());
        let status = self.command.status().map_err(|source| StepError::Start {
            name: self.name,
            program: self.command.get_program().to_string_lossy().into_owned(),
            advice: self.advice,
            source,
        })?;
        if status.success() {
            return Ok(());
        }
        Err(StepError::Failed {
            name: self.name,
            status,
            advice: self.advice,
        })
    }

    fn command_line(&self) -> String {
        std::iter::once(self.command.get_program())
            .chain(self.command.get_args())
            .map(OsStr::to_string_lossy)
            .collect::<Vec<_>>()
            .join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn success_is_silent() {
        assert!(Step::new("yes", "", "true", [""; 0]).run().is_ok());
    }

    #[test]
    fn a_failure_names_the_step_and_what_to_do() {
        let error = Step::new("no", "Mend it.", "false", [""; 0])
            .run()
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "no failed (exit status: 1). Mend it.",
            "{error:?}"
        );
    }

    #[test]
    fn a_missing_program_is_told_apart() {
        let error = Step::new("gone", "Install it.", "no-such-program", [""; 0])
            .run()
            .unwrap_err();
        assert!(
            matches!(error, StepError::Start { ref program, .. } if program == "no-such-program")
        );
        assert!(error.to_string().ends_with("Install it."), "{error}");
    }

    #[test]
    fn the_environment_and_the_folder_reach_the_command() {
        let step = Step::new(
            "sh",
            "",
            "sh",
            ["-c", "test \"$A\" = b && test -f Cargo.toml"],
        );
        assert!(
            step.env("A", "b")
                .current_dir(root().join("crates/xtask"))
                .run()
                .is_ok()
        );
    }
}
