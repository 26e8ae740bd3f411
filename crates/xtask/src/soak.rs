//! `cargo xtask soak`: the two policy evaluators on a million generated questions, a node beside the
//! model of keys through a thousand lives, days of a million calls each, and power failures by the
//! hundred.
//!
//! The ordinary tests compare `decide` with the short and slow second evaluator on some thousands of
//! questions, live through some hundreds of steps and days of some thousands of calls, and fail the
//! power at a dozen moments. These are the same tests, optimized, as long as one has time for.

use thiserror::Error;

use crate::step::{Step, StepError};

/// The questions that one case of the test asks (`QUESTIONS` of `policy::differential`).
const QUESTIONS_PER_CASE: u32 = 32;

/// The variable by which proptest learns how many cases to try.
const CASES_VARIABLE: &str = "PROPTEST_CASES";

/// The variable by which the lives of keys learn how many to live.
const LIVES_VARIABLE: &str = "KEYSTEAD_LIFE_CASES";

/// The variable by which the days of load learn how many calls each has.
const DAY_CALLS_VARIABLE: &str = "KEYSTEAD_DAY_CALLS";

/// The variable by which the power test learns how many runs to have, each with some failures.
const POWER_VARIABLE: &str = "KEYSTEAD_POWER_CASES";

/// What `cargo xtask soak` may be told.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Questions to ask both evaluators
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1..))]
    questions: u32,
    /// Sequences of what happens to keys to live through
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..))]
    lives: u32,
    /// Calls on each of the days that are lived in fast-forward
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1..))]
    day_calls: u32,
    /// Runs that a power failure ends, each at several moments
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    power_runs: u32,
}

/// Why something did not agree, or was not asked.
#[derive(Debug, Error)]
pub(crate) enum Error {
    /// A test failed.
    #[error(transparent)]
    Step(#[from] StepError),
}

/// Asks them, and lives.
pub(crate) fn run(options: &Options) -> Result<(), Error> {
    let cases = options.questions.div_ceil(QUESTIONS_PER_CASE);
    let test = Step::new(
        "differential test of the policy evaluators",
        "The seed and the policies that it names are all there is to the case.",
        "cargo",
        [
            "test",
            "--release",
            "--locked",
            "--package",
            "keystead-core",
            "--lib",
            "--",
            "policy::differential::the_two_evaluators_agree",
        ],
    );
    test.env(CASES_VARIABLE, cases.to_string()).run()?;
    for (name, advice, package, binary, variable, count) in [
        (
            "random lives of keys",
            "The sequence of steps that it names is all there is to the case.",
            "keystead-server",
            "life",
            LIVES_VARIABLE,
            options.lives,
        ),
        (
            "days of load",
            "It tells which limit did not hold, of files or of memory.",
            "keystead-server",
            "days",
            DAY_CALLS_VARIABLE,
            options.day_calls,
        ),
        (
            "power failures",
            "The seed that it names repeats the choices, though not what the clients' threads did.",
            "keystead",
            "crash",
            POWER_VARIABLE,
            options.power_runs,
        ),
    ] {
        let arguments = [
            "test",
            "--release",
            "--locked",
            "--package",
            package,
            "--test",
            binary,
            "--",
            "--nocapture",
        ];
        let test = Step::new(name, advice, "cargo", arguments);
        test.env(variable, count.to_string()).run()?;
    }
    Ok(())
}
