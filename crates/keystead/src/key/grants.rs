//! `keystead key grants`.

mod create;
mod end;
mod table;

use clap::{Args, Subcommand};
use serde_json::json;

use super::error::KeyError;
use super::session::Session;

pub(super) const EXAMPLE: &str = "Examples:
  keystead key grants alias/orders
  keystead key grants create alias/orders --grantee arn:aws:iam::000000000000:user/ada \\
      --operation Encrypt Decrypt --context team=orders
  keystead key grants revoke alias/orders GRANT_ID";

/// Whose grants are listed, or what else about grants.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Option<Action>,

    /// The key whose grants are listed: its id, its ARN, or alias/NAME
    #[arg(required = true)]
    key: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Let somebody use a key
    Create(create::Arguments),
    /// Take a grant back
    Revoke(end::RevokeArguments),
    /// End a grant that is no longer needed, as whoever may retire it
    Retire(end::RetireArguments),
}

/// Lists, makes or ends grants.
pub(super) fn run(arguments: &Arguments, session: &Session) -> Result<(), KeyError> {
    match &arguments.action {
        Some(Action::Create(arguments)) => create::run(arguments, session),
        Some(Action::Revoke(arguments)) => end::revoke(arguments, session),
        Some(Action::Retire(arguments)) => end::retire(arguments, session),
        None => list(arguments.key.as_deref().unwrap_or_default(), session),
    }
}

fn list(key: &str, session: &Session) -> Result<(), KeyError> {
    let input = json!({"KeyId": session.key(key)?, "Limit": 100});
    let grants = session.list("ListGrants", input, "Grants")?;
    session.say(&json!({"Grants": grants}), || table::words(&grants));
    Ok(())
}
