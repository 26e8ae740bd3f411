//! Keys as they are stored: metadata in the clear, material always sealed.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::arn::AccountId;
use crate::key_id::KeyId;
use crate::key_state::KeyState;
use crate::policy::PrincipalIds;
use crate::tag::Tags;
use crate::time::Timestamp;

/// What kind of material a key has. One today; the API knows more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeySpec {
    /// A 256-bit key for AES-GCM, under one message key for each message.
    SymmetricDefault,
}

/// What a key may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeyUsage {
    /// Encryption and decryption, data keys included.
    EncryptDecrypt,
}

/// Bytes that were sealed under the root key: safe to store, opaque to the domain.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sealed(Vec<u8>);

impl Sealed {
    /// Takes what the cryptography room sealed.
    #[must_use]
    pub const fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The sealed bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} bytes)", self.0.len())
    }
}

impl TryFrom<String> for Sealed {
    type Error = base64::DecodeError;

    fn try_from(text: String) -> Result<Self, base64::DecodeError> {
        STANDARD.decode(text).map(Self)
    }
}

impl From<Sealed> for String {
    fn from(sealed: Sealed) -> Self {
        STANDARD.encode(sealed.0)
    }
}

/// The identifier of one of a key's materials: 256 random bits, 64 lower-case hex digits as text.
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
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
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
        let digits: &[u8; 64] = text
            .as_bytes()
            .try_into()
            .map_err(|_| MalformedMaterialId)?;
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = pair
                .iter()
                .try_fold(0u8, |value, digit| Some((value << 4) | hex_digit(*digit)?))
                .ok_or(MalformedMaterialId)?;
        }
        Ok(Self(bytes))
    }
}

const fn hex_digit(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
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

/// One material of a key: a rotation adds another and keeps this one for decryption.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Material {
    /// The material's id, which ciphertexts carry.
    pub id: MaterialId,
    /// When it was made.
    pub created: Timestamp,
    /// The material, sealed under the root key and bound to its place.
    pub sealed: Sealed,
}

/// A key as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRecord {
    /// The key's id.
    pub id: KeyId,
    /// The account that owns it.
    pub account: AccountId,
    /// When it was made.
    pub created: Timestamp,
    /// What its owner says of it; at most 8,192 characters.
    pub description: String,
    /// The kind of its material.
    pub spec: KeySpec,
    /// What it may be used for.
    pub usage: KeyUsage,
    /// Where it is in its life.
    pub state: KeyState,
    /// The text of its key policy, as it was given.
    pub policy: String,
    /// The unique ids that the users and roles named there had when it was set, by ARN: one that
    /// is made again under the same name is another principal.
    #[serde(default, skip_serializing_if = "PrincipalIds::is_empty")]
    pub policy_principals: PrincipalIds,
    /// Its tags.
    pub tags: Tags,
    /// Its materials, oldest first. The last one encrypts; all of them decrypt.
    pub materials: Vec<Material>,
}

impl KeyRecord {
    /// The material that encrypts, if the key has any.
    #[must_use]
    pub fn current_material(&self) -> Option<&Material> {
        self.materials.last()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sealed_bytes_do_not_show_in_debug_output() {
        assert_eq!(
            format!("{:?}", Sealed::new(vec![1, 2, 3])),
            "Sealed(3 bytes)"
        );
    }

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
