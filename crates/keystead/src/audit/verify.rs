//! `keystead audit verify`: whether a delivered trail, or a copy of it, is whole and unchanged.

use std::error::Error;
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use keystead_core::arn::{AccountId, Region};
use keystead_core::time::Timestamp;
use keystead_server::audit::trail::verify::{
    self, Checked, KeyListError, PublicKeys, Report, Request, own_list,
};
use serde_json::{Value, json};

use crate::data_dir;
use crate::greeting;
use crate::words::{clean, counted};

pub(crate) const EXAMPLES: &str = "Examples:
  aws cloudtrail list-public-keys --start-time 2026-01-01 --end-time 2027-01-01 > keys.json
  keystead audit verify --directory /mnt/copy --public-keys keys.json
  keystead audit verify --directory /mnt/copy --fingerprint 3f6c… --end 2026-07-01T00:00:00Z

Ends with 0 if all is valid, and with 1 if anything is wrong or nothing is there. docs/audit.md tells \
what is checked, and where the public keys should come from.";

/// The keys are no better than the folder.
const UNPINNED: &str = "the public keys are those in the folder itself, where whoever can change the files can change them too: give keys that were kept elsewhere with --public-keys or --fingerprint";

/// What `audit verify` is asked.
#[derive(Debug, Args)]
pub(super) struct VerifyArguments {
    /// The trail's folder, or a copy of it or of one bucket [default: audit/trail in the data directory]
    #[arg(long, value_name = "DIR")]
    directory: Option<PathBuf>,

    /// The server's data directory; the server may be running [default: ./keystead-data]
    #[arg(long, value_name = "DIR", env = "KEYSTEAD_DATA_DIR")]
    data_dir: Option<PathBuf>,

    /// Check only this account
    #[arg(long, value_name = "ID")]
    account: Option<AccountId>,

    /// Check only this Region
    #[arg(long, value_name = "REGION")]
    region: Option<Region>,

    /// Check only digests of times that end after this, such as 2026-01-02T03:00:00Z
    #[arg(long, value_name = "TIME")]
    start: Option<Timestamp>,

    /// Check only digests of times that begin before this, and that they reach this far
    #[arg(long, value_name = "TIME")]
    end: Option<Timestamp>,

    /// The public keys, as `aws cloudtrail list-public-keys` prints them; may be repeated [default:
    /// public-keys.json in the folder]
    #[arg(long, value_name = "FILE")]
    public_keys: Vec<PathBuf>,

    /// Take only the public key with this fingerprint; may be repeated
    #[arg(long, value_name = "HEX")]
    fingerprint: Vec<String>,

    /// Print JSON, one object
    #[arg(long)]
    json: bool,
}

/// Why nothing could be checked.
#[derive(Debug, thiserror::Error)]
enum VerifyError {
    #[error("can't read {}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("{} can't be used", path.display())]
    Keys { path: PathBuf, source: KeyListError },
    #[error(
        "there is no public-keys.json in {}: the first digest, and its key, are made once an hour with records is over; for a copy without the file give the public keys with --public-keys",
        directory.display()
    )]
    NoKeys { directory: PathBuf },
    #[error("no public key has a fingerprint that was given with --fingerprint")]
    NoneWithFingerprint,
}

/// Checks, and says what was found.
pub(super) fn run(arguments: &VerifyArguments) -> Result<ExitCode, Box<dyn Error>> {
    let data_dir = arguments.data_dir.as_deref();
    let default = || data_dir::trail(data_dir.unwrap_or(Path::new(data_dir::DEFAULT)));
    let directory = arguments.directory.clone().unwrap_or_else(default);
    // What is not there is not to be taken for a trail without keys.
    std::fs::read_dir(&directory).map_err(|source| VerifyError::Read {
        path: directory.clone(),
        source,
    })?;
    let is_pinned = !arguments.public_keys.is_empty() || !arguments.fingerprint.is_empty();
    let keys = keys(arguments, &directory)?;
    let report = verify::verify(&Request {
        directory: &directory,
        account: arguments.account,
        region: arguments.region.as_ref(),
        start: arguments.start,
        end: arguments.end,
        keys: &keys,
    })?;
    if !is_pinned {
        greeting::warn(UNPINNED);
    }
    greeting::answer(&if arguments.json {
        format!("{:#}\n", to_json(&report, is_pinned))
    } else {
        to_text(&report)
    });
    Ok(match is_proven(&report) {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

/// The public keys that digests may be signed with.
fn keys(arguments: &VerifyArguments, directory: &Path) -> Result<PublicKeys, VerifyError> {
    let mut keys = PublicKeys::default();
    for path in &arguments.public_keys {
        let read = std::fs::read(path).map_err(|source| {
            let path = path.clone();
            VerifyError::Read { path, source }
        })?;
        keys.extend(parse(&read, path)?);
    }
    if arguments.public_keys.is_empty() {
        let read = own_list(directory).map_err(|source| {
            let path = directory.to_owned();
            VerifyError::Read { path, source }
        })?;
        let directory = directory.to_owned();
        let list = read.ok_or_else(|| VerifyError::NoKeys {
            directory: directory.clone(),
        })?;
        keys = parse(&list, &directory.join("public-keys.json"))?;
    }
    if arguments.fingerprint.is_empty() {
        return Ok(keys);
    }
    let pinned = keys.pinned(&arguments.fingerprint);
    match pinned.is_empty() {
        true => Err(VerifyError::NoneWithFingerprint),
        false => Ok(pinned),
    }
}

fn parse(list: &[u8], path: &Path) -> Result<PublicKeys, VerifyError> {
    PublicKeys::read(list).map_err(|source| {
        let path = path.to_owned();
        VerifyError::Keys { path, source }
    })
}

/// Whether something was checked, and nothing is wrong.
fn is_proven(report: &Report) -> bool {
    report.is_valid() && report.chains.iter().any(|chain| chain.digests > 0)
}

fn to_text(report: &Report) -> String {
    let mut text = String::new();
    for chain in &report.chains {
        push_chain(&mut text, chain);
    }
    let problems: usize = report.chains.iter().map(|chain| chain.problems.len()).sum();
    let verdict = match (is_proven(report), problems) {
        (true, _) => "valid".to_owned(),
        (false, 0) => "INVALID: there are no digests, and nothing is proven".to_owned(),
        (false, problems) => format!("INVALID: {}", counted(problems, "problem")),
    };
    // Writing to a string can't fail.
    let _ = writeln!(text, "{verdict}");
    text
}

fn push_chain(text: &mut String, chain: &Checked) {
    let (account, region) = (&chain.account, &chain.region);
    let checked = format!(
        "{}, {}",
        counted(chain.digests, "digest"),
        counted(chain.logs, "log file")
    );
    let time = match (&chain.from, &chain.to) {
        (Some(from), Some(to)) => format!(", from {from} to {to}"),
        _ => String::new(),
    };
    let _ = writeln!(text, "{account} {region}: {checked}{}", clean(&time));
    if let Some((newest, hash)) = &chain.newest {
        let _ = writeln!(text, "  newest digest {newest}\n  sha256 {hash}");
    }
    if chain.unproven > 0 {
        let files = counted(chain.unproven, "log file");
        let _ = writeln!(text, "  {files} since then, with no digest yet");
    }
    for problem in &chain.problems {
        let _ = writeln!(text, "  INVALID {}", clean(&problem.to_string()));
    }
}

fn to_json(report: &Report, is_pinned: bool) -> Value {
    let problem = |problem: &verify::Problem| json!({ "object": problem.object, "problem": problem.what.to_string() });
    let chain = |chain: &Checked| {
        let newest = chain.newest.as_ref();
        json!({
            "account": chain.account,
            "region": chain.region,
            "from": chain.from,
            "to": chain.to,
            "digests": chain.digests,
            "logFiles": chain.logs,
            "logFilesWithoutDigest": chain.unproven,
            "newestDigest": newest.map(|(object, hash)| json!({ "object": object, "sha256": hash })),
            "problems": chain.problems.iter().map(problem).collect::<Vec<_>>(),
        })
    };
    json!({
        "valid": is_proven(report),
        "keysFromTheFolderItself": !is_pinned,
        "chains": report.chains.iter().map(chain).collect::<Vec<_>>(),
    })
}
