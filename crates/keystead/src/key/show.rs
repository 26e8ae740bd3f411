//! `keystead key show`.

mod facts;

use clap::Args;
use keystead_core::key::KeySpec;
use serde_json::{Map, Value, json};

use super::error::KeyError;
use super::session::{Reading, Session};
use super::{materials, metadata};
use crate::client::answer::text;

pub(super) const EXAMPLE: &str = "Example:
  keystead key show alias/orders

What the caller may not read is left out, and said to be.";

/// Which key.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The key: its id, its ARN, or alias/NAME
    key: String,
}

/// Everything about a key, as far as the caller may read it.
pub(super) struct Known {
    metadata: Reading,
    aliases: Reading,
    tags: Reading,
    /// Only of keys whose material is replaced.
    rotation: Option<Reading>,
    materials: Option<Reading>,
    policy: Reading,
}

/// Reads and shows it.
pub(super) fn run(arguments: &Arguments, session: &Session) -> Result<(), KeyError> {
    let known = read(&arguments.key, session)?;
    session.say(&known.object(), || facts::table(&arguments.key, &known));
    Ok(())
}

/// Without its metadata a key that is named by an id can still be read; an alias names nothing, nor
/// does an id of no key.
fn read(name: &str, session: &Session) -> Result<Known, KeyError> {
    let (metadata, key) = match metadata::of(session, name) {
        Ok(metadata) => {
            let arn = text(&metadata, "Arn").to_owned();
            (Ok(metadata), arn)
        }
        Err(error) => (Err(error.denial()?), session.key(name)?),
    };
    let on = json!({"KeyId": key});
    let is_replaced = metadata.as_ref().map_or(true, |metadata| {
        text(metadata, "KeySpec") == KeySpec::SymmetricDefault.as_str()
    });
    let replaced = |read: &dyn Fn() -> Result<Reading, KeyError>| match is_replaced {
        true => read().map(Some),
        false => Ok(None),
    };
    Ok(Known {
        metadata,
        aliases: session.read_list("ListAliases", on.clone(), "Aliases")?,
        tags: session.read_list("ListResourceTags", on.clone(), "Tags")?,
        rotation: replaced(&|| session.read("GetKeyRotationStatus", &on))?,
        materials: replaced(&|| materials::read(session, &key))?,
        policy: session.read("GetKeyPolicy", &on)?,
    })
}

impl Known {
    /// All answers as one object; what was refused is under `Refused`, by its operation.
    fn object(&self) -> Value {
        let mut object = Map::new();
        let mut refused = Map::new();
        for (member, operation, reading) in [
            ("KeyMetadata", "DescribeKey", Some(&self.metadata)),
            ("Aliases", "ListAliases", Some(&self.aliases)),
            ("Tags", "ListResourceTags", Some(&self.tags)),
            (
                "RotationStatus",
                "GetKeyRotationStatus",
                self.rotation.as_ref(),
            ),
            ("Rotations", "ListKeyRotations", self.materials.as_ref()),
            ("KeyPolicy", "GetKeyPolicy", Some(&self.policy)),
        ] {
            match reading {
                None => {}
                Some(Ok(value)) => drop(object.insert(member.to_owned(), value.clone())),
                Some(Err(error)) => {
                    refused.insert(operation.to_owned(), json!(error.to_string()));
                }
            }
        }
        if !refused.is_empty() {
            object.insert("Refused".to_owned(), Value::Object(refused));
        }
        Value::Object(object)
    }
}
