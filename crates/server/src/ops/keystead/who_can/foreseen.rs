//! What is known of a request that nobody has made: the key, and who would make it.

use std::borrow::Cow;

use keystead_core::policy::{
    ConditionKey, Context, KeyFamily, KnownKey, Principal, Values, can_carry,
};

use super::stranger::EVERYBODY;
use crate::authz::context::{key_property, tag};
use crate::directory::key_entry::KeyEntry;
use crate::identities::Member;
use crate::operation::Tools;

/// A request to come.
pub(super) struct Foreseen<'a> {
    pub(super) action: &'static str,
    pub(super) entry: &'a KeyEntry,
    pub(super) tools: &'a Tools<'a>,
    pub(super) principal: Principal<'a>,
    /// The principal, unless it is a stranger.
    pub(super) member: Option<&'a Member>,
}

impl Foreseen<'_> {
    /// Whether the values of a key will be the same in every request of this principal for this
    /// key: also none, where no call of the action has one. A role's tags are not among them, since
    /// its sessions may have tags of their own, nor is anything that is only known of some sessions
    /// of a user.
    pub(super) fn knows(&self, key: &ConditionKey) -> bool {
        match key {
            _ if !can_carry(self.action, key) => true,
            ConditionKey::Known(known) if OF_THE_KEY.contains(known) => true,
            ConditionKey::Known(known) => match known {
                KnownKey::PrincipalIsAwsService => true,
                // Of everybody at once no account is known.
                KnownKey::CallerAccount | KnownKey::PrincipalAccount => {
                    let account = self.principal.account();
                    account.is_some_and(|account| account != EVERYBODY)
                }
                KnownKey::PrincipalServiceName | KnownKey::PrincipalServiceNamesList => {
                    matches!(self.principal, Principal::Service { .. })
                }
                KnownKey::PrincipalArn
                | KnownKey::PrincipalType
                | KnownKey::PrincipalOrgId
                | KnownKey::PrincipalOrgPaths
                | KnownKey::UserName => self.member.is_some(),
                KnownKey::UserId => self.is_lasting(),
                _ => false,
            },
            ConditionKey::Named(KeyFamily::ResourceTag, _) => true,
            ConditionKey::Named(KeyFamily::PrincipalTag, _) => self.is_lasting(),
            ConditionKey::Named(..) | ConditionKey::Other(_) => false,
        }
    }

    /// Whether the principal is a root user or a user of this deployment, and no session.
    const fn is_lasting(&self) -> bool {
        self.member.is_some()
            && matches!(
                self.principal,
                Principal::Root { .. } | Principal::User { .. }
            )
    }

    fn of_the_key(&self, key: KnownKey) -> Values<'_> {
        let record = &self.entry.record;
        match key {
            KnownKey::ResourceAccount => Values::one(record.account.as_str()),
            KnownKey::ResourceAliases => {
                let aliases = self.tools.directory.aliases_of(record);
                let names = aliases.iter().map(|alias| alias.record.name.as_str());
                Values::many(names.map(|name| Cow::Owned::<str>(name.to_owned())))
            }
            _ => key_property(key, record),
        }
    }

    fn of_the_principal(&self, key: KnownKey) -> Values<'_> {
        match (key, self.principal) {
            (KnownKey::CallerAccount | KnownKey::PrincipalAccount, principal) => {
                Values::maybe(principal.account())
            }
            (KnownKey::PrincipalIsAwsService, principal) => {
                Values::truth(matches!(principal, Principal::Service { .. }))
            }
            (KnownKey::PrincipalServiceName, Principal::Service { name }) => Values::one(name),
            (KnownKey::PrincipalServiceNamesList, Principal::Service { name }) => {
                Values::many([name])
            }
            _ => Values::Absent,
        }
    }
}

/// The condition keys that are about the key alone.
const OF_THE_KEY: [KnownKey; 9] = [
    KnownKey::CustomerMasterKeySpec,
    KnownKey::CustomerMasterKeyUsage,
    KnownKey::KeyOrigin,
    KnownKey::KeySpec,
    KnownKey::KeyUsage,
    KnownKey::MultiRegion,
    KnownKey::MultiRegionKeyType,
    KnownKey::ResourceAccount,
    KnownKey::ResourceAliases,
];

impl Context for Foreseen<'_> {
    fn values(&self, key: &ConditionKey) -> Values<'_> {
        let of_the_member = || {
            let member = self.member;
            member.map_or(Values::Absent, |member| member.values(key))
        };
        match key {
            _ if !can_carry(self.action, key) => Values::Absent,
            ConditionKey::Known(known) => self
                .of_the_key(*known)
                .or_else(|| self.of_the_principal(*known))
                .or_else(of_the_member),
            ConditionKey::Named(KeyFamily::ResourceTag, name) => tag(&self.entry.record.tags, name),
            _ => of_the_member(),
        }
    }
}
