//! The provider that works in this process's own memory.

mod kind;
mod symmetric;

use std::sync::Arc;

use keystead_core::key::KeySpec;

use self::kind::Kind;
use crate::{
    Binding, CryptoError, DataKeyPair, OpenedKey, Provider, Purpose, Random, RootKey, SealedKey,
    SecretBytes,
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
        let material = kind(binding)?.generate(&*self.random)?;
        // Exposed to the sealing beside it, and nowhere else.
        self.root.seal(&*self.random, binding, material.expose())
    }

    fn import(
        &self,
        material: &SecretBytes,
        binding: &Binding<'_>,
    ) -> Result<SealedKey, CryptoError> {
        let Purpose::KeyMaterial(spec) = binding.purpose else {
            return Err(CryptoError::WrongPurpose {
                purpose: binding.purpose,
            });
        };
        // Whatever can't be opened later is refused now.
        Kind::of(spec).open(material, &self.random)?;
        // Exposed to be sealed.
        self.root.seal(&*self.random, binding, material.expose())
    }

    fn open(&self, sealed: &SealedKey, binding: &Binding<'_>) -> Result<OpenedKey, CryptoError> {
        let kind = kind(binding)?;
        let material = self.root.open(sealed, binding)?;
        kind.open(&material, &self.random)
    }

    fn generate_pair(&self, spec: KeySpec) -> Result<DataKeyPair, CryptoError> {
        Kind::of(spec).generate_pair(&*self.random)
    }

    fn fill_random(&self, out: &mut [u8]) -> Result<(), CryptoError> {
        self.random.fill(out)
    }
}

fn kind(binding: &Binding<'_>) -> Result<Kind, CryptoError> {
    match binding.purpose {
        Purpose::KeyMaterial(spec) | Purpose::WrappingKey(spec) => Ok(Kind::of(spec)),
        purpose @ Purpose::AccessKeySecret => Err(CryptoError::WrongPurpose { purpose }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        SystemRandom,
        ciphertext::ContextAad,
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
                matches!(error, CryptoError::InvalidMaterial { .. }),
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
        let key = key.symmetric().unwrap();
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
