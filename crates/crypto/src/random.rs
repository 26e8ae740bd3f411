//! Where randomness comes from: an argument, so that tests can repeat themselves.

use aws_lc_rs::rand;

use crate::CryptoError;

/// A cryptographically secure source of random bytes.
///
/// Salts, IVs and keys come from here, so a weak implementation breaks everything built on it.
/// Production uses [`SystemRandom`].
pub trait Random: Send + Sync {
    /// Fills `out` completely.
    ///
    /// # Errors
    /// [`CryptoError::RandomUnavailable`]; `out` must not be used then.
    fn fill(&self, out: &mut [u8]) -> Result<(), CryptoError>;
}

/// The generator of AWS-LC (NIST SP 800-90A CTR_DRBG, seeded by the operating system).
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, out: &mut [u8]) -> Result<(), CryptoError> {
        rand::fill(out).map_err(|source| CryptoError::RandomUnavailable {
            source: source.into(),
        })
    }
}

/// Length of the salt that a one-message key is derived with, in bytes.
pub(crate) const SALT_LEN: usize = 16;

/// Length of an AES-GCM IV, in bytes (NIST SP 800-38D, section 8.2.2, with no fixed field).
pub(crate) const IV_LEN: usize = 12;

/// The random part of one message.
pub(crate) struct SaltAndIv {
    pub(crate) salt: [u8; SALT_LEN],
    pub(crate) iv: [u8; IV_LEN],
}

impl SaltAndIv {
    /// Draws both with one call, since a call costs far more than its bytes.
    pub(crate) fn draw(random: &dyn Random) -> Result<Self, CryptoError> {
        let mut drawn = [0; SALT_LEN + IV_LEN];
        random.fill(&mut drawn)?;
        let mut fresh = Self {
            salt: [0; SALT_LEN],
            iv: [0; IV_LEN],
        };
        let (salt, iv) = drawn.split_at(SALT_LEN);
        fresh.salt.copy_from_slice(salt);
        fresh.iv.copy_from_slice(iv);
        Ok(fresh)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::BrokenRandom;

    #[test]
    fn the_system_source_does_not_repeat() {
        let (mut first, mut second) = ([0; 32], [0; 32]);
        SystemRandom.fill(&mut first).unwrap();
        SystemRandom.fill(&mut second).unwrap();
        assert_ne!(first, second);
        assert_ne!(first, [0; 32]);
    }

    #[test]
    fn salt_and_iv_are_drawn_apart() {
        let fresh = SaltAndIv::draw(&SystemRandom).unwrap();
        assert_ne!(fresh.salt[..IV_LEN], fresh.iv);
    }

    #[test]
    fn a_broken_source_is_reported() {
        assert!(matches!(
            SaltAndIv::draw(&BrokenRandom),
            Err(CryptoError::RandomUnavailable { .. })
        ));
    }
}
