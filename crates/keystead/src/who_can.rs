//! `keystead who-can`: who may use a key for what, and why, as the server decides.

mod table;

use std::error::Error;
use std::process::ExitCode;

use serde_json::{Value, json};

use crate::cli::WhoCanArguments;
use crate::client::answer::list;
use crate::client::pages::{self, Marker};
use crate::client::{Client, ClientError};
use crate::greeting;

pub(crate) const EXAMPLES: &str = "Examples:
  keystead who-can kms:Decrypt alias/payments
  keystead who-can ScheduleKeyDeletion 1234abcd-12ab-34cd-56ef-1234567890ab --json

Lists the root user, the users and the roles of the caller's account, and of all accounts of the \
organization if the caller's account manages it; whoever else the key policy names; and grantees. \
\"may\" alone holds whatever the request says. \"may, if\" names what it depends on: conditions, with \
the values that fit, and what another account's own policies say, which the caller is not told. The \
caller needs keystead:WhoCan on the key.";

/// Asks the server, page by page, and shows what it answers.
pub(crate) fn run(arguments: &WhoCanArguments) -> Result<ExitCode, Box<dyn Error>> {
    let client = Client::new(&arguments.connection)?;
    let answer = ask(arguments, |input| {
        client.call("keystead", "Keystead.WhoCan", input)
    })?;
    greeting::answer(&if arguments.json {
        format!("{answer:#}\n")
    } else {
        table::table(&answer)
    });
    Ok(ExitCode::SUCCESS)
}

/// All pages as one.
fn ask(
    arguments: &WhoCanArguments,
    call: impl Fn(&Value) -> Result<Value, ClientError>,
) -> Result<Value, ClientError> {
    let input = json!({"Action": arguments.action, "KeyId": arguments.key, "Limit": 100});
    let mut accesses = Vec::new();
    let mut last = Value::Null;
    pages::follow(
        input,
        Marker::KMS,
        |input| call(input).map(Some),
        |page| {
            accesses.extend_from_slice(list(&page, "Accesses"));
            last = page;
        },
    )?;
    let text = |name| last.get(name).cloned().unwrap_or_default();
    Ok(json!({
        "Action": text("Action"),
        "KeyArn": text("KeyArn"),
        "Accesses": accesses,
    }))
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use clap::Parser as _;

    use super::*;
    use crate::cli::{Cli, Command};

    #[test]
    fn pages_are_followed_to_the_last() {
        let cli = Cli::parse_from(["keystead", "who-can", "Decrypt", "alias/k"]);
        let Some(Command::WhoCan(arguments)) = cli.command else {
            panic!("another command");
        };
        let asked = RefCell::new(Vec::new());
        let pages = |input: &Value| {
            asked.borrow_mut().push(input["Marker"].clone());
            let (of, marker) = match input["Marker"].as_str() {
                None => (json!(["a"]), json!("m1")),
                Some("m1") => (json!([]), json!("m2")),
                _ => (json!(["b"]), Value::Null),
            };
            let mut page = json!({"Action": "kms:Decrypt", "KeyArn": "arn", "Accesses": of});
            if !marker.is_null() {
                page["NextMarker"] = marker;
            }
            Ok(page)
        };
        let answer = ask(&arguments, pages).unwrap();
        assert_eq!(answer["Accesses"], json!(["a", "b"]));
        assert_eq!(answer["Action"], "kms:Decrypt");
        assert_eq!(*asked.borrow(), [Value::Null, json!("m1"), json!("m2")]);
    }
}
