//! `cargo xtask bench audit-search`: how fast the audit log is indexed and searched.
//!
//! Events are written straight into the log's segments, as many as a busy server has in days. Measured are the indexer,
//! which makes the index files of all of them, and the first page of lookups by each attribute, each alone as
//! LookupEvents asks: of values that most events have, of some that few have, and of some that none has.

mod events;
mod folder;
mod measure;
mod report;

use std::path::PathBuf;

use self::events::Events;
use self::folder::Folder;
use self::report::Report;
use super::{Error, release, write_json};

/// What `cargo xtask bench audit-search` may be told.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Events in the log. A million takes about 800 MB of the disk, until the end
    #[arg(long, default_value_t = 10_000_000, value_parser = clap::value_parser!(u32).range(1_000..=100_000_000))]
    events: u32,
    /// Lookups of each kind that are measured
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(10..=100_000))]
    lookups: u32,
    /// Also write the report to this file, as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// Writes a log, indexes it, looks things up, and reports.
pub(super) fn run(options: &Options) -> Result<(), Error> {
    if cfg!(debug_assertions) {
        return release::rerun();
    }
    let folder = Folder::make(options.events)?;
    let events = Events::new(options.events);
    let log_bytes = events.write(folder.path())?;
    let (history, indexed) = measure::index(folder.path(), log_bytes)?;
    let report = Report {
        events: options.events,
        log_bytes,
        indexed,
        lookups: measure::lookups(&history, &events, options.lookups)?,
    };
    println!("{report}");
    write_json(options.json.as_deref(), &report)
}
