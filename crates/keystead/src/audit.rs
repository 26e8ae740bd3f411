//! `keystead audit`: searching the audit log on the disk, and following it.
//!
//! It reads the log of a data directory, whether a server runs there or not, and changes nothing. Where there are index
//! files it reads little of the log.

mod csv;
mod filter;
mod follow;
mod output;
mod record;
mod table;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use keystead_server::audit::index::History;
use keystead_server::audit::log::{LogError, Observer};
use keystead_server::clock::{Clock as _, SystemClock};

pub(crate) use self::filter::AuditArguments;
use self::output::Printer;
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

/// Why the log can't be searched.
#[derive(Debug, thiserror::Error)]
enum AuditError {
    #[error("can't read the audit log in {}: is this the server's data directory? Give it with --data-dir", folder.display())]
    Unreadable { folder: PathBuf, source: LogError },
}

/// Searches, and shows what is found.
pub(crate) fn run(arguments: &AuditArguments) -> Result<ExitCode, Box<dyn Error>> {
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
