//! `keystead key tags`.

use clap::Args;
use serde_json::{Value, json};

use super::error::KeyError;
use super::named::{self, Pair};
use super::session::Session;
use crate::client::answer::text;
use crate::table::Table;

pub(super) const EXAMPLE: &str = "Examples:
  keystead key tags alias/orders
  keystead key tags alias/orders --set team=orders stage=test --remove owner";

/// Whose tags, and how they change.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The key: its id, its ARN, or alias/NAME
    key: String,

    /// Add these, or change their values
    #[arg(long, value_name = "NAME=VALUE", num_args = 1.., value_parser = named::pair)]
    set: Vec<Pair>,

    /// Remove these
    #[arg(long, value_name = "NAME", num_args = 1..)]
    remove: Vec<String>,
}

/// Changes the tags if that is asked for, and shows them otherwise.
pub(super) fn run(arguments: &Arguments, session: &Session) -> Result<(), KeyError> {
    let key = session.key(&arguments.key)?;
    if arguments.set.is_empty() && arguments.remove.is_empty() {
        let tags = session.list("ListResourceTags", json!({"KeyId": key}), "Tags")?;
        session.say(&json!({"Tags": tags}), || words(&tags));
        return Ok(());
    }
    let mut answer = json!({});
    if !arguments.set.is_empty() {
        let input = json!({"KeyId": key, "Tags": named::tags(&arguments.set)});
        answer = session.call("TagResource", &input)?;
    }
    if !arguments.remove.is_empty() {
        let input = json!({"KeyId": key, "TagKeys": arguments.remove});
        answer = session.call("UntagResource", &input)?;
    }
    session.say(&answer, || {
        format!("The tags of {} are changed.\n", arguments.key)
    });
    Ok(())
}

fn words(tags: &[Value]) -> String {
    if tags.is_empty() {
        return "No tags.\n".to_owned();
    }
    let mut table = Table::headed(["NAME", "VALUE"]);
    for tag in tags {
        let cell = |member| text(tag, member).to_owned();
        table.push([cell("TagKey"), cell("TagValue")]);
    }
    table.to_string()
}
