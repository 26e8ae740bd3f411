//! The ids of key materials.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::hex;

/// The identifier of one of a key's materials: 256 bits, 64 lower-case hex digits as text. They are
/// random, or derived from the key's id and the material where that is imported.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MaterialId([u8; 32]);

/// The text is not the id of a material.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a key material id: expected 64 lower-case hex digits")]
pub struct MalformedMaterialId;

impl MaterialId {
    /// The id with these bits.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The id's bits, as a ciphertext's header carries them.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for MaterialId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex::write(&self.0, f)
    }
}

impl fmt::Debug for MaterialId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for MaterialId {
    type Err = MalformedMaterialId;

    fn from_str(text: &str) -> Result<Self, MalformedMaterialId> {
        hex::read(text).map(Self).ok_or(MalformedMaterialId)
    }
}

impl TryFrom<String> for MaterialId {
    type Error = MalformedMaterialId;

    fn try_from(text: String) -> Result<Self, MalformedMaterialId> {
        text.parse()
    }
}

impl From<MaterialId> for String {
    fn from(id: MaterialId) -> Self {
        id.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn material_ids_are_lower_case_hex() {
        let upper = "A".repeat(64);
        let short = "a".repeat(63);
        for bad in ["", "zz", upper.as_str(), short.as_str()] {
            assert_eq!(bad.parse::<MaterialId>(), Err(MalformedMaterialId));
        }
    }

    proptest! {
        #[test]
        fn material_ids_round_trip(bytes: [u8; 32]) {
            let id = MaterialId::from_bytes(bytes);
            prop_assert_eq!(id.to_string().parse(), Ok(id));
        }
    }
}
