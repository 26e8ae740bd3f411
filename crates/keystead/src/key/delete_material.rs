//! `keystead key delete-material`.

use clap::Args;
use serde_json::json;

use super::error::KeyError;
use super::session::Session;
use crate::confirm::confirm;

pub(super) const EXAMPLE: &str = "Example:
  keystead key delete-material alias/orders

The key can't be used until the same material is imported again: keep a copy of it.";

/// Which material is to go.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The key: its id, its ARN, or alias/NAME
    key: String,

    /// Which of its materials [default: the current one]; `keystead key show` lists them
    #[arg(long, value_name = "ID")]
    material_id: Option<String>,

    /// Do not ask before deleting
    #[arg(long)]
    yes: bool,
}

/// Asks, and takes the material from the key.
pub(super) fn run(arguments: &Arguments, session: &Session) -> Result<(), KeyError> {
    let key = session.key(&arguments.key)?;
    if !arguments.yes {
        confirm(&format!(
            "Delete the imported material of {}? Without it nothing that it encrypted can be read.",
            arguments.key
        ))?;
    }
    let input = json!({"KeyId": key, "KeyMaterialId": arguments.material_id});
    let answer = session.call("DeleteImportedKeyMaterial", &input)?;
    session.say(&answer, || {
        format!(
            "Deleted. `keystead key import {} FILE` with the same material brings the key back.\n",
            arguments.key
        )
    });
    Ok(())
}
