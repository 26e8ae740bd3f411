//! The seal that is a file.

mod disk;
mod text;

use std::path::Path;

use super::{KeyFileFault, Seal, SealError, SealKind, SealRecord, record::SealMethod};
use crate::{KeyFingerprint, Random, RootKey, SecretBytes, envelope::SealingKey};

/// A seal whose wrapping key is kept in a file, apart from the store and its backups.
#[derive(Debug, PartialEq, Eq)]
pub struct KeyFile(SealingKey);

impl KeyFile {
    /// Makes a new wrapping key.
    ///
    /// # Errors
    /// [`SealError::Crypto`] without randomness.
    pub fn generate(random: &dyn Random) -> Result<Self, SealError> {
        Ok(Self(SealingKey::generate(random)?))
    }

    /// Reads a key file's text: the line `keystead-key-file v1`, and a line of base64 of the 32
    /// bytes of the key and 8 bytes of its checksum. Line ends may be those of Windows, and the
    /// last one may be missing.
    ///
    /// # Errors
    /// [`KeyFileFault`], which names what is wrong with the text.
    pub fn parse(text: &[u8]) -> Result<Self, KeyFileFault> {
        text::decode(text).map(Self)
    }

    /// Writes the text that [`parse`](Self::parse) reads. It is the secret itself.
    #[must_use]
    pub fn to_text(&self) -> SecretBytes {
        text::encode(&self.0)
    }

    /// Reads the key file at `path`, which only its owner may have access to.
    ///
    /// # Errors
    /// [`SealError::KeyFileIo`], [`SealError::KeyFileExposed`] or [`SealError::KeyFileMalformed`].
    pub fn read(path: &Path) -> Result<Self, SealError> {
        let content = disk::read(path)?;
        // Exposed to the parser; the buffer is wiped on return.
        Self::parse(content.expose()).map_err(|source| SealError::KeyFileMalformed {
            path: path.into(),
            source,
        })
    }

    /// Writes a new file at `path` with mode 0600, and returns once it is on disk.
    ///
    /// # Errors
    /// [`SealError::KeyFileExists`], since a key file is never overwritten, or
    /// [`SealError::KeyFileIo`].
    pub fn create(&self, path: &Path) -> Result<(), SealError> {
        disk::create(path, &self.to_text())
    }

    /// The public name of the wrapping key, which tells key files apart.
    #[must_use]
    pub fn fingerprint(&self) -> KeyFingerprint {
        self.0.fingerprint()
    }
}

impl Seal for KeyFile {
    fn kind(&self) -> SealKind {
        SealKind::KeyFile
    }

    fn wrap(&self, root: &RootKey, random: &dyn Random) -> Result<SealRecord, SealError> {
        SealRecord::wrap(root, &self.0, SealMethod::KeyFile, random)
    }

    fn unwrap_root(&self, record: &SealRecord) -> Result<RootKey, SealError> {
        record.method_for(self.kind())?;
        record.unwrap_with(&self.0, |needed| SealError::WrongKeyFile {
            given: self.fingerprint(),
            needed,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        seal::{Argon2Cost, Passphrase},
        testing::{BrokenRandom, SeededRandom},
    };

    fn file(seed: &str) -> KeyFile {
        KeyFile::generate(&SeededRandom::new(seed)).unwrap()
    }

    fn root() -> RootKey {
        RootKey::generate(&SeededRandom::new("root")).unwrap()
    }

    #[test]
    fn the_right_file_opens() {
        let record = file("one")
            .wrap(&root(), &SeededRandom::new("salt"))
            .unwrap();
        assert_eq!(file("one").unwrap_root(&record).unwrap(), root());
        assert_eq!(
            (record.kind(), record.root_key()),
            (SealKind::KeyFile, root().fingerprint())
        );
    }

    #[test]
    fn a_wrong_file_is_told_with_the_one_needed() {
        let record = file("one")
            .wrap(&root(), &SeededRandom::new("salt"))
            .unwrap();
        let error = file("two").unwrap_root(&record).unwrap_err();
        let SealError::WrongKeyFile { given, needed } = error else {
            panic!("{error}")
        };
        assert_eq!(
            (given, needed),
            (file("two").fingerprint(), file("one").fingerprint())
        );
    }

    #[test]
    fn another_kind_of_record_is_named() {
        let cost = Argon2Cost {
            memory_kib: 8,
            iterations: 1,
            parallelism: 1,
        };
        let passphrase = Passphrase::new(b"correct horse battery".to_vec().into(), cost);
        let record = passphrase
            .wrap(&root(), &SeededRandom::new("salt"))
            .unwrap();
        let error = file("one").unwrap_root(&record).unwrap_err();
        assert!(
            error.to_string().contains("configure the passphrase seal"),
            "{error}"
        );
    }

    #[test]
    fn moving_to_another_seal_keeps_the_root() {
        let random = SeededRandom::new("salt");
        let before = file("one").wrap(&root(), &random).unwrap();
        let after = file("two")
            .wrap(&file("one").unwrap_root(&before).unwrap(), &random)
            .unwrap();
        assert_eq!(file("two").unwrap_root(&after).unwrap(), root());
        assert_eq!(before.root_key(), after.root_key());
    }

    #[test]
    fn no_randomness_no_file() {
        assert!(matches!(
            KeyFile::generate(&BrokenRandom),
            Err(SealError::Crypto { .. })
        ));
    }
}
