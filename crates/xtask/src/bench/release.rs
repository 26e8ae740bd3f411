//! Release builds: of Keystead, and of this program itself.

use std::env;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

use cargo_metadata::MetadataCommand;

use super::Error;
use crate::root::root;
use crate::step::Step;

/// Builds Keystead as it is released, and returns the program's path.
///
/// It is built alone, since a build together with other packages would give it their features.
pub(super) fn keystead() -> Result<PathBuf, Error> {
    build("keystead")
}

/// Builds this program optimized and becomes it, with the same arguments. Returns only on failure.
pub(super) fn rerun() -> Result<(), Error> {
    let program = build("xtask")?;
    let error = Command::new(&program).args(env::args_os().skip(1)).exec();
    Err(Error::system(program.display().to_string())(error))
}

fn build(package: &'static str) -> Result<PathBuf, Error> {
    Step::new(
        "release build",
        "Mend what the compiler names.",
        "cargo",
        [
            "build",
            "--release",
            "--locked",
            "--quiet",
            "--package",
            package,
        ],
    )
    .run()?;
    Ok(target()?.join("release").join(package))
}

/// Where cargo builds.
pub(super) fn target() -> Result<PathBuf, Error> {
    let metadata = MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .exec()?;
    Ok(metadata.target_directory.into_std_path_buf())
}
