//! A secret as the store keeps it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::base64_text;

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
}

impl fmt::Debug for SealedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedKey({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn debug_output_tells_the_length() {
        assert_eq!(
            format!("{:?}", SealedKey::from_bytes(vec![1; 93])),
            "SealedKey(93 bytes)"
        );
    }
}
