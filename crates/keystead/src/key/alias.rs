//! `keystead key alias`.

use clap::{Args, Subcommand};
use keystead_core::alias::AliasName;
use serde_json::{Value, json};

use super::error::KeyError;
use super::metadata::instant;
use super::named;
use super::session::Session;
use crate::client::answer::text;
use crate::table::Table;

pub(super) const EXAMPLE: &str = "Examples:
  keystead key alias list
  keystead key alias add orders 1234abcd-12ab-34cd-56ef-1234567890ab
  keystead key alias remove orders

NAME is with alias/ before it or without.";

/// What about aliases.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List all names, or those of a key
    List {
        /// The key: its id, its ARN, or alias/NAME
        key: Option<String>,
    },
    /// Give a key a name
    Add {
        /// The name
        #[arg(value_parser = named::alias)]
        name: AliasName,
        /// The key: its id, its ARN, or alias/NAME
        key: String,
        /// Take the name from the key that has it
        #[arg(long = "move")]
        from_another: bool,
    },
    /// Take a name away; the key stays
    Remove {
        /// The name
        #[arg(value_parser = named::alias)]
        name: AliasName,
    },
}

/// Lists, adds or removes.
pub(super) fn run(arguments: &Arguments, session: &Session) -> Result<(), KeyError> {
    match &arguments.action {
        Action::List { key } => list(session, key.as_deref()),
        Action::Add {
            name,
            key,
            from_another,
        } => {
            let operation = match from_another {
                true => "UpdateAlias",
                false => "CreateAlias",
            };
            let key = session.key(key)?;
            let input = json!({"AliasName": name.as_str(), "TargetKeyId": key});
            let answer = session.call(operation, &input)?;
            session.say(&answer, || format!("{name} is a name of {key}.\n"));
            Ok(())
        }
        Action::Remove { name } => {
            let answer = session.call("DeleteAlias", &json!({"AliasName": name.as_str()}))?;
            session.say(&answer, || format!("{name} is no name any more.\n"));
            Ok(())
        }
    }
}

fn list(session: &Session, key: Option<&str>) -> Result<(), KeyError> {
    let key = key.map(|key| session.key(key)).transpose()?;
    let input = json!({"KeyId": key, "Limit": 100});
    let aliases = session.list("ListAliases", input, "Aliases")?;
    session.say(&json!({"Aliases": aliases}), || words(&aliases));
    Ok(())
}

fn words(aliases: &[Value]) -> String {
    if aliases.is_empty() {
        return "No aliases: `keystead key alias add NAME KEY` adds one.\n".to_owned();
    }
    let mut table = Table::headed(["ALIAS", "KEY", "CHANGED"]);
    for alias in aliases {
        // Those of services may have no key yet.
        let key = Some(text(alias, "TargetKeyId")).filter(|key| !key.is_empty());
        table.push([
            text(alias, "AliasName").to_owned(),
            key.unwrap_or("-").to_owned(),
            instant(alias, "LastUpdatedDate").unwrap_or_default(),
        ]);
    }
    table.to_string()
}
