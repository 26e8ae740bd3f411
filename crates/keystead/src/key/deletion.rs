//! `keystead key schedule-deletion` and `cancel-deletion`.

use clap::Args;
use serde_json::json;

use super::error::KeyError;
use super::metadata::instant;
use super::session::Session;
use crate::confirm::confirm;

pub(super) const SCHEDULE_EXAMPLE: &str = "Example:
  keystead key schedule-deletion alias/orders --days 30

What the key encrypted is lost when it is deleted. Until then it can't be used, and \
`keystead key cancel-deletion` keeps it. `keystead key disable` is the way to try whether anybody \
still needs it.";
pub(super) const CANCEL_EXAMPLE: &str = "Example:
  keystead key cancel-deletion alias/orders && keystead key enable alias/orders";

/// Which key goes, and when.
#[derive(Debug, Args)]
pub(super) struct ScheduleArguments {
    /// The key: its id, its ARN, or alias/NAME
    key: String,

    /// How long it waits, 7 to 30 days [default: 30]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(7..=30))]
    days: Option<i64>,

    /// Do not ask before
    #[arg(long)]
    yes: bool,
}

/// Which key stays.
#[derive(Debug, Args)]
pub(super) struct CancelArguments {
    /// The key: its id, its ARN, or alias/NAME
    key: String,
}

/// Asks, and starts the waiting period.
pub(super) fn schedule(arguments: &ScheduleArguments, session: &Session) -> Result<(), KeyError> {
    let key = session.key(&arguments.key)?;
    if !arguments.yes {
        let which = match key == arguments.key {
            true => key.clone(),
            false => format!("{} ({key})", arguments.key),
        };
        confirm(&format!(
            "Delete {which} in {} days? What it encrypted is lost then.",
            arguments.days.unwrap_or(30)
        ))?;
    }
    let input = json!({"KeyId": key, "PendingWindowInDays": arguments.days});
    let answer = session.call("ScheduleKeyDeletion", &input)?;
    session.say(&answer, || {
        let when = instant(&answer, "DeletionDate");
        let when = when.unwrap_or_else(|| "when its replicas are gone".to_owned());
        format!(
            "{name} can't be used any more, and is deleted: {when}.\n`keystead key cancel-deletion {name}` keeps it.\n",
            name = arguments.key
        )
    });
    Ok(())
}

/// Keeps the key.
pub(super) fn cancel(arguments: &CancelArguments, session: &Session) -> Result<(), KeyError> {
    let answer = session.call_on("CancelKeyDeletion", &arguments.key)?;
    session.say(&answer, || {
        format!(
            "{name} stays, disabled: `keystead key enable {name}` lets it be used again.\n",
            name = arguments.key
        )
    });
    Ok(())
}
