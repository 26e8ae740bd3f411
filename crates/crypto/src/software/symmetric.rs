//! Symmetric encryption under a key of its own for each message.

use std::sync::Arc;

use crate::{
    CryptoError, KeyMaterial, Random, SecretArray, SecretBytes, SymmetricKey,
    ciphertext::{Blob, BlobIdentity, ContextAad, HEADER_LEN, MAX_PLAINTEXT_LEN, blank_blob},
    gcm::{Associated, MessageKey},
    kdf::Label,
    random::SaltAndIv,
};

/// A key of `SYMMETRIC_DEFAULT`.
pub(super) struct SoftwareKey {
    material: KeyMaterial,
    random: Arc<dyn Random>,
}

/// New material.
pub(super) fn generate(random: &dyn Random) -> Result<SecretBytes, CryptoError> {
    SecretBytes::try_filled(KeyMaterial::LEN, |out| random.fill(out))
}

impl SoftwareKey {
    /// A handle on material of exactly 256 bits.
    pub(super) fn open(material: &SecretBytes, random: &Arc<dyn Random>) -> Option<Self> {
        // Exposed to be moved into its fixed-size home.
        let material = KeyMaterial::new(SecretArray::copied_from(material.expose())?);
        Some(Self {
            material,
            random: Arc::clone(random),
        })
    }

    /// Exposes the material to the derivation of one message's key, its only use.
    fn message_key(&self, salt: &[u8; 16]) -> Result<MessageKey, CryptoError> {
        MessageKey::derive(self.material.expose(), Label::Blob, salt)
    }
}

impl SymmetricKey for SoftwareKey {
    fn encrypt(
        &self,
        identity: &BlobIdentity,
        context: &ContextAad,
        plaintext: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        let (length, limit) = (plaintext.len(), MAX_PLAINTEXT_LEN);
        if length > limit {
            return Err(CryptoError::PlaintextTooLong { length, limit });
        }
        let fresh = SaltAndIv::draw(&*self.random)?;
        let mut blob = blank_blob(identity, &fresh, length);
        let (header, body) = blob.split_at_mut(HEADER_LEN);
        let (ciphertext, tag) = body.split_at_mut(length);
        let associated = Associated {
            header,
            absent: context.as_bytes(),
        };
        self.message_key(&fresh.salt)?
            .seal(&fresh.iv, associated, plaintext, ciphertext, tag)?;
        Ok(blob)
    }

    fn decrypt(&self, blob: &Blob<'_>, context: &ContextAad) -> Result<SecretBytes, CryptoError> {
        let associated = Associated {
            header: blob.header(),
            absent: context.as_bytes(),
        };
        self.message_key(blob.salt())?
            .open(blob.iv(), associated, blob.ciphertext(), blob.tag())
            .ok_or(CryptoError::InvalidCiphertext)
    }
}
