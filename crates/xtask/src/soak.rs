//! `cargo xtask soak`: the two policy evaluators on a million generated questions.
//!
//! The ordinary tests compare `decide` with the short and slow second evaluator on some thousands of
//! questions. This is the same test, optimized, on as many as one has time for.

use thiserror::Error;

use crate::step::{Step, StepError};

/// The questions that one case of the test asks (`QUESTIONS` of `policy::differential`).
const QUESTIONS_PER_CASE: u32 = 32;

/// The variable by which proptest learns how many cases to try.
const CASES_VARIABLE: &str = "PROPTEST_CASES";

/// What `cargo xtask soak` may be told.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Questions to ask both evaluators
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1..))]
    questions: u32,
}

/// Why the two do not agree, or were not asked.
#[derive(Debug, Error)]
pub(crate) enum Error {
    /// The test failed.
    #[error(transparent)]
    Step(#[from] StepError),
}

/// Asks them.
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
    Ok(test.env(CASES_VARIABLE, cases.to_string()).run()?)
}
