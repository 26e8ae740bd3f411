//! The authorization room: finds what a call is about, and asks the policies.
//!
//! Its door is [`Authorized`]. Nothing but [`authorize`] makes one, and it does so only when every
//! question of the operation's target was answered with yes.

pub(crate) mod context;
mod denial;
mod gate;
mod retirement;
mod trace;

use std::sync::Arc;

use keystead_core::arn::key_arn;
use keystead_core::audit::Elements;
use keystead_core::grant::GrantRecord;
use keystead_core::key::KeyRecord;
use keystead_core::policy::{KeyPolicy, ResourcePolicy};

pub use self::context::Requested;
use self::context::{InputOf, Subject};
use self::denial::Denial;
use self::gate::{Findings, Rules};
pub use self::gate::{Gate, Naming, Scope};
use crate::authn::{Authenticated, Caller};
use crate::directory::key_entry::KeyEntry;
use crate::fault::Fault;
use crate::operation::Operation;
use crate::target::{AuditResource, Target};

/// A door: a call that its caller may make, on a target that is in a fit state for it.
pub struct Authorized<'c, O: Operation> {
    call: &'c Authenticated,
    scope: Scope<'c>,
    input: &'c O::Input,
    target: O::Target,
    granted_by: Option<Arc<GrantRecord>>,
}

impl<'c, O: Operation> Authorized<'c, O> {
    /// Who calls.
    #[must_use]
    pub const fn caller(&self) -> &'c Caller {
        self.call.caller()
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

    /// The grant that gave the permission; `None` if policies did.
    #[must_use]
    pub const fn granted_by(&self) -> Option<&Arc<GrantRecord>> {
        self.granted_by.as_ref()
    }

    /// Whether the caller could do this to a key of its account if the key had this policy: the
    /// lockout check. All else is as in this call.
    #[must_use]
    pub fn would_be_allowed(
        &self,
        action: &'static str,
        key: &KeyRecord,
        policy: &KeyPolicy,
    ) -> bool {
        let requested = InputOf::<O>(self.input);
        let gate = Gate::new(self.call, self.scope, &requested, O::CROSS_ACCOUNT);
        let arn = key_arn(self.scope.region, key.account, key.id);
        let subject = Subject {
            key: Some(key),
            tags: Some(&key.tags),
            ..Subject::new(&arn, key.account.as_str())
        };
        let rules = Rules {
            policy: ResourcePolicy::Key(Ok(policy)),
            grants: None,
        };
        gate.is_allowed(action, subject, rules)
    }

    /// The refusal of something that the grant which gave the permission does not cover.
    #[must_use]
    pub fn deny_beyond_grant(&self, action: &'static str, key: &KeyEntry) -> Fault {
        let is_own = key.record.account == self.scope.account;
        let denial = if is_own {
            let clause = format!("because no resource-based policy allows the {action} action");
            let resource = &key.arn;
            Denial::Plain {
                action,
                resource,
                clause,
            }
        } else {
            Denial::Foreign { action }
        };
        denial.to_fault(self.caller())
    }
}

/// What became of a call at this door, and what the audit record says it was about.
pub struct Verdict<'c, O: Operation> {
    /// The way through, or why there is none.
    pub outcome: Result<Authorized<'c, O>, Fault>,
    /// The keys and aliases that were found.
    pub resources: Vec<AuditResource>,
    /// How each question was decided, for the audit record.
    pub decisions: Vec<Elements<'static>>,
    /// Whether every question was answered with yes, whatever state the keys are in.
    pub is_allowed: bool,
}

/// Finds the target, asks the policies, and then checks the states of the keys.
pub fn authorize<'c, O: Operation>(
    call: &'c Authenticated,
    input: &'c O::Input,
    scope: Scope<'c>,
) -> Verdict<'c, O> {
    let requested = InputOf::<O>(input);
    let mut gate = Gate::new(call, scope, &requested, O::CROSS_ACCOUNT);
    let admitted = O::Target::admit(O::target(input), O::ACTION, &mut gate);
    let Findings {
        resources,
        granted_by,
        decisions,
    } = gate.into_findings();
    let is_allowed = admitted.is_ok();
    let outcome = admitted.and_then(|target| {
        target.check_keys(O::KEY_RULE, call.at())?;
        Ok(Authorized {
            call,
            scope,
            input,
            target,
            granted_by,
        })
    });
    Verdict {
        outcome,
        resources,
        decisions,
        is_allowed,
    }
}
