//! Key files on disk: created whole or not at all, read only when no one else can.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Write as _},
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::Path,
};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;

use super::text::MAX_TEXT_LEN;
use crate::{SecretBytes, seal::SealError};

/// Permission bits of group and others.
const OTHERS: u32 = 0o077;

pub(super) fn read(path: &Path) -> Result<SecretBytes, SealError> {
    let file = File::open(path).map_err(|source| io_error("open", path, source))?;
    // Of the open file, not of the path: the two could differ by now.
    let metadata = file
        .metadata()
        .map_err(|source| io_error("inspect", path, source))?;
    if !metadata.is_file() {
        let source = io::Error::new(io::ErrorKind::InvalidInput, "not a regular file");
        return Err(io_error("read", path, source));
    }
    let mode = metadata.permissions().mode() & 0o7777;
    if mode & OTHERS != 0 {
        return Err(SealError::KeyFileExposed {
            path: path.into(),
            mode,
        });
    }
    // One byte more than a key file has, so that a longer one shows; reserved at once, so that no
    // copy is left behind.
    let limit = MAX_TEXT_LEN + 1;
    let mut content = Vec::with_capacity(limit);
    let outcome = file.take(limit as u64).read_to_end(&mut content);
    let content = SecretBytes::from(content);
    outcome.map_err(|source| io_error("read", path, source))?;
    Ok(content)
}

/// Under another name first: a crash half-way would leave a file that looks like a damaged key,
/// and keep the next start from making one.
pub(super) fn create(path: &Path, text: &SecretBytes) -> Result<(), SealError> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let fresh = path.with_file_name(name);
    let written = write(&fresh, text).map_err(|source| io_error("write", &fresh, source));
    let created = written.and_then(|()| {
        publish(&fresh, path).map_err(|source| match source.kind() {
            io::ErrorKind::AlreadyExists => SealError::KeyFileExists { path: path.into() },
            _ => io_error("create", path, source),
        })
    });
    if created.is_err() {
        // That it can't be removed either adds nothing to the first error.
        drop(fs::remove_file(&fresh));
    }
    created
}

fn write(path: &Path, text: &SecretBytes) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    // Exposed to the disk, which is what a key file is for.
    file.write_all(text.expose())?;
    file.sync_all()
}

/// Gives a file its name for good, unless there is one of that name.
fn publish(fresh: &Path, path: &Path) -> io::Result<()> {
    match renameat_with(CWD, fresh, CWD, path, RenameFlags::NOREPLACE) {
        // File systems that can't do that can usually give a file a second name.
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
            fs::hard_link(fresh, path)?;
            fs::remove_file(fresh)?;
        }
        renamed => renamed?,
    }
    let directory = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    File::open(directory)?.sync_all()
}

fn io_error(action: &'static str, path: &Path, source: io::Error) -> SealError {
    SealError::KeyFileIo {
        action,
        path: path.into(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::{
        seal::{KeyFile, KeyFileFault},
        testing::SeededRandom,
    };

    fn key_file() -> KeyFile {
        KeyFile::generate(&SeededRandom::new("file")).unwrap()
    }

    #[test]
    fn a_created_file_is_private_and_reads_back() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("root.key");
        key_file().create(&path).unwrap();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o7777,
            0o600
        );
        assert_eq!(KeyFile::read(&path).unwrap(), key_file());
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_a_crash_left_is_no_hindrance() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("root.key");
        fs::write(directory.path().join("root.key.new"), "keystead-key").unwrap();
        key_file().create(&path).unwrap();
        assert_eq!(KeyFile::read(&path).unwrap(), key_file());
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn nothing_is_overwritten() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("root.key");
        fs::write(&path, "precious").unwrap();
        assert!(matches!(
            key_file().create(&path),
            Err(SealError::KeyFileExists { .. })
        ));
        let dangling = directory.path().join("link");
        symlink(directory.path().join("nowhere"), &dangling).unwrap();
        assert!(matches!(
            key_file().create(&dangling),
            Err(SealError::KeyFileExists { .. })
        ));
        assert_eq!(fs::read(&path).unwrap(), b"precious");
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_file_that_others_can_use_is_refused_with_the_cure() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("root.key");
        key_file().create(&path).unwrap();
        for mode in [0o640, 0o604, 0o620, 0o644, 0o601, 0o777] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let error = KeyFile::read(&path).unwrap_err();
            assert!(
                matches!(error, SealError::KeyFileExposed { mode: told, .. } if told == mode),
                "{error}"
            );
            assert!(
                error
                    .to_string()
                    .contains(&format!("`chmod 600 {}`", path.display())),
                "{error}"
            );
        }
        for mode in [0o400, 0o600, 0o700] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            assert!(KeyFile::read(&path).is_ok(), "{mode:o}");
        }
    }

    #[test]
    fn faults_are_told_with_the_path() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("root.key");
        key_file().create(&path).unwrap();
        fs::write(&path, vec![b'x'; 1 << 20]).unwrap();
        let error = KeyFile::read(&path).unwrap_err();
        assert!(
            matches!(
                error,
                SealError::KeyFileMalformed {
                    source: KeyFileFault::Header,
                    ..
                }
            ),
            "{error}"
        );
        assert!(error.to_string().contains("root.key"), "{error}");
    }

    #[test]
    fn what_is_not_a_file_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        for path in [directory.path().join("absent"), directory.path().to_owned()] {
            assert!(
                matches!(KeyFile::read(&path), Err(SealError::KeyFileIo { .. })),
                "{}",
                path.display()
            );
        }
        let unreachable = directory.path().join("absent/root.key");
        assert!(matches!(
            key_file().create(&unreachable),
            Err(SealError::KeyFileIo {
                action: "write",
                ..
            })
        ));
    }
}
