//! The provider that works in this process's own memory.

use std::sync::Arc;

use crate::{
    Binding, CryptoError, KeyMaterial, MaterialSpec, Provider, Purpose, Random, RootKey, SealedKey,
    SecretArray, SecretBytes, SymmetricKey,
    ciphertext::{Blob, BlobIdentity, ContextAad, HEADER_LEN, MAX_PLAINTEXT_LEN, blank_blob},
    gcm::{Associated, MessageKey},
    kdf::Label,
    random::SaltAndIv,
};

/// Keys sealed by the root key and used in this process.
pub struct SoftwareProvider {
    root: Arc<RootKey>,
    random: Arc<dyn Random>,
}

impl SoftwareProvider {
    /// A provider whose keys `root` seals. In production `random` is
    /// [`SystemRandom`](crate::SystemRandom).
    #[must_use]
    pub fn new(root: Arc<RootKey>, random: Arc<dyn Random>) -> Self {
        Self { root, random }
    }
}

impl Provider for SoftwareProvider {
    fn generate(&self, binding: &Binding<'_>) -> Result<SealedKey, CryptoError> {
        match spec(binding)? {
            MaterialSpec::Symmetric256 => {
                let material =
                    KeyMaterial::new(SecretArray::try_filled(|place| self.random.fill(place))?);
                // Exposed to the sealing beside it, and nowhere else.
                self.root.seal(&*self.random, binding, material.expose())
            }
        }
    }

    fn import(
        &self,
        material: &KeyMaterial,
        binding: &Binding<'_>,
    ) -> Result<SealedKey, CryptoError> {
        let MaterialSpec::Symmetric256 = spec(binding)?;
        // Exposed to be sealed.
        self.root.seal(&*self.random, binding, material.expose())
    }

    fn open(
        &self,
        sealed: &SealedKey,
        binding: &Binding<'_>,
    ) -> Result<Box<dyn SymmetricKey>, CryptoError> {
        let MaterialSpec::Symmetric256 = spec(binding)?;
        let opened = self.root.open(sealed, binding)?;
        // Exposed to be moved into its fixed-size home; the buffer is wiped on return.
        let material =
            SecretArray::copied_from(opened.expose()).ok_or(CryptoError::MaterialLength {
                length: opened.len(),
                expected: KeyMaterial::LEN,
            })?;
        Ok(Box::new(SoftwareKey {
            material: KeyMaterial::new(material),
            random: Arc::clone(&self.random),
        }))
    }

    fn fill_random(&self, out: &mut [u8]) -> Result<(), CryptoError> {
        self.random.fill(out)
    }
}

fn spec(binding: &Binding<'_>) -> Result<MaterialSpec, CryptoError> {
    match binding.purpose {
        Purpose::KeyMaterial(spec) => Ok(spec),
        purpose @ Purpose::AccessKeySecret => Err(CryptoError::WrongPurpose { purpose }),
    }
}

struct SoftwareKey {
    material: KeyMaterial,
    random: Arc<dyn Random>,
}

impl SoftwareKey {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        SystemRandom,
        testing::{self, BrokenRandom, SeededRandom},
    };

    fn root() -> Arc<RootKey> {
        Arc::new(RootKey::generate(&SeededRandom::new("root")).unwrap())
    }

    #[test]
    fn it_conforms() {
        testing::conformance(&SoftwareProvider::new(root(), Arc::new(SystemRandom)));
    }

    #[test]
    fn material_of_another_length_is_refused() {
        let random = SeededRandom::new("material");
        let binding = testing::binding();
        for length in [0, 31, 33] {
            let sealed = root().seal(&random, &binding, &vec![1; length]).unwrap();
            let provider = SoftwareProvider::new(root(), Arc::new(SystemRandom));
            let error = provider.open(&sealed, &binding).err().unwrap();
            assert!(
                matches!(error, CryptoError::MaterialLength { expected: 32, .. }),
                "{error}"
            );
        }
    }

    #[test]
    fn nothing_is_made_without_randomness() {
        let sealed = root()
            .seal(
                &SeededRandom::new("material"),
                &testing::binding(),
                &[1; 32],
            )
            .unwrap();
        let provider = SoftwareProvider::new(root(), Arc::new(BrokenRandom));
        let key = provider.open(&sealed, &testing::binding()).unwrap();
        let failures = [
            provider.generate(&testing::binding()).err(),
            provider.fill_random(&mut [0; 8]).err(),
            key.encrypt(&testing::identity(), &ContextAad::default(), b"x")
                .err(),
        ];
        for failure in failures {
            assert!(
                matches!(failure, Some(CryptoError::RandomUnavailable { .. })),
                "{failure:?}"
            );
        }
    }
}
