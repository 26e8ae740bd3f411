//! `keystead apply`: makes a server's accounts, identities, policies, keys, aliases and grants as a
//! file says.
//!
//! The file is read ([`source`], [`document`], [`check`]), compared with what the server says
//! ([`planner`], [`sections`]), and the difference shown ([`show`]) before anything is changed
//! ([`carry_out`]). All of it goes through the API with the caller's credentials, so that every
//! read and every change is authorized and recorded like anybody's.

mod api;
mod carry_out;
mod check;
mod compare;
mod document;
mod error;
mod plan;
mod planner;
mod sections;
mod server;
mod show;
mod source;

use std::error::Error;
use std::io::{self, BufRead as _, IsTerminal as _};
use std::process::ExitCode;

use self::carry_out::Work;
use self::error::ApplyError;
use self::plan::{Names, Step};
use self::planner::Planner;
use self::server::Remote;
use self::show::Listener;
use self::source::Source;
use crate::cli::ApplyArguments;
use crate::client::Client;

/// Shown below the help.
pub(crate) const EXAMPLES: &str = "Example:
  A file keys.toml with
      [[keys]]
      alias = \"alias/orders\"
      description = \"Orders at rest\"
  shows what differs with `keystead apply keys.toml --dry-run`, and makes it so with
  `keystead apply keys.toml`. docs/apply.md describes every section.";

/// Compares, shows, asks and changes.
pub(crate) fn run(arguments: &ApplyArguments) -> Result<ExitCode, Box<dyn Error>> {
    let source = Source::read(&arguments.file)?;
    check::check(&source.document)?;
    let remote = Client::new(&arguments.connection).and_then(Remote::connect);
    let remote = remote.map_err(|source| ApplyError::Client { source })?;
    let (steps, names) = difference(&source, &remote, arguments.prune)?;
    if arguments.json {
        show::print(&format!("{}\n", show::object(&steps)));
    } else {
        show::print(&show::words(&steps, remote.own_account()));
    }
    if steps.is_empty() || arguments.dry_run {
        return Ok(ExitCode::SUCCESS);
    }
    if !arguments.yes {
        ask()?;
    }
    let (mut words, mut lines) = (show::Words, show::Lines);
    let listener: &mut dyn Listener = if arguments.json {
        &mut lines
    } else {
        &mut words
    };
    let mut work = Work {
        server: &remote,
        source: &source,
        names,
        listener,
    };
    work.carry_out(&steps)?;
    Ok(ExitCode::SUCCESS)
}

/// What is to be done, and what placeholders stand for.
fn difference(
    source: &Source,
    remote: &Remote,
    prune: bool,
) -> Result<(Vec<Step>, Names), ApplyError> {
    let mut planner = Planner {
        source,
        server: remote,
        own: remote.own_account(),
        caller: remote.caller(),
        prune,
        names: Names::default(),
        steps: Vec::new(),
    };
    sections::plan(&mut planner)?;
    Ok((planner.steps, planner.names))
}

/// Asks the person at the terminal; without one, nobody may agree.
fn ask() -> Result<(), ApplyError> {
    if !io::stdin().is_terminal() {
        return Err(ApplyError::NobodyToAsk);
    }
    show::print("Carry this out? [y/N] ");
    let mut answer = String::new();
    // What can't be read is no yes.
    let _ = io::stdin().lock().read_line(&mut answer);
    match answer.trim() {
        "y" | "Y" | "yes" => Ok(()),
        _ => Err(ApplyError::Declined),
    }
}
