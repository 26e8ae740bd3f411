//! `keystead key create`.

use std::path::PathBuf;

use clap::Args;
use keystead_core::alias::AliasName;
use keystead_core::key::{KeySpec, KeyUsage, Origin};
use serde_json::{Value, json};

use super::error::KeyError;
use super::named::{self, Pair};
use super::session::Session;
use super::{metadata, policy};
use crate::client::answer::text;
use crate::progress::Progress;

pub(super) const EXAMPLE: &str = "Example:
  keystead key create --alias orders --description 'Orders at rest' --tag team=orders

Without --spec it is a symmetric key that encrypts.";

/// What kind of key is to be made.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// What kind of key, such as rsa-2048 [default: symmetric-default]
    #[arg(long, value_name = "SPEC", value_parser = named::spec)]
    spec: Option<KeySpec>,

    /// What for, such as sign-verify [default: the only one that the spec has]
    #[arg(long, value_name = "USAGE", value_parser = named::usage)]
    usage: Option<KeyUsage>,

    /// Where its material comes from: external is imported later [default: aws-kms, made by the
    /// server]
    #[arg(long, value_name = "ORIGIN", value_parser = named::origin)]
    origin: Option<Origin>,

    /// What it is for, in words
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,

    /// A tag; may be repeated
    #[arg(long = "tag", value_name = "NAME=VALUE", value_parser = named::pair)]
    tags: Vec<Pair>,

    /// Who may do what with it, in JSON; - reads standard input [default: the account's own
    /// policies decide]
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,

    /// A name for it, made too
    #[arg(long, value_name = "NAME", value_parser = named::alias)]
    alias: Option<AliasName>,
}

/// Makes the key, and its alias.
pub(super) fn run(arguments: &Arguments, session: &Session) -> Result<(), KeyError> {
    let usage = usage(arguments)?;
    let policy = arguments.policy.as_deref().map(policy::read).transpose()?;
    if let Some(alias) = &arguments.alias {
        check_free(session, alias)?;
    }
    let progress = Progress::start();
    progress.say("the server makes the key …");
    let input = json!({
        "KeySpec": arguments.spec.map(KeySpec::as_str),
        "KeyUsage": usage.map(KeyUsage::as_str),
        "Origin": arguments.origin.map(Origin::as_str),
        "Description": arguments.description,
        "Tags": named::tags(&arguments.tags),
        "Policy": policy,
    });
    let answer =
        session.write_policy("CreateKey", &input, policy.as_deref().unwrap_or_default())?;
    drop(progress);
    let made = metadata::from(answer.clone(), "CreateKey")?;
    if let Some(alias) = &arguments.alias {
        name(session, alias, text(&made, "KeyId"))?;
    }
    session.say(&answer, || words(&made, arguments.alias.as_ref()));
    Ok(())
}

/// The API wants a usage for all but symmetric keys; most specs leave no choice.
fn usage(arguments: &Arguments) -> Result<Option<KeyUsage>, KeyError> {
    match (arguments.usage, arguments.spec) {
        (Some(usage), _) => Ok(Some(usage)),
        (None, None) => Ok(None),
        (None, Some(spec)) => match spec.usages() {
            [usage] => Ok(Some(*usage)),
            usages => Err(KeyError::Usage {
                spec: spec.to_string(),
                usages: named::listed(usages),
            }),
        },
    }
}

/// A name that is taken is found before the key is made. Whoever may not ask finds it later.
fn check_free(session: &Session, alias: &AliasName) -> Result<(), KeyError> {
    match session.read("DescribeKey", &json!({"KeyId": alias.as_str()}))? {
        Err(_) => Ok(()),
        Ok(answer) => Err(KeyError::AliasTaken {
            alias: alias.to_string(),
            key: text(&metadata::from(answer, "DescribeKey")?, "KeyId").to_owned(),
        }),
    }
}

fn name(session: &Session, alias: &AliasName, key: &str) -> Result<(), KeyError> {
    let input = json!({"AliasName": alias.as_str(), "TargetKeyId": key});
    match session.call("CreateAlias", &input) {
        Ok(_) => Ok(()),
        Err(source) => Err(KeyError::MadeWithoutAlias {
            key: key.to_owned(),
            alias: alias.to_string(),
            source: Box::new(source),
        }),
    }
}

fn words(made: &Value, alias: Option<&AliasName>) -> String {
    let (id, spec, usage) = (
        text(made, "KeyId"),
        text(made, "KeySpec"),
        text(made, "KeyUsage"),
    );
    let name = alias.map_or_else(String::new, |alias| format!(", {alias}"));
    let mut words = format!(
        "Made key {id}{name} ({spec}, {usage}).\n{}\n",
        text(made, "Arn")
    );
    if text(made, "Origin") == Origin::External.as_str() {
        words.push_str(&format!(
            "It waits for its material: keystead key import {id} FILE --no-expiry\n"
        ));
    }
    words
}
