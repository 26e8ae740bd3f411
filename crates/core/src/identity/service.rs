//! Services that call for themselves or for others.

use serde::{Deserialize, Serialize};

use crate::arn::AccountId;
use crate::time::Timestamp;

/// A service principal with access keys of its own: an integration, such as an object store, that
/// calls for itself or on behalf of users.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceRecord {
    /// The name that policies know it by, such as `s3.us-east-1.amazonaws.com`.
    pub name: String,
    /// The account that registered it, in whose log its own calls stand. Its keys are in another one.
    pub account: AccountId,
    /// When it was registered.
    pub created: Timestamp,
}
