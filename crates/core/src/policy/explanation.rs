//! A decision with everything that the policies say of it: what a simulator shows.

use super::decision::{Decision, Reason, StatementRef};
use super::statement::Effect;
use crate::grant::GrantRecord;

/// A decision and what every policy says, needed or not. Only [`explain`](super::explain) makes
/// one.
#[derive(Clone, Debug)]
#[must_use]
pub struct Explanation<'a> {
    /// The decision: the very one that [`decide`](super::decide) comes to.
    pub decision: Decision<'a>,
    /// Every statement that covers the question, in the order in which the policies are weighed:
    /// the resource's, the identity policies, the boundary, the session's, the service control
    /// policies, the resource control policies, the endpoint's.
    pub matched: Vec<MatchedStatement<'a>>,
    /// What each kind of policy says.
    pub sides: Sides<'a>,
    /// A reason for each kind of policy that does not allow, whether or not it has to. Empty is not
    /// the same as allowed: something may deny.
    pub missing: Vec<Reason<'a>>,
}

/// A statement that covers the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MatchedStatement<'a> {
    /// Whether it allows or denies.
    pub effect: Effect,
    /// Where it is.
    pub statement: StatementRef<'a>,
}

/// What each kind of policy says of a request (`EvalDecisionDetails`,
/// `PermissionsBoundaryDecisionDetail` and `OrganizationsDecisionDetail` of the IAM API).
#[derive(Clone, Copy, Debug)]
pub struct Sides<'a> {
    /// The policy of the key or the role; it allows also if it names only the caller's account.
    pub resource_policy: Side,
    /// The grant that permits the request.
    pub grant: Option<&'a GrantRecord>,
    /// The identity policies, which allow the root user everything.
    pub identity: Side,
    /// The permissions boundary.
    pub boundary: Side,
    /// The session's policies.
    pub session: Side,
    /// The service control policies, all levels together.
    pub service_controls: Side,
    /// The resource control policies, all levels together.
    pub resource_controls: Side,
    /// The policy of the VPC endpoint.
    pub endpoint: Side,
}

/// What one kind of policy says of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// There is none that concerns the request.
    Absent,
    /// It allows.
    Allows,
    /// It neither allows nor denies.
    Silent,
    /// It denies explicitly, or does not parse.
    Denies,
}

impl Side {
    pub(super) const fn of(allows: bool) -> Self {
        if allows { Self::Allows } else { Self::Silent }
    }
}
