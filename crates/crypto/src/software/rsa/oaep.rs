//! RSA-OAEP without a label (RFC 8017, section 7.1), around messages and around key material.

use aws_lc_rs::{
    key_wrap::{AES_256, AesKek, KeyWrapPadded},
    rsa::{OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepAlgorithm, OaepPrivateDecryptingKey},
};
use keystead_core::key::{EncryptionAlgorithm, WrappingAlgorithm};

use super::PublicHalf;
use crate::{CryptoError, Random, SecretArray, SecretBytes, SystemRandom, software::refused};

/// Length of the key between RSA and the material, in bytes.
const KEK_LEN: usize = 32;

/// The most that AES-KWP adds (RFC 5649, section 4.1): its head, and seven bytes to fill the last
/// block of eight.
const KWP_OVERHEAD: usize = 15;

pub(super) fn algorithm(
    algorithm: EncryptionAlgorithm,
) -> Result<&'static OaepAlgorithm, CryptoError> {
    match algorithm {
        EncryptionAlgorithm::RsaesOaepSha1 => Ok(&OAEP_SHA1_MGF1SHA1),
        EncryptionAlgorithm::RsaesOaepSha256 => Ok(&OAEP_SHA256_MGF1SHA256),
        EncryptionAlgorithm::SymmetricDefault | EncryptionAlgorithm::Sm2Pke => {
            Err(CryptoError::Algorithm)
        }
    }
}

pub(super) fn decrypt(
    key: &OaepPrivateDecryptingKey,
    algorithm: &'static OaepAlgorithm,
    ciphertext: &[u8],
) -> Result<SecretBytes, CryptoError> {
    SecretBytes::try_filled_in_part(key.min_output_size(), |out| {
        key.decrypt(algorithm, ciphertext, out, None)
            .map(|plaintext| plaintext.len())
            .map_err(|_| CryptoError::InvalidCiphertext)
    })
}

/// How key material is wrapped.
pub(super) enum Wrapping {
    /// RSA around the material.
    Direct(&'static OaepAlgorithm),
    /// RSA around an AES-256 key, followed by AES-KWP (RFC 5649) around the material
    /// (`CKM_RSA_AES_KEY_WRAP` of PKCS #11, version 2.40, section 2.1.21).
    Kwp(&'static OaepAlgorithm),
}

impl Wrapping {
    pub(super) const fn of(algorithm: WrappingAlgorithm) -> Result<Self, CryptoError> {
        match algorithm {
            WrappingAlgorithm::RsaesOaepSha1 => Ok(Self::Direct(&OAEP_SHA1_MGF1SHA1)),
            WrappingAlgorithm::RsaesOaepSha256 => Ok(Self::Direct(&OAEP_SHA256_MGF1SHA256)),
            WrappingAlgorithm::RsaAesKeyWrapSha1 => Ok(Self::Kwp(&OAEP_SHA1_MGF1SHA1)),
            WrappingAlgorithm::RsaAesKeyWrapSha256 => Ok(Self::Kwp(&OAEP_SHA256_MGF1SHA256)),
            WrappingAlgorithm::Sm2Pke => Err(CryptoError::Algorithm),
        }
    }

    pub(super) fn unwrap(
        &self,
        key: &OaepPrivateDecryptingKey,
        wrapped: &[u8],
    ) -> Result<SecretBytes, CryptoError> {
        match self {
            Self::Direct(algorithm) => decrypt(key, algorithm, wrapped),
            Self::Kwp(algorithm) => {
                let (head, body) = wrapped
                    .split_at_checked(key.key_size_bytes())
                    .ok_or(CryptoError::InvalidCiphertext)?;
                let kek = decrypt(key, algorithm, head)?;
                // Exposed to become the key that it is.
                unwrap_padded(kek.expose(), body)
            }
        }
    }
}

/// Wraps `material` to the holder of an RSA key.
pub(in crate::software) fn wrap(
    algorithm: WrappingAlgorithm,
    key: &PublicHalf,
    material: &SecretBytes,
) -> Result<Vec<u8>, CryptoError> {
    match Wrapping::of(algorithm)? {
        // Exposed to be encrypted.
        Wrapping::Direct(algorithm) => key.encrypt(algorithm, material.expose()),
        Wrapping::Kwp(algorithm) => {
            let kek = SecretArray::<KEK_LEN>::try_filled(|out| SystemRandom.fill(out))?;
            // Exposed to be encrypted, and to encrypt.
            let mut wrapped = key.encrypt(algorithm, kek.expose())?;
            wrapped.extend(wrap_padded(kek.expose(), material.expose())?);
            Ok(wrapped)
        }
    }
}

/// AES-256-KWP (RFC 5649).
fn wrap_padded(kek: &[u8], material: &[u8]) -> Result<Vec<u8>, CryptoError> {
    let refused = refused("wrap with AES");
    let mut out = vec![0; material.len() + KWP_OVERHEAD];
    let length = AesKek::new(&AES_256, kek)
        .and_then(|kek| {
            kek.wrap_with_padding(material, &mut out)
                .map(|out| out.len())
        })
        .map_err(refused)?;
    out.truncate(length);
    Ok(out)
}

/// The material in AES-256-KWP under a key that must have 256 bits.
pub(super) fn unwrap_padded(kek: &[u8], wrapped: &[u8]) -> Result<SecretBytes, CryptoError> {
    SecretBytes::try_filled_in_part(wrapped.len(), |out| {
        AesKek::new(&AES_256, kek)
            .and_then(|kek| kek.unwrap_with_padding(wrapped, out).map(|out| out.len()))
            .map_err(|_| CryptoError::InvalidCiphertext)
    })
}
