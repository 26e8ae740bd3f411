//! What puts the making of keys in a row where an account is close to the most that it may have.

use serde::{Deserialize, Serialize};

use crate::arn::AccountId;

/// The mark of an account in a Region, which whoever makes a key close to the quota writes again,
/// and whoever makes any key expects as it was. It says nothing but when that was: the revision
/// that wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyTallyRecord {
    /// The account.
    pub account: AccountId,
}
