//! The key at the top: it seals every secret that the store keeps.

use crate::{
    Binding, CryptoError, KeyFingerprint, Random, SealedKey, SecretArray, SecretBytes,
    envelope::SealingKey,
};

/// The root key, 256 bits. Its bytes never leave this crate, except wrapped by a
/// [seal](crate::seal).
#[derive(Debug, PartialEq, Eq)]
pub struct RootKey(SealingKey);

impl RootKey {
    /// Makes a new root key.
    ///
    /// # Errors
    /// [`CryptoError::RandomUnavailable`].
    pub fn generate(random: &dyn Random) -> Result<Self, CryptoError> {
        SealingKey::generate(random).map(Self)
    }

    pub(crate) fn new(secret: SecretArray<{ SealingKey::LEN }>) -> Result<Self, CryptoError> {
        SealingKey::new(secret).map(Self)
    }

    /// Shows the key, for a seal to wrap.
    pub(crate) fn expose(&self) -> &[u8; SealingKey::LEN] {
        self.0.expose()
    }

    /// The public name of this root key. Each value says which root key sealed it, so that root
    /// keys can be rotated.
    #[must_use]
    pub fn fingerprint(&self) -> KeyFingerprint {
        self.0.fingerprint()
    }

    /// Seals `secret`, of at most 64 KiB, so that it opens only with an equal `binding`.
    ///
    /// # Errors
    /// [`CryptoError::PlaintextTooLong`] or [`CryptoError::RandomUnavailable`].
    pub fn seal(
        &self,
        random: &dyn Random,
        binding: &Binding<'_>,
        secret: &[u8],
    ) -> Result<SealedKey, CryptoError> {
        self.0
            .seal(random, &binding.encode(), secret)
            .map(SealedKey::from_bytes)
    }

    /// Opens what [`seal`](Self::seal) made with an equal `binding`.
    ///
    /// # Errors
    /// [`CryptoError::SealedByAnotherKey`] for a value of another root key;
    /// [`CryptoError::SealedMismatch`] for one that was altered or belongs elsewhere;
    /// [`CryptoError::SealedTruncated`] and [`CryptoError::SealedVersionUnknown`] for one that is
    /// no sealed value of this release.
    pub fn open(
        &self,
        sealed: &SealedKey,
        binding: &Binding<'_>,
    ) -> Result<SecretBytes, CryptoError> {
        self.0.open(sealed.as_bytes(), &binding.encode())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Purpose, testing::SeededRandom};

    const BINDING: Binding<'_> = Binding {
        region: "",
        account: "111122223333",
        key_id: "AKIAIOSFODNN7EXAMPLE",
        material_id: "",
        purpose: Purpose::AccessKeySecret,
    };

    #[test]
    fn a_secret_opens_in_its_place_only() {
        let random = SeededRandom::new("root");
        let root = RootKey::generate(&random).unwrap();
        let sealed = root.seal(&random, &BINDING, b"wJalrXUtnFEMI").unwrap();
        assert_eq!(
            root.open(&sealed, &BINDING).unwrap().expose(),
            b"wJalrXUtnFEMI"
        );
        let elsewhere = Binding {
            account: "444455556666",
            ..BINDING
        };
        assert!(matches!(
            root.open(&sealed, &elsewhere),
            Err(CryptoError::SealedMismatch)
        ));
    }

    #[test]
    fn root_keys_are_told_apart() {
        let random = SeededRandom::new("root");
        let (one, other) = (
            RootKey::generate(&random).unwrap(),
            RootKey::generate(&random).unwrap(),
        );
        assert_ne!(one, other);
        let error = other
            .open(&one.seal(&random, &BINDING, b"x").unwrap(), &BINDING)
            .unwrap_err();
        let CryptoError::SealedByAnotherKey { sealed_by, in_use } = error else {
            panic!("{error}")
        };
        assert_eq!(
            (sealed_by, in_use),
            (one.fingerprint(), other.fingerprint())
        );
    }
}
