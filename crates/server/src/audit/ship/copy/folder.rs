//! What there is to copy: the trail's folder, as far as it is new.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use keystead_core::arn::AccountId;
use keystead_core::time::Timestamp;
use serde::Deserialize;

use super::ShipError;
use crate::audit::trail::{Catalogue, Kind, ObjectKey, Wanted, bucket, bucket_owner};

/// The largest digest that is read, in bytes: of an hour with a file in each second, of many
/// accounts.
const MAX_DIGEST_BYTES: u64 = 256 * 1024 * 1024;

/// The trail's folder.
pub(super) struct Folder {
    root: PathBuf,
    account: Option<AccountId>,
}

/// The files of an account and a Region.
pub(super) struct Chain {
    /// What tells it from others: the folder of its digests.
    pub(super) name: String,
    pub(super) account: AccountId,
    pub(super) catalogue: Catalogue,
    /// The digests after the one that was put last, in order, and the log files since then.
    pub(super) files: Vec<File>,
}

/// A file of the trail.
pub(super) struct File {
    pub(super) key: ObjectKey,
    pub(super) size: u64,
    pub(super) modified: Timestamp,
}

impl Folder {
    pub(super) const fn new(root: PathBuf, account: Option<AccountId>) -> Self {
        Self { root, account }
    }

    /// What is new in each chain. `digests` has the newest digest that was put, by chain.
    pub(super) fn chains(
        &self,
        digests: &BTreeMap<String, String>,
    ) -> Result<Vec<Chain>, ShipError> {
        let mut chains = Vec::new();
        for account in self.accounts()? {
            let path = self.root.join(bucket(account));
            let failed = || ShipError::disk(path.clone());
            let catalogue = Catalogue::new(path.clone());
            let folder = |kind: Kind| format!("AWSLogs/{account}/{}/", kind.folder());
            let mut regions = BTreeSet::new();
            for kind in [Kind::Digest, Kind::Log] {
                let prefix = folder(kind);
                let wanted = Wanted {
                    prefix: &prefix,
                    delimiter: Some("/"),
                    most: usize::MAX,
                    ..Wanted::default()
                };
                let names = catalogue.list(&wanted).map_err(failed())?.common_prefixes;
                regions.extend(names.iter().filter_map(|name| {
                    let region = name.strip_prefix(&prefix)?.strip_suffix('/')?;
                    Some(region.to_owned())
                }));
            }
            for region in regions {
                let name = format!("{}{region}/", folder(Kind::Digest));
                let newest = digests.get(&name);
                let key = newest.and_then(|newest| ObjectKey::parse(newest));
                let logs = format!("{}{region}/", folder(Kind::Log));
                let from = key.map(|digest| first_log(&logs, &digest));
                let mut files = Vec::new();
                for (prefix, after) in [(&name, newest), (&logs, from.as_ref())] {
                    let wanted = Wanted {
                        prefix,
                        after: after.map(String::as_str),
                        most: usize::MAX,
                        ..Wanted::default()
                    };
                    for key in catalogue.list(&wanted).map_err(failed())?.keys {
                        if let Some(facts) = catalogue.facts(&key).map_err(failed())? {
                            files.push(File {
                                key,
                                size: facts.size,
                                modified: facts.modified,
                            });
                        }
                    }
                }
                chains.push(Chain {
                    name,
                    account,
                    catalogue: catalogue.clone(),
                    files,
                });
            }
        }
        Ok(chains)
    }

    fn accounts(&self) -> Result<BTreeSet<AccountId>, ShipError> {
        let failed = || ShipError::disk(self.root.clone());
        let mut accounts = BTreeSet::new();
        let entries = match fs::read_dir(&self.root) {
            Ok(entries) => entries,
            // Nothing was delivered yet.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(accounts),
            Err(error) => return Err(failed()(error)),
        };
        for entry in entries {
            let name = entry.map_err(failed())?.file_name();
            accounts.extend(name.to_str().and_then(bucket_owner));
        }
        accounts.retain(|account| self.account.is_none_or(|wanted| wanted == *account));
        Ok(accounts)
    }
}

/// A text that is before the names of all log files which a later digest than this one names: those
/// of the minute in which its time ends, and later ones. `folder` is the Region's.
fn first_log(folder: &str, digest: &ObjectKey) -> String {
    let time = digest.time();
    let part = |range| time.get(range).unwrap_or_default();
    let (account, region) = (digest.account(), digest.region());
    let day = format!("{}/{}/{}", part(0..4), part(4..6), part(6..8));
    let minute = part(0..13);
    format!("{folder}{day}/{account}_CloudTrail_{region}_{minute}")
}

/// The log files that a digest names, by its file; `None` if it is no digest.
pub(super) fn named_by(digest: &[u8]) -> Option<Vec<ObjectKey>> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Digest {
        log_files: Vec<LogFile>,
    }
    #[derive(Deserialize)]
    struct LogFile {
        #[serde(rename = "s3Object")]
        object: String,
    }
    let mut json = Vec::new();
    let mut decoder = GzDecoder::new(digest).take(MAX_DIGEST_BYTES);
    decoder.read_to_end(&mut json).ok()?;
    let digest: Digest = serde_json::from_slice(&json).ok()?;
    let logs = digest.log_files.iter();
    logs.map(|log| ObjectKey::parse(&log.object)).collect()
}

/// A file; `None` if it is not there.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, ShipError> {
    match fs::read(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(ShipError::disk(path.to_owned())(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_files_are_looked_for_from_the_last_digest_on() {
        let digest = "AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/01/02/\
            111122223333_CloudTrail-Digest_eu-west-1_keystead_us-east-1_20260102T030000Z.json.gz";
        let folder = "AWSLogs/111122223333/CloudTrail/eu-west-1/";
        let first = first_log(folder, &ObjectKey::parse(digest).unwrap());
        let log = |day: &str, time: &str| {
            format!(
                "{folder}{day}/111122223333_CloudTrail_eu-west-1_{time}_ABCDEFGHIJ012345.json.gz"
            )
        };
        assert!(first < log("2026/01/02", "20260102T0300Z"));
        assert!(first < log("2026/01/03", "20260103T0000Z"));
        assert!(first > log("2026/01/02", "20260102T0259Z"));
    }
}
