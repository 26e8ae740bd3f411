//! Who may call: the users of the accounts, their access keys and policies, in memory.

pub mod stored;

use std::sync::Arc;

use arc_swap::ArcSwap;
use dashmap::DashMap;
use keystead_core::arn::AccountId;
use keystead_core::identity::{Identity, IdentityKind, UserRecord};
use keystead_core::policy::{
    AttachedPolicy, CallerPolicies, ConditionKey, KnownKey, PolicySource, Principal, Values,
};
use keystead_crypto::SecretBytes;
use keystead_wire::sigv4::SigningKey;

/// How many derived signing keys an access key keeps: one for each day, Region and service that
/// it was lately used for.
const SIGNING_KEYS: usize = 8;

/// A principal with the policies that are attached to it.
#[derive(Debug)]
pub struct Member {
    identity: Identity,
    policies: Vec<AttachedPolicy>,
}

impl Member {
    /// The root user of an account, whom no identity policy concerns.
    #[must_use]
    pub fn root(account: AccountId) -> Self {
        Self {
            identity: Identity::root(account),
            policies: Vec::new(),
        }
    }

    /// A user. A policy that does not parse denies everything and is reported.
    #[must_use]
    pub fn user(record: &UserRecord) -> Self {
        let policies = record.inline_policies.iter().map(|(name, text)| {
            let attached = AttachedPolicy::compile(PolicySource::Inline { name: name.clone() }, text);
            if let Err(error) = attached.policy.as_ref() {
                tracing::error!(user = %record.arn(), policy = %name, %error, "a stored policy does not parse: its user is denied everything");
            }
            attached
        });
        Self {
            identity: Identity::user(record),
            policies: policies.collect(),
        }
    }

    /// Who it is.
    #[must_use]
    pub const fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Its policies, and those that limit it.
    #[must_use]
    pub fn policies(&self) -> CallerPolicies<'_> {
        CallerPolicies {
            identity: &self.policies,
            ..CallerPolicies::default()
        }
    }

    /// The values of the condition keys that are about the principal.
    #[must_use]
    pub fn values(&self, key: &ConditionKey) -> Values<'_> {
        let ConditionKey::Known(key) = key else {
            return Values::Absent;
        };
        match (key, self.identity.kind()) {
            (KnownKey::PrincipalArn, _) => Values::one(self.identity.arn()),
            (KnownKey::PrincipalAccount, _) => Values::one(self.identity.account_id()),
            (KnownKey::PrincipalType, IdentityKind::Root) => Values::one("Account"),
            (KnownKey::PrincipalType, IdentityKind::User { .. }) => Values::one("User"),
            (KnownKey::PrincipalIsAwsService, _) => Values::truth(false),
            (KnownKey::UserId, _) => Values::one(self.identity.unique_id()),
            (KnownKey::UserName, IdentityKind::User { name, .. }) => Values::one(name.as_str()),
            _ => Values::Absent,
        }
    }

    /// The principal as policies see it.
    #[must_use]
    pub fn principal(&self) -> Principal<'_> {
        let (account, arn) = (self.identity.account_id(), self.identity.arn());
        match self.identity.kind() {
            IdentityKind::Root => Principal::Root { account, arn },
            IdentityKind::User { user_id, .. } => Principal::User {
                account,
                arn,
                user_id,
            },
        }
    }
}

/// An access key that can sign.
pub struct AccessKey {
    secret: SecretBytes,
    owner: Arc<Member>,
    derived: ArcSwap<Vec<Arc<Derived>>>,
}

struct Derived {
    date: String,
    region: String,
    service: &'static str,
    key: SigningKey,
}

impl AccessKey {
    /// An access key with its secret, opened.
    #[must_use]
    pub fn new(secret: SecretBytes, owner: Arc<Member>) -> Self {
        Self {
            secret,
            owner,
            derived: ArcSwap::default(),
        }
    }

    /// Whose it is.
    #[must_use]
    pub const fn owner(&self) -> &Arc<Member> {
        &self.owner
    }

    /// Runs `use_key` with the signing key of a scope. Deriving one takes four HMACs, so that the
    /// latest are kept; looking one up takes no lock.
    pub fn with_signing_key<T>(
        &self,
        date: &str,
        region: &str,
        service: &'static str,
        use_key: impl FnOnce(&SigningKey) -> T,
    ) -> T {
        let kept = self.derived.load();
        let is_it = |derived: &&Arc<Derived>| {
            derived.date == date && derived.region == region && derived.service == service
        };
        if let Some(derived) = kept.iter().find(is_it) {
            return use_key(&derived.key);
        }
        let derived = Arc::new(Derived {
            date: date.to_owned(),
            region: region.to_owned(),
            service,
            key: SigningKey::derive(self.secret.expose(), date, region, service),
        });
        let newest = std::iter::once(Arc::clone(&derived));
        let all: Vec<_> = newest
            .chain(kept.iter().cloned())
            .take(SIGNING_KEYS)
            .collect();
        self.derived.store(Arc::new(all));
        use_key(&derived.key)
    }
}

impl std::fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccessKey")
            .field("owner", &self.owner.identity.arn())
            .finish_non_exhaustive()
    }
}

/// Everybody who may call, and everybody whom a policy may name.
#[derive(Debug, Default)]
pub struct Identities {
    access_keys: DashMap<String, Arc<AccessKey>>,
    users: DashMap<String, String>,
    accounts: DashMap<AccountId, ()>,
    anyone: bool,
}

impl Identities {
    /// Nobody yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// For development mode: every account and every principal is taken to exist.
    #[must_use]
    pub fn of_anyone() -> Self {
        Self {
            anyone: true,
            ..Self::default()
        }
    }

    /// Adds an account.
    pub fn add_account(&self, account: AccountId) {
        self.accounts.insert(account, ());
    }

    /// Adds a user, so that policies can name it.
    pub fn add_user(&self, user: &UserRecord) {
        self.users.insert(user.arn(), user.user_id.clone());
    }

    /// Adds an access key, or replaces the one of that id.
    pub fn add_access_key(&self, id: String, key: AccessKey) {
        self.access_keys.insert(id, Arc::new(key));
    }

    /// The access key of an id.
    #[must_use]
    pub fn access_key(&self, id: &str) -> Option<Arc<AccessKey>> {
        self.access_keys.get(id).map(|key| Arc::clone(&key))
    }

    /// Whether there is such an account.
    #[must_use]
    pub fn has_account(&self, account: &str) -> bool {
        self.anyone
            || account
                .parse()
                .is_ok_and(|account: AccountId| self.accounts.contains_key(&account))
    }

    /// Whether there is a user of this ARN.
    #[must_use]
    pub fn has_user(&self, arn: &str) -> bool {
        self.anyone || self.users.contains_key(arn)
    }

    /// Whether there is a user of this unique id.
    #[must_use]
    pub fn has_user_id(&self, id: &str) -> bool {
        self.anyone || self.users.iter().any(|user| user.value() == id)
    }

    /// Whether every principal is taken to exist.
    #[must_use]
    pub const fn takes_anyone(&self) -> bool {
        self.anyone
    }
}
