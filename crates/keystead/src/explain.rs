//! `keystead explain`: how a recorded call was decided, read from the audit log on the disk.

mod report;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use keystead_server::audit::index::{Attribute, History, Query, Term};
use keystead_server::audit::log::{LogError, Observer};
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
    Unreadable { folder: PathBuf, source: LogError },
    #[error(
        "the audit log in {} has no record with the request id or event id {id}. In development mode nothing is recorded", folder.display()
    )]
    NotFound { folder: PathBuf, id: String },
}

fn find(folder: &Path, id: &str) -> Result<Value, ExplainError> {
    if id.is_empty() {
        return Err(ExplainError::NoId);
    }
    let unreadable = |source| ExplainError::Unreadable {
        folder: folder.to_owned(),
        source,
    };
    let either = [Attribute::RequestId, Attribute::EventId].map(|by| Term::new(by, id));
    let log = Observer::open(folder).map_err(unreadable)?;
    let history = History::open(log.reader().clone()).map_err(unreadable)?;
    let mut found = history
        .search(Query::default().with_any(either), None)
        .map_err(unreadable)?;
    let record = match found.next().transpose().map_err(unreadable)? {
        Some(event) => serde_json::from_slice(&event.line).ok(),
        None => None,
    };
    record.ok_or_else(|| ExplainError::NotFound {
        folder: folder.to_owned(),
        id: id.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn record(request_id: &str, event_id: &str) -> String {
        let record = serde_json::json!({"userIdentity": {}, "eventTime": "2026-01-02T03:04:05Z",
            "eventSource": "", "eventName": "", "awsRegion": "", "recipientAccountId": "",
            "readOnly": true, "requestID": request_id, "eventID": event_id, "userAgent": "r-1"});
        format!("{record}\n")
    }

    #[test]
    fn a_record_is_found_by_either_id() {
        let folder = tempfile::tempdir().unwrap();
        let torn = record("r-3", "e-3");
        let lines = [
            &record("r-1", "e-1"),
            "no JSON: r-1\n",
            &record("r-2", "e-2"),
            torn.trim_end(),
        ];
        fs::write(folder.path().join("segment-00000001.jsonl"), lines.concat()).unwrap();
        let event = |id| find(folder.path(), id).map(|record| record["eventID"].clone());
        assert_eq!(event("r-1").unwrap(), "e-1");
        assert_eq!(event("E-2").unwrap(), "e-2");
        assert!(matches!(event("r-3"), Err(ExplainError::NotFound { .. })));
        assert!(matches!(event(""), Err(ExplainError::NoId)));
        let missing = find(&folder.path().join("none"), "r-1");
        assert!(matches!(missing, Err(ExplainError::Unreadable { .. })));
    }
}
