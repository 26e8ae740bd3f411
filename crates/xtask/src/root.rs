//! Where the workspace is.

use std::path::Path;

/// The workspace's root: the folder that holds `crates/`.
///
/// The task runner is always run from the tree that it was built in (`cargo xtask`), so the place
/// of its own manifest tells.
pub(crate) fn root() -> &'static Path {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.ancestors().nth(2).unwrap_or(manifest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_holds_the_crates() {
        assert!(root().join("crates/xtask/Cargo.toml").is_file());
    }
}
