//! IAM users.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::name::{EntityKind, entity_arn, root_path};
use crate::arn::AccountId;
use crate::tag::Tags;
use crate::time::Timestamp;

/// An IAM user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserRecord {
    /// The account whose user it is.
    pub account: AccountId,
    /// Where it stands among the account's users: begins and ends with a slash.
    #[serde(default = "root_path")]
    pub path: String,
    /// The user's name, unique in its account whatever the case; 1 to 64 characters.
    pub name: String,
    /// The user's unique id, `AIDA…`: a user made again under the same name is another one.
    pub user_id: String,
    /// When the user was made.
    pub created: Timestamp,
    /// The user's tags.
    #[serde(default)]
    pub tags: Tags,
    /// The texts of the user's inline policies, by name.
    pub inline_policies: BTreeMap<String, String>,
    /// The ARNs of the managed policies that are attached to it.
    #[serde(default)]
    pub attached_policies: BTreeSet<String>,
    /// The ARN of the managed policy that bounds its permissions.
    #[serde(default)]
    pub boundary: Option<String>,
    /// The names of the groups that it is in, as the groups write them.
    #[serde(default)]
    pub groups: BTreeSet<String>,
}

impl UserRecord {
    /// A user with nothing but a name.
    #[must_use]
    pub fn new(
        account: AccountId,
        name: impl Into<String>,
        user_id: impl Into<String>,
        created: Timestamp,
    ) -> Self {
        Self {
            account,
            path: root_path(),
            name: name.into(),
            user_id: user_id.into(),
            created,
            tags: Tags::default(),
            inline_policies: BTreeMap::new(),
            attached_policies: BTreeSet::new(),
            boundary: None,
            groups: BTreeSet::new(),
        }
    }

    /// `arn:aws:iam::<account>:user/<path/name>`.
    #[must_use]
    pub fn arn(&self) -> String {
        entity_arn(EntityKind::User, self.account, &self.path, &self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_of_the_first_form_is_read() {
        let text = r#"{"account":"111122223333","name":"admin","user_id":"AIDAEXAMPLE","created":7,
            "inline_policies":{"p":"{}"}}"#;
        let user: UserRecord = serde_json::from_str(text).unwrap();
        let account = "111122223333".parse().unwrap();
        let expected = UserRecord {
            inline_policies: BTreeMap::from([("p".to_owned(), "{}".to_owned())]),
            ..UserRecord::new(account, "admin", "AIDAEXAMPLE", Timestamp::from_millis(7))
        };
        assert_eq!(user, expected);
        assert_eq!(user.arn(), "arn:aws:iam::111122223333:user/admin");
    }
}
