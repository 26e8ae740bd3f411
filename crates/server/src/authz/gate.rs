//! The gate: where a target is found and asked about.

use keystead_core::arn::{AccountId, Region};
use keystead_core::key_id::KeyId;
use keystead_core::policy::{
    CallerPolicies, Facts, NoContext, Question, Resource, ResourcePolicy, decide,
};

use super::denial::Denial;
use crate::authn::Caller;
use crate::directory::Directory;
use crate::directory::key_entry::KeyEntry;
use crate::fault::Fault;
use crate::target::AuditResource;

/// Where names are looked up.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    /// The Region that serves the call.
    pub region: &'a Region,
    /// What it holds.
    pub directory: &'a Directory,
    /// The caller's account, in which bare names are meant.
    pub account: AccountId,
}

/// Answers a target's questions for one caller, and keeps what was found for the audit record.
pub struct Gate<'a> {
    caller: &'a Caller,
    scope: Scope<'a>,
    /// Whether the operation works on other accounts' keys at all.
    cross_account: bool,
    resources: Vec<AuditResource>,
}

impl<'a> Gate<'a> {
    pub(super) const fn new(caller: &'a Caller, scope: Scope<'a>, cross_account: bool) -> Self {
        Self {
            caller,
            scope,
            cross_account,
            resources: Vec::new(),
        }
    }

    pub(super) fn into_resources(self) -> Vec<AuditResource> {
        self.resources
    }

    /// Where names are looked up.
    #[must_use]
    pub const fn scope(&self) -> &Scope<'a> {
        &self.scope
    }

    /// Adds a key or an alias to what the audit record says the call was about.
    pub fn found(&mut self, resource: AuditResource) {
        self.resources.push(resource);
    }

    /// May the caller do this to its account as a whole? Identity policies decide, on `*`.
    ///
    /// # Errors
    /// [`Fault::AccessDenied`].
    pub fn ask_account(&self, action: &'static str) -> Result<(), Fault> {
        self.ask(action, "*", None)
    }

    /// May the caller do this to an alias of its account? Identity policies decide.
    ///
    /// # Errors
    /// [`Fault::AccessDenied`].
    pub fn ask_alias(&self, action: &'static str, arn: &str) -> Result<(), Fault> {
        self.ask(action, arn, None)
    }

    /// May the caller do this to a key? Its key policy decides first.
    ///
    /// # Errors
    /// [`Fault::AccessDenied`].
    pub fn ask_key(&self, action: &'static str, entry: &KeyEntry) -> Result<(), Fault> {
        self.ask(action, &entry.arn, Some(entry))
    }

    /// May the caller do this to the key of an alias? A key that is gone has nothing against it.
    ///
    /// # Errors
    /// [`Fault::AccessDenied`].
    pub fn ask_key_id(&self, action: &'static str, id: KeyId) -> Result<(), Fault> {
        match self.scope.directory.key(id) {
            Some(entry) => self.ask_key(action, &entry),
            None => Ok(()),
        }
    }

    /// The refusal of something of another account, whether it is there or not.
    #[must_use]
    pub fn deny_foreign(&self, action: &'static str) -> Fault {
        Denial::Foreign { action }.to_fault(self.caller)
    }

    /// The refusal of a ciphertext whose key was not named, whether it is there or not.
    #[must_use]
    pub fn deny_ciphertext(&self) -> Fault {
        Denial::Ciphertext.to_fault(self.caller)
    }

    fn ask(&self, action: &'static str, arn: &str, key: Option<&KeyEntry>) -> Result<(), Fault> {
        let member = self.caller.member();
        let own_account = member.identity().account_id();
        let account = key.map_or(own_account, |key| key.record.account.as_str());
        let is_foreign = account != own_account;
        let question = Question {
            principal: member.principal(),
            action,
            resource: Resource { arn, account },
            context: &NoContext,
        };
        let resource_policy = key.map_or(ResourcePolicy::None, |key| {
            ResourcePolicy::Key(key.policy())
        });
        let identity = CallerPolicies {
            identity: member.policies(),
            ..CallerPolicies::default()
        };
        let facts = Facts::new(resource_policy, identity);
        let decision = decide(&question, &facts);
        if decision.is_allowed() && (self.cross_account || !is_foreign) {
            return Ok(());
        }
        tracing::debug!(
            action,
            resource = arn,
            caller = member.identity().arn(),
            reasons = ?decision.reasons(),
            "denied"
        );
        if is_foreign {
            return Err(self.deny_foreign(action));
        }
        let clause = decision.denial_clause(action).unwrap_or_default();
        let denial = Denial::Plain {
            action,
            resource: arn,
            clause,
        };
        Err(denial.to_fault(self.caller))
    }
}
