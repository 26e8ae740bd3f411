//! The authorization room: finds what a call is about, and asks the policies.
//!
//! Its door is [`Authorized`]. Nothing but [`authorize`] makes one, and it does so only when every
//! question of the operation's target was answered with yes.

mod denial;

use keystead_core::policy::{Facts, Question, Resource, ResourcePolicy, decide};

use self::denial::Denial;
use crate::authn::Caller;
use crate::fault::Fault;
use crate::operation::Operation;
use crate::target::{Asked, AskedResource, AuditResource, Scope, Target, Unresolved};

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

/// Finds the target, asks the policies, and checks the states of the keys, in AWS's order.
pub fn authorize<'c, O: Operation>(
    caller: &'c Caller,
    input: &'c O::Input,
    scope: &Scope<'_>,
) -> Verdict<'c, O> {
    let target = match O::Target::resolve(O::target(input), O::ACTION, scope) {
        Ok(target) => target,
        Err(unresolved) => {
            return Verdict {
                outcome: Err(unresolved_fault(unresolved, caller)),
                resources: Vec::new(),
            };
        }
    };
    let resources = target.resources();
    let mut ask = |asked: Asked<'_>| answer::<O>(caller, asked);
    let outcome = target
        .ask(O::ACTION, &mut ask)
        .and_then(|()| target.check_states(O::STATES))
        .map(|()| Authorized {
            caller,
            input,
            target,
        });
    Verdict { outcome, resources }
}

/// Whether the caller could do this to a key if the key had this policy: the lockout check.
#[must_use]
pub fn would_allow(
    caller: &Caller,
    action: &'static str,
    arn: &str,
    policy: &keystead_core::policy::KeyPolicy,
) -> bool {
    let member = caller.member();
    let account = member.identity().account_id();
    let question = Question {
        principal: member.principal(),
        action,
        resource: Resource { arn, account },
    };
    let facts = Facts {
        resource_policy: ResourcePolicy::Key(Ok(policy)),
        identity_policies: member.policies(),
    };
    decide(&question, &facts).is_allowed()
}

fn unresolved_fault(unresolved: Unresolved, caller: &Caller) -> Fault {
    let denial = match unresolved {
        Unresolved::Fault(fault) => return fault,
        Unresolved::Foreign { action } => Denial::Foreign { action },
        Unresolved::Ciphertext => Denial::Ciphertext,
    };
    denial.to_fault(caller)
}

fn answer<O: Operation>(caller: &Caller, asked: Asked<'_>) -> Result<(), Fault> {
    let member = caller.member();
    let own_account = member.identity().account_id();
    let (resource_policy, resource) = match asked.resource {
        AskedResource::Account => (
            ResourcePolicy::None,
            Resource {
                arn: "*",
                account: own_account,
            },
        ),
        AskedResource::Alias { arn } => (
            ResourcePolicy::None,
            Resource {
                arn,
                account: own_account,
            },
        ),
        AskedResource::Key { entry, .. } => {
            let account = entry.record.account.as_str();
            (
                ResourcePolicy::Key(entry.policy()),
                Resource {
                    arn: &entry.arn,
                    account,
                },
            )
        }
    };
    let is_foreign = resource.account != own_account;
    let question = Question {
        principal: member.principal(),
        action: asked.action,
        resource,
    };
    let facts = Facts {
        resource_policy,
        identity_policies: member.policies(),
    };
    let decision = decide(&question, &facts);
    if decision.is_allowed() && (O::CROSS_ACCOUNT || !is_foreign) {
        return Ok(());
    }
    tracing::debug!(action = asked.action, resource = resource.arn, caller = member.identity().arn(), reasons = ?decision.reasons(), "denied");
    let denial = match asked.resource {
        AskedResource::Key {
            by_ciphertext: true,
            ..
        } => Denial::Ciphertext,
        _ if is_foreign => Denial::Foreign {
            action: asked.action,
        },
        _ => Denial::Plain {
            action: asked.action,
            resource: resource.arn,
            clause: decision.denial_clause(asked.action).unwrap_or_default(),
        },
    };
    Err(denial.to_fault(caller))
}
