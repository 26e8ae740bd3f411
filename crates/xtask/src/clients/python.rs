//! The clients that come as Python packages, in a virtual environment.

use std::fs;
use std::path::Path;

use super::stamp::Stamp;
use super::{ClientsError, at, read};
use crate::step::Step;
use crate::tools;

/// Makes `<folder>/venv` from `<sources>/requirements.txt`, unless it is there.
pub(super) fn install(sources: &Path, folder: &Path) -> Result<(), ClientsError> {
    ensure_python()?;
    let requirements = sources.join("requirements.txt");
    let venv = folder.join("venv");
    let stamp = Stamp::new(
        folder.join("venv.stamp"),
        &[
            &read(&requirements)?,
            &tools::first_line("python3", &["--version"]).unwrap_or_default(),
            // The environment's scripts hold its absolute path, so a moved tree needs a new one.
            &venv.to_string_lossy(),
        ],
    );
    if stamp.is_current() {
        return Ok(());
    }
    stamp.begin()?;
    if venv.exists() {
        fs::remove_dir_all(&venv).map_err(at(&venv))?;
    }
    make(&venv, &requirements)?;
    stamp.finish()
}

/// Debian keeps the part of Python that fills a new environment in a package of its own.
fn ensure_python() -> Result<(), ClientsError> {
    if !tools::answers("python3", &["-c", "import ensurepip, venv"]) {
        tools::apt_install("Python's venv", &["python3-venv"])?;
    }
    Ok(())
}

fn make(venv: &Path, requirements: &Path) -> Result<(), ClientsError> {
    Step::new(
        "Python environment",
        "Debian's package python3-venv brings what it needs.",
        "python3",
        [Path::new("-m"), Path::new("venv"), venv],
    )
    .run()?;
    let pip = venv.join("bin/pip");
    // Only what is pinned, and no code of a package runs while it is installed.
    let options = [
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "--only-binary=:all:",
        "--requirement",
    ];
    Step::new(
        "Python clients",
        "Is the package index reached, and has it a wheel of each pinned version for this Python?",
        &pip,
        options.iter().map(Path::new).chain([requirements]),
    )
    .run()?;
    Step::new(
        "Python clients' needs",
        "The pins in clients/requirements.txt do not fit together.",
        &pip,
        ["check"],
    )
    .run()?;
    Ok(())
}
