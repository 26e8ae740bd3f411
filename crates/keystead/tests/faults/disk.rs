//! A disk that fails as a test says: a library between the server and the C library, and the file in which the test says
//! what is wrong.

use std::fs;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use keystead_testkit::ServerOptions;
use tempfile::TempDir;

const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/faults/shim.c");
/// What the library has mapped (`struct control`).
const CONTROL_BYTES: usize = 128;
/// The longest text that says which files are meant.
const MOST_TEXT: usize = 106;
/// How long a fault may take to strike.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) const ENOSPC: i32 = 28;
pub(crate) const EIO: i32 = 5;
pub(crate) const EROFS: i32 = 30;

/// Calls of the system, to be combined by `|`.
pub(crate) mod calls {
    pub(crate) const WRITE: i32 = 1;
    pub(crate) const SYNC: i32 = 2;
    pub(crate) const TRUNCATE: i32 = 4;
    /// Opening for writing, renaming and removing: what is done to names.
    pub(crate) const CREATE: i32 = 8;
    pub(crate) const ALL: i32 = WRITE | SYNC | TRUNCATE | CREATE;
}

/// How calls fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// With this error.
    Fails(i32),
    /// They write half of what they are given, and say so.
    Short,
    /// They write half, and fail with this error when the rest comes.
    Fills(i32),
    /// A signal interrupts each second one.
    Interrupted,
    Slow,
}

/// Which files are meant.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Files {
    /// Those with this in their paths.
    With(&'static str),
    /// Those whose paths end so.
    Ending(&'static str),
}

/// What is wrong.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fault {
    pub(crate) files: Files,
    pub(crate) calls: i32,
    pub(crate) kind: Kind,
    /// How often; without end if there is no number.
    pub(crate) times: Option<i32>,
}

/// A disk, which is well at first.
pub(crate) struct Disk {
    folder: TempDir,
    control: fs::File,
}

impl Disk {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let built = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"])
            .arg(folder.path().join("shim.so"))
            .arg(SOURCE)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&built.stderr);
        assert!(built.status.success(), "{said}");
        let control = fs::OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .open(folder.path().join("control"))
            .unwrap();
        control.write_all_at(&[0; CONTROL_BYTES], 0).unwrap();
        Self { folder, control }
    }

    /// Has a server use it.
    pub(crate) fn under(&self, options: ServerOptions) -> ServerOptions {
        let path = |name: &str| -> PathBuf { self.folder.path().join(name) };
        options
            .env("LD_PRELOAD", path("shim.so").to_str().unwrap())
            .env("SHIM_FAULTS", path("control").to_str().unwrap())
    }

    pub(crate) fn fail(&self, fault: Fault) {
        let (kind, error) = match fault.kind {
            Kind::Fails(error) => (1, error),
            Kind::Short => (2, 0),
            Kind::Fills(error) => (3, error),
            Kind::Interrupted => (4, 0),
            Kind::Slow => (5, 0),
        };
        let (is_ending, text) = match fault.files {
            Files::With(text) => (0, text),
            Files::Ending(text) => (1, text),
        };
        assert!(text.len() <= MOST_TEXT);
        self.heal();
        let mut rest = Vec::new();
        for number in [fault.calls, error, fault.times.unwrap_or(-1), 0] {
            rest.extend(number.to_ne_bytes());
        }
        rest.push(is_ending);
        rest.extend(text.as_bytes());
        rest.resize(CONTROL_BYTES - 4, 0);
        self.control.write_all_at(&rest, 4).unwrap();
        // Last, so that nothing is done by half of it.
        self.control
            .write_all_at(&i32::to_ne_bytes(kind), 0)
            .unwrap();
    }

    pub(crate) fn heal(&self) {
        self.control.write_all_at(&[0; 4], 0).unwrap();
    }

    /// How often the fault has struck.
    pub(crate) fn strikes(&self) -> i32 {
        let mut bytes = [0; 4];
        self.control.read_exact_at(&mut bytes, 16).unwrap();
        i32::from_ne_bytes(bytes)
    }

    /// Waits until the fault has struck.
    pub(crate) fn wait_for_strike(&self) {
        let started = Instant::now();
        while self.strikes() == 0 {
            assert!(started.elapsed() < PATIENCE, "the fault does not strike");
            thread::sleep(Duration::from_millis(20));
        }
    }
}
