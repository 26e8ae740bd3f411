//! Key identifiers.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

const MULTI_REGION_PREFIX: &str = "mrk-";

/// The identifier of a KMS key: a lower-case UUID for a single-Region key, `mrk-` and 32 hex
/// digits for a multi-Region key, whose id is the same in every Region.
///
/// Ids are random and unique across accounts, so that a ciphertext names its key by id alone.
/// Source: AWS KMS Developer Guide, "Key identifiers (KeyId)".
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KeyId {
    bytes: [u8; 16],
    multi_region: bool,
}

impl KeyId {
    /// A single-Region id from 16 random bytes, of which six bits become the UUID's version and
    /// variant (RFC 9562, version 4).
    #[must_use]
    pub fn from_random(bytes: [u8; 16]) -> Self {
        let uuid = uuid::Builder::from_random_bytes(bytes).into_uuid();
        Self {
            bytes: uuid.into_bytes(),
            multi_region: false,
        }
    }

    /// The id that a ciphertext's header carries.
    #[must_use]
    pub const fn from_parts(bytes: [u8; 16], multi_region: bool) -> Self {
        Self {
            bytes,
            multi_region,
        }
    }

    /// The 128 bits of the id, without its form.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 16] {
        &self.bytes
    }

    /// Whether the id has the multi-Region form.
    #[must_use]
    pub const fn is_multi_region(&self) -> bool {
        self.multi_region
    }
}

/// The text is not a key id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a key id: expected a lower-case UUID, or mrk- and 32 hex digits")]
pub struct MalformedKeyId;

impl FromStr for KeyId {
    type Err = MalformedKeyId;

    fn from_str(text: &str) -> Result<Self, MalformedKeyId> {
        let (digits, multi_region) = match text.strip_prefix(MULTI_REGION_PREFIX) {
            Some(digits) if digits.len() == 32 => (digits, true),
            None if text.len() == 36 => (text, false),
            _ => return Err(MalformedKeyId),
        };
        if digits.bytes().any(|b| b.is_ascii_uppercase()) {
            return Err(MalformedKeyId);
        }
        let uuid = Uuid::try_parse(digits).map_err(|_| MalformedKeyId)?;
        Ok(Self {
            bytes: uuid.into_bytes(),
            multi_region,
        })
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let uuid = Uuid::from_bytes(self.bytes);
        if self.multi_region {
            write!(f, "{MULTI_REGION_PREFIX}{}", uuid.as_simple())
        } else {
            write!(f, "{}", uuid.as_hyphenated())
        }
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl TryFrom<String> for KeyId {
    type Error = MalformedKeyId;

    fn try_from(text: String) -> Result<Self, MalformedKeyId> {
        text.parse()
    }
}

impl From<KeyId> for String {
    fn from(id: KeyId) -> Self {
        id.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn rejects_what_aws_rejects() {
        for text in [
            "",
            "mrk-",
            "6c1f0a52000040008000000000000abc",
            "6C1F0A52-0000-4000-8000-00000000ABCD",
            "{6c1f0a52-0000-4000-8000-00000000abcd}",
            "6c1f0a52-0000-4000-8000-00000000abcg",
            "mrk-6c1f0a52-0000-4000-8000-00000000abcd",
            "mrk-zz1f0a52000040008000000000000abc",
            "alias/x",
        ] {
            assert_eq!(text.parse::<KeyId>(), Err(MalformedKeyId), "{text}");
        }
    }

    proptest! {
        #[test]
        fn text_and_id_round_trip(bytes: [u8; 16], multi_region: bool) {
            let id = KeyId::from_parts(bytes, multi_region);
            prop_assert_eq!(id.to_string().parse::<KeyId>(), Ok(id));
        }

        #[test]
        fn parsing_never_panics(text in ".{0,40}") {
            let _ = text.parse::<KeyId>();
        }

        #[test]
        fn random_ids_are_version_4(bytes: [u8; 16]) {
            let text = KeyId::from_random(bytes).to_string();
            prop_assert_eq!(text.as_bytes()[14], b'4');
        }
    }
}
