//! The policies of a simulation, with where they come from and where their statements stand.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use keystead_core::policy::{
    AttachedPolicy, ConditionKey, ControlLevel, IdentityPolicy, PolicyError, PolicyRef,
    PolicySource, Span, statement_positions,
};
use keystead_wire::iam::input::OrderedOrganizationPolicyType;
use keystead_wire::iam::{AttachmentType, PolicyIdentifierPolicyType, PolicySourceType};

use super::caller::Source;
use super::exclusions::Exclusions;
use super::invalid;
use crate::causes::Causes;
use crate::fault::Fault;
use crate::identities::{AccountControls, Identities};

/// Policies as texts, as a caller gives them.
pub(super) struct Texts<'a> {
    pub(super) identity: &'a [String],
    pub(super) boundary: &'a [String],
    pub(super) levels: &'a [OrderedOrganizationPolicyType],
}

/// The policies that decide in a simulation, but for the resource's.
#[derive(Default)]
pub(super) struct Policies {
    pub(super) identity: Vec<AttachedPolicy>,
    pub(super) boundary: Option<AttachedPolicy>,
    /// Given service control policies.
    levels: Vec<ControlLevel<IdentityPolicy>>,
    /// The service control policies in force.
    controls: Option<Arc<AccountControls>>,
    /// Where each policy comes from, by the number that its source has for a name.
    origins: Vec<Origin>,
}

/// Where a policy comes from.
pub(super) struct Origin {
    /// `SourcePolicyId`.
    pub(super) id: String,
    /// `SourcePolicyType`.
    pub(super) kind: PolicySourceType,
    /// Where its statements stand.
    pub(super) positions: Vec<Span>,
    /// How long its text is, in bytes.
    pub(super) length: usize,
}

impl Origin {
    pub(super) fn new(id: impl Into<String>, kind: PolicySourceType, text: &str) -> Self {
        Self {
            id: id.into(),
            kind,
            positions: statement_positions(text).unwrap_or_default(),
            length: text.len(),
        }
    }
}

impl Policies {
    /// Policies that are given.
    ///
    /// # Errors
    /// `InvalidInput`, which says what is wrong with which.
    pub(super) fn custom(texts: &Texts<'_>) -> Result<Self, Fault> {
        let mut policies = Self::default();
        policies.add_given(texts)?;
        for (number, level) in texts.levels.iter().enumerate() {
            let mut control = ControlLevel {
                node: (number + 1).to_string(),
                policies: Vec::new(),
            };
            for (index, text) in level.service_control_policy_input_list.iter().enumerate() {
                let id = format!(
                    "OrderedOrganizationPolicyInputList.{}.{}",
                    number + 1,
                    index + 1
                );
                let policy = IdentityPolicy::parse_service_control(text);
                let policy = policy.map_err(|error| malformed(&id, &error))?;
                let source = policies.source(Origin::new(id, PolicySourceType::None, text));
                control
                    .policies
                    .push(AttachedPolicy::new(source, Ok(policy)));
            }
            policies.levels.push(control);
        }
        Ok(policies)
    }

    /// The policies that a user, group or role has, and others that are given.
    ///
    /// # Errors
    /// As [`Self::custom`].
    pub(super) fn principal(
        identities: &Identities,
        source: &Source,
        texts: &Texts<'_>,
        exclusions: &Exclusions<'_>,
    ) -> Result<Self, Fault> {
        let mut policies = Self::default();
        let mut gathering = Gathering {
            identities,
            exclusions,
            policies: &mut policies,
        };
        gathering.add_source(source);
        policies.add_given(texts)?;
        if !exclusions.has_all(PolicyIdentifierPolicyType::Scp) {
            policies.controls = Some(identities.controls(source.account()));
        }
        Ok(policies)
    }

    fn add_given(&mut self, texts: &Texts<'_>) -> Result<(), Fault> {
        for (index, text) in texts.identity.iter().enumerate() {
            let id = format!("PolicyInputList.{}", index + 1);
            let attached = self.given(id, text)?;
            self.identity.push(attached);
        }
        match texts.boundary {
            [] => Ok(()),
            [text] => {
                let id = "PermissionsBoundaryPolicyInputList.1".to_owned();
                self.boundary = Some(self.given(id, text)?);
                Ok(())
            }
            _ => Err(invalid(
                "There can be only one permissions boundary policy.",
            )),
        }
    }

    fn given(&mut self, id: String, text: &str) -> Result<AttachedPolicy, Fault> {
        let policy = IdentityPolicy::parse(text).map_err(|error| malformed(&id, &error))?;
        let source = self.source(Origin::new(id, PolicySourceType::None, text));
        Ok(AttachedPolicy::new(source, Ok(policy)))
    }

    fn source(&mut self, origin: Origin) -> PolicySource {
        let name = self.origins.len().to_string();
        self.origins.push(origin);
        PolicySource::Inline { name }
    }

    /// How long the texts are together, but for the service control policies in force: in bytes.
    pub(super) fn length(&self) -> usize {
        self.origins.iter().map(|origin| origin.length).sum()
    }

    /// The service control policies, given or in force.
    pub(super) fn service_controls(&self) -> &[ControlLevel<IdentityPolicy>] {
        match &self.controls {
            Some(controls) => controls.service(),
            None => &self.levels,
        }
    }

    /// Where a policy comes from that decided; `None` of the organization's and the resource's.
    pub(super) fn origin(&self, policy: PolicyRef<'_>) -> Option<&Origin> {
        let source = match policy {
            PolicyRef::Identity(source) | PolicyRef::Boundary(source) => source,
            PolicyRef::ServiceControl { source, .. } if self.controls.is_none() => source,
            _ => return None,
        };
        match source {
            PolicySource::Inline { name } => self.origins.get(name.parse::<usize>().ok()?),
            PolicySource::Managed { .. } => None,
        }
    }

    /// The names of the condition keys that the given policies and those of the principal read.
    pub(super) fn condition_keys(&self) -> BTreeSet<String> {
        self.keys().map(ToString::to_string).collect()
    }

    /// The same, as keys.
    pub(super) fn keys(&self) -> impl Iterator<Item = &ConditionKey> {
        let levels = self.levels.iter().flat_map(|level| &level.policies);
        let all = self.identity.iter().chain(&self.boundary).chain(levels);
        let compiled = all.filter_map(|attached| attached.policy.as_ref().as_ref().ok());
        compiled.flat_map(IdentityPolicy::condition_keys)
    }
}

pub(super) fn malformed(id: &str, error: &PolicyError) -> Fault {
    invalid(format!("The policy {id} is not valid: {}", Causes(error)))
}

/// Collects the policies of a user, group or role.
struct Gathering<'a> {
    identities: &'a Identities,
    exclusions: &'a Exclusions<'a>,
    policies: &'a mut Policies,
}

/// Somebody who has policies.
#[derive(Clone, Copy)]
struct Holder<'a> {
    kind: AttachmentType,
    name: &'a str,
    inline: &'a BTreeMap<String, String>,
    attached: &'a BTreeSet<String>,
}

impl Gathering<'_> {
    fn add_source(&mut self, source: &Source) {
        match source {
            Source::User(user) => {
                let record = &user.record;
                self.add_holder(Holder {
                    kind: AttachmentType::User,
                    name: &record.name,
                    inline: &record.inline_policies,
                    attached: &record.attached_policies,
                });
                for name in &record.groups {
                    if let Some(group) = self.identities.group(record.account, name) {
                        self.add_group(&group.record);
                    }
                }
                self.add_boundary(record.boundary.as_deref());
            }
            Source::Group(group) => self.add_group(&group.record),
            Source::Role(role) => {
                let record = &role.record;
                self.add_holder(Holder {
                    kind: AttachmentType::Role,
                    name: &record.name,
                    inline: &record.inline_policies,
                    attached: &record.attached_policies,
                });
                self.add_boundary(record.boundary.as_deref());
            }
        }
    }

    fn add_group(&mut self, group: &keystead_core::identity::GroupRecord) {
        self.add_holder(Holder {
            kind: AttachmentType::Group,
            name: &group.name,
            inline: &group.inline_policies,
            attached: &group.attached_policies,
        });
    }

    fn add_holder(&mut self, holder: Holder<'_>) {
        let kind = match holder.kind {
            AttachmentType::User => PolicySourceType::User,
            AttachmentType::Group => PolicySourceType::Group,
            AttachmentType::Role => PolicySourceType::Role,
        };
        for (name, text) in holder.inline {
            if !self.exclusions.has_inline(holder.kind, holder.name, name) {
                let id = format!("{}_{}_{name}", holder.kind, holder.name);
                let attached = self.compile(Origin::new(id, kind, text), text);
                self.policies.identity.push(attached);
            }
        }
        for arn in holder.attached {
            let as_managed = [
                PolicyIdentifierPolicyType::AwsManaged,
                PolicyIdentifierPolicyType::UserManaged,
            ];
            if !self.exclusions.has_managed(arn, &as_managed)
                && let Some(attached) = self.managed(arn)
            {
                self.policies.identity.push(attached);
            }
        }
    }

    fn add_boundary(&mut self, arn: Option<&str>) {
        let kind = PolicyIdentifierPolicyType::PermissionBoundary;
        let arn = arn.filter(|arn| {
            !self.exclusions.has_all(kind) && !self.exclusions.has_managed(arn, &[kind])
        });
        self.policies.boundary = arn.and_then(|arn| self.managed(arn));
    }

    fn managed(&mut self, arn: &str) -> Option<AttachedPolicy> {
        let policy = self.identities.policy(arn)?;
        let text = &policy.record.in_force()?.document;
        let kind = if policy.is_aws_managed() {
            PolicySourceType::AwsManaged
        } else {
            PolicySourceType::UserManaged
        };
        Some(self.compile(Origin::new(&policy.record.name, kind, text), text))
    }

    fn compile(&mut self, origin: Origin, text: &str) -> AttachedPolicy {
        AttachedPolicy::compile(self.policies.source(origin), text)
    }
}
