//! What makes keys and holds them while they work: this process, or later an HSM.

use crate::{
    Binding, CryptoError, KeyMaterial, SealedKey, SecretBytes,
    ciphertext::{Blob, BlobIdentity, ContextAad},
};

/// What kind of key material to make. It is part of a [`Binding`]'s purpose, so material can't be
/// opened as another kind than it was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MaterialSpec {
    /// 256 bits for AWS's `SYMMETRIC_DEFAULT`.
    Symmetric256,
}

/// A maker and holder of keys.
///
/// Calls may block (an HSM is a network away), and the crate's conformance suite,
/// `testing::conformance`, says what every provider must do.
pub trait Provider: Send + Sync {
    /// Makes new key material of the kind that `binding.purpose` states, sealed for that place.
    ///
    /// # Errors
    /// [`CryptoError::WrongPurpose`] unless the purpose is key material;
    /// [`CryptoError::RandomUnavailable`].
    fn generate(&self, binding: &Binding<'_>) -> Result<SealedKey, CryptoError>;

    /// Seals key material from outside for a place, as if it had been made there.
    ///
    /// # Errors
    /// [`CryptoError::WrongPurpose`] unless the purpose is symmetric key material;
    /// [`CryptoError::RandomUnavailable`].
    fn import(
        &self,
        material: &KeyMaterial,
        binding: &Binding<'_>,
    ) -> Result<SealedKey, CryptoError>;

    /// Opens sealed symmetric material. The handle may be kept and shared; dropping it wipes the
    /// material.
    ///
    /// # Errors
    /// [`CryptoError::WrongPurpose`] unless the purpose is symmetric key material; otherwise as
    /// [`RootKey::open`](crate::RootKey::open), and [`CryptoError::MaterialLength`].
    fn open(
        &self,
        sealed: &SealedKey,
        binding: &Binding<'_>,
    ) -> Result<Box<dyn SymmetricKey>, CryptoError>;

    /// Fills `out` from the provider's own source of randomness.
    ///
    /// # Errors
    /// [`CryptoError::RandomUnavailable`].
    fn fill_random(&self, out: &mut [u8]) -> Result<(), CryptoError>;
}

/// An opened symmetric key: it works, and never shows its material.
pub trait SymmetricKey: Send + Sync {
    /// Encrypts up to [`MAX_PLAINTEXT_LEN`](crate::ciphertext::MAX_PLAINTEXT_LEN) bytes into a
    /// version 1 blob that names `identity` and opens only with an equal encryption context.
    ///
    /// # Errors
    /// [`CryptoError::PlaintextTooLong`] or [`CryptoError::RandomUnavailable`].
    fn encrypt(
        &self,
        identity: &BlobIdentity,
        context: &ContextAad,
        plaintext: &[u8],
    ) -> Result<Vec<u8>, CryptoError>;

    /// Decrypts a blob that this key made with an equal encryption context.
    ///
    /// # Errors
    /// [`CryptoError::InvalidCiphertext`] in every other case.
    fn decrypt(&self, blob: &Blob<'_>, context: &ContextAad) -> Result<SecretBytes, CryptoError>;
}
