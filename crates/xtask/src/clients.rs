//! The stock AWS clients that the tests run against the server, installed under `.clients/`.
//!
//! What they are, and in which version, stands in `clients/`: one file of requirements for
//! Python, one manifest and its lock for Node.

mod node;
mod python;
mod stamp;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::step::StepError;
use crate::tools::ToolError;

/// Why the clients could not be installed.
#[derive(Debug, Error)]
pub(crate) enum ClientsError {
    /// A file of the installation could not be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The machine's Node is missing or too old for the AWS SDK.
    #[error("Node {needed} or later is needed, this is {found}: install a newer one")]
    OldNode {
        /// The least major version.
        needed: u32,
        /// What `node --version` prints.
        found: String,
    },
    /// An installer said no.
    #[error(transparent)]
    Step(#[from] StepError),
    /// Python or Node could not be had.
    #[error(transparent)]
    Tool(#[from] ToolError),
}

/// Installs the clients that are not there yet, in the versions that `clients/` names:
/// `venv/bin/python`, `venv/bin/aws`, `venv/bin/sops` and `node/node_modules` in it.
pub(crate) fn install(root: &Path) -> Result<(), ClientsError> {
    let folder = root.join(".clients");
    create_folder(&folder)?;
    // The folder ignores itself, so that no clone needs a rule for it.
    write(&folder.join(".gitignore"), "*\n")?;
    python::install(&root.join("clients"), &folder)?;
    node::install(&root.join("clients/node"), &folder)
}

fn create_folder(path: &Path) -> Result<(), ClientsError> {
    fs::create_dir_all(path).map_err(at(path))
}

fn read(path: &Path) -> Result<String, ClientsError> {
    fs::read_to_string(path).map_err(at(path))
}

fn write(path: &Path, text: &str) -> Result<(), ClientsError> {
    fs::write(path, text).map_err(at(path))
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> ClientsError {
    let path = path.to_owned();
    |source| ClientsError::File { path, source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::root::root;

    #[test]
    fn every_python_requirement_is_pinned() {
        let text = read(&root().join("clients/requirements.txt")).unwrap();
        let mut pinned = 0;
        for line in text
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
        {
            let (name, version) = line.split_once("==").unwrap_or_default();
            assert!(
                !name.is_empty() && !version.is_empty(),
                "not pinned: {line}"
            );
            pinned += 1;
        }
        assert!(pinned > 0);
    }

    #[test]
    fn the_node_lock_pins_content_and_names_no_address() {
        let text = read(&root().join("clients/node/package-lock.json")).unwrap();
        assert!(!text.contains("\"resolved\"") && !text.contains("://"));
        let lock: serde_json::Value = serde_json::from_str(&text).unwrap();
        let packages = lock["packages"].as_object().unwrap();
        for (path, package) in packages.iter().filter(|(path, _)| !path.is_empty()) {
            assert!(package["integrity"].is_string(), "{path} has no hash");
        }
    }
}
