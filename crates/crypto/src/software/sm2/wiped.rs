//! Keys of a library that does not wipe them.

use sm2::{NonZeroScalar, Scalar, dsa::SigningKey, pke::DecryptingKey};
use zeroize::optimization_barrier;

use super::DISTINGUISHING_ID;

/// A key in a place of its own, which is written over with a key that everybody knows when the key
/// is dropped.
pub(super) struct Wiped<K: Overwrite>(Box<K>);

/// What can be written over.
pub(super) trait Overwrite {
    /// Replaces the scalar, and all that is made of it.
    fn overwrite(&mut self);
}

impl<K: Overwrite> Wiped<K> {
    pub(super) fn new(key: K) -> Self {
        Self(Box::new(key))
    }

    pub(super) fn get(&self) -> &K {
        &self.0
    }
}

impl<K: Overwrite> Drop for Wiped<K> {
    fn drop(&mut self) {
        self.0.overwrite();
        optimization_barrier(&*self.0);
    }
}

/// The scalar one.
fn one() -> Option<NonZeroScalar> {
    NonZeroScalar::new(Scalar::ONE).into_option()
}

impl Overwrite for SigningKey {
    fn overwrite(&mut self) {
        if let Some(Ok(key)) = one().map(|one| Self::from_nonzero_scalar(DISTINGUISHING_ID, one)) {
            *self = key;
        }
    }
}

impl Overwrite for DecryptingKey {
    fn overwrite(&mut self) {
        if let Some(Ok(key)) = one().map(Self::from_nonzero_scalar) {
            *self = key;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_key_is_left() {
        let scalar = NonZeroScalar::new(Scalar::from(7u64)).unwrap();
        let mut signing = SigningKey::from_nonzero_scalar(DISTINGUISHING_ID, scalar).unwrap();
        signing.overwrite();
        assert_eq!(*signing.as_nonzero_scalar(), one().unwrap());
        let mut decrypting = DecryptingKey::from_nonzero_scalar(scalar).unwrap();
        decrypting.overwrite();
        assert_eq!(*decrypting.as_nonzero_scalar(), one().unwrap());
    }
}
