//! Naming a key without showing it.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Length of a fingerprint, in bytes.
pub(crate) const FINGERPRINT_LEN: usize = 16;

/// A public name of a sealing key, derived from the key itself: 128 bits that tell it from any
/// other and reveal nothing of it. Displayed as 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct KeyFingerprint([u8; FINGERPRINT_LEN]);

impl KeyFingerprint {
    pub(crate) fn from_bytes(bytes: [u8; FINGERPRINT_LEN]) -> Self {
        Self(bytes)
    }

    /// The bytes, as they stand in sealed values.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; FINGERPRINT_LEN] {
        &self.0
    }
}

impl fmt::Display for KeyFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl fmt::Debug for KeyFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyFingerprint({self})")
    }
}

/// A text is not the 32 hexadecimal digits of a [`KeyFingerprint`].
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key fingerprint has 32 lowercase hexadecimal digits")]
pub struct InvalidFingerprint;

impl FromStr for KeyFingerprint {
    type Err = InvalidFingerprint;

    fn from_str(text: &str) -> Result<Self, InvalidFingerprint> {
        // The number parser would take a sign, fewer digits and capitals.
        let canonical = text.len() == 32
            && text
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let number = canonical
            .then(|| u128::from_str_radix(text, 16).ok())
            .flatten();
        number
            .map(|number| Self(number.to_be_bytes()))
            .ok_or(InvalidFingerprint)
    }
}

impl TryFrom<String> for KeyFingerprint {
    type Error = InvalidFingerprint;

    fn try_from(text: String) -> Result<Self, InvalidFingerprint> {
        text.parse()
    }
}

impl From<KeyFingerprint> for String {
    fn from(fingerprint: KeyFingerprint) -> Self {
        fingerprint.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_have_one_spelling() {
        let fingerprint = KeyFingerprint::from_bytes(*b"\x00\x01 sixteen bytes");
        let text = fingerprint.to_string();
        assert_eq!(text.parse(), Ok(fingerprint));
        let signed = format!("+{}", &text[1..]);
        for wrong in [
            "",
            &text[1..],
            &signed,
            &text.to_uppercase(),
            &format!("{text}0"),
            "é".repeat(16).as_str(),
        ] {
            assert_eq!(
                wrong.parse::<KeyFingerprint>(),
                Err(InvalidFingerprint),
                "{wrong}"
            );
        }
    }

    #[test]
    fn in_a_document_it_is_hexadecimal() {
        let fingerprint = KeyFingerprint::from_bytes([0x0a; 16]);
        let document = format!("{:?}", "0a".repeat(16));
        assert_eq!(serde_json::to_string(&fingerprint).unwrap(), document);
        assert_eq!(
            serde_json::from_str::<KeyFingerprint>(&document).unwrap(),
            fingerprint
        );
        assert!(serde_json::from_str::<KeyFingerprint>("\"0A\"").is_err());
    }
}
