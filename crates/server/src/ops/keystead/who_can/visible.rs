//! Whose principals a caller is told of.

use keystead_core::arn::AccountId;

use crate::identities::Identities;

/// The accounts of this deployment whose principals a caller is told of, and why they may: its own,
/// and those of the organization if it manages that. Of other accounts it knows whom the key policy
/// and the grants name, and nothing of what their own policies say.
#[derive(Clone, Copy)]
pub(super) struct Visible<'a> {
    account: AccountId,
    manages: bool,
    identities: &'a Identities,
}

impl<'a> Visible<'a> {
    /// What principals of an account see.
    pub(super) fn to(account: AccountId, identities: &'a Identities) -> Self {
        let organization = identities.organization();
        let manages = organization.is_some_and(|it| it.record.management_account == account);
        Self {
            account,
            manages,
            identities,
        }
    }

    /// Whether it may read the values of conditions, of which the organization's policies may have
    /// some.
    pub(super) fn tells_values(&self) -> bool {
        self.manages || self.identities.organization().is_none()
    }

    /// Whether an account is here, and is seen.
    pub(super) fn has(&self, account: AccountId) -> bool {
        let found = self.identities.account(account);
        let is_seen = |is_member: bool| account == self.account || self.manages && is_member;
        found.is_some_and(|entry| is_seen(entry.record.membership.is_some()))
    }

    /// The next of them in the order of their numbers: the first, or the one after an account.
    pub(super) fn after(&self, mut after: Option<AccountId>) -> Option<AccountId> {
        if !self.manages {
            let own = Some(self.account).filter(|own| after.is_none_or(|after| *own > after));
            return own.filter(|own| self.has(*own));
        }
        loop {
            let next = self.identities.accounts_after(after, 1).pop()?;
            after = Some(next.record.account);
            if self.has(next.record.account) {
                return after;
            }
        }
    }
}
