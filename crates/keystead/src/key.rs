//! `keystead key …`: keys, for people. A client of the KMS API like any other: each call is signed
//! as the caller, authorized and recorded.
//!
//! Each subcommand is a file with its arguments and what it does; what they share is in
//! [`session`] (calls, and how answers are shown), [`named`] (values on the command line) and
//! [`error`] (what went wrong, and what to do next).

mod alias;
mod create;
mod delete_material;
mod deletion;
mod error;
mod grants;
mod import;
mod list;
mod materials;
mod metadata;
mod named;
mod policy;
mod rotation;
mod session;
mod show;
mod state;
mod tags;

use std::error::Error;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use self::session::Session;
use crate::cli::ConnectionArguments;
use crate::client::Client;

pub(crate) const EXAMPLES: &str = "Examples:
  keystead key create --alias app
  keystead key list --state enabled
  keystead key show alias/app
  keystead key schedule-deletion alias/app --days 30

KEY is a key's id, its ARN, or alias/NAME. Each call needs the permission of the API's operation \
of the same name, such as kms:ListKeys; reading an alias needs kms:DescribeKey.";

/// What `key` can be told.
#[derive(Debug, Args)]
pub(crate) struct KeyArguments {
    #[command(subcommand)]
    command: KeyCommand,

    /// Print JSON, as the API answers
    #[arg(long, global = true)]
    json: bool,

    #[command(flatten)]
    connection: ConnectionArguments,
}

#[derive(Debug, Subcommand)]
enum KeyCommand {
    /// Make a key
    #[command(after_help = create::EXAMPLE)]
    Create(create::Arguments),
    /// List the keys of this Region and account
    #[command(after_help = list::EXAMPLE)]
    List(list::Arguments),
    /// Show everything about a key but its material
    #[command(after_help = show::EXAMPLE)]
    Show(show::Arguments),
    /// Let a disabled key be used again
    #[command(after_help = state::ENABLE_EXAMPLE)]
    Enable(state::Arguments),
    /// Keep a key from being used
    #[command(after_help = state::DISABLE_EXAMPLE)]
    Disable(state::Arguments),
    /// Give a key new material now; what was encrypted before stays readable
    #[command(after_help = rotation::ROTATE_EXAMPLE)]
    Rotate(rotation::RotateArguments),
    /// Show or set whether a key gets new material regularly
    #[command(after_help = rotation::EXAMPLE)]
    Rotation(rotation::Arguments),
    /// Give a key material of your own, wrapped here
    #[command(after_help = import::EXAMPLE)]
    Import(import::Arguments),
    /// Take imported material from a key
    #[command(after_help = delete_material::EXAMPLE)]
    DeleteMaterial(delete_material::Arguments),
    /// Show or replace a key's policy
    #[command(after_help = policy::EXAMPLE)]
    Policy(policy::Arguments),
    /// List, make and end a key's grants
    #[command(after_help = grants::EXAMPLE)]
    Grants(grants::Arguments),
    /// Show or change a key's tags
    #[command(after_help = tags::EXAMPLE)]
    Tags(tags::Arguments),
    /// List, add and remove the names of keys
    #[command(after_help = alias::EXAMPLE)]
    Alias(alias::Arguments),
    /// Delete a key after a waiting period
    #[command(after_help = deletion::SCHEDULE_EXAMPLE)]
    ScheduleDeletion(deletion::ScheduleArguments),
    /// Keep a key that waits for its deletion; it is disabled then
    #[command(after_help = deletion::CANCEL_EXAMPLE)]
    CancelDeletion(deletion::CancelArguments),
}

/// Calls the server and shows what it answers.
pub(crate) fn run(arguments: &KeyArguments) -> Result<ExitCode, Box<dyn Error>> {
    let session = Session::new(Client::new(&arguments.connection)?, arguments.json);
    match &arguments.command {
        KeyCommand::Create(arguments) => create::run(arguments, &session),
        KeyCommand::List(arguments) => list::run(arguments, &session),
        KeyCommand::Show(arguments) => show::run(arguments, &session),
        KeyCommand::Enable(arguments) => state::enable(arguments, &session),
        KeyCommand::Disable(arguments) => state::disable(arguments, &session),
        KeyCommand::Rotate(arguments) => rotation::rotate(arguments, &session),
        KeyCommand::Rotation(arguments) => rotation::run(arguments, &session),
        KeyCommand::Import(arguments) => import::run(arguments, &session),
        KeyCommand::DeleteMaterial(arguments) => delete_material::run(arguments, &session),
        KeyCommand::Policy(arguments) => policy::run(arguments, &session),
        KeyCommand::Grants(arguments) => grants::run(arguments, &session),
        KeyCommand::Tags(arguments) => tags::run(arguments, &session),
        KeyCommand::Alias(arguments) => alias::run(arguments, &session),
        KeyCommand::ScheduleDeletion(arguments) => deletion::schedule(arguments, &session),
        KeyCommand::CancelDeletion(arguments) => deletion::cancel(arguments, &session),
    }?;
    Ok(ExitCode::SUCCESS)
}
