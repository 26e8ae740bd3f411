//! The library that goes between a server and its disk: built by the C compiler that the server itself is built with.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use keystead_core::time::Timestamp;
use keystead_server::clock::{Clock as _, SystemClock};
use keystead_testkit::ServerOptions;
use tempfile::TempDir;

const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/crash/shim.c");

/// The built library.
pub(crate) struct Shim(TempDir);

impl Shim {
    pub(crate) fn build() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let built = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"])
            .arg(folder.path().join("shim.so"))
            .arg(SOURCE)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&built.stderr);
        assert!(built.status.success(), "{said}");
        Self(folder)
    }

    /// Options of a server whose clock is this one, and whose trail delivers as often as it can.
    pub(crate) fn options(&self, binary: &str, clock: &Clock) -> ServerOptions {
        let config = self.0.path().join("keystead.toml");
        // Written each time with the same content, and whole at once, since servers start in parallel.
        let draft = tempfile::NamedTempFile::new_in(self.0.path()).unwrap();
        draft
            .as_file()
            .write_all(b"[audit.trail]\ninterval_seconds = 1\n")
            .unwrap();
        draft.persist(&config).unwrap();
        ServerOptions::new(binary)
            .env(
                "LD_PRELOAD",
                self.0.path().join("shim.so").to_str().unwrap(),
            )
            .env("SHIM_CLOCK", clock.path().to_str().unwrap())
            .arg("--config")
            .arg(config.to_str().unwrap())
    }
}

/// By how much a server's clock is ahead of the machine's.
pub(crate) struct Clock {
    folder: TempDir,
    file: fs::File,
}

impl Clock {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = fs::OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .open(folder.path().join("clock"))
            .unwrap();
        file.write_all_at(&0_i64.to_ne_bytes(), 0).unwrap();
        Self { folder, file }
    }

    /// Another clock that shows the same.
    pub(crate) fn copy(&self) -> Self {
        let copy = Self::new();
        copy.advance_seconds(self.ahead_seconds());
        copy
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("clock")
    }

    pub(crate) fn ahead_seconds(&self) -> i64 {
        let mut bytes = [0; 8];
        self.file.read_exact_at(&mut bytes, 0).unwrap();
        i64::from_ne_bytes(bytes)
    }

    pub(crate) fn advance_seconds(&self, seconds: i64) {
        let ahead = self.ahead_seconds() + seconds;
        self.file.write_all_at(&ahead.to_ne_bytes(), 0).unwrap();
    }

    pub(crate) fn now(&self) -> Timestamp {
        let now = SystemClock.now().as_millis() + self.ahead_seconds() * 1000;
        Timestamp::from_millis(now)
    }
}

/// Where a server's shim writes down what is asked of the disk.
pub(crate) struct Journal(PathBuf);

impl Journal {
    pub(crate) fn at(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// Has a server write it, of a data directory that is there.
    pub(crate) fn kept_by(&self, options: ServerOptions, data_dir: &Path) -> ServerOptions {
        options
            .env("SHIM_JOURNAL", self.0.to_str().unwrap())
            .env("SHIM_ROOT", data_dir.to_str().unwrap())
    }

    pub(crate) fn length(&self) -> u64 {
        fs::metadata(&self.0).map_or(0, |found| found.len())
    }

    pub(crate) fn read(&self) -> Vec<u8> {
        fs::read(&self.0).unwrap()
    }
}
