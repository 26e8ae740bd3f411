//! A secret as the store keeps it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{KeyFingerprint, base64_text, envelope};

/// A secret sealed by a root key or a provider: safe to store, useless without them.
///
/// Opaque: only whoever sealed it knows what its bytes mean. In documents it is a base64 string.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SealedKey(#[serde(with = "base64_text")] Vec<u8>);

impl SealedKey {
    /// Takes bytes that were read back. They are judged when the value is opened.
    #[must_use]
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes to store.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The root key that the value says it was sealed under; `None` if it is no sealed value of a
    /// root key. Nothing is authenticated before the value is opened: this tells what was mixed
    /// up, not what was forged.
    #[must_use]
    pub fn sealed_by(&self) -> Option<KeyFingerprint> {
        envelope::sealed_by(&self.0)
    }
}

impl fmt::Debug for SealedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedKey({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Binding, Purpose, RootKey, testing::SeededRandom};

    #[test]
    fn in_a_document_it_is_base64() {
        let sealed = SealedKey::from_bytes(vec![0, 255, 16]);
        assert_eq!(serde_json::to_string(&sealed).unwrap(), r#""AP8Q""#);
        assert_eq!(
            serde_json::from_str::<SealedKey>(r#""AP8Q""#).unwrap(),
            sealed
        );
        for wrong in [r#""AP8""#, r#""AP8R=""#, "7", "[0]", r#""A P8""#] {
            assert!(serde_json::from_str::<SealedKey>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_root_key_it_was_sealed_under_shows() {
        let random = SeededRandom::new("sealed by");
        let root = RootKey::generate(&random).unwrap();
        let binding = Binding {
            region: "",
            account: "111122223333",
            key_id: "AKIAIOSFODNN7EXAMPLE",
            material_id: "",
            purpose: Purpose::AccessKeySecret,
        };
        let sealed = root.seal(&random, &binding, b"secret").unwrap();
        assert_eq!(sealed.sealed_by(), Some(root.fingerprint()));
        let mut newer = sealed.as_bytes().to_vec();
        newer[0] += 1;
        let cut = sealed.as_bytes()[..17].to_vec();
        for other in [Vec::new(), newer, cut] {
            assert_eq!(SealedKey::from_bytes(other).sealed_by(), None);
        }
    }

    #[test]
    fn debug_output_tells_the_length() {
        assert_eq!(
            format!("{:?}", SealedKey::from_bytes(vec![1; 93])),
            "SealedKey(93 bytes)"
        );
    }
}
