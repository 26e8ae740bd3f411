//! What is asked, and what bears on the answer.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::compiled::{
    EndpointPolicy, IdentityPolicy, KeyPolicy, ResourceControlPolicy, TrustPolicy,
};
use super::context::Context;
use super::error::PolicyError;
use super::principal::Principal;
use crate::grant::{GrantBook, GrantRecord};

/// May this principal do this to that?
///
/// An operation that needs two permissions (such as `ReEncrypt`) asks two questions.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// Who asks.
    pub principal: Principal<'a>,
    /// What it asks for, such as `kms:Encrypt`.
    pub action: &'a str,
    /// On what.
    pub resource: Resource<'a>,
    /// What else is known of the request.
    pub context: &'a dyn Context,
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

impl fmt::Debug for Question<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Question")
            .field("principal", &self.principal)
            .field("action", &self.action)
            .field("resource", &self.resource)
            .finish_non_exhaustive()
    }
}

/// Everything that a decision rests on. A policy that did not parse takes part as its error.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The policy of the resource.
    pub resource_policy: ResourcePolicy<'a>,
    /// The grants on the key that is asked for.
    pub grants: Option<Grants<'a>>,
    /// What limits the caller, and what it is given.
    pub caller: CallerPolicies<'a>,
    /// The policies that the organization of the resource's account puts above it, from the root
    /// to the account: each level must allow. Empty outside an organization.
    pub resource_controls: &'a [ControlLevel<ResourceControlPolicy>],
    /// The policy of the VPC endpoint that the request came through.
    pub endpoint_policy: Option<&'a Attached<EndpointPolicy>>,
}

impl<'a> Facts<'a> {
    /// Facts without anything that only some deployments have: no grants, organization or endpoint.
    #[must_use]
    pub const fn new(resource_policy: ResourcePolicy<'a>, caller: CallerPolicies<'a>) -> Self {
        Self {
            resource_policy,
            grants: None,
            caller,
            resource_controls: &[],
            endpoint_policy: None,
        }
    }
}

/// The policies on the caller's side.
#[derive(Clone, Copy, Debug, Default)]
pub struct CallerPolicies<'a> {
    /// The policies attached to the caller: to the user and its groups, or to the role.
    pub identity: &'a [AttachedPolicy],
    /// The permissions boundary of the user or role.
    pub boundary: Option<&'a AttachedPolicy>,
    /// The policies that the session was made with, which together must allow; `None` if it is not
    /// a session or was made without any. A federated user's session without any has an empty list
    /// and so no permission.
    pub session: Option<&'a [AttachedPolicy]>,
    /// The policies that the organization puts above the caller's account, from the root to the
    /// account: each level must allow. Empty outside an organization and in its management account.
    pub service_controls: &'a [ControlLevel<IdentityPolicy>],
}

/// The policies attached to one node of an organization, one of which must allow.
#[derive(Clone, Debug)]
pub struct ControlLevel<P> {
    /// The root, the unit or the account: `r-…`, `ou-…` or 12 digits.
    pub node: String,
    /// Its policies.
    pub policies: Vec<Attached<P>>,
}

/// The grants on a key, with what grants are about besides the question.
#[derive(Clone, Copy, Debug)]
pub struct Grants<'a> {
    /// The grants.
    pub book: &'a GrantBook,
    /// The encryption context of the call; `None` where the operation takes none.
    pub encryption_context: Option<&'a BTreeMap<String, String>>,
    /// The resource that a calling service acts for.
    pub source_arn: Option<&'a str>,
}

/// The policy of the resource that is asked for.
#[derive(Clone, Copy, Debug)]
pub enum ResourcePolicy<'a> {
    /// A key's.
    Key(Result<&'a KeyPolicy, &'a PolicyError>),
    /// A role's trust policy, for `sts:AssumeRole` and its kin.
    Trust(Result<&'a TrustPolicy, &'a PolicyError>),
    /// The grant that is to be retired, for `kms:RetireGrant`. It says itself who may; the key's
    /// policy and the grants on the key have no say.
    Retirement(&'a GrantRecord),
    /// None: the action is decided by identity policies alone, as `kms:CreateKey`, `kms:ListKeys`
    /// or an action on an alias.
    None,
}

/// A policy and where it comes from. Cloning shares the policy, so that one managed policy is
/// compiled once for all its users.
#[derive(Clone, Debug)]
pub struct Attached<P> {
    /// The policy's name in the reasons.
    pub source: PolicySource,
    /// The compiled policy, or why it does not compile.
    pub policy: Arc<Result<P, PolicyError>>,
}

impl<P> Attached<P> {
    /// A policy that was compiled, or why it does not compile.
    #[must_use]
    pub fn new(source: PolicySource, policy: Result<P, PolicyError>) -> Self {
        let policy = Arc::new(policy);
        Self { source, policy }
    }
}

/// A policy without principals: of a user, group, role or session, a boundary, or a service
/// control policy.
pub type AttachedPolicy = Attached<IdentityPolicy>;

impl AttachedPolicy {
    /// Compiles the text of an identity policy or a permissions boundary.
    #[must_use]
    pub fn compile(source: PolicySource, text: &str) -> Self {
        Self::new(source, IdentityPolicy::parse(text))
    }
}

/// Where a policy comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicySource {
    /// A part of its user, group, role, session or endpoint.
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
