//! What KMS signs its requests to a proxy with. It has nothing to do with credentials of IAM.

use std::fmt;

use crate::model::Sensitive;

/// The id of a credential: 20 to 30 capital letters of ASCII and digits from 2 to 7.
///
/// Source: `XksProxyAuthenticationAccessKeyIdType` in the KMS API model; specification, appendix A.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccessKeyId(String);

impl AccessKeyId {
    /// Reads an id.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_id = (20..=30).contains(&text.len())
            && text
                .bytes()
                .all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7'));
        is_id.then(|| Self(text.to_owned()))
    }

    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccessKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The secret of a credential: 43 to 64 letters of ASCII, digits, `/`, `+` and `=`. It is wiped when dropped and not
/// shown by `Debug`.
///
/// Source: `XksProxyAuthenticationRawSecretAccessKeyType` in the KMS API model; specification, appendix A.
#[derive(Debug)]
pub struct SecretAccessKey(Sensitive);

impl SecretAccessKey {
    /// Takes over a text that is a secret.
    #[must_use]
    pub fn parse(text: Sensitive) -> Option<Self> {
        let secret = text.expose();
        let is_secret = (43..=64).contains(&secret.len())
            && secret
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'+' | b'='));
        is_secret.then_some(Self(text))
    }

    /// The secret, for whoever signs with it or derives a key from it.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// An id and its secret.
#[derive(Debug)]
pub struct Credential {
    /// The id, which requests name.
    pub access_key_id: AccessKeyId,
    /// The secret, which they prove.
    pub secret_access_key: SecretAccessKey,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids() {
        let id = |length: usize| "AZ27".chars().cycle().take(length).collect::<String>();
        for (length, is_id) in [(19, false), (20, true), (30, true), (31, false)] {
            assert_eq!(AccessKeyId::parse(&id(length)).is_some(), is_id, "{length}");
        }
        for bad in ["a", "1", "8", "0", "/", "É"] {
            let text = format!("{}{bad}", id(20));
            assert_eq!(AccessKeyId::parse(&text), None, "{text}");
        }
    }

    #[test]
    fn secrets() {
        let secret = |length: usize| "aZ09/+=".chars().cycle().take(length).collect::<String>();
        let parse = |text: String| SecretAccessKey::parse(text.into());
        for (length, is_secret) in [(42, false), (43, true), (64, true), (65, false)] {
            assert_eq!(parse(secret(length)).is_some(), is_secret, "{length}");
        }
        for bad in ["-", "_", " ", "é"] {
            assert!(parse(format!("{}{bad}", secret(43))).is_none(), "{bad}");
        }
        let shown = format!("{:?}", parse(secret(43)).unwrap());
        assert_eq!(shown, "SecretAccessKey(Sensitive(..))");
    }
}
