//! Under which conditions a grant permits.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The conditions of a grant; an empty one permits whenever the operation fits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantConstraints {
    /// What must hold of the encryption context.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<ContextConstraint>,
    /// The resource for which a service must act: `aws:SourceArn` of its call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_arn: Option<String>,
}

/// What must hold of the encryption context.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ContextConstraint {
    /// It is exactly this one.
    Equals(BTreeMap<String, String>),
    /// All of these pairs are in it.
    Subset(BTreeMap<String, String>),
}

impl GrantConstraints {
    /// Whether nothing is asked.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.context.is_none() && self.source_arn.is_none()
    }
}
