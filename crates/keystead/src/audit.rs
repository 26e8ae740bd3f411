//! `keystead audit`: searching the audit log on the disk, following it, and proving what was
//! delivered of it.
//!
//! It reads the log of a data directory, whether a server runs there or not, and changes nothing. Where there are index
//! files it reads little of the log.

mod csv;
mod filter;
mod follow;
mod output;
mod record;
mod table;
mod verify;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use keystead_server::audit::index::History;
use keystead_server::audit::log::{LogError, Observer};
use keystead_server::clock::{Clock as _, SystemClock};

use clap::{Args, Subcommand};

use self::filter::SearchArguments;
use self::output::Printer;
use self::verify::VerifyArguments;
use crate::data_dir;
use crate::greeting;

pub(crate) const EXAMPLES: &str = "Examples:
  keystead audit --key alias/app --since 2h
  keystead audit --principal ada --denied --since 2027-01-01 --until 2027-02-01
  keystead audit --action Decrypt --context tenant=blue --limit 10
  keystead audit --failed --follow
  keystead audit --since 90d --limit all --output csv > calls.csv
  keystead audit --request-id 7a1b1c5e-4f5f-4c0e-9c39-6a4a5f1f2f30 --output json | jq

Reads the audit log in the data directory, also while the server runs. What is given more than \
once is one or the other; but all of several --context. `keystead explain` shows how a call was \
decided.";

/// What `audit` can be told.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct AuditArguments {
    #[command(subcommand)]
    command: Option<AuditCommand>,

    #[command(flatten)]
    search: SearchArguments,
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    /// Check that nothing of a delivered trail was changed or is missing, without a server
    #[command(after_help = verify::EXAMPLES)]
    Verify(VerifyArguments),
}

/// Does what the subcommand says, or searches.
pub(crate) fn run(arguments: &AuditArguments) -> Result<ExitCode, Box<dyn Error>> {
    match &arguments.command {
        Some(AuditCommand::Verify(arguments)) => verify::run(arguments),
        None => search(&arguments.search),
    }
}

/// Why the log can't be searched.
#[derive(Debug, thiserror::Error)]
enum AuditError {
    #[error("can't read the audit log in {}: is this the server's data directory? Give it with --data-dir", folder.display())]
    Unreadable { folder: PathBuf, source: LogError },
}

/// Searches, and shows what is found.
fn search(arguments: &SearchArguments) -> Result<ExitCode, Box<dyn Error>> {
    let query = arguments.query(SystemClock.now());
    let data_dir = arguments.data_dir.as_deref();
    let folder = data_dir::audit(data_dir.unwrap_or(Path::new(data_dir::DEFAULT)));
    let unreadable = |source| AuditError::Unreadable {
        folder: folder.clone(),
        source,
    };
    let log = Observer::open(&folder).map_err(unreadable)?;
    let history = History::open(log.reader().clone()).map_err(unreadable)?;
    let mut printer = Printer::new(arguments.output, arguments.follow);
    if arguments.follow {
        follow::run(&log, &history, &query, arguments.most(), &mut printer).map_err(unreadable)?;
        return Ok(ExitCode::SUCCESS);
    }
    let most = arguments.most();
    let (mut shown, mut goes_on) = (0, printer.begin());
    let mut found = history.search(query, None).map_err(unreadable)?;
    while goes_on && most.is_none_or(|most| shown < most) {
        let Some(event) = found.next() else {
            printer.end();
            return Ok(ExitCode::SUCCESS);
        };
        goes_on = printer.print(&event.map_err(unreadable)?.line);
        shown += 1;
    }
    printer.end();
    if goes_on && found.next().is_some() {
        greeting::remark("There are more; --limit shows them.");
    }
    Ok(ExitCode::SUCCESS)
}
