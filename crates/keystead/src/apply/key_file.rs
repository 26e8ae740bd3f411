//! A file that takes a new access key. It is made before the key: a key that can't be put anywhere
//! would be lost, and so would one whose file is overwritten.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use keystead_server::private_file::sync_parent;

use super::error::ApplyError;

/// A file that was made for an access key, for its owner's eyes only.
pub(super) struct KeyFile {
    path: PathBuf,
    file: File,
}

impl KeyFile {
    /// Makes the file, which must not be there.
    ///
    /// # Errors
    /// [`ApplyError::AccessKeyFileExists`] and [`ApplyError::NoAccessKeyFile`].
    pub(super) fn make(owner: &str, path: PathBuf) -> Result<Self, ApplyError> {
        let mut options = OpenOptions::new();
        let made = options.write(true).create_new(true).mode(0o600).open(&path);
        let owner = owner.to_owned();
        match made {
            Ok(file) => Ok(Self { path, file }),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Err(ApplyError::AccessKeyFileExists { owner, path })
            }
            Err(source) => Err(ApplyError::NoAccessKeyFile {
                owner,
                path,
                source,
            }),
        }
    }

    /// Writes the key, as a profile that AWS's clients read.
    ///
    /// # Errors
    /// [`ApplyError::AccessKeyFile`], which names the key: it is of no use to anybody.
    pub(super) fn write(mut self, owner: &str, id: &str, profile: &[u8]) -> Result<(), ApplyError> {
        let mut write = || {
            self.file.write_all(profile)?;
            self.file.sync_all()?;
            sync_parent(&self.path)
        };
        write().map_err(|source| ApplyError::AccessKeyFile {
            owner: owner.to_owned(),
            id: id.to_owned(),
            path: self.path.clone(),
            source,
        })
    }

    /// Takes the file away again, since there is no key to put into it.
    pub(super) fn discard(self) {
        // What is left is empty, and named by the next run.
        let _ = fs::remove_file(&self.path);
    }
}

/// Refuses a file that is there already, before anything is changed.
///
/// # Errors
/// [`ApplyError::AccessKeyFileExists`].
pub(super) fn check_absent(owner: &str, path: &Path) -> Result<(), ApplyError> {
    // A link that leads nowhere is in the way too.
    match path.symlink_metadata() {
        Ok(_) => Err(ApplyError::AccessKeyFileExists {
            owner: owner.to_owned(),
            path: path.to_owned(),
        }),
        Err(_) => Ok(()),
    }
}
