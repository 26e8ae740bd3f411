//! `keystead explain`: how a recorded call was decided, read from the audit log on the disk.

mod report;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use keystead_server::audit::log;
use serde_json::Value;

use self::report::report;
use crate::cli::ExplainArguments;
use crate::data_dir;
use crate::greeting;

pub(crate) const EXAMPLES: &str = "Examples:
  keystead explain 7a1b1c5e-4f5f-4c0e-9c39-6a4a5f1f2f30
  aws kms decrypt … --debug 2>&1 | grep -i x-amzn-requestid     # where the id comes from
  keystead explain --json 7a1b1c5e-4f5f-4c0e-9c39-6a4a5f1f2f30 | jq .additionalEventData

Reads the audit log in the data directory, also while the server runs.";

/// Finds the record and shows it.
pub(crate) fn run(arguments: &ExplainArguments) -> Result<ExitCode, Box<dyn Error>> {
    let id = arguments.id.trim();
    let data_dir = arguments.data_dir.as_deref();
    let folder = data_dir::audit(data_dir.unwrap_or(Path::new(data_dir::DEFAULT)));
    let record = find(&folder, id)?;
    greeting::answer(&if arguments.json {
        format!("{record:#}\n")
    } else {
        report(&record)
    });
    Ok(ExitCode::SUCCESS)
}

/// Why there is nothing to show.
#[derive(Debug, thiserror::Error)]
enum ExplainError {
    #[error("an id is needed: the request id that the caller was given, or an event id")]
    NoId,
    #[error("can't read the audit log in {}: is this the server's data directory? Give it with --data-dir", folder.display())]
    Unreadable {
        folder: PathBuf,
        source: log::LogError,
    },
    #[error(
        "the audit log in {} has no record with the request id or event id {id}. In development mode nothing is recorded", folder.display()
    )]
    NotFound { folder: PathBuf, id: String },
}

fn find(folder: &Path, id: &str) -> Result<Value, ExplainError> {
    if id.is_empty() {
        return Err(ExplainError::NoId);
    }
    let is_it = |line: &[u8]| {
        contains(line, id.as_bytes()) && parse(line).is_some_and(|record| names(&record, id))
    };
    let folder = folder.to_owned();
    match log::find(&folder, is_it) {
        Ok(Some(line)) => parse(&line),
        Ok(None) => None,
        Err(source) => return Err(ExplainError::Unreadable { folder, source }),
    }
    .ok_or_else(|| ExplainError::NotFound {
        folder,
        id: id.to_owned(),
    })
}

fn parse(line: &[u8]) -> Option<Value> {
    serde_json::from_slice(line).ok()
}

fn names(record: &Value, id: &str) -> bool {
    ["requestID", "eventID"]
        .iter()
        .filter_map(|name| record.get(name)?.as_str())
        .any(|found| found.eq_ignore_ascii_case(id))
}

/// Whether the text is somewhere in the line, in any case: most lines need no parsing then.
fn contains(line: &[u8], text: &[u8]) -> bool {
    line.windows(text.len())
        .any(|window| window.eq_ignore_ascii_case(text))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_record_is_found_by_either_id() {
        let folder = tempfile::tempdir().unwrap();
        let lines = concat!(
            r#"{"requestID":"r-1","eventID":"e-1"}"#,
            "\nno JSON: r-1\n",
            r#"{"requestID":"r-2","eventID":"e-2","userAgent":"r-1"}"#,
            "\n",
            r#"{"requestID":"r-3"#
        );
        fs::write(folder.path().join("segment-00000001.jsonl"), lines).unwrap();
        let event = |id| find(folder.path(), id).map(|record| record["eventID"].clone());
        assert_eq!(event("r-1").unwrap(), "e-1");
        assert_eq!(event("E-2").unwrap(), "e-2");
        assert!(matches!(event("r-3"), Err(ExplainError::NotFound { .. })));
        assert!(matches!(event(""), Err(ExplainError::NoId)));
        let missing = find(&folder.path().join("none"), "r-1");
        assert!(matches!(missing, Err(ExplainError::Unreadable { .. })));
    }
}
