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

/// The environment that makes real clients use a server with an access key, and nothing else. `folder`
/// is one in which they find no settings.
#[must_use]
pub fn environment(url: &str, id: &str, secret: &str, folder: &Path) -> Vec<(String, String)> {
    let nowhere = folder.join("no-such-file").display().to_string();
    [
        ("AWS_ENDPOINT_URL", url),
        ("AWS_REGION", "us-east-1"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", id),
        ("AWS_SECRET_ACCESS_KEY", secret),
        ("AWS_CONFIG_FILE", &nowhere),
        ("AWS_SHARED_CREDENTIALS_FILE", &nowhere),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("AWS_PAGER", ""),
        ("NO_PROXY", "*"),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .collect()
}
