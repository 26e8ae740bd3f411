//! What policies are attached to: the root, units and accounts.

use std::sync::Arc;

use keystead_core::change::Change;
use keystead_core::identity::{OrganizationRecord, UnitRecord};
use keystead_core::tag::Tags;

use super::MemberAccount;
use crate::identities::Entry;

/// What the root is called. It has no name of its own.
pub(crate) const ROOT_NAME: &str = "Root";

/// A root, a unit or an account of the organization.
#[derive(Clone)]
pub(crate) enum Node {
    /// The root, which the organization's record tells of.
    Root(Arc<Entry<OrganizationRecord>>),
    /// A unit.
    Unit(Arc<Entry<UnitRecord>>),
    /// An account.
    Account(MemberAccount),
}

impl Node {
    /// Its id: `r-…`, `ou-…` or 12 digits.
    pub(crate) fn id(&self) -> &str {
        match self {
            Self::Root(entry) => &entry.record.root_id,
            Self::Unit(entry) => &entry.record.id,
            Self::Account(account) => account.record().account.as_str(),
        }
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Root(_) => ROOT_NAME,
            Self::Unit(entry) => &entry.record.name,
            Self::Account(account) => &account.membership().name,
        }
    }

    /// Its ARN.
    pub(crate) fn arn(&self, organization: &OrganizationRecord) -> String {
        match self {
            Self::Root(_) => organization.root_arn(),
            Self::Unit(entry) => organization.unit_arn(&entry.record.id),
            Self::Account(account) => organization.account_arn(account.record().account),
        }
    }

    /// The root or unit that it stands in; `None` of the root.
    pub(crate) fn parent(&self) -> Option<&str> {
        match self {
            Self::Root(_) => None,
            Self::Unit(entry) => Some(&entry.record.parent),
            Self::Account(account) => Some(&account.membership().parent),
        }
    }

    /// Its tags.
    pub(crate) fn tags(&self) -> &Tags {
        match self {
            Self::Root(entry) => &entry.record.root_tags,
            Self::Unit(entry) => &entry.record.tags,
            Self::Account(account) => &account.membership().tags,
        }
    }

    /// Gives it other tags.
    pub(crate) fn tagged(&self, tags: Tags) -> Change {
        match self {
            Self::Root(entry) => {
                let mut record = entry.record.clone();
                record.root_tags = tags;
                entry.replaced_by(record)
            }
            Self::Unit(entry) => {
                let mut record = entry.record.clone();
                record.tags = tags;
                entry.replaced_by(record)
            }
            Self::Account(account) => account.changed(|membership| membership.tags = tags),
        }
    }
}
