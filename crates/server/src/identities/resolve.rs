//! From credentials to a [`Member`]: all that a decision needs of a caller, gathered.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use keystead_core::arn::{AccountId, IamArn, IamResource};
use keystead_core::identity::{
    Identity, IdentityKind, KeyOwner, OidcProviderRecord, SessionFacts, lower,
};
use keystead_core::policy::{AttachedPolicy, PolicySource};
use keystead_core::tag::Tags;

use super::member::Parts;
use super::organization::AccountControls;
use super::own_account;
use super::{AccessKey, EntityKind, Identities, Member, RoleEntry, SigningSecret, UserEntry};

/// Credentials that are known here: what verifies their signatures, and whose they are.
#[derive(Debug, Clone)]
pub struct KnownCredentials {
    /// What verifies signatures.
    pub signing: Arc<SigningSecret>,
    /// Who calls with them.
    pub member: Arc<Member>,
    /// The access key; `None` of temporary ones.
    pub access_key: Option<Arc<AccessKey>>,
}

/// A session, to be made a [`Member`] of.
#[derive(Debug, Clone)]
pub struct Session {
    /// What is known of it.
    pub facts: Arc<SessionFacts>,
    /// The policies that it was made with; `None` if it was made without any.
    pub policies: Option<Arc<[AttachedPolicy]>>,
}

impl Session {
    /// A session without policies of its own.
    #[must_use]
    pub fn new(facts: SessionFacts) -> Self {
        Self {
            facts: Arc::new(facts),
            policies: None,
        }
    }
}

impl Identities {
    /// The long-term credentials of an access key id. Those of a key that is inactive, or whose
    /// owner is gone or of a closed account, are none.
    #[must_use]
    pub fn long_term_credentials(&self, access_key_id: &str) -> Option<KnownCredentials> {
        let key = self
            .access_key(access_key_id)
            .filter(|key| key.is_active())?;
        let generation = self.generation();
        let member = key.member.get(generation, || self.owner_of(&key))?;
        Some(KnownCredentials {
            signing: Arc::clone(key.signing()),
            member,
            access_key: Some(key),
        })
    }

    fn owner_of(&self, key: &AccessKey) -> Option<Arc<Member>> {
        let account = key.record.account;
        let member = match &key.record.owner {
            KeyOwner::User(name) => self.user_member(&*self.user(account, name)?),
            KeyOwner::Service(name) => self.service_member(name),
        };
        member.map(Arc::new)
    }

    /// The root user of an account.
    #[must_use]
    pub fn root_member(&self, account: AccountId) -> Option<Member> {
        self.member(Identity::root(account), Parts::default())
    }

    /// A session of an account's root user (`GetSessionToken`).
    #[must_use]
    pub fn root_session(&self, account: AccountId, session: &Session) -> Option<Member> {
        let identity = Identity::root(account).with_session(Arc::clone(&session.facts));
        self.member(identity, Parts::default())
    }

    /// A user; `None` if its account is closed.
    #[must_use]
    pub fn user_member(&self, user: &UserEntry) -> Option<Member> {
        self.member(Identity::user(&user.record), self.parts_of_user(user))
    }

    /// A session of a user's own (`GetSessionToken`).
    #[must_use]
    pub fn user_session(&self, user: &UserEntry, session: &Session) -> Option<Member> {
        let identity = Identity::user(&user.record).with_session(Arc::clone(&session.facts));
        self.member(identity, self.parts_of_user(user))
    }

    /// A session of a role (`AssumeRole` and its kin).
    #[must_use]
    pub fn role_session(
        &self,
        role: &RoleEntry,
        session_name: &str,
        session: &Session,
    ) -> Option<Member> {
        let record = &role.record;
        let identity = Identity::role_session(record, session_name, Arc::clone(&session.facts));
        let parts = Parts {
            policies: self.with_attached(role.inline(), &record.attached_policies),
            boundary: record.boundary.as_deref().map(|arn| self.attached(arn)),
            session_policies: session.policies.clone(),
            tags: lower_names(&record.tags),
            ..Parts::default()
        };
        self.member(identity, parts)
    }

    /// A session that a user got for somebody else (`GetFederationToken`). Without policies it has
    /// no permission but what other policies give to it by name.
    #[must_use]
    pub fn federated_user(
        &self,
        issuer: &UserEntry,
        name: &str,
        session: &Session,
    ) -> Option<Member> {
        let user = Identity::user(&issuer.record);
        let parts = self.parts_of_user(issuer);
        self.federated(&user, parts, name, session)
    }

    /// A session that an account's root user got for somebody else.
    #[must_use]
    pub fn federated_by_root(
        &self,
        account: AccountId,
        name: &str,
        session: &Session,
    ) -> Option<Member> {
        self.federated(&Identity::root(account), Parts::default(), name, session)
    }

    fn federated(
        &self,
        issuer: &Identity,
        parts: Parts,
        name: &str,
        session: &Session,
    ) -> Option<Member> {
        let identity = Identity::federated_user(issuer, name, Arc::clone(&session.facts));
        let none: Arc<[AttachedPolicy]> = Arc::default();
        let parts = Parts {
            session_policies: Some(session.policies.clone().unwrap_or(none)),
            ..parts
        };
        self.member(identity, parts)
    }

    /// Somebody whom an identity provider vouches for, in a token for this audience.
    #[must_use]
    pub fn web_identity(
        &self,
        provider: &OidcProviderRecord,
        audience: &str,
        subject: &str,
    ) -> Option<Member> {
        let identity = Identity::web_identity(provider, audience, subject);
        self.member(identity, Parts::default())
    }

    /// A service that calls for itself; `None` if it is not registered.
    #[must_use]
    pub fn service_member(&self, name: &str) -> Option<Member> {
        let service = self.service(name)?;
        let registered_by = service.record.account;
        let own = self.own_account(name);
        let account = own.unwrap_or(registered_by);
        let identity = Identity::service(account, registered_by, name);
        let parts = Parts {
            policies: own.map(|_| own_account::policy()).into_iter().collect(),
            ..Parts::default()
        };
        self.member(identity, parts)
    }

    /// The principal on whose behalf a service calls: a root user, a user, or a session of a role,
    /// by its ARN. What a session began with is not said: it passes for one that is as old as can
    /// be, so that a policy which revokes older sessions does not miss it.
    #[must_use]
    pub fn represented(&self, arn: &str, session: &Session) -> Option<Member> {
        let named = IamArn::parse_own(arn)?;
        let account = named.account_id()?;
        match named.resource {
            IamResource::Root => self.root_member(account),
            IamResource::Entity {
                kind: EntityKind::User,
                name,
                ..
            } => {
                let user = self.user(account, name).filter(|user| user.arn() == arn)?;
                self.user_member(&user)
            }
            IamResource::RoleSession {
                role,
                session: name,
            } => {
                let entry = self.role(account, role);
                let entry = entry.filter(|entry| entry.record.name == role)?;
                self.role_session(&entry, name, session)
            }
            _ => None,
        }
    }

    /// What the organization puts above an account, worked out once in a generation.
    #[must_use]
    pub fn controls(&self, account: AccountId) -> Arc<AccountControls> {
        let generation = self.generation();
        let cached = match self.controls.get(&account) {
            Some(cached) => Arc::clone(&cached),
            // Only of accounts that are there: strangers' numbers must not fill the memory.
            None if self.account(account).is_some() => {
                Arc::clone(&self.controls.entry(account).or_default())
            }
            None => return Arc::default(),
        };
        let controls = cached.get(generation, || {
            Some(Arc::new(self.work_out_controls(account)))
        });
        controls.unwrap_or_default()
    }

    fn member(&self, identity: Identity, parts: Parts) -> Option<Member> {
        let account = identity.account();
        if !self.is_open(identity.logging_account()) {
            return None;
        }
        // Neither belongs to its account, as far as policies are concerned.
        let is_of_account = !matches!(
            identity.kind(),
            IdentityKind::Service { .. } | IdentityKind::WebIdentity { .. }
        );
        let controls = if is_of_account {
            self.controls(account)
        } else {
            Arc::default()
        };
        Some(Member::new(identity, Parts { controls, ..parts }))
    }

    fn parts_of_user(&self, user: &UserEntry) -> Parts {
        let record = &user.record;
        let mut policies = self.with_attached(user.inline(), &record.attached_policies);
        for name in &record.groups {
            match self.group(record.account, name) {
                Some(group) => policies
                    .extend(self.with_attached(group.inline(), &group.record.attached_policies)),
                None => policies.push(missing(name)),
            }
        }
        Parts {
            policies,
            boundary: record.boundary.as_deref().map(|arn| self.attached(arn)),
            tags: lower_names(&record.tags),
            ..Parts::default()
        }
    }

    fn with_attached(
        &self,
        inline: &[AttachedPolicy],
        attached: &BTreeSet<String>,
    ) -> Vec<AttachedPolicy> {
        let attached = attached.iter().map(|arn| self.attached(arn));
        inline.iter().cloned().chain(attached).collect()
    }

    fn attached(&self, arn: &str) -> AttachedPolicy {
        self.policy(arn)
            .map_or_else(|| missing(arn), |policy| policy.attached().clone())
    }
}

/// What stands for a policy or a group that is not there. It might deny something, so that whoever
/// has it is denied everything.
/// What stands for a policy that is attached and not there: it denies everything.
pub(crate) fn missing(name: &str) -> AttachedPolicy {
    tracing::error!(%name, "a policy or a group is attached and not there: whoever has it is denied everything");
    let source = PolicySource::Managed {
        arn: name.to_owned(),
    };
    AttachedPolicy::compile(source, "")
}

/// Tags as conditions look them up: without regard to the case of their names.
fn lower_names(tags: &Tags) -> BTreeMap<String, String> {
    tags.after(None)
        .map(|(name, value)| (lower(name), value.to_owned()))
        .collect()
}
