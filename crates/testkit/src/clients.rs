//! Where the real clients are that `cargo xtask test` installs.

use std::path::{Path, PathBuf};

/// The folder of the installed clients: `venv/bin/{python,aws,sops}`, `node/node_modules`.
///
/// # Panics
/// If they are not installed.
#[must_use]
pub fn folder() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = root.join(".clients");
    assert!(
        folder.is_dir(),
        "the clients are not installed: run `cargo xtask test` once"
    );
    folder.canonicalize().expect("the folder of the clients")
}

/// A program of the Python environment, such as `aws`, `python` or `sops`.
#[must_use]
pub fn program(name: &str) -> PathBuf {
    folder().join("venv/bin").join(name)
}
