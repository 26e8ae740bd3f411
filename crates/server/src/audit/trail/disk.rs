//! What delivery needs of a disk, so that tests can give it one that fails.

use std::collections::HashSet;
use std::fs::{self, DirBuilder, DirEntry};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use crate::private_file;

/// A folder that files are written into.
pub(super) trait Disk: Send {
    /// Writes a file, and the folders that it is to be in, below the folder. When it returns, the
    /// file is there as a whole and for good; after an error, the file is as it was or as it is to
    /// be.
    fn replace(&mut self, path: &Path, contents: &[u8]) -> io::Result<()>;

    /// Reads a file; `None` if there is none.
    fn read(&self, path: &Path) -> io::Result<Option<Vec<u8>>>;

    /// The names of what is in the folder itself; none if it is not there.
    fn names(&self) -> io::Result<Vec<String>>;
}

/// A folder of the file system, for its owner's eyes only.
pub(super) struct Folder {
    root: PathBuf,
    /// The folders that are known to be there for good.
    known: HashSet<PathBuf>,
}

impl Folder {
    pub(super) fn new(root: PathBuf) -> Self {
        Self {
            root,
            known: HashSet::new(),
        }
    }

    /// Makes a folder and those above it.
    fn make(&mut self, folder: &Path) -> io::Result<()> {
        if self.known.contains(folder) {
            return Ok(());
        }
        match folder.parent() {
            Some(above) if folder != self.root => self.make(above)?,
            _ => {}
        }
        make(folder)?;
        self.known.insert(folder.to_owned());
        Ok(())
    }
}

impl Disk for Folder {
    fn replace(&mut self, path: &Path, contents: &[u8]) -> io::Result<()> {
        let path = self.root.join(path);
        if let Some(parent) = path.parent() {
            self.make(parent)?;
        }
        let replaced = private_file::replace(&path, contents);
        // Somebody may have removed a folder: the next attempt makes it again.
        if replaced.is_err() {
            self.known.clear();
        }
        replaced
    }

    fn read(&self, path: &Path) -> io::Result<Option<Vec<u8>>> {
        match fs::read(self.root.join(path)) {
            Ok(contents) => Ok(Some(contents)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn names(&self) -> io::Result<Vec<String>> {
        let entries = match fs::read_dir(&self.root) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let name = |entry: io::Result<DirEntry>| Ok(entry?.file_name().to_string_lossy().into());
        entries.map(name).collect()
    }
}

/// Makes a folder and those above it, each durable in the one above: one that is there may be of a
/// run that ended before it was.
fn make(path: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => private_file::sync_parent(path),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => {
            private_file::sync_parent(path)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            path.parent().ok_or(error).and_then(make)?;
            make(path)
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn files_and_their_folders_are_made() {
        let scratch = tempfile::tempdir().unwrap();
        let mut folder = Folder::new(scratch.path().join("trail"));
        let path = Path::new("a/b/file");
        assert_eq!(folder.read(path).unwrap(), None);
        folder.replace(path, b"one").unwrap();
        folder.replace(path, b"two").unwrap();
        assert_eq!(folder.read(path).unwrap().as_deref(), Some(&b"two"[..]));
        let mode = |path: &str| {
            let found = fs::metadata(scratch.path().join(path)).unwrap();
            found.permissions().mode() & 0o777
        };
        assert_eq!((mode("trail/a"), mode("trail/a/b/file")), (0o700, 0o600));
    }

    #[test]
    fn what_was_in_the_way_or_was_removed_keeps_nothing_from_being_written() {
        let scratch = tempfile::tempdir().unwrap();
        let mut folder = Folder::new(scratch.path().join("trail"));
        let path = Path::new("a/b/file");
        fs::create_dir_all(scratch.path().join("trail/a")).unwrap();
        fs::write(scratch.path().join("trail/a/b"), b"in the way").unwrap();
        assert!(folder.replace(path, b"one").is_err());
        fs::remove_file(scratch.path().join("trail/a/b")).unwrap();
        folder.replace(path, b"one").unwrap();
        fs::remove_dir_all(scratch.path().join("trail/a")).unwrap();
        assert!(folder.replace(path, b"two").is_err());
        folder.replace(path, b"two").unwrap();
        assert_eq!(folder.read(path).unwrap().as_deref(), Some(&b"two"[..]));
    }
}
