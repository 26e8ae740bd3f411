//! The gate: where a target is found and asked about.

use std::sync::Arc;

use keystead_core::alias::AliasName;
use keystead_core::arn::{AccountId, Region};
use keystead_core::audit::Elements;
use keystead_core::grant::{GrantBook, GrantRecord};
use keystead_core::key_id::KeyId;
use keystead_core::policy::{
    Decision, Facts, Grants, PolicyRef, Question, Reason, Resource, ResourcePolicy, decide,
};
use keystead_core::tag::Tags;

use super::context::{RequestContext, Requested, Subject};
use super::denial::Denial;
use super::retirement::OfGrant;
use super::trace;
use crate::authn::{Authenticated, Caller};
use crate::directory::Directory;
use crate::directory::key_entry::KeyEntry;
use crate::fault::Fault;
use crate::identities::AccountControls;
use crate::identities::{Identities, RoleEntry};
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

/// What the resource itself says of who may use it.
#[derive(Clone, Copy)]
pub(super) struct Rules<'a> {
    /// Its policy.
    pub(super) policy: ResourcePolicy<'a>,
    /// The grants on it.
    pub(super) grants: Option<&'a GrantBook>,
}

impl Rules<'static> {
    /// Nothing: it has neither.
    const NONE: Self = Self {
        policy: ResourcePolicy::None,
        grants: None,
    };
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
    decisions: Vec<Elements<'static>>,
}

/// What a gate knows once a target was asked about.
pub(super) struct Findings {
    /// The keys and aliases that were found.
    pub(super) resources: Vec<AuditResource>,
    /// The grant that gave the permission; `None` if policies did.
    pub(super) granted_by: Option<Arc<GrantRecord>>,
    /// How each question was decided.
    pub(super) decisions: Vec<Elements<'static>>,
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
            decisions: Vec::new(),
        }
    }

    pub(super) fn into_findings(self) -> Findings {
        Findings {
            resources: self.resources,
            granted_by: self.granted_by,
            decisions: self.decisions,
        }
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
        let subject = Subject::new(arn, self.caller().member().identity().account_id());
        self.ask(action, subject, Rules::NONE)
    }

    /// Like [`Self::ask_own`], of something that has tags.
    ///
    /// # Errors
    /// [`Fault::AccessDenied`].
    pub fn ask_tagged(
        &mut self,
        action: &'static str,
        arn: &str,
        tags: &Tags,
    ) -> Result<(), Fault> {
        self.ask_bounded(action, arn, tags, None)
    }

    /// Like [`Self::ask_tagged`], of a user or role that may have a permissions boundary.
    ///
    /// # Errors
    /// [`Fault::AccessDenied`].
    pub fn ask_bounded(
        &mut self,
        action: &'static str,
        arn: &str,
        tags: &Tags,
        boundary: Option<&str>,
    ) -> Result<(), Fault> {
        let subject = Subject {
            tags: Some(tags),
            boundary,
            ..Subject::new(arn, self.caller().member().identity().account_id())
        };
        self.ask(action, subject, Rules::NONE)
    }

    /// May the caller do this to a key? Its key policy decides first, then the grants on it.
    ///
    /// # Errors
    /// [`Fault::AccessDenied`].
    pub fn ask_key(
        &mut self,
        action: &'static str,
        entry: &KeyEntry,
        naming: Naming<'_>,
    ) -> Result<(), Fault> {
        let subject = of_key(entry, naming);
        let grants = self.scope.directory.grants(entry.record.id);
        let book = grants.as_ref().map(|grants| grants.read());
        let rules = Rules {
            policy: ResourcePolicy::Key(entry.policy()),
            grants: book.as_deref(),
        };
        self.ask(action, subject, rules)
    }

    /// May the caller do this to a role, such as become it? The role's trust policy decides first.
    ///
    /// # Errors
    /// [`Fault::AccessDenied`]; of another account's role, in the words that it has of one that is
    /// not there.
    pub fn ask_role(&mut self, action: &'static str, role: &RoleEntry) -> Result<(), Fault> {
        let subject = Subject {
            tags: Some(&role.record.tags),
            ..Subject::new(role.arn(), role.record.account.as_str())
        };
        let rules = Rules {
            policy: ResourcePolicy::Trust(role.trust()),
            grants: None,
        };
        self.ask(action, subject, rules)
    }

    /// May the caller retire a grant on a key? The grant decides, not the key policy.
    ///
    /// # Errors
    /// [`Fault::AccessDenied`].
    pub fn ask_retirement(
        &mut self,
        action: &'static str,
        entry: &KeyEntry,
        grant: &GrantRecord,
    ) -> Result<(), Fault> {
        let subject = of_key(entry, Naming::default());
        let rules = Rules {
            policy: ResourcePolicy::Retirement(grant),
            grants: None,
        };
        let requested = OfGrant {
            grant,
            requested: self.requested,
        };
        self.ask_with(&requested, action, subject, rules)
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

    /// The refusal of a role that is not there, in the words that it has of one whose trust policy
    /// does not allow it.
    #[must_use]
    pub fn deny_role(&self, action: &'static str, arn: &str) -> Fault {
        Denial::Role {
            action,
            arn,
            clause: None,
        }
        .to_fault(self.caller())
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

    /// Whether the caller may do this to something of its account that has no policy of its own,
    /// without a word of it to anybody.
    #[must_use]
    pub fn may(&self, action: &'static str, arn: &str) -> bool {
        let subject = Subject::new(arn, self.caller().member().identity().account_id());
        self.is_allowed(action, subject, Rules::NONE)
    }

    /// Whether the caller may do this, without a word of it to anybody.
    pub(super) fn is_allowed(
        &self,
        action: &'static str,
        subject: Subject<'_>,
        rules: Rules<'_>,
    ) -> bool {
        self.put(self.requested, action, subject, rules, |question, facts| {
            decide(question, facts).is_allowed()
        })
    }

    fn ask(
        &mut self,
        action: &'static str,
        subject: Subject<'_>,
        rules: Rules<'_>,
    ) -> Result<(), Fault> {
        self.ask_with(self.requested, action, subject, rules)
    }

    fn ask_with(
        &mut self,
        requested: &dyn Requested,
        action: &'static str,
        subject: Subject<'_>,
        rules: Rules<'_>,
    ) -> Result<(), Fault> {
        let identity = self.caller().member().identity();
        let is_foreign = subject.account != identity.account_id();
        // The account that has the record reads of its own policies.
        let is_others = is_foreign && subject.account != identity.logging_account().as_str();
        let may_be_foreign = self.cross_account || !is_foreign;
        let mut trace = None;
        let answer = self.put(requested, action, subject, rules, |question, facts| {
            let decision = decide(question, facts);
            trace = Some(trace::of(
                action,
                question,
                facts,
                &decision,
                is_others,
                may_be_foreign,
            ));
            if decision.is_allowed() && may_be_foreign {
                let grant = decision.granted_by().zip(rules.grants);
                return Ok(grant.and_then(|(grant, book)| book.get(&grant.id).cloned()));
            }
            tracing::debug!(
                action,
                resource = subject.arn,
                caller = self.caller().member().identity().arn(),
                reasons = ?decision.reasons(),
                "denied"
            );
            let clause = decision.denial_clause(action).unwrap_or_default();
            Err((clause, is_denied_by_role(&decision)))
        });
        self.decisions.extend(trace);
        match answer {
            Ok(granted_by) => {
                self.granted_by = granted_by;
                Ok(())
            }
            Err((clause, is_of_role)) => {
                let (resource, clause) = (subject.arn, Some(clause).filter(|_| !is_foreign));
                let denial = match (rules.policy, clause) {
                    // Any other clause would show that the role is there.
                    (ResourcePolicy::Trust(_), clause) => Denial::Role {
                        action,
                        arn: resource,
                        clause: clause.filter(|_| is_of_role),
                    },
                    (_, Some(clause)) => Denial::Plain {
                        action,
                        resource,
                        clause,
                    },
                    (_, None) => Denial::Foreign { action },
                };
                Err(denial.to_fault(self.caller()))
            }
        }
    }

    /// Puts a question together with all its facts, and has it answered while they are at hand.
    fn put<T>(
        &self,
        requested: &dyn Requested,
        action: &'static str,
        subject: Subject<'_>,
        rules: Rules<'_>,
        answer: impl FnOnce(&Question<'_>, &Facts<'_>) -> T,
    ) -> T {
        let member = self.caller().member();
        let context = RequestContext {
            call: self.call,
            scope: &self.scope,
            requested,
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
        let grants = rules.grants.map(|book| Grants {
            book,
            encryption_context: requested.encryption_context(action),
            source_arn: self.caller().source().arn.as_deref(),
        });
        let controls = match rules.policy {
            // Resource control policies are about resources that have policies.
            ResourcePolicy::None => None,
            _ => subject.account.parse().ok(),
        };
        let controls = controls.map(|owner| self.scope.identities.controls(owner));
        let facts = Facts {
            grants,
            resource_controls: controls.as_deref().map_or(&[], AccountControls::resource),
            endpoint_policy: endpoint.and_then(|endpoint| endpoint.policy.as_ref()),
            ..Facts::new(rules.policy, member.policies())
        };
        answer(&question, &facts)
    }
}

fn of_key<'a>(entry: &'a KeyEntry, naming: Naming<'a>) -> Subject<'a> {
    Subject {
        key: Some(&entry.record),
        alias: naming.alias,
        tags: Some(&entry.record.tags),
        same_key: naming.same_key,
        ..Subject::new(&entry.arn, entry.record.account.as_str())
    }
}

/// Whether the role's own policy is what denies, and says so before any other.
fn is_denied_by_role(decision: &Decision<'_>) -> bool {
    let denier = decision.reasons().iter().find_map(|reason| match reason {
        Reason::Denied(statement) => Some(statement.policy),
        _ => None,
    });
    matches!(denier, Some(PolicyRef::Trust))
}
