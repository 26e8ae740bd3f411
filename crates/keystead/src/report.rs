//! `keystead report`: what an auditor asks of the keys of an account in a Region, as a page for
//! people and as JSON. A client of the API like any other, that reads and changes nothing.
//!
//! Reading ([`account`], and [`usage`] of the audit log's files), judging ([`rules`], and [`prices`])
//! and showing ([`text`], [`html`]) are apart: all but the first are pure.

mod account;
mod findings;
mod html;
mod identities;
mod money;
mod outcome;
mod prices;
mod reading;
mod rules;
mod text;
mod usage;

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use keystead_server::clock::{Clock as _, SystemClock};

use self::account::Account;
use self::findings::{Limits, judge};
use self::outcome::Report;
use self::usage::Usage;
use crate::cli::ConnectionArguments;
use crate::client::Client;
use crate::moment::{Moment, moment};
use crate::progress::Progress;
use crate::{data_dir, greeting};

pub(crate) const EXAMPLES: &str = "Examples:
  keystead report
  keystead report --output html > report.html
  keystead report --unused-days 180 --strict || echo 'look at the keys'

Needs kms:ListKeys, and to read all: kms:DescribeKey, GetKeyPolicy, GetKeyRotationStatus, \
ListKeyRotations, ListResourceTags, GetKeyLastUsage, ListGrants, ListAliases and \
iam:GetAccountAuthorizationDetails. What may not be read is counted. Usage is read from the audit \
log in the data directory, if it is there.";

/// What `report` is asked.
#[derive(Debug, Args)]
pub(crate) struct ReportArguments {
    /// Find keys that nobody used for this many days
    #[arg(long, value_name = "DAYS", default_value_t = 90)]
    unused_days: u32,

    /// Find grants that are this many days old
    #[arg(long, value_name = "DAYS", default_value_t = 365)]
    grant_days: u32,

    /// Find imported material that expires within this many days
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    expiring_days: u32,

    /// Tell of the usage since then: 12h, 30d, 8w, 2027-01-31 (UTC) or 2027-01-31T12:00:00Z
    #[arg(long, value_name = "TIME", default_value = "30d", value_parser = moment)]
    since: Moment,

    /// How to show it
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    output: Output,

    /// End with 2 if anything is found, or could not be read
    #[arg(long)]
    strict: bool,

    #[command(flatten)]
    connection: ConnectionArguments,
}

/// The ways to show a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Output {
    /// For a terminal
    Text,
    /// One object
    Json,
    /// One page that needs nothing else
    Html,
}

/// Reads, judges and shows.
pub(crate) fn run(arguments: &ReportArguments) -> Result<ExitCode, Box<dyn Error>> {
    let client = Client::new(&arguments.connection)?;
    let report = make(arguments, &client)?;
    greeting::answer(&match arguments.output {
        Output::Text => text::page(&report),
        Output::Json => format!("{:#}\n", serde_json::to_value(&report)?),
        Output::Html => html::page(&report),
    });
    let is_clean = report.findings() == 0 && report.unread.is_empty();
    Ok(match arguments.strict && !is_clean {
        true => ExitCode::from(2),
        false => ExitCode::SUCCESS,
    })
}

fn make(arguments: &ReportArguments, client: &Client) -> Result<Report, Box<dyn Error>> {
    let progress = Progress::start();
    let now = SystemClock.now();
    let account = Account::read(client, &progress)?;
    let limits = Limits {
        now,
        account: account.id.clone(),
        region: account.region.clone(),
        unused_days: arguments.unused_days,
        grant_days: arguments.grant_days,
        expiring_days: arguments.expiring_days,
    };
    progress.say("reading the audit log …");
    let data_dir = arguments.connection.data_dir.as_deref();
    let folder = data_dir::audit(data_dir.unwrap_or(Path::new(data_dir::DEFAULT)));
    let usage = Usage::read(&folder, &account, arguments.since.instant(now));
    let outcomes = judge(&account, &limits);
    Ok(Report::new(&account, &limits, outcomes, usage))
}
