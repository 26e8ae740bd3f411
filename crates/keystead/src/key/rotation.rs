//! `keystead key rotate` and `rotation`.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::error::KeyError;
use super::materials;
use super::metadata::instant;
use super::session::Session;
use crate::client::answer::text;

pub(super) const ROTATE_EXAMPLE: &str = "Example:
  keystead key rotate alias/orders

A key of imported material rotates to what `keystead key import --new-material` gave it.";
pub(super) const EXAMPLE: &str = "Examples:
  keystead key rotation alias/orders
  keystead key rotation alias/orders enable --days 180
  keystead key rotation alias/orders disable";

/// Which key gets new material.
#[derive(Debug, Args)]
pub(super) struct RotateArguments {
    /// The key: its id, its ARN, or alias/NAME
    key: String,
}

/// Whose regular rotation, and what about it.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The key: its id, its ARN, or alias/NAME
    key: String,

    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Tell whether and when it gets new material; so does no word at all
    Show,
    /// Give it new material regularly, or change how often
    Enable {
        /// How often, 90 to 2560 days [default: 365]
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(90..=2560))]
        days: Option<i64>,
    },
    /// End that; what it has stays
    Disable,
}

/// Gives the key new material now.
pub(super) fn rotate(arguments: &RotateArguments, session: &Session) -> Result<(), KeyError> {
    let answer = session.call_on("RotateKeyOnDemand", &arguments.key)?;
    // Whoever may rotate need not be allowed to look.
    let materials = materials::read(session, text(&answer, "KeyId"))?;
    let current = materials.ok().and_then(|found| {
        let materials = found.as_array().map(Vec::as_slice);
        materials::current(materials.unwrap_or_default())
    });
    session.say(&answer, || rotated(&arguments.key, current.as_deref()));
    Ok(())
}

fn rotated(key: &str, current: Option<&str>) -> String {
    let what = current.map_or_else(
        || format!("{key} is rotated to new material."),
        |current| format!("{key} is rotated. Its material is now {current}."),
    );
    format!(
        "{what}\nWhat it encrypted before stays readable; `keystead key show {key}` tells all its materials.\n"
    )
}

/// Shows or sets the regular rotation.
pub(super) fn run(arguments: &Arguments, session: &Session) -> Result<(), KeyError> {
    let key = session.key(&arguments.key)?;
    match arguments.action.as_ref().unwrap_or(&Action::Show) {
        Action::Show => {
            let status = session.call("GetKeyRotationStatus", &json!({"KeyId": key}))?;
            session.say(&status, || {
                format!("{}: {}.\n", arguments.key, words(&status))
            });
        }
        Action::Enable { days } => {
            let input = json!({"KeyId": key, "RotationPeriodInDays": days});
            let answer = session.call("EnableKeyRotation", &input)?;
            session.say(&answer, || {
                let often = days.map_or_else(String::new, |days| format!(" every {days} days"));
                format!("{} gets new material regularly{often}.\n", arguments.key)
            });
        }
        Action::Disable => {
            let answer = session.call("DisableKeyRotation", &json!({"KeyId": key}))?;
            session.say(&answer, || {
                format!("{} gets no more new material by itself.\n", arguments.key)
            });
        }
    }
    Ok(())
}

/// A rotation status in words.
pub(super) fn words(status: &Value) -> String {
    let mut words = match status.get("KeyRotationEnabled").and_then(Value::as_bool) {
        Some(true) => {
            let days = status.get("RotationPeriodInDays").and_then(Value::as_i64);
            days.map_or_else(|| "regular".to_owned(), |days| format!("every {days} days"))
        }
        _ => "none regularly".to_owned(),
    };
    for (before, member) in [
        (", next at ", "NextRotationDate"),
        (
            ", one on demand under way since ",
            "OnDemandRotationStartDate",
        ),
    ] {
        if let Some(instant) = instant(status, member) {
            words.push_str(before);
            words.push_str(&instant);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_in_words() {
        for (status, expected) in [
            (json!({"KeyRotationEnabled": false}), "none regularly"),
            (
                json!({"KeyRotationEnabled": true, "RotationPeriodInDays": 365,
                    "NextRotationDate": 0}),
                "every 365 days, next at 1970-01-01T00:00:00Z",
            ),
            (
                json!({"KeyRotationEnabled": false, "OnDemandRotationStartDate": 0}),
                "none regularly, one on demand under way since 1970-01-01T00:00:00Z",
            ),
        ] {
            assert_eq!(words(&status), expected);
        }
    }
}
