//! The ids of imported key materials.

use crate::{
    CryptoError, SecretBytes,
    kdf::{self, Label},
};

/// The id that imported material has under a key: the same bytes give the same id again, so that
/// they are recognized, and no other key has it. Nothing of the material can be learned from it.
///
/// # Errors
/// [`CryptoError::LibraryRefused`], which no material causes.
pub fn material_id(material: &SecretBytes, key_id: &[u8; 16]) -> Result<[u8; 32], CryptoError> {
    let mut id = [0; 32];
    // Exposed to be digested under a secret key that it is itself.
    kdf::derive(material.expose(), Label::MaterialId, key_id, &mut id)?;
    Ok(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(material: &[u8], key: u8) -> [u8; 32] {
        material_id(&SecretBytes::from(material.to_vec()), &[key; 16]).unwrap()
    }

    #[test]
    fn it_is_bound_to_material_and_key() {
        assert_eq!(id(&[1; 32], 7), id(&[1; 32], 7));
        assert_ne!(id(&[1; 32], 7), id(&[2; 32], 7));
        assert_ne!(id(&[1; 32], 7), id(&[1; 32], 8));
        assert_ne!(id(&[1; 28], 7), id(&[1; 32], 7));
        assert_ne!(id(&[1; 2400], 7), id(&[1; 2401], 7));
    }
}
