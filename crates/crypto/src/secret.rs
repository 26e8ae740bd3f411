//! Memory for secrets: wiped when dropped, never printed, compared in constant time.
//!
//! None of these types can be cloned or serialized. Reading one is the verb `expose`; whoever calls
//! it says why the bytes may be seen there.

use std::fmt;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Exactly `N` secret bytes on the heap, so that moving the value leaves no copy behind.
pub struct SecretArray<const N: usize>(Box<[u8; N]>);

impl<const N: usize> SecretArray<N> {
    /// Makes a secret by filling its final place, so that the bytes never lie anywhere else.
    ///
    /// # Errors
    /// Whatever `fill` returns; what it had written is wiped.
    pub fn try_filled<E>(fill: impl FnOnce(&mut [u8; N]) -> Result<(), E>) -> Result<Self, E> {
        let mut secret = Self(Box::new([0; N]));
        fill(&mut secret.0)?;
        Ok(secret)
    }

    /// Copies a secret from `bytes`, or returns `None` when there are not exactly `N`. The caller
    /// wipes its own copy.
    #[must_use]
    pub fn copied_from(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; N] = bytes.try_into().ok()?;
        let mut secret = Self(Box::new([0; N]));
        secret.0.copy_from_slice(bytes);
        Some(secret)
    }

    /// Shows the secret bytes.
    #[must_use]
    pub fn expose(&self) -> &[u8; N] {
        &self.0
    }
}

impl<const N: usize> Drop for SecretArray<N> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<const N: usize> ZeroizeOnDrop for SecretArray<N> {}

impl<const N: usize> PartialEq for SecretArray<N> {
    fn eq(&self, other: &Self) -> bool {
        verify_slices_are_equal(self.0.as_slice(), other.0.as_slice()).is_ok()
    }
}

impl<const N: usize> Eq for SecretArray<N> {}

impl<const N: usize> fmt::Debug for SecretArray<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretArray(redacted)")
    }
}

/// The 256-bit material of a symmetric key. It never encrypts directly: each message has a key
/// derived from it.
#[derive(PartialEq, Eq)]
pub struct KeyMaterial(SecretArray<{ Self::LEN }>);

impl KeyMaterial {
    /// Length in bytes.
    pub const LEN: usize = 32;

    /// Takes `secret` for key material.
    #[must_use]
    pub fn new(secret: SecretArray<{ Self::LEN }>) -> Self {
        Self(secret)
    }

    /// Shows the material, to derive from it or to seal it.
    #[must_use]
    pub fn expose(&self) -> &[u8; Self::LEN] {
        self.0.expose()
    }
}

impl fmt::Debug for KeyMaterial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyMaterial(redacted)")
    }
}

/// Secret bytes of any length: plaintexts, passphrases, data keys. Their length is not a secret.
pub struct SecretBytes(Zeroizing<Vec<u8>>);

impl SecretBytes {
    /// Makes `length` secret bytes by filling their final place.
    ///
    /// # Errors
    /// Whatever `fill` returns; what it had written is wiped.
    pub fn try_filled<E>(
        length: usize,
        fill: impl FnOnce(&mut [u8]) -> Result<(), E>,
    ) -> Result<Self, E> {
        let mut secret = Self(Zeroizing::new(vec![0; length]));
        fill(&mut secret.0)?;
        Ok(secret)
    }

    /// Makes up to `capacity` secret bytes by filling their final place. `fill` answers how many
    /// there are; what it wrote behind them is wiped with the rest.
    ///
    /// # Errors
    /// Whatever `fill` returns; what it had written is wiped.
    pub fn try_filled_in_part<E>(
        capacity: usize,
        fill: impl FnOnce(&mut [u8]) -> Result<usize, E>,
    ) -> Result<Self, E> {
        let mut secret = Self(Zeroizing::new(vec![0; capacity]));
        let length = fill(&mut secret.0)?;
        secret.0.truncate(length);
        Ok(secret)
    }

    /// Shows the secret bytes.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// Gives the secret bytes away, for the caller who asked for them. They are still wiped.
    #[must_use]
    pub fn disclose(self) -> Zeroizing<Vec<u8>> {
        self.0
    }

    /// Length in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no bytes at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Takes the vector over without copying it. Earlier reallocations of it are beyond reach: build it
/// at its final size.
impl From<Vec<u8>> for SecretBytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }
}

impl PartialEq for SecretBytes {
    fn eq(&self, other: &Self) -> bool {
        verify_slices_are_equal(&self.0, &other.0).is_ok()
    }
}

impl Eq for SecretBytes {}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretBytes(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_shows_nothing() {
        let array = SecretArray::copied_from(&[0x41; 32]).unwrap();
        assert_eq!(format!("{array:?}"), "SecretArray(redacted)");
        assert_eq!(
            format!("{:?}", KeyMaterial::new(array)),
            "KeyMaterial(redacted)"
        );
        assert_eq!(
            format!("{:?}", SecretBytes::from(b"AAAA".to_vec())),
            "SecretBytes(redacted)"
        );
    }

    #[test]
    fn only_the_exact_length_is_taken() {
        for length in [0, 31, 33] {
            assert!(
                SecretArray::<32>::copied_from(&vec![7; length]).is_none(),
                "{length}"
            );
        }
        assert_eq!(
            SecretArray::<32>::copied_from(&[7; 32]).unwrap().expose(),
            &[7; 32]
        );
    }

    #[test]
    fn equality_looks_at_every_byte() {
        let one = SecretArray::<32>::copied_from(&[1; 32]).unwrap();
        for position in 0..32 {
            let mut bytes = [1; 32];
            bytes[position] ^= 0x80;
            assert_ne!(one, SecretArray::copied_from(&bytes).unwrap());
        }
        assert_eq!(one, SecretArray::copied_from(&[1; 32]).unwrap());
        assert_ne!(SecretBytes::from(vec![1]), SecretBytes::from(vec![1, 1]));
    }

    #[test]
    fn a_failing_fill_makes_no_secret() {
        assert_eq!(
            SecretArray::<4>::try_filled(|_| Err("no")).unwrap_err(),
            "no"
        );
        assert_eq!(SecretBytes::try_filled(4, |_| Err("no")).unwrap_err(), "no");
        assert_eq!(
            SecretBytes::try_filled_in_part(4, |_| Err("no")).unwrap_err(),
            "no"
        );
    }

    #[test]
    fn a_fill_writes_the_final_place() {
        let secret = SecretBytes::try_filled(3, |place| {
            place.copy_from_slice(b"abc");
            Ok::<(), ()>(())
        });
        assert_eq!(secret.unwrap().expose(), b"abc");
    }
}
