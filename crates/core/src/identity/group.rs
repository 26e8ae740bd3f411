//! IAM groups.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::name::{EntityKind, entity_arn};
use crate::arn::AccountId;
use crate::time::Timestamp;

/// A group of users, who all have its policies. Who is in it stands in the users' records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupRecord {
    /// The account whose group it is.
    pub account: AccountId,
    /// Where it stands among the account's groups: begins and ends with a slash.
    pub path: String,
    /// The group's name, unique in its account whatever the case; 1 to 128 characters.
    pub name: String,
    /// The group's unique id, `AGPA…`.
    pub group_id: String,
    /// When it was made.
    pub created: Timestamp,
    /// The texts of its inline policies, by name.
    pub inline_policies: BTreeMap<String, String>,
    /// The ARNs of the managed policies that are attached to it.
    pub attached_policies: BTreeSet<String>,
}

impl GroupRecord {
    /// `arn:aws:iam::<account>:group/<path/name>`.
    #[must_use]
    pub fn arn(&self) -> String {
        entity_arn(EntityKind::Group, self.account, &self.path, &self.name)
    }
}
