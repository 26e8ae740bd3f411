//! Whether a candidate may, and why.

use std::sync::Arc;

use keystead_core::arn::{AccountId, IamArn};
use keystead_core::grant::{ContextConstraint, GrantBook, GrantConstraints, GrantRecord};
use keystead_core::identity::EntityKind;
use keystead_core::policy::{
    self, Asked, Assumed, Assumption, AttachedPolicy, CallerPolicies, ConditionKey, Facts, Grants,
    NamedPrincipal, PolicySource, Principal, Question, Resource, ResourcePolicy, explain,
};
use keystead_wire::keystead::output::{Access, OpenCondition};
use keystead_wire::keystead::{Certainty, PrincipalKind};

use super::candidates::Candidate;
use super::foreseen::Foreseen;
use super::stranger::Stranger;
use super::visible::Visible;
use crate::directory::key_entry::KeyEntry;
use crate::identities::{Member, Session};
use crate::operation::Tools;
use crate::router;

/// Stands for the name of a session that nobody has opened.
pub(super) const ANY_SESSION: &str = "*";

/// The most conditions that are told of one who may. The condition keys are told in full.
const MAX_CONDITIONS: usize = 8;

/// Puts the question about an action on a key.
pub(super) struct Judge<'a> {
    pub(super) action: &'static str,
    pub(super) entry: &'a KeyEntry,
    pub(super) tools: &'a Tools<'a>,
    /// The accounts of whose principals more is told than what the key says of them.
    pub(super) visible: Visible<'a>,
}

/// Who is asked about.
struct Subject<'a> {
    kind: PrincipalKind,
    /// What it is called in the answer.
    name: String,
    principal: Principal<'a>,
    member: Option<&'a Member>,
    grant: Option<&'a Arc<GrantRecord>>,
}

/// What is assumed of somebody's requests.
#[derive(Clone, Copy)]
struct Case {
    assumption: Assumption,
    /// Whether the account of a stranger allows it too.
    with_account: bool,
}

const BEST: Case = Case {
    assumption: Assumption::Best,
    with_account: true,
};
const WORST: Case = Case {
    assumption: Assumption::Worst,
    with_account: false,
};

/// What came of one case.
struct Outcome {
    allowed: bool,
    because: Vec<String>,
    asked: Asked,
}

impl Judge<'_> {
    /// What there is to say of a candidate who may; nothing of one who may not.
    pub(super) fn access(&self, candidate: &Candidate) -> Option<Access> {
        match candidate {
            Candidate::Root(account) => {
                let member = self.tools.identities.root_member(*account)?;
                self.of_member(PrincipalKind::RootUser, &member, None)
            }
            Candidate::User(user) => {
                let member = self.tools.identities.user_member(user)?;
                self.of_member(PrincipalKind::User, &member, None)
            }
            Candidate::Role(role) => {
                let session = Session::new(self.no_session());
                let identities = self.tools.identities;
                let member = identities.role_session(role, ANY_SESSION, &session)?;
                self.of_member(PrincipalKind::Role, &member, None)
            }
            Candidate::Named(named) => self.of_named(named, None),
            Candidate::Everyone => self.of_stranger(&Stranger::anybody(), None),
            Candidate::Grantee(grant) => {
                let named = grant.grantee.named()?;
                self.of_named(&named, Some(grant))
            }
        }
    }

    fn of_named(&self, named: &NamedPrincipal, grant: Option<&Arc<GrantRecord>>) -> Option<Access> {
        let is_told = |(kind, member): &(PrincipalKind, Member)| {
            // A service is of no account.
            *kind == PrincipalKind::Service || self.visible.has(member.identity().account())
        };
        match self.member(named).filter(is_told) {
            Some((kind, member)) => self.of_member(kind, &member, grant),
            None => self.of_stranger(&Stranger::named(named)?, grant),
        }
    }

    /// The principal of this deployment that is named, if it is one.
    fn member(&self, named: &NamedPrincipal) -> Option<(PrincipalKind, Member)> {
        let identities = self.tools.identities;
        let session = Session::new(self.no_session());
        match named {
            NamedPrincipal::Account { account, .. } => {
                let account = account.parse::<AccountId>().ok()?;
                identities.account(account)?;
                let root = identities.root_member(account)?;
                Some((PrincipalKind::RootUser, root))
            }
            NamedPrincipal::User { arn, id } => {
                let (account, name) = IamArn::parse(arn)?.entity(EntityKind::User)?;
                let user = identities.user(account, name)?;
                let is_it =
                    user.arn() == arn && id.as_ref().is_none_or(|id| *id == user.record.user_id);
                let member = is_it.then(|| identities.user_member(&user)).flatten()?;
                Some((PrincipalKind::User, member))
            }
            NamedPrincipal::Role { arn, id } => {
                let (account, name) = IamArn::parse(arn)?.entity(EntityKind::Role)?;
                let role = identities.role(account, name)?;
                let is_it =
                    role.arn() == arn && id.as_ref().is_none_or(|id| *id == role.record.role_id);
                let member = is_it.then(|| identities.role_session(&role, ANY_SESSION, &session));
                Some((PrincipalKind::Role, member.flatten()?))
            }
            NamedPrincipal::RoleSession { arn } => {
                let member = identities.represented(arn, &session)?;
                Some((PrincipalKind::RoleSession, member))
            }
            NamedPrincipal::Service { name } => {
                let member = identities.service_member(name)?;
                Some((PrincipalKind::Service, member))
            }
            _ => None,
        }
    }

    fn of_member(
        &self,
        kind: PrincipalKind,
        member: &Member,
        grant: Option<&Arc<GrantRecord>>,
    ) -> Option<Access> {
        let name = match kind {
            PrincipalKind::Role => member.identity().principal_arn(),
            _ => member.identity().arn(),
        };
        let asked = Subject {
            kind,
            name: name.to_owned(),
            principal: member.principal(),
            member: Some(member),
            grant,
        };
        let best = self.outcome(&asked, BEST);
        let worst = self.outcome(&asked, WORST);
        self.tell(&asked, best, worst, None)
    }

    fn of_stranger(&self, who: &Stranger, grant: Option<&Arc<GrantRecord>>) -> Option<Access> {
        let asked = Subject {
            kind: who.kind,
            name: who.name.clone(),
            principal: who.principal(),
            member: None,
            grant,
        };
        let best = self.outcome(&asked, BEST);
        let worst = self.outcome(&asked, WORST);
        let without_account = Case {
            with_account: false,
            ..BEST
        };
        let alone = self.outcome(&asked, without_account).allowed;
        let needs = who.needs(alone).map(str::to_owned);
        self.tell(&asked, best, worst, needs)
    }

    fn tell(
        &self,
        asked: &Subject<'_>,
        best: Outcome,
        worst: Outcome,
        needs: Option<String>,
    ) -> Option<Access> {
        let is_foreign = asked.principal.account();
        let is_foreign = is_foreign.is_some_and(|own| own != self.entry.record.account.as_str());
        if !best.allowed || is_foreign && !router::works_across_accounts(self.action) {
            return None;
        }
        let (certainty, because, open) = if worst.allowed {
            // What its own account says is for nobody here to know, and it may deny.
            let certainty = match needs {
                None => Certainty::Certain,
                Some(_) => Certainty::Conditional,
            };
            (certainty, worst.because, Asked::default())
        } else {
            let mut open = best.asked;
            open.merge(worst.asked);
            (Certainty::Conditional, best.because, open)
        };
        let constraints = asked.grant.filter(|_| !worst.allowed);
        let constraints = constraints.and_then(|grant| constraints_text(&grant.constraints));
        let needs: Vec<String> = needs.into_iter().chain(constraints).collect();
        Some(Access {
            principal: asked.name.clone(),
            kind: asked.kind,
            local: asked.member.is_some(),
            certainty,
            condition_keys: open.keys.into_iter().collect(),
            conditions: shown(open.conditions, self.visible.tells_values()),
            also_needs: (!needs.is_empty()).then(|| needs.join("; ")),
            grant_id: asked.grant.map(|grant| grant.id.clone()),
            because,
        })
    }

    /// Decides in one case. Somebody who is asked about for the sake of a grant may only if that
    /// grant permits it: what policies give is told elsewhere.
    fn outcome(&self, asked: &Subject<'_>, case: Case) -> Outcome {
        let foreseen = Foreseen {
            action: self.action,
            entry: self.entry,
            tools: self.tools,
            principal: asked.principal,
            member: asked.member,
        };
        let knows = |key: &ConditionKey| foreseen.knows(key);
        let context = Assumed::new(&foreseen, &knows, case.assumption);
        let question = Question {
            principal: asked.principal,
            action: self.action,
            resource: Resource {
                arn: &self.entry.arn,
                account: self.entry.record.account.as_str(),
            },
            context: &context,
        };
        let theirs = account_allows(asked.principal.account());
        let caller = match asked.member {
            Some(member) => member.policies(),
            None => CallerPolicies {
                identity: if case.with_account { &theirs } else { &[] },
                ..CallerPolicies::default()
            },
        };
        let book = asked.grant.map(|grant| book_of(grant, case.assumption));
        let account = self.entry.record.account;
        let controls = self.tools.identities.controls(account);
        let facts = Facts {
            grants: book.as_ref().map(|book| Grants {
                book,
                encryption_context: None,
                source_arn: None,
            }),
            resource_controls: controls.resource(),
            ..Facts::new(ResourcePolicy::Key(self.entry.policy()), caller)
        };
        let explanation = explain(&question, &facts);
        let granted = explanation.sides.grant.map(|grant| &*grant.id);
        let decision = explanation.decision;
        let is_by_policy = decision.granted_by().is_none();
        let besides = granted
            .filter(|_| is_by_policy)
            .map(|id| format!("allowed by grant {id}"));
        let reasons = decision.reasons().iter().map(ToString::to_string);
        Outcome {
            allowed: decision.is_allowed() && (asked.grant.is_none() || granted.is_some()),
            because: besides.into_iter().chain(reasons).collect(),
            asked: context.into_asked(),
        }
    }

    /// A session of which nothing is known.
    const fn no_session(&self) -> keystead_core::identity::SessionFacts {
        keystead_core::identity::SessionFacts::between(self.tools.now, self.tools.now)
    }
}

/// The conditions as they are told: those that deny first, at most [`MAX_CONDITIONS`], and without
/// values to whoever may not read the organization's policies, of which some may be.
fn shown(
    conditions: impl IntoIterator<Item = policy::OpenCondition>,
    tells_values: bool,
) -> Vec<OpenCondition> {
    let mut conditions: Vec<_> = conditions.into_iter().collect();
    conditions.sort_by_key(|open| !open.denies);
    let condition = |open: policy::OpenCondition| OpenCondition {
        effect: if open.denies { "Deny" } else { "Allow" }.to_owned(),
        operator: open.operator,
        key: open.key,
        values: if tells_values {
            open.wanted
        } else {
            Vec::new()
        },
    };
    let conditions = conditions.into_iter().take(MAX_CONDITIONS);
    conditions.map(condition).collect()
}

/// The policies of somebody who is not here, if they allow everything.
fn account_allows(account: Option<&str>) -> [AttachedPolicy; 1] {
    let source = PolicySource::Inline {
        name: format!("of account {}", account.unwrap_or_default()),
    };
    let text =
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
    [AttachedPolicy::compile(source, text)]
}

/// A book with this grant alone; at best its constraints hold.
fn book_of(grant: &Arc<GrantRecord>, assumption: Assumption) -> GrantBook {
    let mut book = GrantBook::default();
    book.insert(match assumption {
        Assumption::Best => Arc::new(GrantRecord {
            constraints: GrantConstraints::default(),
            ..GrantRecord::clone(grant)
        }),
        Assumption::Worst => Arc::clone(grant),
    });
    book
}

fn constraints_text(constraints: &GrantConstraints) -> Option<String> {
    let pairs = |pairs: &std::collections::BTreeMap<String, String>| {
        let pairs: Vec<_> = pairs
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join(", ")
    };
    let context = constraints.context.as_ref().map(|context| match context {
        ContextConstraint::Equals(whole) => format!("the encryption context {}", pairs(whole)),
        ContextConstraint::Subset(part) => format!("an encryption context with {}", pairs(part)),
    });
    let source = constraints.source_arn.as_ref();
    let source = source.map(|arn| format!("a call on behalf of {arn}"));
    let all: Vec<String> = context.into_iter().chain(source).collect();
    (!all.is_empty()).then(|| all.join(" and "))
}
