//! What the policies say of a question, each kind for itself.

use super::super::decision::{Reason, StatementRef};
use super::super::named::Naming;
use super::super::question::{Facts, Question};
use super::super::statement::Effect;
use super::weighing::Weighing;

/// Everything that refuses, and of each kind of policy whether it allows. It takes no more memory
/// the more policies there are, unless they refuse.
pub(super) struct Evidence<'a> {
    /// The statements that deny and the policies that do not parse, the resource's first.
    pub(super) refusals: Vec<Reason<'a>>,
    /// The statement of the resource's policy that allows and names the caller most closely.
    pub(super) resource: Option<(Naming, StatementRef<'a>)>,
    /// A statement of an identity policy that allows.
    pub(super) identity: Option<StatementRef<'a>>,
    /// The permissions boundary.
    pub(super) boundary: Gate<'a>,
    /// The session's policies.
    pub(super) session: Gate<'a>,
    /// What the organization puts on the caller's account.
    pub(super) service_controls: Gate<'a>,
    /// What the organization puts on the resource's account.
    pub(super) resource_controls: Gate<'a>,
    /// The policy of the VPC endpoint.
    pub(super) endpoint: Gate<'a>,
}

/// What a kind of policy says that gives no access and can only hold it back.
#[derive(Clone, Copy)]
pub(super) enum Gate<'a> {
    /// There is none that concerns the request.
    Absent,
    /// It lets the request pass.
    Open,
    /// It does not, for this reason.
    Shut(Reason<'a>),
}

impl<'a> Evidence<'a> {
    /// Asks all policies. `saw` is told of every statement that covers the question.
    pub(super) fn gather(
        question: &Question<'_>,
        facts: &Facts<'a>,
        saw: &mut dyn FnMut(Effect, StatementRef<'a>),
    ) -> Self {
        let mut weighing = Weighing::new(question, saw);
        let caller = &facts.caller;
        Self {
            resource: weighing.resource_policy(facts.resource_policy),
            identity: weighing.identity_policies(caller.identity),
            boundary: weighing.boundary(caller.boundary),
            session: weighing.session_policies(caller.session),
            service_controls: weighing.service_controls(caller.service_controls),
            resource_controls: weighing.resource_controls(facts.resource_controls),
            endpoint: weighing.endpoint_policy(facts.endpoint_policy),
            refusals: weighing.into_refusals(),
        }
    }

    /// What holds the request back, whoever may have access.
    pub(super) const fn barriers(&self) -> [Option<Reason<'a>>; 3] {
        [
            self.resource_controls.missing(),
            self.service_controls.missing(),
            self.endpoint.missing(),
        ]
    }

    /// What holds back those whose rights the caller has only in part.
    pub(super) const fn limits(&self) -> [Option<Reason<'a>>; 2] {
        [self.boundary.missing(), self.session.missing()]
    }
}

impl<'a> Gate<'a> {
    pub(super) const fn of(allows: bool, otherwise: Reason<'a>) -> Self {
        if allows {
            Self::Open
        } else {
            Self::Shut(otherwise)
        }
    }

    /// This gate and the next one behind it.
    pub(super) const fn then(self, next: Self) -> Self {
        match self {
            Self::Absent | Self::Open => next,
            Self::Shut(_) => self,
        }
    }

    pub(super) const fn is_shut(self) -> bool {
        matches!(self, Self::Shut(_))
    }

    const fn missing(self) -> Option<Reason<'a>> {
        match self {
            Self::Absent | Self::Open => None,
            Self::Shut(reason) => Some(reason),
        }
    }
}
