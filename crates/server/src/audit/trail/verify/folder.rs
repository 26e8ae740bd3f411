//! The folders that are checked: a trail's, with a folder for each bucket, or that of one bucket.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use flate2::bufread::GzDecoder;

use super::VerifyError;
use crate::audit::trail::catalogue::{Catalogue, Wanted};
use crate::audit::trail::name::ObjectKey;
use crate::audit::trail::public_keys;

/// The folder that every bucket has.
const LOGS: &str = "AWSLogs";

/// The longest file that is checked, in bytes, both compressed and not. Delivery makes none that comes
/// near; a file that was made to fill the memory is invalid.
const MAX_FILE_BYTES: u64 = 256 * 1024 * 1024;

/// The folder of a bucket.
#[derive(Debug)]
pub(super) struct Bucket {
    path: PathBuf,
    catalogue: Catalogue,
}

/// The buckets in a folder, in the order of their names.
pub(super) fn buckets(directory: &Path) -> Result<Vec<Bucket>, VerifyError> {
    if directory.join(LOGS).is_dir() {
        return Ok(vec![Bucket::new(directory.to_owned())]);
    }
    let unreadable = |source| VerifyError::Unreadable {
        path: directory.to_owned(),
        source,
    };
    let mut buckets = Vec::new();
    for entry in fs::read_dir(directory).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.join(LOGS).is_dir() {
            buckets.push(path);
        }
    }
    if buckets.is_empty() {
        let directory = directory.to_owned();
        return Err(VerifyError::NoTrail { directory });
    }
    buckets.sort();
    Ok(buckets.into_iter().map(Bucket::new).collect())
}

/// The list of public keys in a trail's folder.
pub(super) fn own_list(directory: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(directory.join(public_keys::FILE)) {
        Ok(list) => Ok(Some(list)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

impl Bucket {
    fn new(path: PathBuf) -> Self {
        Self {
            catalogue: Catalogue::new(path.clone()),
            path,
        }
    }

    /// All objects, in the order of their names.
    pub(super) fn objects(&self) -> Result<Vec<ObjectKey>, VerifyError> {
        let wanted = Wanted {
            most: usize::MAX,
            ..Wanted::default()
        };
        let names = self.catalogue.list(&wanted);
        Ok(names.map_err(|error| self.unreadable("", error))?.keys)
    }

    /// An object as it was before it was compressed; `None` if it can't be decompressed. Nothing may
    /// be behind what was compressed.
    pub(super) fn inflated(&self, key: &ObjectKey) -> Result<Option<Vec<u8>>, VerifyError> {
        let failed = |error| self.unreadable(key.as_str(), error);
        let part = Some((0, MAX_FILE_BYTES));
        let Some(file) = self.catalogue.read(key, part).map_err(failed)? else {
            return Err(self.unreadable(key.as_str(), io::ErrorKind::NotFound.into()));
        };
        let mut decoder = GzDecoder::new(file.as_slice());
        let mut content = Vec::new();
        let read = decoder
            .by_ref()
            .take(MAX_FILE_BYTES)
            .read_to_end(&mut content);
        let is_whole = read.is_ok() && decoder.read(&mut [0]).is_ok_and(|more| more == 0);
        Ok((is_whole && decoder.into_inner().is_empty()).then_some(content))
    }

    /// The signature beside a digest.
    pub(super) fn signature(&self, key: &ObjectKey) -> Result<Option<String>, VerifyError> {
        let signature = self.catalogue.signature(key);
        match signature {
            // What is no text is no signature either.
            Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok(Some(String::new())),
            other => other.map_err(|error| self.unreadable(key.as_str(), error)),
        }
    }

    fn unreadable(&self, key: &str, source: io::Error) -> VerifyError {
        VerifyError::Unreadable {
            path: self.path.join(key),
            source,
        }
    }
}
