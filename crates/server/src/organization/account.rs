//! Accounts of the organization.

use std::sync::Arc;

use keystead_core::change::Change;
use keystead_core::identity::{AccountRecord, Membership};

use crate::identities::Entry;

/// An account that is in the organization.
#[derive(Clone)]
pub(crate) struct MemberAccount {
    entry: Arc<Entry<AccountRecord>>,
    membership: Membership,
}

impl MemberAccount {
    /// The account, if it is in the organization.
    pub(super) fn of(entry: Arc<Entry<AccountRecord>>) -> Option<Self> {
        let membership = entry.record.membership.clone()?;
        Some(Self { entry, membership })
    }

    /// Its record.
    pub(crate) fn record(&self) -> &AccountRecord {
        &self.entry.record
    }

    /// What the organization knows of it.
    pub(crate) const fn membership(&self) -> &Membership {
        &self.membership
    }

    /// Changes what the organization knows of it.
    pub(crate) fn changed(&self, change: impl FnOnce(&mut Membership)) -> Change {
        let mut membership = self.membership.clone();
        change(&mut membership);
        self.with(Some(membership))
    }

    /// Takes it out of the organization.
    pub(crate) fn removed(&self) -> Change {
        self.with(None)
    }

    fn with(&self, membership: Option<Membership>) -> Change {
        let record = AccountRecord {
            membership,
            ..self.record().clone()
        };
        self.entry.replaced_by(record)
    }
}
