//! A public key on its own, for whoever checks signatures without a provider.

use keystead_core::key::SigningAlgorithm;

use super::{PublicHalf, der};
use crate::{CryptoError, Message};

/// An RSA public key of at least 2048 bits that checks signatures.
pub struct RsaVerifier(PublicHalf);

impl RsaVerifier {
    /// The key of SubjectPublicKeyInfo (RFC 5280) or `RSAPublicKey` (RFC 8017, appendix A.1.1), DER;
    /// `None` of anything else.
    #[must_use]
    pub fn from_der(encoded: &[u8]) -> Option<Self> {
        if !der::is_one_value(encoded) {
            return None;
        }
        PublicHalf::of(encoded).map(Self)
    }

    /// The key as `RSAPublicKey` (RFC 8017, appendix A.1.1), DER.
    #[must_use]
    pub fn pkcs1_der(&self) -> &[u8] {
        self.0.pkcs1()
    }

    /// Checks a signature.
    ///
    /// # Errors
    /// [`CryptoError::InvalidSignature`] if it is not one of this key on this message;
    /// [`CryptoError::Algorithm`] unless the algorithm is one of RSA; otherwise as
    /// [`Message::check`].
    pub fn verify(
        &self,
        algorithm: SigningAlgorithm,
        message: Message<'_>,
        signature: &[u8],
    ) -> Result<(), CryptoError> {
        self.0.verify(algorithm, message, signature)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use keystead_core::key::KeySpec;

    use super::*;
    use crate::{Binding, Provider as _, Purpose, RootKey, SoftwareProvider, SystemRandom};

    const ALGORITHM: SigningAlgorithm = SigningAlgorithm::RsassaPkcs1V15Sha256;

    #[test]
    fn either_form_of_a_key_checks_its_signatures() {
        let root = Arc::new(RootKey::generate(&SystemRandom).unwrap());
        let provider = SoftwareProvider::new(root, Arc::new(SystemRandom));
        let binding = Binding {
            region: "",
            account: "",
            key_id: "k",
            material_id: "m",
            purpose: Purpose::KeyMaterial(KeySpec::Rsa2048),
        };
        let sealed = provider.generate(&binding).unwrap();
        let opened = provider.open(&sealed, &binding).unwrap();
        let key = opened.private().unwrap();
        let signature = key.sign(ALGORITHM, Message::Raw(b"message")).unwrap();

        let verifier = RsaVerifier::from_der(key.public_key()).unwrap();
        assert!(key.public_key().ends_with(verifier.pkcs1_der()));
        let again = RsaVerifier::from_der(verifier.pkcs1_der()).unwrap();
        for verifier in [&verifier, &again] {
            let check = |message| verifier.verify(ALGORITHM, Message::Raw(message), &signature);
            assert!(check(b"message").is_ok());
            assert!(matches!(
                check(b"massage"),
                Err(CryptoError::InvalidSignature)
            ));
        }
        assert_eq!(again.pkcs1_der(), verifier.pkcs1_der());
        // Found by fuzzing: what stands behind a key is no part of it.
        let longer = [key.public_key(), b"\0"].concat();
        let longer_pkcs1 = [verifier.pkcs1_der(), b"\0"].concat();
        for bad in [
            &b""[..],
            b"\x30\x00",
            &verifier.pkcs1_der()[1..],
            &longer,
            &longer_pkcs1,
        ] {
            assert!(RsaVerifier::from_der(bad).is_none());
        }
    }
}
