//! What is asked, and what bears on the answer.

use std::sync::Arc;

use super::compiled::{IdentityPolicy, KeyPolicy};
use super::error::PolicyError;
use super::principal::Principal;

/// May this principal do this to that?
///
/// An operation that needs two permissions (such as `ReEncrypt`) asks two questions.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// Who asks.
    pub principal: Principal<'a>,
    /// What it asks for, such as `kms:Encrypt`.
    pub action: &'a str,
    /// On what.
    pub resource: Resource<'a>,
}

/// What the action is done to.
#[derive(Clone, Copy, Debug)]
pub struct Resource<'a> {
    /// The resource's ARN, or `*` for an action on no resource in particular (`kms:CreateKey`).
    pub arn: &'a str,
    /// The account that owns the resource, 12 digits; the caller's own where there is none.
    pub account: &'a str,
}

impl Question<'_> {
    /// Whether the caller belongs to another account than the resource.
    pub(super) fn is_cross_account(&self) -> bool {
        self.principal.is_foreign_to(self.resource.account)
    }
}

/// Everything that a decision rests on. A policy that did not parse takes part as its error.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The policy of the resource.
    pub resource_policy: ResourcePolicy<'a>,
    /// The policies attached to the caller and its groups.
    pub identity_policies: &'a [AttachedPolicy],
}

/// The policy of the resource that is asked for.
#[derive(Clone, Copy, Debug)]
pub enum ResourcePolicy<'a> {
    /// A key's.
    Key(Result<&'a KeyPolicy, &'a PolicyError>),
    /// None: the action is decided by identity policies alone, as `kms:CreateKey`, `kms:ListKeys`
    /// or an action on an alias.
    None,
}

/// An identity policy and where it comes from. Cloning shares the policy, so that one managed
/// policy is compiled once for all its users.
#[derive(Clone, Debug)]
pub struct AttachedPolicy {
    /// The policy's name in the reasons.
    pub source: PolicySource,
    /// The compiled policy, or why it does not compile.
    pub policy: Arc<Result<IdentityPolicy, PolicyError>>,
}

impl AttachedPolicy {
    /// Compiles `text`.
    #[must_use]
    pub fn compile(source: PolicySource, text: &str) -> Self {
        let policy = Arc::new(IdentityPolicy::parse(text));
        Self { source, policy }
    }
}

/// Where an identity policy comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicySource {
    /// A part of its user or group.
    Inline {
        /// Its name there.
        name: String,
    },
    /// A policy of its own, attached.
    Managed {
        /// Its ARN.
        arn: String,
    },
}
