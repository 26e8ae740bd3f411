//! What a condition may ask of a grant that is to be retired.
//!
//! Source: "kms:GrantConstraintType" in the KMS developer guide, which `RetireGrant` has too.

use std::collections::BTreeMap;

use keystead_core::grant::{ContextConstraint, GrantRecord};
use keystead_core::policy::{ConditionKey, KnownKey, Values};

use super::context::Requested;

/// A request to retire a grant, which names the grant and says nothing else of it.
pub(super) struct OfGrant<'a> {
    /// The grant.
    pub(super) grant: &'a GrantRecord,
    /// What the operation says of its input.
    pub(super) requested: &'a dyn Requested,
}

impl Requested for OfGrant<'_> {
    fn conditions(&self, action: &str, key: &ConditionKey) -> Values<'_> {
        match key {
            ConditionKey::Known(KnownKey::GrantConstraintType) => {
                Values::maybe(self.grant.constraints.context.as_ref().map(constraint_type))
            }
            _ => self.requested.conditions(action, key),
        }
    }

    fn encryption_context(&self, action: &str) -> Option<&BTreeMap<String, String>> {
        self.requested.encryption_context(action)
    }
}

const fn constraint_type(constraint: &ContextConstraint) -> &'static str {
    match constraint {
        ContextConstraint::Equals(_) => "EncryptionContextEquals",
        ContextConstraint::Subset(_) => "EncryptionContextSubset",
    }
}
