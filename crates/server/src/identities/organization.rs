//! What an organization puts above an account: policies, from the root down, and a place in its
//! tree.

use keystead_core::arn::AccountId;
use keystead_core::identity::{AccountStatus, ControlKind, IdentityPlace, OrganizationRecord};
use keystead_core::policy::{
    Attached, ControlLevel, IdentityPolicy, PolicySource, ResourceControlPolicy,
};

use super::Identities;
use super::entry::Control;
use super::table::Link;

/// How deep the tree can be below its root: units nest five deep ("Quotas for AWS Organizations"),
/// and an account stands below the last. A record that says otherwise leads into no endless loop.
const MAX_DEPTH: usize = 6;
/// More policies than can be attached to one node.
const MAX_POLICIES: usize = 100;

/// Where an account stands in the organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganizationPlace {
    /// `o-…`.
    pub organization_id: String,
    /// The organization, the root and the units down to the account, each with a slash after it:
    /// the value of `aws:PrincipalOrgPaths` and `aws:ResourceOrgPaths`.
    pub path: String,
}

/// What the organization puts above an account.
#[derive(Debug, Default)]
pub struct AccountControls {
    place: Option<OrganizationPlace>,
    service: Vec<ControlLevel<IdentityPolicy>>,
    resource: Vec<ControlLevel<ResourceControlPolicy>>,
}

impl AccountControls {
    /// What limits the account's principals, from the root to the account.
    #[must_use]
    pub fn service(&self) -> &[ControlLevel<IdentityPolicy>] {
        &self.service
    }

    /// What limits the access to the account's resources, from the root to the account.
    #[must_use]
    pub fn resource(&self) -> &[ControlLevel<ResourceControlPolicy>] {
        &self.resource
    }

    /// Where the account stands; `None` outside an organization.
    #[must_use]
    pub const fn place(&self) -> Option<&OrganizationPlace> {
        self.place.as_ref()
    }

    #[cfg(test)]
    pub(super) fn of_place(place: OrganizationPlace) -> Self {
        Self {
            place: Some(place),
            ..Self::default()
        }
    }
}

impl Identities {
    /// Works out what the organization puts above an account.
    pub(super) fn work_out_controls(&self, account: AccountId) -> AccountControls {
        let organization = self.organization();
        let membership = self
            .account(account)
            .and_then(|entry| entry.record.membership.clone());
        let (Some(organization), Some(membership)) = (organization, membership) else {
            return AccountControls::default();
        };
        let organization = &organization.record;
        let above = self.nodes_above(&membership.parent, organization);
        let mut path = format!("{}/", organization.id);
        above.iter().for_each(|node| {
            path.push_str(node);
            path.push('/');
        });
        let levels: Vec<String> = above.into_iter().chain([account.to_string()]).collect();
        let mut controls = AccountControls {
            place: Some(OrganizationPlace {
                organization_id: organization.id.clone(),
                path,
            }),
            ..AccountControls::default()
        };
        let is_enabled = |kind| organization.enabled_policy_types.contains(&kind);
        // Policies of an organization do not concern the account that manages it.
        if account == organization.management_account {
            return controls;
        }
        if is_enabled(ControlKind::Service) {
            controls.service = self.levels(&levels, organization, |control| match control {
                Control::Service(policy) => Some(policy.clone()),
                Control::Resource(_) => None,
            });
        }
        if is_enabled(ControlKind::Resource) {
            controls.resource = self.levels(&levels, organization, |control| match control {
                Control::Resource(policy) => Some(policy.clone()),
                Control::Service(_) => None,
            });
        }
        controls
    }

    /// Whether an account is there and was not closed.
    #[must_use]
    pub fn is_open(&self, account: AccountId) -> bool {
        self.takes_anyone()
            || self.account(account).is_some_and(|entry| {
                let membership = entry.record.membership.as_ref();
                membership.is_none_or(|place| place.status == AccountStatus::Active)
            })
    }

    /// The root and the units from it down to `node`. A tree that is broken has a node without a
    /// name above the part that hangs together, to which no policy is attached that could allow.
    fn nodes_above(&self, node: &str, organization: &OrganizationRecord) -> Vec<String> {
        let mut nodes = vec![node.to_owned()];
        let mut below = node.to_owned();
        while below != organization.root_id && nodes.len() < MAX_DEPTH {
            let Some(unit) = self.unit(&below) else { break };
            below.clone_from(&unit.record.parent);
            nodes.push(below.clone());
        }
        if below != organization.root_id {
            tracing::error!(%node, "the organization's tree is broken: the accounts below this node are denied everything");
            nodes.push(String::new());
        }
        nodes.reverse();
        nodes
    }

    fn levels<P>(
        &self,
        nodes: &[String],
        organization: &OrganizationRecord,
        of_kind: impl Fn(
            &Control,
        )
            -> Option<std::sync::Arc<Result<P, keystead_core::policy::PolicyError>>>,
    ) -> Vec<ControlLevel<P>> {
        let attached = |place: &IdentityPlace| {
            let IdentityPlace::ControlPolicy { id } = place else {
                return None;
            };
            let entry = self.control_policy(id)?;
            let policy = of_kind(entry.control())?;
            let source = PolicySource::Managed {
                arn: organization.policy_arn(&entry.record),
            };
            Some(Attached { source, policy })
        };
        let level = |node: &String| ControlLevel {
            node: node.clone(),
            policies: self
                .linked(&Link::Controls(node.clone()), None, MAX_POLICIES)
                .iter()
                .filter_map(attached)
                .collect(),
        };
        nodes.iter().map(level).collect()
    }
}
