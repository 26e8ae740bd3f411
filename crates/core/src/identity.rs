//! Who calls: the users of an account and their access keys, as they are stored.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::arn::{AccountId, PARTITION};
use crate::key::Sealed;
use crate::time::Timestamp;

/// An IAM user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserRecord {
    /// The account whose user it is.
    pub account: AccountId,
    /// The user's name, unique in its account.
    pub name: String,
    /// The user's unique id, `AIDA…`: a user made again under the same name is another one.
    pub user_id: String,
    /// When the user was made.
    pub created: Timestamp,
    /// The texts of the user's inline policies, by name.
    pub inline_policies: BTreeMap<String, String>,
}

impl UserRecord {
    /// `arn:aws:iam::<account>:user/<name>`.
    #[must_use]
    pub fn arn(&self) -> String {
        format!("arn:{PARTITION}:iam::{}:user/{}", self.account, self.name)
    }
}

/// An access key of an IAM user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessKeyRecord {
    /// The key's public half, `AKIA…`, unique in the whole deployment.
    pub id: String,
    /// The account of its user.
    pub account: AccountId,
    /// The name of its user.
    pub user: String,
    /// The secret half, sealed under the root key.
    pub secret: Sealed,
    /// When it was made.
    pub created: Timestamp,
}

/// Who a caller is once authenticated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdentityKind {
    /// The root user of the account.
    Root,
    /// An IAM user.
    User {
        /// The user's name.
        name: String,
        /// The user's unique id, `AIDA…`.
        user_id: String,
    },
}

/// A principal that can call: what policies, answers and audit events say of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    account: AccountId,
    arn: String,
    kind: IdentityKind,
}

impl Identity {
    /// The root user of an account.
    #[must_use]
    pub fn root(account: AccountId) -> Self {
        Self {
            account,
            arn: account.root_arn(),
            kind: IdentityKind::Root,
        }
    }

    /// A user of an account.
    #[must_use]
    pub fn user(user: &UserRecord) -> Self {
        let kind = IdentityKind::User {
            name: user.name.clone(),
            user_id: user.user_id.clone(),
        };
        Self {
            account: user.account,
            arn: user.arn(),
            kind,
        }
    }

    /// The account that it belongs to.
    #[must_use]
    pub const fn account(&self) -> AccountId {
        self.account
    }

    /// The account's digits.
    #[must_use]
    pub fn account_id(&self) -> &str {
        self.account.as_str()
    }

    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// What it is.
    #[must_use]
    pub const fn kind(&self) -> &IdentityKind {
        &self.kind
    }

    /// The `UserId` of GetCallerIdentity and `principalId` of audit events: the unique id of a
    /// user, the account number of a root user.
    #[must_use]
    pub fn unique_id(&self) -> &str {
        match &self.kind {
            IdentityKind::Root => self.account.as_str(),
            IdentityKind::User { user_id, .. } => user_id,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_root_and_a_user_are_called() {
        let account: AccountId = "111122223333".parse().unwrap();
        let root = Identity::root(account);
        assert_eq!(
            (root.arn(), root.unique_id()),
            ("arn:aws:iam::111122223333:root", "111122223333")
        );
        let user = Identity::user(&UserRecord {
            account,
            name: "ada".into(),
            user_id: "AIDAEXAMPLE".into(),
            created: Timestamp::from_millis(0),
            inline_policies: BTreeMap::new(),
        });
        assert_eq!(
            (user.arn(), user.unique_id()),
            ("arn:aws:iam::111122223333:user/ada", "AIDAEXAMPLE")
        );
    }
}
