//! IAM roles.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::name::{EntityKind, entity_arn};
use crate::arn::{AccountId, PARTITION};
use crate::policy::PrincipalIds;
use crate::tag::Tags;
use crate::time::Timestamp;

/// A role, which others become for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleRecord {
    /// The account whose role it is.
    pub account: AccountId,
    /// Where it stands among the account's roles: begins and ends with a slash.
    pub path: String,
    /// The role's name, unique in its account whatever the case; 1 to 64 characters.
    pub name: String,
    /// The role's unique id, `AROA…`: a role made again under the same name is another one.
    pub role_id: String,
    /// When it was made.
    pub created: Timestamp,
    /// What it is for, up to 1,000 characters.
    pub description: String,
    /// How long a session of it may last, 3,600 to 43,200 seconds.
    pub max_session_seconds: u32,
    /// The text of the policy that says who may become it.
    pub trust_policy: String,
    /// The unique ids that the users and roles named there had when it was written, by ARN.
    pub trust_principals: PrincipalIds,
    /// The role's tags.
    pub tags: Tags,
    /// The texts of its inline policies, by name.
    pub inline_policies: BTreeMap<String, String>,
    /// The ARNs of the managed policies that are attached to it.
    pub attached_policies: BTreeSet<String>,
    /// The ARN of the managed policy that bounds its permissions.
    pub boundary: Option<String>,
    /// The service whose own role it is, such as `s3.amazonaws.com`. No service control policy
    /// concerns such a role.
    pub service_linked: Option<String>,
}

impl RoleRecord {
    /// How long a session may last unless the role says otherwise, in seconds.
    pub const DEFAULT_MAX_SESSION_SECONDS: u32 = 3600;

    /// A role that has nothing but a name and a trust policy.
    #[must_use]
    pub fn new(
        account: AccountId,
        name: impl Into<String>,
        role_id: impl Into<String>,
        created: Timestamp,
        trust_policy: impl Into<String>,
    ) -> Self {
        Self {
            account,
            path: super::name::root_path(),
            name: name.into(),
            role_id: role_id.into(),
            created,
            description: String::new(),
            max_session_seconds: Self::DEFAULT_MAX_SESSION_SECONDS,
            trust_policy: trust_policy.into(),
            trust_principals: PrincipalIds::new(),
            tags: Tags::default(),
            inline_policies: BTreeMap::new(),
            attached_policies: BTreeSet::new(),
            boundary: None,
            service_linked: None,
        }
    }

    /// `arn:aws:iam::<account>:role/<path/name>`.
    #[must_use]
    pub fn arn(&self) -> String {
        entity_arn(EntityKind::Role, self.account, &self.path, &self.name)
    }

    /// `arn:aws:sts::<account>:assumed-role/<name>/<session>`, which has no path.
    #[must_use]
    pub fn session_arn(&self, session: &str) -> String {
        format!(
            "arn:{PARTITION}:sts::{}:assumed-role/{}/{session}",
            self.account, self.name
        )
    }
}
