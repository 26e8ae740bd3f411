//! How far a destination is, in a file of its own that is replaced as a whole.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::PathBuf;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::ShipError;
use crate::private_file;

/// The folder of these files.
pub(super) struct Folder(PathBuf);

impl Folder {
    /// Makes the folder if it is not there, for good when it returns.
    ///
    /// # Errors
    /// [`ShipError::Disk`].
    pub(super) fn open(path: PathBuf) -> Result<Self, ShipError> {
        match DirBuilder::new().mode(0o700).create(&path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            _ => private_file::sync_parent(&path),
        }
        .map_err(ShipError::disk(path.clone()))?;
        Ok(Self(path))
    }

    /// The file of a destination.
    pub(super) fn cursor(&self, kind: &str, name: &str) -> Cursor {
        Cursor(self.0.join(format!("{kind}-{name}.json")))
    }
}

/// A file that tells how far a destination is.
#[derive(Debug, Clone)]
pub(super) struct Cursor(PathBuf);

impl Cursor {
    /// What was saved last; `None` if nothing was.
    ///
    /// # Errors
    /// [`ShipError::Disk`] and [`ShipError::Cursor`].
    pub(super) fn load<T: DeserializeOwned>(&self) -> Result<Option<T>, ShipError> {
        let file = match fs::read(&self.0) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(ShipError::disk(self.0.clone())(error)),
        };
        let state = serde_json::from_slice(&file).map_err(|source| ShipError::Cursor {
            path: self.0.clone(),
            source,
        })?;
        Ok(Some(state))
    }

    /// Saves how far it is, for good when it returns. Blocks on the disk.
    ///
    /// # Errors
    /// [`ShipError::Disk`].
    pub(super) fn save(&self, state: &impl Serialize) -> Result<(), ShipError> {
        let file = serde_json::to_vec(state).map_err(|source| ShipError::Cursor {
            path: self.0.clone(),
            source,
        })?;
        private_file::replace(&self.0, &file).map_err(ShipError::disk(self.0.clone()))
    }
}
