//! The provider that works in this process's own memory.
//!
//! Keys are made of what [`Random`] gives, but for RSA's and those of the NIST curves and secp256k1:
//! AWS-LC makes these, and the nonces and paddings of what it computes, with its own generator, the
//! one that [`SystemRandom`](crate::SystemRandom) is.
//!
//! What a handle keeps is wiped when it is dropped. What passes over the stack inside a library, while
//! a key is opened or used, is beyond reach.

mod der;
mod ec;
mod ed25519;
mod hmac;
#[cfg(test)]
mod imports;
mod kind;
mod ml_dsa;
mod rng;
mod rsa;
mod sm2;
mod symmetric;
#[cfg(test)]
mod vectors;
mod wrap;

use std::sync::Arc;

use keystead_core::key::KeySpec;

use self::kind::Kind;
pub use self::rsa::RsaVerifier;
pub use self::wrap::wrap_material;
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
        Kind::of(spec).admit(material, &self.random)?;
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
    let purpose = binding.purpose;
    match purpose {
        Purpose::KeyMaterial(spec) => Some(Kind::of(spec)),
        Purpose::WrappingKey(spec) => Some(Kind::of(spec)).filter(|kind| kind.unwraps()),
        Purpose::AccessKeySecret | Purpose::CustomKeyStoreSecret => None,
    }
    .ok_or(CryptoError::WrongPurpose { purpose })
}

/// Answers that the library refused, whatever it says itself: it says nothing of use.
fn refused<E>(operation: &'static str) -> impl FnOnce(E) -> CryptoError {
    move |_| CryptoError::LibraryRefused { operation }
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

    const RSA: &[KeySpec] = &[KeySpec::Rsa2048, KeySpec::Rsa3072, KeySpec::Rsa4096];

    fn provider() -> SoftwareProvider {
        SoftwareProvider::new(root(), Arc::new(SystemRandom))
    }

    #[test]
    fn it_conforms() {
        let quick = KeySpec::ALL.iter().filter(|spec| !RSA.contains(spec));
        testing::conformance_of(&provider(), &quick.copied().collect::<Vec<_>>());
    }

    /// By itself, as these keys take seconds to find.
    #[test]
    fn it_conforms_with_rsa_2048() {
        testing::conformance_of(&provider(), &[KeySpec::Rsa2048]);
    }

    #[test]
    fn it_conforms_with_rsa_3072() {
        testing::conformance_of(&provider(), &[KeySpec::Rsa3072]);
    }

    #[test]
    fn it_conforms_with_rsa_4096() {
        testing::conformance_of(&provider(), &[KeySpec::Rsa4096]);
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
