//! Accounts.

use serde::{Deserialize, Serialize};

use super::AccountCreation;
use crate::arn::AccountId;
use crate::tag::Tags;
use crate::time::Timestamp;

/// An account of this deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountRecord {
    /// Its number.
    pub account: AccountId,
    /// When it was made.
    pub created: Timestamp,
    /// Its alias: 3 to 63 lower-case letters, digits and hyphens (`CreateAccountAlias`).
    #[serde(default)]
    pub alias: Option<String>,
    /// Its place in the organization; `None` outside of one.
    #[serde(default)]
    pub membership: Option<Membership>,
    /// How it was made, if the organization made it.
    #[serde(default)]
    pub creation: Option<AccountCreation>,
}

impl AccountRecord {
    /// An account outside of any organization.
    #[must_use]
    pub const fn new(account: AccountId, created: Timestamp) -> Self {
        Self {
            account,
            created,
            alias: None,
            membership: None,
            creation: None,
        }
    }
}

/// What an organization knows of an account in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// What the organization calls the account, 1 to 50 characters.
    pub name: String,
    /// The address of its owner.
    pub email: String,
    /// Whether it can be used.
    pub status: AccountStatus,
    /// How it came into the organization.
    pub joined_by: JoinedBy,
    /// When it did.
    pub joined: Timestamp,
    /// The root or unit that it stands under: `r-…` or `ou-…`.
    pub parent: String,
    /// The tags that the organization puts on it.
    #[serde(default)]
    pub tags: Tags,
}

/// Whether an account can be used (`AccountStatus` of Organizations).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccountStatus {
    /// It can.
    Active,
    /// It was closed: nobody of it may do anything.
    Suspended,
}

/// How an account came into the organization (`AccountJoinedMethod`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum JoinedBy {
    /// It was there before.
    Invited,
    /// The organization made it.
    Created,
}
