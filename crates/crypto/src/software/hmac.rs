//! HMAC with the hashes of SHA-2 (FIPS 198-1), by AWS-LC.

use aws_lc_rs::hmac::{self, Algorithm, Key};

use crate::{CryptoError, MacKey, Random, SecretBytes};

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
}

impl MacKey for HmacKey {
    fn sign(&self, message: &[u8]) -> Vec<u8> {
        hmac::sign(&self.0, message).as_ref().to_vec()
    }

    fn verify(&self, message: &[u8], mac: &[u8]) -> Result<(), CryptoError> {
        hmac::verify(&self.0, message, mac).map_err(|_| CryptoError::InvalidMac)
    }
}
