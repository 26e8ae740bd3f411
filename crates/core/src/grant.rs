//! Grants: permissions on one key that are delegated by its owner, for a while.
//!
//! Source: "Grants in AWS KMS" in the KMS developer guide, and the API model's `GrantListEntry`,
//! `GrantConstraints` and `GrantOperation`.

mod book;
mod constraints;
mod operation;

pub use self::book::{GrantBook, GrantRequest};
pub use self::constraints::{
    ConstraintError, ContextConstraint, GrantConstraints, MAX_CONTEXT_PAIRS,
    MAX_CONTEXT_VALUE_CHARS, SOURCE_ARN_CHARS,
};
pub use self::operation::{GrantOperation, GrantOperations, KeyKind, UnknownGrantOperation};

use serde::{Deserialize, Serialize};

use crate::arn::AccountId;
use crate::key_id::KeyId;
use crate::policy::{NamedPrincipal, Naming, Principal};
use crate::time::Timestamp;

/// The most grants that a key can have (AWS KMS quotas, "Grants per KMS key").
pub const MAX_GRANTS_PER_KEY: usize = 50_000;

/// A grant as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantRecord {
    /// The grant's id: 64 lower-case hex digits.
    pub id: String,
    /// The account that owns the key.
    pub account: AccountId,
    /// The key.
    pub key: KeyId,
    /// The name it was given; with it, an identical request finds this grant again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// When it was made.
    pub created: Timestamp,
    /// Who may use the key.
    pub grantee: GrantPrincipal,
    /// Who may retire the grant, besides the account that issued it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retiring: Option<GrantPrincipal>,
    /// The account of whoever made it.
    pub issuing_account: AccountId,
    /// What the grantee may do.
    pub operations: GrantOperations,
    /// Under which conditions.
    #[serde(default, skip_serializing_if = "GrantConstraints::is_empty")]
    pub constraints: GrantConstraints,
}

impl GrantRecord {
    /// Whether this grant permits nothing that the parent does not: what is asked of a grant that
    /// is made on the strength of another ("Granting CreateGrant permission" in the KMS developer
    /// guide). Whom the two are for does not count.
    #[must_use]
    pub fn is_no_wider_than(&self, parent: &Self) -> bool {
        self.operations.is_subset(parent.operations)
            && self.constraints.are_no_wider_than(&parent.constraints)
    }
}

/// A principal that a grant names.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum GrantPrincipal {
    /// An account, a user, a role, a role session or a federated user.
    Aws {
        /// The ARN as it was given.
        arn: String,
        /// The unique id of the user or role that the ARN named when the grant was made: one that
        /// is made again under the same name is another principal.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unique_id: Option<String>,
    },
    /// A service.
    Service {
        /// Its name, such as `logs.amazonaws.com`.
        name: String,
    },
}

impl GrantPrincipal {
    /// The ARN or the service's name, as lists show it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Aws { arn, .. } => arn,
            Self::Service { name } => name,
        }
    }

    /// Whether the caller is meant, and how.
    #[must_use]
    pub fn names(&self, caller: &Principal<'_>) -> Option<Naming> {
        self.named()?.names(caller)
    }

    /// The principal as a policy would name it, bound to its unique id; `None` if it is nobody
    /// whom a grant can name.
    #[must_use]
    pub fn named(&self) -> Option<NamedPrincipal> {
        let (arn, unique_id) = match self {
            Self::Service { name } => {
                let name = name.clone();
                return Some(NamedPrincipal::Service { name });
            }
            Self::Aws { arn, unique_id } => (arn, unique_id.as_ref()),
        };
        match NamedPrincipal::parse_aws(arn)? {
            NamedPrincipal::User { arn, .. } => {
                let id = unique_id.cloned();
                Some(NamedPrincipal::User { arn, id })
            }
            NamedPrincipal::Role { arn, .. } => {
                let id = unique_id.cloned();
                Some(NamedPrincipal::Role { arn, id })
            }
            NamedPrincipal::Everyone => None,
            other => Some(other),
        }
    }
}
