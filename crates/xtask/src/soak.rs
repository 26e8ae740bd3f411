//! `cargo xtask soak`: the two policy evaluators on a million generated questions, and a node beside
//! the model of keys through a thousand lives.
//!
//! The ordinary tests compare `decide` with the short and slow second evaluator on some thousands of
//! questions, and live through some hundreds of steps. These are the same tests, optimized, as long
//! as one has time for.

use thiserror::Error;

use crate::step::{Step, StepError};

/// The questions that one case of the test asks (`QUESTIONS` of `policy::differential`).
const QUESTIONS_PER_CASE: u32 = 32;

/// The variable by which proptest learns how many cases to try.
const CASES_VARIABLE: &str = "PROPTEST_CASES";

/// The variable by which the lives of keys learn how many to live.
const LIVES_VARIABLE: &str = "KEYSTEAD_LIFE_CASES";

/// What `cargo xtask soak` may be told.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Questions to ask both evaluators
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1..))]
    questions: u32,
    /// Sequences of what happens to keys to live through
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..))]
    lives: u32,
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
    let test = Step::new(
        "random lives of keys",
        "The sequence of steps that it names is all there is to the case.",
        "cargo",
        [
            "test",
            "--release",
            "--locked",
            "--package",
            "keystead-server",
            "--test",
            "life",
        ],
    );
    Ok(test.env(LIVES_VARIABLE, options.lives.to_string()).run()?)
}
