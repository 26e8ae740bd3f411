//! Aliases: names that point at keys.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::arn::AccountId;
use crate::key_id::KeyId;
use crate::time::Timestamp;

/// The name of an alias with its prefix, such as `alias/app`: 1 to 256 characters, of which those
/// after the prefix are letters, digits, `/`, `_` or `-`. Case matters.
///
/// Source: AWS KMS API reference, `CreateAlias`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AliasName(Arc<str>);

/// Why a text can't be the name of an alias.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MalformedAlias {
    /// It does not start with `alias/`.
    #[error("an alias starts with alias/")]
    NoPrefix,
    /// It has other characters than letters, digits, `/`, `_` and `-`, or none, or too many.
    #[error("an alias has 1 to 250 letters, digits, slashes, underscores and hyphens after alias/")]
    Characters,
}

impl AliasName {
    /// What every alias name starts with.
    pub const PREFIX: &'static str = "alias/";
    /// What the names of AWS managed keys start with; nobody may create such an alias.
    pub const RESERVED_PREFIX: &'static str = "alias/aws/";
    const MAX_LENGTH: usize = 256;

    /// The name with its prefix.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the name is one of those kept for AWS managed keys.
    #[must_use]
    pub fn is_reserved(&self) -> bool {
        self.0.starts_with(Self::RESERVED_PREFIX)
    }
}

impl FromStr for AliasName {
    type Err = MalformedAlias;

    fn from_str(text: &str) -> Result<Self, MalformedAlias> {
        let name = text
            .strip_prefix(Self::PREFIX)
            .ok_or(MalformedAlias::NoPrefix)?;
        let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'_' | b'-');
        if name.is_empty() || text.len() > Self::MAX_LENGTH || !name.bytes().all(allowed) {
            return Err(MalformedAlias::Characters);
        }
        Ok(Self(text.into()))
    }
}

impl TryFrom<String> for AliasName {
    type Error = MalformedAlias;

    fn try_from(text: String) -> Result<Self, MalformedAlias> {
        text.parse()
    }
}

impl From<AliasName> for String {
    fn from(name: AliasName) -> Self {
        name.as_str().to_owned()
    }
}

impl fmt::Display for AliasName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for AliasName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An alias as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AliasRecord {
    /// The account whose alias it is.
    pub account: AccountId,
    /// Its name, unique in its account and Region.
    pub name: AliasName,
    /// The key that it points at, of the same account and Region.
    pub target: KeyId,
    /// When the alias was made.
    pub created: Timestamp,
    /// When it was last pointed at a key.
    pub updated: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let longest = format!("alias/{}", "a".repeat(250));
        for good in ["alias/a", "alias/App/prod_1-x", longest.as_str()] {
            assert!(good.parse::<AliasName>().is_ok(), "{good}");
        }
        let too_long = format!("alias/{}", "a".repeat(251));
        let cases = [
            ("app", MalformedAlias::NoPrefix),
            ("Alias/app", MalformedAlias::NoPrefix),
            ("alias/", MalformedAlias::Characters),
            ("alias/a:b", MalformedAlias::Characters),
            ("alias/a b", MalformedAlias::Characters),
            ("alias/é", MalformedAlias::Characters),
            (too_long.as_str(), MalformedAlias::Characters),
        ];
        for (text, expected) in cases {
            assert_eq!(text.parse::<AliasName>(), Err(expected), "{text}");
        }
    }

    #[test]
    fn reserved_names() {
        assert!("alias/aws/s3".parse::<AliasName>().unwrap().is_reserved());
        assert!(!"alias/aws".parse::<AliasName>().unwrap().is_reserved());
        assert!(!"alias/awsome".parse::<AliasName>().unwrap().is_reserved());
    }
}
