//! `keystead apply`: makes a server's accounts, identities, policies, keys, aliases and grants as a
//! file says.
//!
//! The file is read ([`source`], [`document`], [`check`]), compared with what the server says
//! ([`planner`], [`sections`]), and the difference shown ([`show`]) before anything is changed
//! ([`carry_out`]). All of it goes through the API with the caller's credentials, so that every
//! read and every change is authorized and recorded like anybody's.

mod carry_out;
mod check;
mod compare;
mod document;
mod error;
mod key_file;
mod plan;
mod planner;
mod sections;
mod server;
mod show;
mod source;

use std::error::Error;
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
use crate::confirm::confirm;
use crate::greeting;

/// Shown below the help.
pub(crate) const EXAMPLES: &str = "Example:
  A file keys.toml with
      [[keys]]
      alias = \"alias/orders\"
      description = \"Orders at rest\"
  shows what differs with `keystead apply keys.toml --dry-run`, and makes it so with
  `keystead apply keys.toml`. docs/apply.md describes every section.";

/// The exit code of a dry run that finds a difference, as of Terraform's `-detailed-exitcode`.
const DIFFERS: u8 = 2;

/// Compares, shows, asks and changes.
pub(crate) fn run(arguments: &ApplyArguments) -> Result<ExitCode, Box<dyn Error>> {
    let source = Source::read(&arguments.file)?;
    check::check(&source.document)?;
    let remote = Client::new(&arguments.connection).and_then(Remote::connect);
    let remote = remote.map_err(|source| ApplyError::Client { source })?;
    let (steps, names, warnings) = difference(&source, &remote, arguments.prune)?;
    for warning in &warnings {
        greeting::warn(warning);
    }
    if arguments.json {
        show::print(&format!("{}\n", show::object(&steps)));
    } else {
        show::print(&show::words(&steps, remote.own_account()));
    }
    if steps.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    if arguments.dry_run {
        return Ok(ExitCode::from(DIFFERS));
    }
    if !arguments.yes {
        confirm("Carry this out?").map_err(ApplyError::from)?;
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

/// What is to be done, what placeholders stand for, and what the caller should know.
fn difference(
    source: &Source,
    remote: &Remote,
    prune: bool,
) -> Result<(Vec<Step>, Names, Vec<String>), ApplyError> {
    let mut planner = Planner {
        source,
        server: remote,
        own: remote.own_account(),
        caller: remote.caller(),
        prune,
        names: Names::default(),
        steps: Vec::new(),
        warnings: Vec::new(),
    };
    sections::plan(&mut planner)?;
    Ok((planner.steps, planner.names, planner.warnings))
}
