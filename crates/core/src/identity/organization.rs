//! The organization: its tree of units and accounts, and the policies that are put on it.
//!
//! There is one for the deployment. Sources: the API model of Organizations for the forms of ids;
//! "Service control policies" and "Resource control policies" in the Organizations guide.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::arn::{AccountId, PARTITION};
use crate::tag::Tags;
use crate::time::Timestamp;

/// The organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationRecord {
    /// `o-` and 10 to 32 lower-case letters or digits.
    pub id: String,
    /// The account that made it. No service control policy concerns it.
    pub management_account: AccountId,
    /// The id of its root: `r-` and 4 to 32 lower-case letters or digits.
    pub root_id: String,
    /// When it was made.
    pub created: Timestamp,
    /// The kinds of policies that are in force.
    pub enabled_policy_types: BTreeSet<ControlKind>,
    /// The tags of its root.
    #[serde(default)]
    pub root_tags: Tags,
    /// The latest accounts that were asked for and not made, the oldest first.
    #[serde(default)]
    pub failed_creations: Vec<AccountCreation>,
}

/// The making of an account, as it was asked for (`CreateAccount`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountCreation {
    /// `car-` and 8 to 32 lower-case letters or digits.
    pub id: String,
    /// What the account was to be called.
    pub name: String,
    /// When it was asked for and, as that is one moment, done or refused.
    pub at: Timestamp,
}

impl OrganizationRecord {
    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> String {
        self.resource_arn("organization", &self.id)
    }

    /// The ARN of its root.
    #[must_use]
    pub fn root_arn(&self) -> String {
        self.member_arn("root", &self.root_id)
    }

    /// The ARN of a unit.
    #[must_use]
    pub fn unit_arn(&self, unit_id: &str) -> String {
        self.member_arn("ou", unit_id)
    }

    /// The ARN of an account in it.
    #[must_use]
    pub fn account_arn(&self, account: AccountId) -> String {
        self.member_arn("account", account.as_str())
    }

    /// The ARN of a policy, of the organization's own or AWS's.
    #[must_use]
    pub fn policy_arn(&self, policy: &ControlPolicyRecord) -> String {
        let kind = policy.kind.arn_name();
        if policy.is_aws_managed() {
            format!(
                "arn:{PARTITION}:organizations::aws:policy/{kind}/{}",
                policy.id
            )
        } else {
            self.member_arn("policy", &format!("{kind}/{}", policy.id))
        }
    }

    fn member_arn(&self, kind: &str, id: &str) -> String {
        self.resource_arn(kind, &format!("{}/{id}", self.id))
    }

    fn resource_arn(&self, kind: &str, id: &str) -> String {
        format!(
            "arn:{PARTITION}:organizations::{}:{kind}/{id}",
            self.management_account
        )
    }
}

/// An organizational unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitRecord {
    /// `ou-`, the root's letters, `-`, and 8 to 32 lower-case letters or digits.
    pub id: String,
    /// The root or the unit that it stands under.
    pub parent: String,
    /// Its name, 1 to 128 characters, unique under its parent.
    pub name: String,
    /// When it was made.
    pub created: Timestamp,
    /// Its tags.
    #[serde(default)]
    pub tags: Tags,
}

/// What a policy of an organization limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ControlKind {
    /// What the accounts' principals may do.
    Service,
    /// What may be done to the accounts' resources.
    Resource,
}

impl ControlKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Service, Self::Resource];

    /// The API's word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Service => "SERVICE_CONTROL_POLICY",
            Self::Resource => "RESOURCE_CONTROL_POLICY",
        }
    }

    const fn arn_name(self) -> &'static str {
        match self {
            Self::Service => "service_control_policy",
            Self::Resource => "resource_control_policy",
        }
    }

    /// The id of AWS's own policy of this kind, which allows everything.
    #[must_use]
    pub const fn full_access_id(self) -> &'static str {
        match self {
            Self::Service => "p-FullAWSAccess",
            Self::Resource => "p-RCPFullAWSAccess",
        }
    }

    /// The text of AWS's own policy of this kind.
    #[must_use]
    pub const fn full_access_document(self) -> &'static str {
        match self {
            Self::Service => {
                r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#
            }
            Self::Resource => {
                r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}"#
            }
        }
    }
}

/// A policy of the organization, and where it is attached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlPolicyRecord {
    /// `p-` and 8 to 128 letters, digits or underscores.
    pub id: String,
    /// What it limits.
    pub kind: ControlKind,
    /// Its name, 1 to 128 characters.
    pub name: String,
    /// What it is for, up to 512 characters.
    pub description: String,
    /// Its text.
    pub content: String,
    /// The root, units and accounts that it is attached to.
    pub targets: BTreeSet<String>,
    /// Its tags.
    #[serde(default)]
    pub tags: Tags,
}

impl ControlPolicyRecord {
    /// AWS's own policy of a kind, attached to nothing. Only where it is attached is ever stored
    /// of it: its text is built in.
    #[must_use]
    pub fn full_access(kind: ControlKind) -> Self {
        let id = kind.full_access_id();
        let (name, description) = match kind {
            ControlKind::Service => ("FullAWSAccess", "Allows access to every operation"),
            ControlKind::Resource => ("RCPFullAWSAccess", "Allows access to every resource"),
        };
        Self {
            id: id.to_owned(),
            kind,
            name: name.to_owned(),
            description: description.to_owned(),
            content: kind.full_access_document().to_owned(),
            targets: BTreeSet::new(),
            tags: Tags::default(),
        }
    }

    /// Whether it is AWS's own, which can't be changed or deleted.
    #[must_use]
    pub fn is_aws_managed(&self) -> bool {
        self.id == self.kind.full_access_id()
    }

    /// Its text: the built-in one of AWS's own, whatever is stored.
    #[must_use]
    pub fn document(&self) -> &str {
        if self.is_aws_managed() {
            self.kind.full_access_document()
        } else {
            &self.content
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns() {
        let organization = OrganizationRecord {
            id: "o-exampleorgid".to_owned(),
            management_account: "111122223333".parse().unwrap(),
            root_id: "r-examplerootid".to_owned(),
            created: Timestamp::from_millis(0),
            enabled_policy_types: BTreeSet::new(),
            root_tags: Tags::default(),
            failed_creations: Vec::new(),
        };
        let own = ControlPolicyRecord {
            id: "p-example1".to_owned(),
            ..ControlPolicyRecord::full_access(ControlKind::Resource)
        };
        let aws = ControlPolicyRecord::full_access(ControlKind::Service);
        let account = "444455556666".parse().unwrap();
        let prefix = "arn:aws:organizations::111122223333";
        let cases = [
            (
                organization.arn(),
                format!("{prefix}:organization/o-exampleorgid"),
            ),
            (
                organization.root_arn(),
                format!("{prefix}:root/o-exampleorgid/r-examplerootid"),
            ),
            (
                organization.unit_arn("ou-1"),
                format!("{prefix}:ou/o-exampleorgid/ou-1"),
            ),
            (
                organization.account_arn(account),
                format!("{prefix}:account/o-exampleorgid/444455556666"),
            ),
            (
                organization.policy_arn(&own),
                format!("{prefix}:policy/o-exampleorgid/resource_control_policy/p-example1"),
            ),
            (
                organization.policy_arn(&aws),
                "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess"
                    .to_owned(),
            ),
        ];
        for (arn, expected) in cases {
            assert_eq!(arn, expected);
        }
    }

    #[test]
    fn the_text_of_awss_own_policy_is_built_in() {
        let altered = ControlPolicyRecord {
            content: "{}".to_owned(),
            ..ControlPolicyRecord::full_access(ControlKind::Service)
        };
        assert!(altered.document().contains(r#""Effect":"Allow""#));
    }
}
