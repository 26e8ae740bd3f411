//! `keystead key list`.

use std::collections::BTreeMap;

use clap::Args;
use keystead_core::key::KeySpec;
use serde_json::{Value, json};

use super::error::KeyError;
use super::metadata::{self, instant};
use super::named;
use super::session::Session;
use crate::client::answer::text;
use crate::greeting;
use crate::progress::Progress;
use crate::table::Table;

pub(super) const EXAMPLE: &str = "Example:
  keystead key list --state enabled --spec symmetric-default

Needs kms:ListKeys, kms:ListAliases, and kms:DescribeKey on each key; what may not be read is left \
open.";

/// Which keys are listed.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Only keys in this state: enabled, disabled, pending-deletion or pending-import
    #[arg(long, value_name = "STATE", value_parser = named::state)]
    state: Option<&'static str>,

    /// Only keys of this spec, such as rsa-2048
    #[arg(long, value_name = "SPEC", value_parser = named::spec)]
    spec: Option<KeySpec>,
}

/// Lists the keys.
pub(super) fn run(arguments: &Arguments, session: &Session) -> Result<(), KeyError> {
    let progress = Progress::start();
    progress.say("listing keys …");
    let keys = session.list("ListKeys", json!({"Limit": 1000}), "Keys")?;
    let aliases = aliases(session)?;
    let mut found = Vec::new();
    let mut unread = 0;
    for (number, key) in keys.iter().enumerate() {
        progress.say(&format!(
            "looking at key {} of {} …",
            number + 1,
            keys.len()
        ));
        let id = text(key, "KeyId");
        let described = session.read("DescribeKey", &json!({"KeyId": id}))?;
        let mut described = match described {
            Ok(answer) => metadata::from(answer, "DescribeKey")?,
            Err(_) => {
                unread += 1;
                json!({"KeyId": id, "Arn": text(key, "KeyArn")})
            }
        };
        if arguments.fits(&described) {
            let names = aliases.get(id).map_or(&[][..], Vec::as_slice);
            if let Some(members) = described.as_object_mut() {
                members.insert("Aliases".to_owned(), json!(names));
            }
            found.push(described);
        }
    }
    drop(progress);
    if unread > 0 {
        greeting::warn(&format!(
            "{unread} of {} keys may not be described (kms:DescribeKey)",
            keys.len()
        ));
    }
    session.say(&json!({"Keys": found}), || arguments.words(&found));
    Ok(())
}

impl Arguments {
    fn fits(&self, key: &Value) -> bool {
        let is = |member, wanted: Option<&str>| wanted.is_none_or(|w| text(key, member) == w);
        is("KeyState", self.state) && is("KeySpec", self.spec.map(KeySpec::as_str))
    }

    fn words(&self, keys: &[Value]) -> String {
        if keys.is_empty() {
            return match (self.state, self.spec) {
                (None, None) => "No keys yet: `keystead key create` makes one.\n".to_owned(),
                _ => "No such keys.\n".to_owned(),
            };
        }
        let mut table = Table::headed(["ALIAS", "ID", "SPEC", "USAGE", "STATE", "CREATED"]);
        for key in keys {
            let cell = |member| match text(key, member) {
                "" => "?".to_owned(),
                text => text.to_owned(),
            };
            table.push([
                first_of(key.get("Aliases")),
                cell("KeyId"),
                cell("KeySpec"),
                cell("KeyUsage"),
                cell("KeyState"),
                instant(key, "CreationDate").unwrap_or_else(|| "?".to_owned()),
            ]);
        }
        table.to_string()
    }
}

/// The first of the aliases, and how many more there are.
fn first_of(aliases: Option<&Value>) -> String {
    let aliases = aliases
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    match aliases {
        [] => "-".to_owned(),
        [alias] => alias.as_str().unwrap_or_default().to_owned(),
        [alias, more @ ..] => {
            format!("{} +{}", alias.as_str().unwrap_or_default(), more.len())
        }
    }
}

/// The names of every key, by its id. None, with a warning, if they may not be read.
fn aliases(session: &Session) -> Result<BTreeMap<String, Vec<String>>, KeyError> {
    let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
    match session.read_list("ListAliases", json!({"Limit": 100}), "Aliases")? {
        Err(_) => greeting::warn("aliases may not be read (kms:ListAliases)"),
        Ok(aliases) => {
            for alias in aliases.as_array().into_iter().flatten() {
                let names = names.entry(text(alias, "TargetKeyId").to_owned());
                names.or_default().push(text(alias, "AliasName").to_owned());
            }
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Arguments = Arguments {
        state: None,
        spec: None,
    };

    #[test]
    fn a_row_for_each_key() {
        let keys = [
            json!({"KeyId": "1", "KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC",
                "KeyState": "Enabled", "CreationDate": 0, "Aliases": ["alias/a", "alias/b"]}),
            json!({"KeyId": "2", "Aliases": []}),
        ];
        let expected = "\
ALIAS       ID  SPEC      USAGE                STATE    CREATED
alias/a +1  1   HMAC_256  GENERATE_VERIFY_MAC  Enabled  1970-01-01T00:00:00Z
-           2   ?         ?                    ?        ?
";
        assert_eq!(ALL.words(&keys), expected);
    }

    #[test]
    fn filters_leave_out_what_is_not_known_to_fit() {
        let enabled = Arguments {
            state: Some("Enabled"),
            ..ALL
        };
        assert!(enabled.fits(&json!({"KeyState": "Enabled"})));
        assert!(!enabled.fits(&json!({"KeyState": "Disabled"})));
        assert!(!enabled.fits(&json!({})));
        assert!(ALL.fits(&json!({})));
        assert_eq!(enabled.words(&[]), "No such keys.\n");
        assert!(ALL.words(&[]).contains("key create"));
    }
}
