//! Accounts, Regions, and Amazon Resource Names: of keys and aliases, and of IAM and STS.

mod iam;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::alias::AliasName;
use crate::key_id::KeyId;

pub use self::iam::{IamArn, IamResource};

/// The partition of every ARN that Keystead makes.
pub const PARTITION: &str = "aws";

/// A 12-digit account number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccountId([u8; 12]);

/// The text is not a 12-digit account number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an account: expected 12 digits")]
pub struct MalformedAccount;

impl AccountId {
    /// `000000000000`: the account of a deployment that names no other.
    pub const ZEROS: Self = Self([b'0'; 12]);

    /// The account's digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only digits are ever stored, so the fallback is never taken.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// `arn:aws:iam::<account>:root`: the account's root user, and in a policy the whole account.
    #[must_use]
    pub fn root_arn(&self) -> String {
        format!("arn:{PARTITION}:iam::{self}:root")
    }
}

impl FromStr for AccountId {
    type Err = MalformedAccount;

    fn from_str(text: &str) -> Result<Self, MalformedAccount> {
        let digits: [u8; 12] = text.as_bytes().try_into().map_err(|_| MalformedAccount)?;
        if digits.iter().all(u8::is_ascii_digit) {
            Ok(Self(digits))
        } else {
            Err(MalformedAccount)
        }
    }
}

impl TryFrom<String> for AccountId {
    type Error = MalformedAccount;

    fn try_from(text: String) -> Result<Self, MalformedAccount> {
        text.parse()
    }
}

impl From<AccountId> for String {
    fn from(account: AccountId) -> Self {
        account.as_str().to_owned()
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The name of a Region, such as `eu-west-1`; at most 32 characters of the form
/// `^([a-z]+-){2,3}\d+$` (AWS KMS API model, `RegionType`).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Region(Arc<str>);

/// The text is not the name of a Region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a Region: expected a name such as us-east-1")]
pub struct MalformedRegion;

impl Region {
    /// The Region's name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Region {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl FromStr for Region {
    type Err = MalformedRegion;

    fn from_str(text: &str) -> Result<Self, MalformedRegion> {
        let mut parts = text.rsplit('-');
        let digits = parts.next().unwrap_or_default();
        let words: Vec<&str> = parts.collect();
        let well_formed = text.len() <= 32
            && !digits.is_empty()
            && digits.bytes().all(|b| b.is_ascii_digit())
            && (2..=3).contains(&words.len())
            && words
                .iter()
                .all(|w| !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase()));
        if well_formed {
            Ok(Self(text.into()))
        } else {
            Err(MalformedRegion)
        }
    }
}

impl TryFrom<String> for Region {
    type Error = MalformedRegion;

    fn try_from(text: String) -> Result<Self, MalformedRegion> {
        text.parse()
    }
}

impl From<Region> for String {
    fn from(region: Region) -> Self {
        region.as_str().to_owned()
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// `arn:aws:kms:<region>:<account>:key/<key id>`.
#[must_use]
pub fn key_arn(region: &Region, account: AccountId, key: KeyId) -> String {
    format!("arn:{PARTITION}:kms:{region}:{account}:key/{key}")
}

/// `arn:aws:kms:<region>:<account>:alias/<name>`.
#[must_use]
pub fn alias_arn(region: &Region, account: AccountId, alias: &AliasName) -> String {
    format!("arn:{PARTITION}:kms:{region}:{account}:{alias}")
}

/// What a caller wrote where a key is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyReference {
    /// A bare key id, in the caller's account and the endpoint's Region.
    Id(KeyId),
    /// A key ARN.
    Arn {
        /// The Region that the ARN names.
        region: Region,
        /// The account that owns the key.
        account: AccountId,
        /// The key.
        id: KeyId,
    },
    /// An alias name, `alias/…`, in the caller's account and the endpoint's Region.
    Alias(AliasName),
    /// An alias ARN.
    AliasArn {
        /// The Region that the ARN names.
        region: Region,
        /// The account that owns the alias.
        account: AccountId,
        /// The alias.
        name: AliasName,
    },
}

/// Why a text names no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MalformedReference {
    /// It starts like an ARN, but is none of a key or an alias.
    #[error("not the ARN of a key or an alias")]
    Arn,
    /// It starts like an alias, but its name is not allowed.
    #[error("not an alias name")]
    Alias,
    /// It is neither a key id, an ARN nor an alias.
    #[error("not a key id")]
    KeyId,
}

impl FromStr for KeyReference {
    type Err = MalformedReference;

    fn from_str(text: &str) -> Result<Self, MalformedReference> {
        if let Some(rest) = text.strip_prefix("arn:") {
            parse_arn(rest).ok_or(MalformedReference::Arn)
        } else if text.starts_with(AliasName::PREFIX) {
            text.parse()
                .map(Self::Alias)
                .map_err(|_| MalformedReference::Alias)
        } else {
            text.parse()
                .map(Self::Id)
                .map_err(|_| MalformedReference::KeyId)
        }
    }
}

fn parse_arn(after_prefix: &str) -> Option<KeyReference> {
    let mut parts = after_prefix.splitn(5, ':');
    let (partition, service) = (parts.next()?, parts.next()?);
    if partition != PARTITION || service != "kms" {
        return None;
    }
    let region = parts.next()?.parse().ok()?;
    let account = parts.next()?.parse().ok()?;
    let resource = parts.next()?;
    if let Some(id) = resource.strip_prefix("key/") {
        Some(KeyReference::Arn {
            region,
            account,
            id: id.parse().ok()?,
        })
    } else {
        Some(KeyReference::AliasArn {
            region,
            account,
            name: resource.parse().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ID: &str = "6c1f0a52-0000-4000-8000-00000000abcd";

    #[test]
    fn the_four_forms() {
        let region: Region = "eu-west-1".parse().unwrap();
        let account: AccountId = "111122223333".parse().unwrap();
        let id: KeyId = ID.parse().unwrap();
        let name: AliasName = "alias/a/b".parse().unwrap();
        let cases = [
            (ID.to_owned(), KeyReference::Id(id)),
            (
                key_arn(&region, account, id),
                KeyReference::Arn {
                    region: region.clone(),
                    account,
                    id,
                },
            ),
            ("alias/a/b".to_owned(), KeyReference::Alias(name.clone())),
            (
                alias_arn(&region, account, &name),
                KeyReference::AliasArn {
                    region,
                    account,
                    name,
                },
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(text.parse(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_reference() {
        let cases = [
            ("", MalformedReference::KeyId),
            ("nonsense", MalformedReference::KeyId),
            ("alias/", MalformedReference::Alias),
            ("alias/sp ace", MalformedReference::Alias),
            ("arn:aws:kms", MalformedReference::Arn),
            (
                "arn:aws:kms:eu-west-1:1:key/6c1f0a52-0000-4000-8000-00000000abcd",
                MalformedReference::Arn,
            ),
            (
                "arn:aws:s3:eu-west-1:111122223333:key/6c1f0a52-0000-4000-8000-00000000abcd",
                MalformedReference::Arn,
            ),
            (
                "arn:aws:kms:eu-west-1:111122223333:key/nonsense",
                MalformedReference::Arn,
            ),
            (
                "arn:aws:kms:eu-west-1:111122223333:grant/x",
                MalformedReference::Arn,
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(text.parse::<KeyReference>(), Err(expected), "{text}");
        }
    }

    #[test]
    fn regions() {
        for good in ["us-east-1", "us-gov-west-1", "me-central-12"] {
            assert!(good.parse::<Region>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "us",
            "us-east",
            "us-1",
            "US-EAST-1",
            "us-east-1a",
            "a-b-c-d-1",
            "us--1",
            "-east-1",
            "us-east-1/..",
        ] {
            assert!(bad.parse::<Region>().is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn parsing_never_panics(text in "(arn:aws:kms:|alias/)?.{0,60}") {
            let _ = text.parse::<KeyReference>();
        }
    }
}
