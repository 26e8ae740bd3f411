//! HMAC with the hashes of SHA-2 (FIPS 198-1), by AWS-LC.

use aws_lc_rs::hmac::{self, Algorithm, HMAC_SHA256, Key};

use crate::{CryptoError, MacKey, Random, SecretBytes, kdf};

/// An opened key. AWS-LC keeps the two hash states that the material leads to, and wipes them.
pub(super) struct HmacKey(Key);

/// New material, as long as the digest.
pub(super) fn generate(
    algorithm: Algorithm,
    random: &dyn Random,
) -> Result<SecretBytes, CryptoError> {
    SecretBytes::try_filled(algorithm.tag_len(), |out| random.fill(out))
}

impl HmacKey {
    /// A handle on material of exactly the digest's length.
    pub(super) fn open(algorithm: Algorithm, material: &SecretBytes) -> Option<Self> {
        // Exposed to the hash function that absorbs it.
        (material.len() == algorithm.tag_len())
            .then(|| Self(Key::new(algorithm, material.expose())))
    }

    /// Refuses messages by which other keys are derived, with this very function, from material that
    /// may have been imported for both.
    fn check(&self, message: &[u8]) -> Result<(), CryptoError> {
        if self.0.algorithm() == HMAC_SHA256 && kdf::is_reserved(message) {
            Err(CryptoError::ReservedMessage)
        } else {
            Ok(())
        }
    }
}

impl MacKey for HmacKey {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, CryptoError> {
        self.check(message)?;
        Ok(hmac::sign(&self.0, message).as_ref().to_vec())
    }

    fn verify(&self, message: &[u8], mac: &[u8]) -> Result<(), CryptoError> {
        self.check(message)?;
        hmac::verify(&self.0, message, mac).map_err(|_| CryptoError::InvalidMac)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_could_derive_a_key_is_refused() {
        let derivation = b"\0\0\0\x01keystead blob v1\0";
        for (algorithm, message, is_refused) in [
            (HMAC_SHA256, &derivation[..], true),
            (HMAC_SHA256, &derivation[4..], false),
            (hmac::HMAC_SHA224, &derivation[..], false),
            (hmac::HMAC_SHA384, &derivation[..], false),
            (hmac::HMAC_SHA512, &derivation[..], false),
        ] {
            let material = SecretBytes::from(vec![7; algorithm.tag_len()]);
            let key = HmacKey::open(algorithm, &material).unwrap();
            let mac = hmac::sign(&key.0, message);
            let results = [
                key.sign(message).map(drop),
                key.verify(message, mac.as_ref()),
            ];
            for result in results {
                let refused = matches!(result, Err(CryptoError::ReservedMessage));
                assert_eq!((refused, result.is_err()), (is_refused, is_refused));
            }
        }
    }
}
