//! `keystead key policy`.

mod pretty;
mod summary;

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

pub(super) use self::summary::summary;
use super::error::KeyError;
use super::session::Session;
use crate::client::answer::text;
use crate::text_file;

pub(super) const EXAMPLE: &str = "Examples:
  keystead key policy alias/orders > policy.json
  keystead check-policy policy.json && keystead key policy alias/orders --set policy.json";

/// Whose policy, and the new one.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The key: its id, its ARN, or alias/NAME
    key: String,

    /// Replace it by this one, in JSON; - reads standard input
    #[arg(long, value_name = "FILE")]
    set: Option<PathBuf>,
}

/// Shows or replaces the policy.
pub(super) fn run(arguments: &Arguments, session: &Session) -> Result<(), KeyError> {
    let policy = arguments.set.as_deref().map(read).transpose()?;
    let key = session.key(&arguments.key)?;
    let Some(policy) = policy else {
        let answer = session.call("GetKeyPolicy", &json!({"KeyId": key}))?;
        session.say(&answer, || pretty::pretty(text(&answer, "Policy")));
        return Ok(());
    };
    let input = json!({"KeyId": key, "Policy": policy});
    let answer = session.write_policy("PutKeyPolicy", &input, &policy)?;
    session.say(&answer, || {
        format!("{} has the new policy.\n", arguments.key)
    });
    Ok(())
}

/// Reads a policy.
pub(super) fn read(file: &Path) -> Result<String, KeyError> {
    text_file::read(file).map_err(|source| KeyError::Read {
        path: file.to_owned(),
        source,
    })
}
