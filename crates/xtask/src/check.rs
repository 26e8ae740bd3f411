//! `cargo xtask check`: everything that can be said of a change without running it.

use thiserror::Error;

use crate::layers;
use crate::step::{Step, StepError};
use crate::tools::{CARGO_DENY, ToolError};

/// Why the check did not pass.
#[derive(Debug, Error)]
pub(crate) enum Error {
    /// A crate depends on one that it may not know.
    #[error(transparent)]
    Layers(#[from] layers::Error),
    /// A check said no.
    #[error(transparent)]
    Step(#[from] StepError),
    /// A check's program could not be had.
    #[error(transparent)]
    Tool(#[from] ToolError),
}

/// Formatting, layers, lints, the manual's warnings, then licences, bans and sources.
///
/// Stops at the first that fails; the quick ones come first.
pub(crate) fn run() -> Result<(), Error> {
    cargo("fmt", "Run `cargo fmt --all`.", "fmt --all --check").run()?;
    layers::run()?;
    cargo(
        "clippy",
        "Mend what it names; an exception is `#[expect(lint, reason = \"…\")]`.",
        "clippy --workspace --all-targets --locked -- --deny warnings",
    )
    .run()?;
    cargo(
        "doc",
        "Mend the links and comments that it names.",
        "doc --workspace --no-deps --locked --quiet",
    )
    .env("RUSTDOCFLAGS", "--deny warnings")
    .run()?;
    CARGO_DENY.ensure()?;
    cargo(
        "deny",
        "Take another dependency, or say in deny.toml why this one is right.",
        "deny --locked check --hide-inclusion-graph licenses bans sources",
    )
    .run()?;
    Ok(())
}

fn cargo(name: &'static str, advice: &'static str, arguments: &str) -> Step {
    Step::new(name, advice, "cargo", arguments.split(' '))
}
