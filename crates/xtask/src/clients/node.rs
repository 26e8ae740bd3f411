//! The clients that come as Node packages.

use std::fs;
use std::path::Path;

use super::stamp::Stamp;
use super::{ClientsError, at, create_folder, read};
use crate::step::Step;
use crate::tools;

/// The least major version of Node that the pinned AWS SDK runs on (its `engines`).
const NODE_MAJOR: u32 = 20;

/// Makes `<folder>/node/node_modules` from the manifest and lock in `sources`, unless it is there.
pub(super) fn install(sources: &Path, folder: &Path) -> Result<(), ClientsError> {
    let version = ensure_node()?;
    let target = folder.join("node");
    let stamp = Stamp::new(
        folder.join("node.stamp"),
        &[&read(&sources.join("package-lock.json"))?, &version],
    );
    if stamp.is_current() {
        return Ok(());
    }
    stamp.begin()?;
    create_folder(&target)?;
    for name in ["package.json", "package-lock.json"] {
        let copy = target.join(name);
        fs::copy(sources.join(name), &copy).map_err(at(&copy))?;
    }
    Step::new(
        "Node clients",
        "Is the package registry reached? Where the lock does not fit the manifest, make it anew: \
         npm install --package-lock-only --omit-lockfile-registry-resolved, in clients/node.",
        "npm",
        ["ci", "--ignore-scripts", "--no-audit", "--no-fund"],
    )
    .current_dir(&target)
    .run()?;
    stamp.finish()
}

/// Installs Node and its package manager where they are missing, and returns Node's version.
fn ensure_node() -> Result<String, ClientsError> {
    if !tools::answers("node", &["--version"]) {
        tools::apt_install("Node", &["nodejs", "npm"])?;
    } else if !tools::answers("npm", &["--version"]) {
        tools::apt_install("npm", &["npm"])?;
    }
    let found = tools::first_line("node", &["--version"]).unwrap_or_default();
    if major(&found).is_none_or(|major| major < NODE_MAJOR) {
        return Err(ClientsError::OldNode {
            needed: NODE_MAJOR,
            found,
        });
    }
    Ok(found)
}

/// The major version in `node --version`'s form, `v20.20.2`.
fn major(version: &str) -> Option<u32> {
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn major_versions() {
        for (version, expected) in [
            ("v20.20.2", Some(20)),
            ("v9.0.0", Some(9)),
            ("v22", Some(22)),
            ("20.20.2", None),
            ("v", None),
            ("vx.1", None),
            ("", None),
        ] {
            assert_eq!(major(version), expected, "{version:?}");
        }
    }
}
