//! `keystead key enable` and `disable`.

use clap::Args;

use super::error::KeyError;
use super::session::Session;

pub(super) const ENABLE_EXAMPLE: &str = "Example:
  keystead key enable alias/orders";
pub(super) const DISABLE_EXAMPLE: &str = "Example:
  keystead key disable alias/orders

Nothing is lost: `keystead key enable` lets the key be used again.";

/// Which key.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The key: its id, its ARN, or alias/NAME
    key: String,
}

/// Lets the key be used again.
pub(super) fn enable(arguments: &Arguments, session: &Session) -> Result<(), KeyError> {
    let answer = session.call_on("EnableKey", &arguments.key)?;
    session.say(&answer, || format!("{} is enabled.\n", arguments.key));
    Ok(())
}

/// Keeps the key from being used.
pub(super) fn disable(arguments: &Arguments, session: &Session) -> Result<(), KeyError> {
    let answer = session.call_on("DisableKey", &arguments.key)?;
    session.say(&answer, || format!("{} is disabled.\n", arguments.key));
    Ok(())
}
