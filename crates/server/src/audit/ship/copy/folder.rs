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

/// The largest file that is read, and the largest digest out of its compression, in bytes: of an hour
/// with a file in each second, of many accounts.
pub(super) const MAX_FILE_BYTES: u64 = 256 * 1024 * 1024;

/// How many digests of a chain are listed at once, of thousands after a long break.
const MOST: usize = 100;

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
    /// The first digests after the one that was put last, in order.
    pub(super) digests: Vec<File>,
    /// The log files since then, in order; the first of them, as long as there are digests.
    pub(super) logs: Vec<File>,
    log_folder: String,
}

impl Chain {
    /// A text that is before the names of all log files which are listed once this digest is put;
    /// `None` if it is no digest.
    pub(super) fn first_log(&self, digest: &str) -> Option<String> {
        let digest = ObjectKey::parse(digest)?;
        Some(first_log(&self.log_folder, &digest))
    }
}

/// A file of the trail.
pub(super) struct File {
    pub(super) key: ObjectKey,
    pub(super) size: u64,
    pub(super) modified: Timestamp,
}

impl File {
    /// Whether its name is after another one, if there is one.
    pub(super) fn is_after(&self, name: Option<&String>) -> bool {
        name.is_none_or(|name| self.key.as_str() > name.as_str())
    }
}

impl Folder {
    pub(super) const fn new(root: PathBuf, account: Option<AccountId>) -> Self {
        Self { root, account }
    }

    /// What is new in each chain, or the first of it. `put` has the newest digest that was put, by
    /// chain.
    pub(super) fn chains(&self, put: &BTreeMap<String, String>) -> Result<Vec<Chain>, ShipError> {
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
                let mut chain = Chain {
                    log_folder: format!("{}{region}/", folder(Kind::Log)),
                    name,
                    account,
                    catalogue: catalogue.clone(),
                    digests: Vec::new(),
                    logs: Vec::new(),
                };
                let newest = put.get(&chain.name);
                let first = newest.and_then(|newest| chain.first_log(newest));
                chain.digests = files(&catalogue, &chain.name, newest, MOST).map_err(failed())?;
                // Most of them are named by a digest, and are not to be listed when it is put. Until
                // then the first tell how old they are.
                let most = match chain.digests.is_empty() {
                    true => usize::MAX,
                    false => MOST,
                };
                let logs = files(&catalogue, &chain.log_folder, first.as_ref(), most);
                chain.logs = logs.map_err(failed())?;
                chains.push(chain);
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

/// The first files of a folder after a name.
fn files(
    catalogue: &Catalogue,
    folder: &str,
    after: Option<&String>,
    most: usize,
) -> io::Result<Vec<File>> {
    let wanted = Wanted {
        prefix: folder,
        after: after.map(String::as_str),
        most,
        ..Wanted::default()
    };
    let mut files = Vec::new();
    for key in catalogue.list(&wanted)?.keys {
        if let Some(facts) = catalogue.facts(&key)? {
            files.push(File {
                key,
                size: facts.size,
                modified: facts.modified,
            });
        }
    }
    Ok(files)
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
    let mut decoder = GzDecoder::new(digest).take(MAX_FILE_BYTES);
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

    #[test]
    fn a_long_trail_is_listed_in_parts() {
        let scratch = tempfile::tempdir().unwrap();
        let account: AccountId = "111122223333".parse().unwrap();
        let region = "eu-west-1".parse().unwrap();
        let write = |key: &ObjectKey| {
            let path = scratch.path().join(bucket(account)).join(key.as_str());
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        };
        let hours = u32::try_from(MOST).unwrap() + 3;
        let mut at: Timestamp = "2026-01-02T00:00:00Z".parse().unwrap();
        for _ in 0..hours {
            // Two log files in each hour, and its digest.
            for file in 0..2 {
                write(&ObjectKey::log(
                    account,
                    &region,
                    at,
                    &keystead_crypto::sha256(&[file]),
                ));
            }
            at = at.plus_hours(1);
            write(&ObjectKey::digest(account, &region, &region, at));
        }
        write(&ObjectKey::log(
            account,
            &region,
            at,
            &keystead_crypto::sha256(b"new"),
        ));
        let folder = Folder::new(scratch.path().to_owned(), None);
        let mut put = BTreeMap::new();
        let mut listed = Vec::new();
        for (digests, logs) in [(MOST, MOST), (3, 7), (0, 1)] {
            let [chain] = <[Chain; 1]>::try_from(folder.chains(&put).unwrap())
                .ok()
                .unwrap();
            assert_eq!((chain.digests.len(), chain.logs.len()), (digests, logs));
            listed.extend(chain.digests.iter().map(|file| file.key.clone()));
            let newest = listed.last().unwrap().to_string();
            put.insert(chain.name.clone(), newest);
        }
        assert_eq!(listed.len(), MOST + 3);
        assert!(listed.is_sorted());
    }
}
