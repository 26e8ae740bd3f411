//! The gate: where a target is found and asked about.

use std::sync::Arc;

use keystead_core::alias::AliasName;
use keystead_core::arn::{AccountId, Region};
use keystead_core::grant::GrantRecord;
use keystead_core::key_id::KeyId;
use keystead_core::policy::{Decision, Facts, Question, Resource, ResourcePolicy, decide};

use super::context::{RequestContext, Requested, Subject};
use super::denial::Denial;
use crate::authn::{Authenticated, Caller};
use crate::directory::Directory;
use crate::directory::key_entry::KeyEntry;
use crate::fault::Fault;
use crate::identities::Identities;
use crate::target::AuditResource;

/// Where names are looked up.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    /// The Region that serves the call.
    pub region: &'a Region,
    /// What it holds.
    pub directory: &'a Directory,
    /// Who may call.
    pub identities: &'a Identities,
    /// The caller's account, in which bare names are meant.
    pub account: AccountId,
}

/// How a request names a key, as far as policies care.
#[derive(Clone, Copy, Default)]
pub struct Naming<'a> {
    /// The alias by which it does.
    pub alias: Option<&'a AliasName>,
    /// Whether both keys of the request are this one; `None` where there is but one.
    pub same_key: Option<bool>,
}

/// Answers a target's questions for one call, and keeps what was found for the audit record.
pub struct Gate<'a> {
    call: &'a Authenticated,
    scope: Scope<'a>,
    requested: &'a dyn Requested,
    /// Whether the operation works on other accounts' keys at all.
    cross_account: bool,
    resources: Vec<AuditResource>,
    granted_by: Option<Arc<GrantRecord>>,
}

impl<'a> Gate<'a> {
    pub(super) const fn new(
        call: &'a Authenticated,
        scope: Scope<'a>,
        requested: &'a dyn Requested,
        cross_account: bool,
    ) -> Self {
        Self {
            call,
            scope,
            requested,
            cross_account,
            resources: Vec::new(),
            granted_by: None,
        }
    }

    pub(super) fn into_findings(self) -> (Vec<AuditResource>, Option<Arc<GrantRecord>>) {
        (self.resources, self.granted_by)
    }

    /// Where names are looked up.
    #[must_use]
    pub const fn scope(&self) -> &Scope<'a> {
        &self.scope
    }

    /// Who calls.
    #[must_use]
    pub const fn caller(&self) -> &'a Caller {
        self.call.caller()
    }

    /// Adds a key or an alias to what the audit record says the call was about.
    pub fn found(&mut self, resource: AuditResource) {
        self.resources.push(resource);
    }

    /// May the caller do this to its account as a whole? Identity policies decide, on `*`.
    ///
    /// # Errors
    /// [`Fault::AccessDenied`].
    pub fn ask_account(&mut self, action: &'static str) -> Result<(), Fault> {
        self.ask_own(action, "*")
    }

    /// May the caller do this to something of its account that has no policy of its own, such as an
    /// alias? Identity policies decide.
    ///
    /// # Errors
    /// [`Fault::AccessDenied`].
    pub fn ask_own(&mut self, action: &'static str, arn: &str) -> Result<(), Fault> {
        let subject = Subject {
            arn,
            account: self.caller().member().identity().account_id(),
            key: None,
            alias: None,
            tags: None,
            same_key: None,
        };
        self.ask(action, subject, ResourcePolicy::None)
    }

    /// May the caller do this to a key? Its key policy decides first.
    ///
    /// # Errors
    /// [`Fault::AccessDenied`].
    pub fn ask_key(
        &mut self,
        action: &'static str,
        entry: &KeyEntry,
        naming: Naming<'_>,
    ) -> Result<(), Fault> {
        let subject = Subject {
            arn: &entry.arn,
            account: entry.record.account.as_str(),
            key: Some(entry),
            alias: naming.alias,
            tags: Some(&entry.record.tags),
            same_key: naming.same_key,
        };
        self.ask(action, subject, ResourcePolicy::Key(entry.policy()))
    }

    /// May the caller do this to the key of an alias? A key that is gone has nothing against it.
    ///
    /// # Errors
    /// [`Fault::AccessDenied`].
    pub fn ask_key_id(&mut self, action: &'static str, id: KeyId) -> Result<(), Fault> {
        match self.scope.directory.key(id) {
            Some(entry) => self.ask_key(action, &entry, Naming::default()),
            None => Ok(()),
        }
    }

    /// The refusal of something of another account, whether it is there or not.
    #[must_use]
    pub fn deny_foreign(&self, action: &'static str) -> Fault {
        Denial::Foreign { action }.to_fault(self.caller())
    }

    /// The refusal of a ciphertext whose key was not named, whether it is there or not.
    #[must_use]
    pub fn deny_ciphertext(&self) -> Fault {
        Denial::Ciphertext.to_fault(self.caller())
    }

    /// Whether the caller may do this, without a word of it to anybody.
    pub(super) fn is_allowed(
        &self,
        action: &'static str,
        subject: Subject<'_>,
        policy: ResourcePolicy<'_>,
    ) -> bool {
        self.decide(action, subject, policy, |decision| decision.is_allowed())
    }

    fn ask(
        &mut self,
        action: &'static str,
        subject: Subject<'_>,
        policy: ResourcePolicy<'_>,
    ) -> Result<(), Fault> {
        let is_foreign = subject.account != self.caller().member().identity().account_id();
        let may_be_foreign = self.cross_account || !is_foreign;
        let clause = self.decide(action, subject, policy, |decision| {
            if decision.is_allowed() && may_be_foreign {
                return None;
            }
            tracing::debug!(
                action,
                resource = subject.arn,
                caller = self.caller().member().identity().arn(),
                reasons = ?decision.reasons(),
                "denied"
            );
            Some(decision.denial_clause(action).unwrap_or_default())
        });
        let Some(clause) = clause else { return Ok(()) };
        if is_foreign {
            return Err(self.deny_foreign(action));
        }
        let denial = Denial::Plain {
            action,
            resource: subject.arn,
            clause,
        };
        Err(denial.to_fault(self.caller()))
    }

    /// Puts a question with all its facts, and hands the decision on while they are at hand.
    fn decide<T>(
        &self,
        action: &'static str,
        subject: Subject<'_>,
        policy: ResourcePolicy<'_>,
        with: impl FnOnce(&Decision<'_>) -> T,
    ) -> T {
        let member = self.caller().member();
        let context = RequestContext {
            call: self.call,
            scope: &self.scope,
            requested: self.requested,
            subject,
            action,
        };
        let question = Question {
            principal: member.principal(),
            action,
            resource: Resource {
                arn: subject.arn,
                account: subject.account,
            },
            context: &context,
        };
        let endpoint = self.call.request().peer.endpoint.as_deref();
        let facts = Facts {
            endpoint_policy: endpoint.and_then(|endpoint| endpoint.policy.as_ref()),
            ..Facts::new(policy, member.policies())
        };
        with(&decide(&question, &facts))
    }
}
