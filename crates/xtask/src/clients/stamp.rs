//! What an installation was made from, so that it is made again only when that changes.

use std::fs;
use std::path::PathBuf;

use super::{ClientsError, at, write};

/// A file that stands beside a finished installation and holds all that went into it.
///
/// The text itself, not a hash: it is short, exact, and tells a reader what is installed.
pub(super) struct Stamp {
    path: PathBuf,
    text: String,
}

impl Stamp {
    /// The stamp at `path` of an installation made from `inputs`.
    pub(super) fn new(path: PathBuf, inputs: &[&str]) -> Self {
        Self {
            path,
            text: inputs.join("\n"),
        }
    }

    /// Whether an installation from the same inputs was finished.
    pub(super) fn is_current(&self) -> bool {
        fs::read_to_string(&self.path).is_ok_and(|text| text == self.text)
    }

    /// Says that the installation is not to be trusted until [`Stamp::finish`].
    pub(super) fn begin(&self) -> Result<(), ClientsError> {
        if self.path.exists() {
            fs::remove_file(&self.path).map_err(at(&self.path))?;
        }
        Ok(())
    }

    /// Says that the installation is finished.
    pub(super) fn finish(&self) -> Result<(), ClientsError> {
        write(&self.path, &self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_finished_installation_from_the_same_inputs_is_current() {
        let folder = tempfile::tempdir().unwrap();
        let stamp = |inputs: &[&str]| Stamp::new(folder.path().join("stamp"), inputs);

        let first = stamp(&["a==1", "Python 3.11"]);
        assert!(!first.is_current());
        first.begin().unwrap();
        assert!(!first.is_current());
        first.finish().unwrap();
        assert!(stamp(&["a==1", "Python 3.11"]).is_current());

        for other in [&["a==2", "Python 3.11"], &["a==1", "Python 3.12"]] {
            assert!(!stamp(other).is_current(), "{other:?}");
        }

        first.begin().unwrap();
        assert!(!first.is_current(), "an interrupted installation");
    }
}
