//! Managed policies.

use serde::{Deserialize, Serialize};

use super::name::{EntityKind, entity_arn};
use crate::arn::AccountId;
use crate::tag::Tags;
use crate::time::Timestamp;

/// A managed policy of an account, with up to [`MAX_VERSIONS`](Self::MAX_VERSIONS) versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManagedPolicyRecord {
    /// The account whose policy it is.
    pub account: AccountId,
    /// Where it stands among the account's policies: begins and ends with a slash.
    pub path: String,
    /// The policy's name, unique in its account whatever the case; 1 to 128 characters.
    pub name: String,
    /// The policy's unique id, `ANPA…`.
    pub policy_id: String,
    /// When it was made.
    pub created: Timestamp,
    /// When a version was last added, removed or made the default.
    pub updated: Timestamp,
    /// What it is for, up to 1,000 characters. It never changes.
    pub description: String,
    /// Its versions, the oldest first; never empty.
    pub versions: Vec<PolicyVersion>,
    /// The number of the version that is in force.
    pub default_version: u32,
    /// The number that the next version will get: numbers are never used twice.
    pub next_version: u32,
    /// The policy's tags.
    pub tags: Tags,
}

/// A version of a managed policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyVersion {
    /// Its number: version 3 is called `v3`.
    pub number: u32,
    /// Its text.
    pub document: String,
    /// When it was made.
    pub created: Timestamp,
}

impl ManagedPolicyRecord {
    /// The most versions that a policy can have (IAM guide, "IAM and AWS STS quotas").
    pub const MAX_VERSIONS: usize = 5;

    /// `arn:aws:iam::<account>:policy/<path/name>`.
    #[must_use]
    pub fn arn(&self) -> String {
        entity_arn(EntityKind::Policy, self.account, &self.path, &self.name)
    }

    /// The version of a number.
    #[must_use]
    pub fn version(&self, number: u32) -> Option<&PolicyVersion> {
        self.versions
            .iter()
            .find(|version| version.number == number)
    }

    /// The version that is in force.
    #[must_use]
    pub fn in_force(&self) -> Option<&PolicyVersion> {
        self.version(self.default_version)
    }
}

impl PolicyVersion {
    /// `v1`, `v2`, …
    #[must_use]
    pub fn id(&self) -> String {
        format!("v{}", self.number)
    }

    /// The number of a version's id: `v`, then digits without a leading zero.
    #[must_use]
    pub fn parse_id(id: &str) -> Option<u32> {
        let digits = id.strip_prefix('v')?;
        let is_number =
            !digits.starts_with(['0', '+']) && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse().ok().filter(|_| is_number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_versions() {
        for (id, number) in [("v1", Some(1)), ("v12", Some(12))] {
            assert_eq!(PolicyVersion::parse_id(id), number, "{id}");
        }
        for id in [
            "",
            "v",
            "v0",
            "v01",
            "v+1",
            "V1",
            "1",
            "v1 ",
            "v-1",
            "v99999999999",
        ] {
            assert_eq!(PolicyVersion::parse_id(id), None, "{id}");
        }
    }
}
