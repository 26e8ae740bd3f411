//! The authorization room: finds what a call is about, and asks the policies.
//!
//! Its door is [`Authorized`]. Nothing but [`authorize`] makes one, and it does so only when every
//! question of the operation's target was answered with yes.

mod denial;
mod gate;

use keystead_core::policy::{
    CallerPolicies, Facts, KeyPolicy, NoContext, Question, Resource, ResourcePolicy, decide,
};

pub use self::gate::{Gate, Scope};
use crate::authn::Caller;
use crate::fault::Fault;
use crate::operation::Operation;
use crate::target::{AuditResource, Target};

/// A door: a call that its caller may make, on a target that is in a fit state for it.
pub struct Authorized<'c, O: Operation> {
    caller: &'c Caller,
    input: &'c O::Input,
    target: O::Target,
}

impl<'c, O: Operation> Authorized<'c, O> {
    /// Who calls.
    #[must_use]
    pub const fn caller(&self) -> &'c Caller {
        self.caller
    }

    /// What the caller sent.
    #[must_use]
    pub const fn input(&self) -> &'c O::Input {
        self.input
    }

    /// What the call is about.
    #[must_use]
    pub const fn target(&self) -> &O::Target {
        &self.target
    }
}

/// What became of a call at this door, and what the audit record says it was about.
pub struct Verdict<'c, O: Operation> {
    /// The way through, or why there is none.
    pub outcome: Result<Authorized<'c, O>, Fault>,
    /// The keys and aliases that were found.
    pub resources: Vec<AuditResource>,
}

/// Finds the target, asks the policies, and then checks the states of the keys.
pub fn authorize<'c, O: Operation>(
    caller: &'c Caller,
    input: &'c O::Input,
    scope: Scope<'_>,
) -> Verdict<'c, O> {
    let mut gate = Gate::new(caller, scope, O::CROSS_ACCOUNT);
    let admitted = O::Target::admit(O::target(input), O::ACTION, &mut gate);
    let outcome = admitted.and_then(|target| {
        target.check_states(O::STATES)?;
        Ok(Authorized {
            caller,
            input,
            target,
        })
    });
    Verdict {
        outcome,
        resources: gate.into_resources(),
    }
}

/// Whether the caller could do this to a key of its account if the key had this policy: the
/// lockout check.
#[must_use]
pub fn would_allow(caller: &Caller, action: &'static str, arn: &str, policy: &KeyPolicy) -> bool {
    let member = caller.member();
    let account = member.identity().account_id();
    let question = Question {
        principal: member.principal(),
        action,
        resource: Resource { arn, account },
        context: &NoContext,
    };
    let caller = CallerPolicies {
        identity: member.policies(),
        ..CallerPolicies::default()
    };
    let facts = Facts::new(ResourcePolicy::Key(Ok(policy)), caller);
    decide(&question, &facts).is_allowed()
}
