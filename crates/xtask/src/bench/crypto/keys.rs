//! Keys of a provider, and handles on them.

use std::rc::Rc;
use std::sync::Arc;

use keystead_core::key::{EncryptionAlgorithm, KeySpec, SigningAlgorithm};
use keystead_crypto::{
    Binding, CryptoError, Message, OpenedKey, PrivateKey, Provider, Purpose, RootKey, SecretBytes,
    SoftwareProvider, SystemRandom,
};

/// What is signed, encrypted and authenticated.
pub(super) const MESSAGE: &[u8] = &[0x5a; 32];

/// A provider of its own.
pub(super) struct Keys(SoftwareProvider);

/// A handle that closures share.
#[derive(Clone)]
pub(super) struct Handle(Rc<OpenedKey>);

impl Keys {
    pub(super) fn new() -> Result<Self, CryptoError> {
        let root = RootKey::generate(&SystemRandom)?;
        Ok(Self(SoftwareProvider::new(
            Arc::new(root),
            Arc::new(SystemRandom),
        )))
    }

    /// A new pair's private half, and a handle on it.
    pub(super) fn pair(&self, spec: KeySpec) -> Result<(SecretBytes, Handle), CryptoError> {
        let pair = self.0.generate_pair(spec)?;
        let handle = self.import(spec, &pair.private)?;
        Ok((pair.private, handle))
    }

    pub(super) fn import(
        &self,
        spec: KeySpec,
        material: &SecretBytes,
    ) -> Result<Handle, CryptoError> {
        let binding = Binding {
            region: "us-east-1",
            account: "111122223333",
            key_id: "1234abcd-12ab-34cd-56ef-1234567890ab",
            material_id: "",
            purpose: Purpose::KeyMaterial(spec),
        };
        let sealed = self.0.import(material, &binding)?;
        Ok(Handle(Rc::new(self.0.open(&sealed, &binding)?)))
    }
}

impl Handle {
    pub(super) fn key(&self) -> &OpenedKey {
        &self.0
    }

    pub(super) fn private(&self) -> Option<&dyn PrivateKey> {
        self.0.private()
    }

    pub(super) fn sign(
        &self,
        algorithm: SigningAlgorithm,
        message: Message<'_>,
    ) -> Option<Vec<u8>> {
        self.private()?.sign(algorithm, message).ok()
    }

    pub(super) fn verify(
        &self,
        algorithm: SigningAlgorithm,
        message: Message<'_>,
        signature: &[u8],
    ) -> Option<()> {
        self.private()?.verify(algorithm, message, signature).ok()
    }

    pub(super) fn encrypt(&self, algorithm: EncryptionAlgorithm) -> Option<Vec<u8>> {
        self.private()?.encrypt(algorithm, MESSAGE).ok()
    }

    pub(super) fn decrypt(
        &self,
        algorithm: EncryptionAlgorithm,
        ciphertext: &[u8],
    ) -> Option<SecretBytes> {
        self.private()?.decrypt(algorithm, ciphertext).ok()
    }
}
