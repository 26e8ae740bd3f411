//! The sealed value, version 1, and the key that makes it.
//!
//! `version ‖ fingerprint of the sealing key (16) ‖ salt (16) ‖ IV (12) ‖ ciphertext ‖ tag (16)`;
//! everything before the ciphertext is authenticated, followed by whatever the value is bound to.

use std::fmt;

use crate::{
    CryptoError, KeyFingerprint, Random, SecretArray, SecretBytes,
    fingerprint::FINGERPRINT_LEN,
    gcm::{Associated, MessageKey, TAG_LEN},
    kdf::{self, Label},
    random::{IV_LEN, SALT_LEN, SaltAndIv},
};

const VERSION: u8 = 1;
const HEADER_LEN: usize = 1 + FINGERPRINT_LEN + SALT_LEN + IV_LEN;

/// The most that one sealed value may hold, in bytes: far above any key, far below what could be a
/// mistake.
pub(crate) const MAX_PLAINTEXT_LEN: usize = 64 * 1024;

/// A 256-bit key that seals values: the root key, or a key that wraps it.
#[derive(PartialEq, Eq)]
pub(crate) struct SealingKey {
    secret: SecretArray<{ Self::LEN }>,
    fingerprint: KeyFingerprint,
}

impl SealingKey {
    pub(crate) const LEN: usize = 32;

    pub(crate) fn new(secret: SecretArray<{ Self::LEN }>) -> Result<Self, CryptoError> {
        let mut name = [0; FINGERPRINT_LEN];
        kdf::derive(
            secret.expose(),
            Label::Fingerprint,
            &[0; SALT_LEN],
            &mut name,
        )?;
        Ok(Self {
            secret,
            fingerprint: KeyFingerprint::from_bytes(name),
        })
    }

    pub(crate) fn generate(random: &dyn Random) -> Result<Self, CryptoError> {
        Self::new(SecretArray::try_filled(|place| random.fill(place))?)
    }

    pub(crate) fn fingerprint(&self) -> KeyFingerprint {
        self.fingerprint
    }

    /// Shows the key, to wrap it or to write it to its key file.
    pub(crate) fn expose(&self) -> &[u8; Self::LEN] {
        self.secret.expose()
    }

    /// Seals `plaintext`, of at most [`MAX_PLAINTEXT_LEN`] bytes, so that it opens only together
    /// with `place`.
    pub(crate) fn seal(
        &self,
        random: &dyn Random,
        place: &[u8],
        plaintext: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        let (length, limit) = (plaintext.len(), MAX_PLAINTEXT_LEN);
        if length > limit {
            return Err(CryptoError::PlaintextTooLong { length, limit });
        }
        let fresh = SaltAndIv::draw(random)?;
        let mut out = Vec::with_capacity(HEADER_LEN + length + TAG_LEN);
        out.push(VERSION);
        out.extend_from_slice(self.fingerprint.as_bytes());
        out.extend_from_slice(&fresh.salt);
        out.extend_from_slice(&fresh.iv);
        out.resize(HEADER_LEN + length + TAG_LEN, 0);
        let (header, body) = out.split_at_mut(HEADER_LEN);
        let (ciphertext, tag) = body.split_at_mut(length);
        MessageKey::derive(self.secret.expose(), Label::Sealed, &fresh.salt)?.seal(
            &fresh.iv,
            Associated {
                header,
                absent: place,
            },
            plaintext,
            ciphertext,
            tag,
        )?;
        Ok(out)
    }

    /// Opens what [`seal`](Self::seal) made for the same `place`.
    ///
    /// # Errors
    /// [`CryptoError::SealedTruncated`], [`CryptoError::SealedVersionUnknown`],
    /// [`CryptoError::SealedByAnotherKey`] or [`CryptoError::SealedMismatch`].
    pub(crate) fn open(&self, sealed: &[u8], place: &[u8]) -> Result<SecretBytes, CryptoError> {
        if let Some(&version) = sealed.first().filter(|version| **version != VERSION) {
            return Err(CryptoError::SealedVersionUnknown { version });
        }
        let value = Sealed::parse(sealed).ok_or(CryptoError::SealedTruncated {
            length: sealed.len(),
        })?;
        if value.sealed_by != self.fingerprint {
            return Err(CryptoError::SealedByAnotherKey {
                sealed_by: value.sealed_by,
                in_use: self.fingerprint,
            });
        }
        let associated = Associated {
            header: value.header,
            absent: place,
        };
        MessageKey::derive(self.secret.expose(), Label::Sealed, value.salt)?
            .open(value.iv, associated, value.ciphertext, value.tag)
            .ok_or(CryptoError::SealedMismatch)
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealingKey({})", self.fingerprint)
    }
}

/// The key that a sealed value of this version names as its own.
pub(crate) fn sealed_by(sealed: &[u8]) -> Option<KeyFingerprint> {
    sealed.first().filter(|version| **version == VERSION)?;
    Sealed::parse(sealed).map(|value| value.sealed_by)
}

/// The parts of a sealed value.
struct Sealed<'a> {
    header: &'a [u8; HEADER_LEN],
    sealed_by: KeyFingerprint,
    salt: &'a [u8; SALT_LEN],
    iv: &'a [u8; IV_LEN],
    ciphertext: &'a [u8],
    tag: &'a [u8; TAG_LEN],
}

impl<'a> Sealed<'a> {
    fn parse(bytes: &'a [u8]) -> Option<Self> {
        let (header, body) = bytes.split_first_chunk::<HEADER_LEN>()?;
        let (ciphertext, tag) = body.split_last_chunk()?;
        let (_version, rest) = header.split_first()?;
        let (sealed_by, rest) = rest.split_first_chunk()?;
        let (salt, rest) = rest.split_first_chunk()?;
        let iv = rest.try_into().ok()?;
        Some(Self {
            header,
            sealed_by: KeyFingerprint::from_bytes(*sealed_by),
            salt,
            iv,
            ciphertext,
            tag,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::{BrokenRandom, SeededRandom};

    fn key(seed: &str) -> SealingKey {
        SealingKey::generate(&SeededRandom::new(seed)).unwrap()
    }

    fn sealed(plaintext: &[u8]) -> Vec<u8> {
        key("one")
            .seal(&SeededRandom::new("salt"), b"here", plaintext)
            .unwrap()
    }

    #[test]
    fn what_is_sealed_opens() {
        for length in [0, 1, 32, MAX_PLAINTEXT_LEN] {
            let plaintext = vec![0x5a; length];
            assert_eq!(
                key("one")
                    .open(&sealed(&plaintext), b"here")
                    .unwrap()
                    .expose(),
                plaintext
            );
        }
    }

    #[test]
    fn too_much_is_refused() {
        let random = SeededRandom::new("salt");
        let error = key("one")
            .seal(&random, b"", &vec![0; MAX_PLAINTEXT_LEN + 1])
            .unwrap_err();
        assert!(matches!(
            error,
            CryptoError::PlaintextTooLong {
                length: 65_537,
                limit: 65_536
            }
        ));
    }

    #[test]
    fn every_flipped_bit_is_refused_for_its_reason() {
        let good = sealed(b"secret");
        for bit in 0..good.len() * 8 {
            let mut bytes = good.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let error = key("one").open(&bytes, b"here").unwrap_err();
            let as_expected = match bit / 8 {
                0 => matches!(error, CryptoError::SealedVersionUnknown { .. }),
                1..=16 => matches!(error, CryptoError::SealedByAnotherKey { .. }),
                _ => matches!(error, CryptoError::SealedMismatch),
            };
            assert!(as_expected, "bit {bit}: {error}");
        }
    }

    #[test]
    fn a_value_cut_short_is_refused() {
        let good = sealed(b"secret");
        for length in 0..good.len() {
            let error = key("one").open(&good[..length], b"here").unwrap_err();
            let truncated = matches!(error, CryptoError::SealedTruncated { .. });
            assert_eq!(
                truncated,
                length < HEADER_LEN + TAG_LEN,
                "{length}: {error}"
            );
        }
    }

    #[test]
    fn another_place_or_key_is_refused() {
        let good = sealed(b"secret");
        for place in [b"".as_slice(), b"her", b"here ", b"Here"] {
            assert!(matches!(
                key("one").open(&good, place),
                Err(CryptoError::SealedMismatch)
            ));
        }
        assert!(matches!(
            key("two").open(&good, b"here"),
            Err(CryptoError::SealedByAnotherKey { .. })
        ));
    }

    #[test]
    fn nothing_is_sealed_without_randomness() {
        assert!(matches!(
            key("one").seal(&BrokenRandom, b"", b""),
            Err(CryptoError::RandomUnavailable { .. })
        ));
        assert!(matches!(
            SealingKey::generate(&BrokenRandom),
            Err(CryptoError::RandomUnavailable { .. })
        ));
    }

    #[test]
    fn debug_output_names_the_key_only() {
        let key = key("one");
        assert_eq!(
            format!("{key:?}"),
            format!("SealingKey({})", key.fingerprint())
        );
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_open(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(key("one").open(&bytes, b"here").is_err());
        }
    }
}
