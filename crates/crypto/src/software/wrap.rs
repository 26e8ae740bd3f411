//! Wrapping key material on its way here, the client's part of an import.

use keystead_core::key::WrappingAlgorithm;

use super::{der, rsa, sm2};
use crate::{CryptoError, SecretBytes, SystemRandom};

/// Wraps key material so that only the holder of the private half of `public_key` can
/// [unwrap](crate::PrivateKey::unwrap_material) it. `public_key` is SubjectPublicKeyInfo (RFC 5280),
/// DER, as `GetParametersForImport` answers. Randomness is the system's.
///
/// # Errors
/// [`CryptoError::InvalidPublicKey`] unless it is a key that the algorithm can work with;
/// [`CryptoError::PlaintextTooLong`] if the algorithm can't hold as much;
/// [`CryptoError::RandomUnavailable`].
pub fn wrap_material(
    algorithm: WrappingAlgorithm,
    public_key: &[u8],
    material: &SecretBytes,
) -> Result<Vec<u8>, CryptoError> {
    if !der::is_one_value(public_key) {
        return Err(CryptoError::InvalidPublicKey);
    }
    match algorithm {
        WrappingAlgorithm::Sm2Pke => {
            let key = sm2::parse(public_key).and_then(sm2::PublicHalf::of);
            // Exposed to be encrypted.
            key.ok_or(CryptoError::InvalidPublicKey)?
                .encrypt(&SystemRandom, material.expose())
        }
        WrappingAlgorithm::RsaesOaepSha1
        | WrappingAlgorithm::RsaesOaepSha256
        | WrappingAlgorithm::RsaAesKeyWrapSha1
        | WrappingAlgorithm::RsaAesKeyWrapSha256 => {
            let key = rsa::PublicHalf::of(public_key).ok_or(CryptoError::InvalidPublicKey)?;
            rsa::wrap(algorithm, &key, material)
        }
    }
}
