//! The ids of custom key stores.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

const PREFIX: &str = "cks-";
/// How many hex digits follow the prefix: 68 bits.
const DIGITS: usize = 17;
/// The half of the first byte that has no digit.
const UNUSED: u8 = 0xf0;

/// The id of a custom key store: `cks-` and 17 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CustomKeyStoreId([u8; 9]);

/// The text is not the id of a custom key store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a custom key store id: expected cks- and 17 lower-case hex digits")]
pub struct MalformedCustomKeyStoreId;

impl CustomKeyStoreId {
    /// An id from 9 random bytes, of which 68 bits are used.
    #[must_use]
    pub const fn from_random(mut bytes: [u8; 9]) -> Self {
        bytes[0] &= !UNUSED;
        Self(bytes)
    }
}

impl fmt::Display for CustomKeyStoreId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, rest @ ..] = self.0;
        write!(f, "{PREFIX}{first:x}")?;
        rest.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for CustomKeyStoreId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for CustomKeyStoreId {
    type Err = MalformedCustomKeyStoreId;

    fn from_str(text: &str) -> Result<Self, MalformedCustomKeyStoreId> {
        let digits = text.strip_prefix(PREFIX).ok_or(MalformedCustomKeyStoreId)?;
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if digits.len() != DIGITS || !digits.bytes().all(is_digit) {
            return Err(MalformedCustomKeyStoreId);
        }
        // 68 bits are the lower ones of the number's sixteen bytes.
        let number = u128::from_str_radix(digits, 16).map_err(|_| MalformedCustomKeyStoreId)?;
        let mut bytes = [0; 9];
        bytes.copy_from_slice(&number.to_be_bytes()[7..]);
        Ok(Self(bytes))
    }
}

impl TryFrom<String> for CustomKeyStoreId {
    type Error = MalformedCustomKeyStoreId;

    fn try_from(text: String) -> Result<Self, MalformedCustomKeyStoreId> {
        text.parse()
    }
}

impl From<CustomKeyStoreId> for String {
    fn from(id: CustomKeyStoreId) -> Self {
        id.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ids_look_as_those_of_aws() {
        let id =
            CustomKeyStoreId::from_random([0xf1, 0x23, 0x45, 0x67, 0x89, 0x0a, 0xbc, 0xde, 0xf9]);
        assert_eq!(id.to_string(), "cks-1234567890abcdef9");
        for bad in [
            "",
            "cks-",
            "cks-1234567890abcdef",
            "cks-1234567890abcdef90",
            "cks-1234567890ABCDEF9",
            "cks-+234567890abcdef9",
            "CKS-1234567890abcdef9",
            "cks-1234567890abcdeg9",
        ] {
            assert_eq!(
                bad.parse::<CustomKeyStoreId>(),
                Err(MalformedCustomKeyStoreId),
                "{bad}"
            );
        }
    }

    proptest! {
        #[test]
        fn ids_come_back(bytes in any::<[u8; 9]>()) {
            let id = CustomKeyStoreId::from_random(bytes);
            prop_assert_eq!(id.to_string().parse(), Ok(id));
            prop_assert_eq!(id.to_string().len(), PREFIX.len() + DIGITS);
        }
    }
}
