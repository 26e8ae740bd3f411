//! Policies that are put on the organization.

use std::sync::Arc;

use keystead_core::change::{Change, Expected};
use keystead_core::identity::{ControlKind, ControlPolicyRecord};

use super::put;
use crate::identities::Entry;

/// A policy of the organization's own, or AWS's.
#[derive(Clone)]
pub(crate) enum Policy {
    /// One that was written, or AWS's own that is or was attached somewhere.
    Stored(Arc<Entry<ControlPolicyRecord>>),
    /// AWS's own, which never was attached.
    BuiltIn(Box<ControlPolicyRecord>),
}

impl Policy {
    /// AWS's own policy of an id, attached to nothing.
    pub(super) fn built_in(id: &str) -> Option<Self> {
        ControlKind::ALL
            .into_iter()
            .find(|kind| kind.full_access_id() == id)
            .map(|kind| Self::BuiltIn(Box::new(ControlPolicyRecord::full_access(kind))))
    }

    /// Its record.
    pub(crate) fn record(&self) -> &ControlPolicyRecord {
        match self {
            Self::Stored(entry) => &entry.record,
            Self::BuiltIn(record) => record,
        }
    }

    /// Changes it, and where it is attached.
    pub(crate) fn changed(&self, change: impl FnOnce(&mut ControlPolicyRecord)) -> Change {
        let mut record = self.record().clone();
        change(&mut record);
        match self {
            Self::Stored(entry) => entry.replaced_by(record),
            Self::BuiltIn(_) => put(record, Expected::Absent),
        }
    }

    /// Destroys it; `None` if there is nothing to destroy.
    pub(crate) fn removed(&self) -> Option<Change> {
        match self {
            Self::Stored(entry) => Some(entry.removed()),
            Self::BuiltIn(_) => None,
        }
    }
}
