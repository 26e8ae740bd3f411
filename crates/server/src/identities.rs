//! The directory of identities: who may call, in memory.
//!
//! Like a Region's directory it follows its store ([`memory`]), so that a key that is deactivated
//! or a policy that is detached on any node counts at once on all. What a decision needs of a
//! caller is gathered in a [`Member`], which is kept with the access key until any identity changes.
//!
//! Looking up an access key and its member takes no lock that others wait for. All else is behind
//! one lock for each kind of record, and serves operations on identities and lists.

mod access_key;
mod cached;
mod entry;
mod error;
mod managed;
mod member;
pub mod memory;
mod organization;
mod own_account;
mod principals;
mod resolve;
pub mod secrets;
mod table;
#[cfg(test)]
mod tests;
mod unique_ids;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use dashmap::DashMap;
use keystead_core::arn::{AccountId, IamArn};
use keystead_core::identity::{
    AccountRecord, ControlPolicyRecord, EntityKind, GroupRecord, IdentityPlace,
    ManagedPolicyRecord, OidcProviderRecord, OrganizationRecord, RoleRecord, ServiceRecord,
    UnitRecord, UserRecord, lower,
};

pub use self::access_key::{AccessKey, LastUse, SigningSecret};
pub(crate) use self::cached::Cached;
pub use self::entry::{Entry, GroupEntry, Kept, PolicyEntry, RoleEntry, UserEntry};
pub use self::error::IdentityError;
pub use self::member::Member;
pub use self::organization::{AccountControls, OrganizationPlace};
pub use self::principals::UnknownPrincipal;
pub(crate) use self::resolve::missing;
pub use self::resolve::{KnownCredentials, Session};
pub use self::secrets::Secrets;
pub use self::table::Link;
use self::table::{Links, Table};
use crate::ledger::Shown;

/// Users, groups, roles and policies are found by account and by name in lower case.
type Named<R> = Table<(AccountId, String), R>;

/// Everybody who may call, and everybody whom a policy may name.
#[derive(Debug)]
pub struct Identities {
    anyone: bool,
    secrets: Secrets,
    shown: Arc<Shown>,
    /// Counts the changes of any identity.
    generation: AtomicU64,
    access_keys: DashMap<String, Arc<AccessKey>>,
    controls: DashMap<AccountId, Arc<Cached<AccountControls>>>,
    accounts: Table<AccountId, AccountRecord>,
    users: Named<UserRecord>,
    groups: Named<GroupRecord>,
    roles: Named<RoleRecord>,
    policies: Named<ManagedPolicyRecord>,
    aws_policies: BTreeMap<String, Arc<PolicyEntry>>,
    oidc_providers: Named<OidcProviderRecord>,
    services: Table<String, ServiceRecord>,
    organization: Table<(), OrganizationRecord>,
    units: Table<String, UnitRecord>,
    control_policies: Table<String, ControlPolicyRecord>,
    links: Links,
}

/// Which part of a list is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// The name after which it begins, in any case.
    pub after: Option<&'a str>,
    /// What the paths of those that are wanted begin with (`PathPrefix`).
    pub path_prefix: &'a str,
    /// How many are wanted at most.
    pub limit: usize,
}

impl Identities {
    /// Nobody yet. Secrets are sealed under this root key.
    #[must_use]
    pub fn new(secrets: Secrets) -> Self {
        Self {
            anyone: false,
            secrets,
            shown: Arc::default(),
            generation: AtomicU64::new(0),
            access_keys: DashMap::new(),
            controls: DashMap::new(),
            accounts: Table::default(),
            users: Table::default(),
            groups: Table::default(),
            roles: Table::default(),
            policies: Table::default(),
            aws_policies: managed::aws_managed(),
            oidc_providers: Table::default(),
            services: Table::default(),
            organization: Table::default(),
            units: Table::default(),
            control_policies: Table::default(),
            links: Links::default(),
        }
    }

    /// For development mode: every account and every principal is taken to exist.
    #[must_use]
    pub fn of_anyone(secrets: Secrets) -> Self {
        Self {
            anyone: true,
            ..Self::new(secrets)
        }
    }

    /// Whether every principal is taken to exist.
    #[must_use]
    pub const fn takes_anyone(&self) -> bool {
        self.anyone
    }

    /// What seals the secrets of access keys.
    #[must_use]
    pub const fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// How far the directory has followed its store.
    #[must_use]
    pub const fn shown(&self) -> &Arc<Shown> {
        &self.shown
    }

    /// How many changes of identities there were so far. What was worked out in an earlier
    /// generation may not hold any more.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// The access key of an id.
    #[must_use]
    pub fn access_key(&self, id: &str) -> Option<Arc<AccessKey>> {
        self.access_keys.get(id).map(|key| Arc::clone(&key))
    }

    /// The access keys of a user or a service, in the order of their ids.
    #[must_use]
    pub fn access_keys_of(&self, owner: &IdentityPlace) -> Vec<Arc<AccessKey>> {
        self.linked(&Link::KeysOf(owner.clone()), None, usize::MAX)
            .iter()
            .filter_map(|place| match place {
                IdentityPlace::AccessKey { id } => self.access_key(id),
                _ => None,
            })
            .collect()
    }

    /// An account.
    #[must_use]
    pub fn account(&self, account: AccountId) -> Option<Arc<Entry<AccountRecord>>> {
        self.accounts.get(&account)
    }

    /// Up to `limit` accounts after one of them, in the order of their numbers.
    #[must_use]
    pub fn accounts_after(
        &self,
        after: Option<AccountId>,
        limit: usize,
    ) -> Vec<Arc<Entry<AccountRecord>>> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        self.accounts.page(from, |_| true, |_| true, limit)
    }

    /// A user, by its name in any case.
    #[must_use]
    pub fn user(&self, account: AccountId, name: &str) -> Option<Arc<UserEntry>> {
        self.users.get(&(account, lower(name)))
    }

    /// A group, by its name in any case.
    #[must_use]
    pub fn group(&self, account: AccountId, name: &str) -> Option<Arc<GroupEntry>> {
        self.groups.get(&(account, lower(name)))
    }

    /// A role, by its name in any case.
    #[must_use]
    pub fn role(&self, account: AccountId, name: &str) -> Option<Arc<RoleEntry>> {
        self.roles.get(&(account, lower(name)))
    }

    /// A managed policy of an account's own, by its name in any case.
    #[must_use]
    pub fn own_policy(&self, account: AccountId, name: &str) -> Option<Arc<PolicyEntry>> {
        self.policies.get(&(account, lower(name)))
    }

    /// A managed policy by its ARN, of an account's own or AWS's.
    #[must_use]
    pub fn policy(&self, arn: &str) -> Option<Arc<PolicyEntry>> {
        if let Some(entry) = self.aws_policies.get(arn) {
            return Some(Arc::clone(entry));
        }
        let (account, name) = IamArn::parse_own(arn)?.entity(EntityKind::Policy)?;
        self.own_policy(account, name)
            .filter(|entry| entry.arn() == arn)
    }

    /// An identity provider, by its issuer without `https://`.
    #[must_use]
    pub fn oidc_provider(
        &self,
        account: AccountId,
        url: &str,
    ) -> Option<Arc<Entry<OidcProviderRecord>>> {
        self.oidc_providers.get(&(account, url.to_owned()))
    }

    /// The identity providers of an account, in the order of their issuers.
    #[must_use]
    pub fn oidc_providers(&self, account: AccountId) -> Vec<Arc<Entry<OidcProviderRecord>>> {
        let from = Bound::Included((account, String::new()));
        let within = |key: &(AccountId, String)| key.0 == account;
        self.oidc_providers.page(from, within, |_| true, usize::MAX)
    }

    /// The issuers of all identity providers, whichever accounts registered them.
    #[must_use]
    pub fn oidc_issuers(&self) -> BTreeSet<String> {
        let all = self.oidc_providers.all();
        all.iter().map(|entry| entry.record.url.clone()).collect()
    }

    /// A service, by its name.
    #[must_use]
    pub fn service(&self, name: &str) -> Option<Arc<Entry<ServiceRecord>>> {
        self.services.get(name)
    }

    /// All services, in the order of their names.
    #[must_use]
    pub fn services(&self) -> Vec<Arc<Entry<ServiceRecord>>> {
        self.services.all()
    }

    /// The organization, if there is one.
    #[must_use]
    pub fn organization(&self) -> Option<Arc<Entry<OrganizationRecord>>> {
        self.organization.get(&())
    }

    /// A unit of the organization.
    #[must_use]
    pub fn unit(&self, id: &str) -> Option<Arc<Entry<UnitRecord>>> {
        self.units.get(id)
    }

    /// A policy of the organization. AWS's own are there once they are attached to something.
    #[must_use]
    pub fn control_policy(&self, id: &str) -> Option<Arc<Entry<ControlPolicyRecord>>> {
        self.control_policies.get(id)
    }

    /// All policies of the organization, in the order of their ids.
    #[must_use]
    pub fn control_policies(&self) -> Vec<Arc<Entry<ControlPolicyRecord>>> {
        self.control_policies.all()
    }

    /// A part of an account's users.
    #[must_use]
    pub fn users(&self, account: AccountId, part: Part<'_>) -> Vec<Arc<UserEntry>> {
        page(&self.users, account, part, |user| &user.path)
    }

    /// A part of an account's groups.
    #[must_use]
    pub fn groups(&self, account: AccountId, part: Part<'_>) -> Vec<Arc<GroupEntry>> {
        page(&self.groups, account, part, |group| &group.path)
    }

    /// A part of an account's roles.
    #[must_use]
    pub fn roles(&self, account: AccountId, part: Part<'_>) -> Vec<Arc<RoleEntry>> {
        page(&self.roles, account, part, |role| &role.path)
    }

    /// A part of an account's own managed policies.
    #[must_use]
    pub fn own_policies(&self, account: AccountId, part: Part<'_>) -> Vec<Arc<PolicyEntry>> {
        page(&self.policies, account, part, |policy| &policy.path)
    }

    /// AWS's managed policies, in the order of their ARNs.
    pub fn aws_policies(&self) -> impl Iterator<Item = &Arc<PolicyEntry>> {
        self.aws_policies.values()
    }

    /// Up to `limit` of the places that a link leads to, after one of them, in their order.
    #[must_use]
    pub fn linked(
        &self,
        link: &Link,
        after: Option<&IdentityPlace>,
        limit: usize,
    ) -> Vec<IdentityPlace> {
        self.links.after(link, after, limit)
    }

    /// How many places a link leads to.
    #[must_use]
    pub fn link_count(&self, link: &Link) -> usize {
        self.links.count(link)
    }
}

fn page<R: Kept>(
    table: &Named<R>,
    account: AccountId,
    part: Part<'_>,
    path: impl Fn(&R) -> &String,
) -> Vec<Arc<Entry<R>>> {
    let from = match part.after {
        Some(name) => Bound::Excluded((account, lower(name))),
        None => Bound::Included((account, String::new())),
    };
    let within = |key: &(AccountId, String)| key.0 == account;
    let keep = |record: &R| path(record).starts_with(part.path_prefix);
    table.page(from, within, keep, part.limit)
}
