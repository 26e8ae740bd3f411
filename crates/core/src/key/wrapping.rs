//! The keys that material is wrapped to on its way here.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::hex;
use super::{KeySpec, Sealed, WrappingAlgorithm};
use crate::arn::AccountId;
use crate::key_id::KeyId;
use crate::time::Timestamp;

/// A wrapping key as it is stored: the private half of what `GetParametersForImport` gave out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrappingKeyRecord {
    /// Its id, which the import token carries.
    pub id: WrappingKeyId,
    /// The account that owns the key.
    pub account: AccountId,
    /// The key whose material it is for.
    pub key: KeyId,
    /// What kind of key it is.
    pub spec: KeySpec,
    /// What material is to be wrapped with.
    pub algorithm: WrappingAlgorithm,
    /// Until when it may be used.
    pub expires: Timestamp,
    /// The private half, sealed under the root key and bound to its place.
    pub sealed: Sealed,
}

/// The id of a wrapping key: 128 random bits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WrappingKeyId([u8; 16]);

/// The text is not the id of a wrapping key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a wrapping key id: expected 32 lower-case hex digits")]
pub struct MalformedWrappingKeyId;

impl WrappingKeyId {
    /// The id with these bits.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The id's bits.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for WrappingKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex::write(&self.0, f)
    }
}

impl fmt::Debug for WrappingKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for WrappingKeyId {
    type Err = MalformedWrappingKeyId;

    fn from_str(text: &str) -> Result<Self, MalformedWrappingKeyId> {
        hex::read(text).map(Self).ok_or(MalformedWrappingKeyId)
    }
}

impl TryFrom<String> for WrappingKeyId {
    type Error = MalformedWrappingKeyId;

    fn try_from(text: String) -> Result<Self, MalformedWrappingKeyId> {
        text.parse()
    }
}

impl From<WrappingKeyId> for String {
    fn from(id: WrappingKeyId) -> Self {
        id.to_string()
    }
}

impl WrappingAlgorithm {
    /// Whether material of a kind can be wrapped so, to a key of this other kind: the algorithm must
    /// be one for the material and one of the wrapping key's, and the material must fit.
    ///
    /// Source: "Select a wrapping algorithm" in the KMS developer guide.
    #[must_use]
    pub fn wraps(self, material: KeySpec, wrapping_key: KeySpec) -> bool {
        let by_rsa = matches!(
            wrapping_key,
            KeySpec::Rsa2048 | KeySpec::Rsa3072 | KeySpec::Rsa4096
        );
        let by_its_key = match self {
            Self::Sm2Pke => wrapping_key == KeySpec::Sm2,
            Self::RsaesOaepSha1
            | Self::RsaesOaepSha256
            | Self::RsaAesKeyWrapSha1
            | Self::RsaAesKeyWrapSha256 => by_rsa,
        };
        // Its PKCS #8 is longer than what OAEP leaves of 2048 bits.
        let too_long = material == KeySpec::EccNistP521
            && wrapping_key == KeySpec::Rsa2048
            && matches!(self, Self::RsaesOaepSha1 | Self::RsaesOaepSha256);
        by_its_key && !too_long && material.wrapping_algorithms().contains(&self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// How many of the 4 kinds of wrapping keys each kind of material may be wrapped to, by
    /// algorithm: OAEP with SHA-1 and SHA-256, the AES key wrap with both, SM2.
    #[test]
    fn wrapping_fits_the_material_and_the_wrapping_key() {
        const WRAPPING: [KeySpec; 4] = [
            KeySpec::Rsa2048,
            KeySpec::Rsa3072,
            KeySpec::Rsa4096,
            KeySpec::Sm2,
        ];
        for spec in KeySpec::ALL {
            let counts: Vec<usize> = WrappingAlgorithm::ALL
                .iter()
                .map(|algorithm| {
                    WRAPPING
                        .iter()
                        .filter(|w| algorithm.wraps(*spec, **w))
                        .count()
                })
                .collect();
            let expected = match spec {
                KeySpec::SymmetricDefault
                | KeySpec::Hmac224
                | KeySpec::Hmac256
                | KeySpec::Hmac384
                | KeySpec::Hmac512 => [3, 3, 0, 0, 0],
                KeySpec::Rsa2048 | KeySpec::Rsa3072 | KeySpec::Rsa4096 => [0, 0, 3, 3, 1],
                KeySpec::EccNistP521 => [2, 2, 3, 3, 0],
                KeySpec::EccNistP256
                | KeySpec::EccNistP384
                | KeySpec::EccSecgP256k1
                | KeySpec::EccNistEdwards25519 => [3, 3, 3, 3, 0],
                KeySpec::Sm2 => [3, 3, 0, 0, 1],
                KeySpec::MlDsa44 | KeySpec::MlDsa65 | KeySpec::MlDsa87 => [0; 5],
            };
            assert_eq!(counts, expected, "{spec}");
        }
    }

    proptest! {
        #[test]
        fn ids_round_trip(bytes: [u8; 16]) {
            let id = WrappingKeyId::from_bytes(bytes);
            prop_assert_eq!(id.to_string().parse(), Ok(id));
            prop_assert!(id.to_string().to_uppercase().parse::<WrappingKeyId>().is_err() || bytes.iter().all(|b| b & 0xf < 10 && b >> 4 < 10));
        }
    }
}
