//! The folder of the log, of which nothing stays.

use std::fs;
use std::io::{Error as IoError, ErrorKind};
use std::path::{Path, PathBuf};

use rustix::fs::statvfs;

use crate::bench::Error;
use crate::root::root;

/// How much of the disk an event takes at most, with its part of the index.
const BYTES_PER_EVENT: u64 = 900;

/// A folder in that of the build, that is taken away at the end; what an earlier run left there, at the beginning.
pub(super) struct Folder(PathBuf);

impl Folder {
    /// Makes it, if the disk has room for so many events.
    pub(super) fn make(events: u32) -> Result<Self, Error> {
        let build = root().join("target");
        let folder = Self(build.join("audit-search"));
        folder.remove();
        let shown = folder.0.display().to_string();
        fs::create_dir_all(&folder.0).map_err(Error::system(shown.clone()))?;
        let space =
            statvfs(&folder.0).map_err(|error| Error::system(shown.clone())(error.into()))?;
        let free = space.f_bavail.saturating_mul(space.f_frsize);
        let needed = u64::from(events) * BYTES_PER_EVENT;
        if free < needed {
            let text = format!("{needed} bytes are needed and {free} free; try fewer --events");
            let error = IoError::new(ErrorKind::StorageFull, text);
            return Err(Error::system(shown)(error));
        }
        Ok(folder)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    fn remove(&self) {
        // It is not there, as it should be, or the run that fails to make it says why.
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        self.remove();
    }
}
