//! The organization as a whole, read from the identities: its tree of units and accounts, and the
//! policies on it.
//!
//! This is for whoever manages it. Decisions about other calls read the levels of policies that
//! [`Identities`] keeps for each account.

mod account;
mod node;
mod policy;

use std::sync::Arc;

use keystead_core::arn::AccountId;
use keystead_core::change::{Change, Expected};
use keystead_core::identity::{
    ControlKind, ControlPolicyRecord, IdentityPlace, IdentityRecord, OrganizationRecord, UnitRecord,
};
use keystead_core::tag::Tags;

pub(crate) use self::account::MemberAccount;
pub(crate) use self::node::{Node, ROOT_NAME};
pub(crate) use self::policy::Policy;
use crate::identities::{Entry, Identities, Link};

/// The deployment's organization at one instant.
pub(crate) struct Organization<'a> {
    identities: &'a Identities,
    entry: Arc<Entry<OrganizationRecord>>,
}

impl<'a> Organization<'a> {
    /// The organization, if there is one.
    pub(crate) fn of(identities: &'a Identities) -> Option<Self> {
        let entry = identities.organization()?;
        Some(Self { identities, entry })
    }

    /// Its record.
    pub(crate) fn record(&self) -> &OrganizationRecord {
        &self.entry.record
    }

    /// Changes its record.
    pub(crate) fn replaced_by(&self, record: OrganizationRecord) -> Change {
        self.entry.replaced_by(record)
    }

    /// Removes its record.
    pub(crate) fn removed(&self) -> Change {
        self.entry.removed()
    }

    /// Writes its record as it was. Every change of the organization does, so that two of them are
    /// decided one after the other.
    pub(crate) fn turn(&self) -> Change {
        self.entry.replaced_by(self.record().clone())
    }

    /// An account in it.
    pub(crate) fn account(&self, account: AccountId) -> Option<MemberAccount> {
        MemberAccount::of(self.identities.account(account)?)
    }

    /// The accounts in it, in the order of their numbers.
    pub(crate) fn accounts(&self) -> Vec<MemberAccount> {
        let all = self.identities.accounts_after(None, usize::MAX);
        all.into_iter().filter_map(MemberAccount::of).collect()
    }

    /// The accounts right below a root or unit, in the order of their numbers.
    pub(crate) fn accounts_below(&self, parent: &str) -> Vec<MemberAccount> {
        self.below(parent, |place| match place {
            IdentityPlace::Account(account) => self.account(account),
            _ => None,
        })
    }

    /// A unit.
    pub(crate) fn unit(&self, id: &str) -> Option<Arc<Entry<UnitRecord>>> {
        self.identities.unit(id)
    }

    /// The units right below a root or unit, in the order of their ids.
    pub(crate) fn units_below(&self, parent: &str) -> Vec<Arc<Entry<UnitRecord>>> {
        self.below(parent, |place| match place {
            IdentityPlace::Unit { id } => self.unit(&id),
            _ => None,
        })
    }

    /// All units; none before the one that it stands in.
    pub(crate) fn units(&self) -> Vec<Arc<Entry<UnitRecord>>> {
        let mut units = self.units_below(&self.record().root_id);
        let mut next = 0;
        while let Some(unit) = units.get(next) {
            let below = self.units_below(&unit.record.id);
            units.extend(below);
            next += 1;
        }
        units
    }

    fn below<T>(&self, parent: &str, find: impl Fn(IdentityPlace) -> Option<T>) -> Vec<T> {
        let link = Link::Under(parent.to_owned());
        let places = self.identities.linked(&link, None, usize::MAX);
        places.into_iter().filter_map(find).collect()
    }

    /// The root, unit or account of an id.
    pub(crate) fn node(&self, id: &str) -> Option<Node> {
        if id == self.record().root_id {
            Some(Node::Root(Arc::clone(&self.entry)))
        } else if let Ok(account) = id.parse() {
            self.account(account).map(Node::Account)
        } else {
            self.unit(id).map(Node::Unit)
        }
    }

    /// Every root, unit and account.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = Node> {
        let units = self.units().into_iter().map(Node::Unit);
        let accounts = self.accounts().into_iter().map(Node::Account);
        std::iter::once(Node::Root(Arc::clone(&self.entry)))
            .chain(units)
            .chain(accounts)
    }

    /// The ids from the root to a unit or account that stands in this root or unit.
    pub(crate) fn lineage(&self, id: &str, parent: &str) -> Vec<String> {
        let mut ids = vec![id.to_owned()];
        let mut above = Some(parent.to_owned());
        // A unit never stands below itself; the check is for a store that says so all the same.
        while let Some(id) = above.filter(|above| !ids.contains(above)) {
            above = self.unit(&id).map(|unit| unit.record.parent.clone());
            ids.push(id);
        }
        ids.reverse();
        ids
    }

    /// A policy, of the organization's own or AWS's.
    pub(crate) fn policy(&self, id: &str) -> Option<Policy> {
        match self.identities.control_policy(id) {
            Some(entry) => Some(Policy::Stored(entry)),
            None => Policy::built_in(id),
        }
    }

    /// The policies of a kind, in the order of their ids; AWS's own among them.
    pub(crate) fn policies(&self, kind: ControlKind) -> Vec<Policy> {
        let stored = self.identities.control_policies().into_iter();
        let mut policies: Vec<Policy> = stored
            .filter(|entry| entry.record.kind == kind)
            .map(Policy::Stored)
            .collect();
        let own = kind.full_access_id();
        if let Err(place) = policies.binary_search_by(|policy| policy.record().id.as_str().cmp(own))
        {
            policies.splice(place..place, Policy::built_in(own));
        }
        policies
    }

    /// The policies of a kind that are attached to a root, unit or account.
    pub(crate) fn attached(&self, kind: ControlKind, node: &str) -> Vec<Policy> {
        let mut policies = self.policies(kind);
        policies.retain(|policy| policy.record().targets.contains(node));
        policies
    }

    /// Attaches to a new unit or account AWS's own policies of the kinds that are in force, without
    /// which nothing would be allowed there.
    pub(crate) fn full_access_to<'n>(&self, node: &'n str) -> impl Iterator<Item = Change> + 'n {
        let kinds = self.record().enabled_policy_types.iter();
        let own: Vec<Policy> = kinds
            .filter_map(|kind| self.policy(kind.full_access_id()))
            .collect();
        own.into_iter().map(move |policy| {
            policy.changed(|record| {
                record.targets.insert(node.to_owned());
            })
        })
    }

    /// Detaches every policy from a unit or account that leaves.
    pub(crate) fn released<'n>(&self, node: &'n str) -> impl Iterator<Item = Change> + 'n {
        let attached = ControlKind::ALL.map(|kind| self.attached(kind, node));
        attached.into_iter().flatten().map(move |policy| {
            policy.changed(|record| {
                record.targets.remove(node);
            })
        })
    }

    /// The ARN and the tags of a root, unit, account or policy. What is not there has the ARN that
    /// it would have.
    pub(crate) fn part(&self, id: &str) -> (String, Tags) {
        let record = self.record();
        if let Some(policy) = self.policy(id) {
            let policy = policy.record();
            return (record.policy_arn(policy), policy.tags.clone());
        }
        match self.node(id) {
            Some(node) => (node.arn(record), node.tags().clone()),
            None => (arn_of_none(record, id), Tags::default()),
        }
    }
}

fn arn_of_none(organization: &OrganizationRecord, id: &str) -> String {
    if let Ok(account) = id.parse() {
        organization.account_arn(account)
    } else if id.starts_with("p-") {
        // Of which kind it would be, nobody can say.
        organization.policy_arn(&ControlPolicyRecord {
            id: id.to_owned(),
            ..ControlPolicyRecord::full_access(ControlKind::Service)
        })
    } else if id.starts_with("r-") {
        organization.root_arn()
    } else {
        organization.unit_arn(id)
    }
}

/// Writes a record.
pub(crate) fn put(record: impl Into<IdentityRecord>, expected: Expected) -> Change {
    Change::PutIdentity {
        record: Box::new(record.into()),
        expected,
    }
}
