//! The data directory: what stands where in it, and that one process has it.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use keystead_core::arn::Region;
use keystead_server::private_file::sync_parent;

/// The data directory of whoever names none.
pub(crate) const DEFAULT: &str = "keystead-data";

/// A data directory that this process has for itself, until it ends.
#[derive(Debug)]
pub(crate) struct DataDir {
    root: PathBuf,
    _lock: File,
}

/// Why a data directory can't be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DataDirError {
    #[error("can't use the data directory {}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error(
        "the data directory {} is in use by another keystead: stop that one, or give this one a --data-dir of its own",
        path.display()
    )]
    InUse { path: PathBuf },
}

impl DataDir {
    /// Makes the directory if it is not there, for its owner's eyes only, and locks it.
    pub(crate) fn open(root: &Path) -> Result<Self, DataDirError> {
        let failed = |source| DataDirError::Io {
            path: root.to_owned(),
            source,
        };
        make_private(root).map_err(failed)?;
        let root = fs::canonicalize(root).map_err(failed)?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(root.join("lock"))
            .map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(DataDirError::InUse { path: root }),
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        make_private(&root.join("regions")).map_err(failed)?;
        make_private(&root.join("audit")).map_err(failed)?;
        Ok(Self { root, _lock: lock })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn identities(&self) -> PathBuf {
        self.root.join("identities.sqlite")
    }

    pub(crate) fn region(&self, region: &Region) -> PathBuf {
        self.root.join("regions").join(format!("{region}.sqlite"))
    }

    pub(crate) fn audit(&self) -> PathBuf {
        audit(&self.root)
    }

    pub(crate) fn trail(&self) -> PathBuf {
        trail(&self.root)
    }

    pub(crate) fn shipping(&self) -> PathBuf {
        self.audit().join("ship")
    }

    pub(crate) fn key_file(&self) -> PathBuf {
        self.root.join("root.key")
    }

    pub(crate) fn admin_credentials(&self) -> PathBuf {
        admin_credentials(&self.root)
    }

    /// Whether a Region has ever been served from here.
    pub(crate) fn has_regions(&self) -> io::Result<bool> {
        Ok(fs::read_dir(self.root.join("regions"))?
            .next()
            .transpose()?
            .is_some())
    }
}

/// Where the audit log of a data directory is, which another process may have.
pub(crate) fn audit(root: &Path) -> PathBuf {
    root.join("audit")
}

/// Where what is delivered of the audit log is, which another process may be writing.
pub(crate) fn trail(root: &Path) -> PathBuf {
    audit(root).join("trail")
}

/// Where the admin's access key is, unless the admin brought its own.
pub(crate) fn admin_credentials(root: &Path) -> PathBuf {
    root.join("admin.credentials")
}

/// Makes a directory, and those above it that are missing, for their owner's eyes only. Each that
/// is made is on the disk before anything is put into it.
fn make_private(path: &Path) -> io::Result<()> {
    let make = || DirBuilder::new().mode(0o700).create(path);
    let made = match (make(), path.parent()) {
        (Err(error), Some(parent))
            if error.kind() == io::ErrorKind::NotFound && !parent.as_os_str().is_empty() =>
        {
            make_private(parent)?;
            make()
        }
        (made, _) => made,
    };
    match made {
        Ok(()) => sync_parent(path),
        Err(_) if path.is_dir() => Ok(()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn missing_directories_are_made_for_their_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/c");
        for _ in 0..2 {
            make_private(&path).unwrap();
        }
        for made in ["a", "a/b", "a/b/c"] {
            let metadata = fs::metadata(folder.path().join(made)).unwrap();
            assert_eq!(metadata.permissions().mode() & 0o777, 0o700, "{made}");
        }
    }

    #[test]
    fn a_file_in_the_way_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        assert_eq!(
            make_private(&file).unwrap_err().kind(),
            io::ErrorKind::AlreadyExists
        );
        assert_eq!(
            make_private(&file.join("below")).unwrap_err().kind(),
            io::ErrorKind::NotADirectory
        );
    }
}
