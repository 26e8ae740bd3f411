//! Records as calls see them: with their revision, and with their policies compiled once.

use std::collections::BTreeMap;
use std::sync::Arc;

use keystead_core::change::{Change, Expected};
use keystead_core::identity::{
    AccountRecord, ControlKind, ControlPolicyRecord, EntityKind, GroupRecord, IdentityPlace,
    IdentityRecord, KeyOwner, ManagedPolicyRecord, OidcProviderRecord, OrganizationRecord,
    RoleRecord, ServiceRecord, UnitRecord, UserRecord,
};
use keystead_core::policy::{
    AttachedPolicy, IdentityPolicy, PolicyError, PolicySource, ResourceControlPolicy, TrustPolicy,
};

use super::table::Link;
use crate::sessions::web_identity::{KeySet, KeySetError};

/// A record in memory. Never changed: a change of the record replaces its entry.
#[derive(Debug)]
pub struct Entry<R: Kept> {
    /// The record as it is stored.
    pub record: R,
    /// The revision of the store that wrote it; 0 of what is built in.
    pub revision: u64,
    ready: R::Ready,
}

/// A user in memory.
pub type UserEntry = Entry<UserRecord>;
/// A group in memory.
pub type GroupEntry = Entry<GroupRecord>;
/// A role in memory.
pub type RoleEntry = Entry<RoleRecord>;
/// A managed policy in memory, an account's own or AWS's.
pub type PolicyEntry = Entry<ManagedPolicyRecord>;

/// The keys of an identity provider, or why they can't be read.
pub(crate) type ProviderKeys = Result<Arc<KeySet>, Arc<KeySetError>>;

/// A kind of record that is kept in memory.
pub trait Kept: Clone + Into<IdentityRecord> {
    /// What is worked out once, when a record comes in.
    type Ready: std::fmt::Debug + Send + Sync;

    /// Works it out. A policy that does not parse is reported, and denies whatever it concerns.
    fn prepare(&self) -> Self::Ready;

    /// What it is found by, besides its place.
    fn links(&self) -> Vec<Link> {
        Vec::new()
    }
}

impl<R: Kept> Entry<R> {
    pub(super) fn new(record: R, revision: u64) -> Self {
        let ready = record.prepare();
        Self {
            record,
            revision,
            ready,
        }
    }

    /// What a change of the record expects of it.
    #[must_use]
    pub const fn expected(&self) -> Expected {
        Expected::Revision(self.revision)
    }

    /// The change that writes `record` in the place of this one.
    #[must_use]
    pub fn replaced_by(&self, record: R) -> Change {
        Change::PutIdentity {
            record: Box::new(record.into()),
            expected: self.expected(),
        }
    }

    /// The change that removes the record.
    #[must_use]
    pub fn removed(&self) -> Change {
        Change::DeleteIdentity {
            place: self.place(),
            expected: self.expected(),
        }
    }

    /// Makes the other changes of a commit depend on the record being what it is.
    #[must_use]
    pub fn required(&self) -> Change {
        Change::ExpectIdentity {
            place: self.place(),
            expected: self.expected(),
        }
    }

    /// Where the record stands.
    #[must_use]
    pub fn place(&self) -> IdentityPlace {
        let record: IdentityRecord = self.record.clone().into();
        record.place()
    }
}

/// What users and groups have ready: their ARN and inline policies.
#[derive(Debug)]
pub struct HolderReady {
    arn: String,
    inline: Vec<AttachedPolicy>,
}

/// What roles have ready.
#[derive(Debug)]
pub struct RoleReady {
    holder: HolderReady,
    trust: Result<TrustPolicy, PolicyError>,
}

/// What managed policies have ready.
#[derive(Debug)]
pub struct PolicyReady {
    arn: String,
    attached: AttachedPolicy,
}

/// A policy of the organization, compiled.
#[derive(Debug, Clone)]
pub enum Control {
    /// It limits what the accounts' principals may do.
    Service(Arc<Result<IdentityPolicy, PolicyError>>),
    /// It limits what may be done to the accounts' resources.
    Resource(Arc<Result<ResourceControlPolicy, PolicyError>>),
}

macro_rules! holders {
    ($($record:ident),*) => {
        $(impl Entry<$record> {
            /// The ARN.
            #[must_use]
            pub fn arn(&self) -> &str {
                &self.ready.arn
            }

            /// The inline policies.
            #[must_use]
            pub fn inline(&self) -> &[AttachedPolicy] {
                &self.ready.inline
            }
        })*
    };
}

holders!(UserRecord, GroupRecord);

impl RoleEntry {
    /// The ARN.
    #[must_use]
    pub fn arn(&self) -> &str {
        &self.ready.holder.arn
    }

    /// The inline policies.
    #[must_use]
    pub fn inline(&self) -> &[AttachedPolicy] {
        &self.ready.holder.inline
    }

    /// Who may become it. A policy that does not parse lets nobody.
    ///
    /// # Errors
    /// Why the stored text does not parse.
    pub const fn trust(&self) -> Result<&TrustPolicy, &PolicyError> {
        self.ready.trust.as_ref()
    }
}

impl PolicyEntry {
    /// An AWS-managed policy, under AWS's ARN.
    pub(super) fn built_in(record: ManagedPolicyRecord, arn: String) -> Self {
        let attached = compile_managed(&record, &arn);
        Self {
            record,
            revision: 0,
            ready: PolicyReady { arn, attached },
        }
    }

    /// The ARN. AWS's own policies have none of an account.
    #[must_use]
    pub fn arn(&self) -> &str {
        &self.ready.arn
    }

    /// The version in force, as it is attached.
    #[must_use]
    pub const fn attached(&self) -> &AttachedPolicy {
        &self.ready.attached
    }

    /// Whether it is AWS's own, which can't be changed.
    #[must_use]
    pub fn is_aws_managed(&self) -> bool {
        self.ready.arn.starts_with("arn:aws:iam::aws:")
    }
}

impl Entry<ControlPolicyRecord> {
    pub(super) const fn control(&self) -> &Control {
        &self.ready
    }
}

impl Entry<OidcProviderRecord> {
    /// The keys that the operator gave for the provider; `None` if they are fetched from it. Those
    /// that can't be read verify nothing.
    pub(crate) const fn keys(&self) -> Option<&ProviderKeys> {
        self.ready.as_ref()
    }
}

impl Kept for UserRecord {
    type Ready = HolderReady;

    fn prepare(&self) -> HolderReady {
        HolderReady::new(self.arn(), &self.inline_policies)
    }

    fn links(&self) -> Vec<Link> {
        let group = |name| IdentityPlace::entity(EntityKind::Group, self.account, name);
        let attached = self.attached_policies.iter().cloned().map(Link::Attached);
        attached
            .chain(self.boundary.clone().map(Link::Bounded))
            .chain(self.groups.iter().map(|name| Link::MembersOf(group(name))))
            .chain([Link::UniqueId(self.user_id.clone())])
            .collect()
    }
}

impl Kept for GroupRecord {
    type Ready = HolderReady;

    fn prepare(&self) -> HolderReady {
        HolderReady::new(self.arn(), &self.inline_policies)
    }

    fn links(&self) -> Vec<Link> {
        let attached = self.attached_policies.iter().cloned().map(Link::Attached);
        attached
            .chain([Link::UniqueId(self.group_id.clone())])
            .collect()
    }
}

impl Kept for RoleRecord {
    type Ready = RoleReady;

    fn prepare(&self) -> RoleReady {
        let arn = self.arn();
        let trust = TrustPolicy::parse_bound(&self.trust_policy, &self.trust_principals);
        if let Err(error) = &trust {
            tracing::error!(role = %arn, %error, "a stored trust policy does not parse: nobody can become its role");
        }
        RoleReady {
            holder: HolderReady::new(arn, &self.inline_policies),
            trust,
        }
    }

    fn links(&self) -> Vec<Link> {
        let attached = self.attached_policies.iter().cloned().map(Link::Attached);
        attached
            .chain(self.boundary.clone().map(Link::Bounded))
            .chain([Link::UniqueId(self.role_id.clone())])
            .collect()
    }
}

impl Kept for ManagedPolicyRecord {
    type Ready = PolicyReady;

    fn prepare(&self) -> PolicyReady {
        let arn = self.arn();
        let attached = compile_managed(self, &arn);
        PolicyReady { arn, attached }
    }

    fn links(&self) -> Vec<Link> {
        vec![Link::UniqueId(self.policy_id.clone())]
    }
}

impl Kept for AccountRecord {
    type Ready = ();

    fn prepare(&self) {}

    fn links(&self) -> Vec<Link> {
        let parent = self.membership.as_ref().map(|place| place.parent.clone());
        parent
            .map(Link::Under)
            .into_iter()
            .chain(self.alias.clone().map(Link::Alias))
            .collect()
    }
}

impl Kept for OidcProviderRecord {
    type Ready = Option<ProviderKeys>;

    fn prepare(&self) -> Self::Ready {
        let keys = self.keys.as_ref()?;
        let keys = KeySet::parse(keys.as_bytes());
        Some(keys.map(Arc::new).map_err(Arc::new))
    }
}

impl Kept for ServiceRecord {
    type Ready = ();

    fn prepare(&self) {}
}

impl Kept for OrganizationRecord {
    type Ready = ();

    fn prepare(&self) {}
}

impl Kept for UnitRecord {
    type Ready = ();

    fn prepare(&self) {}

    fn links(&self) -> Vec<Link> {
        vec![Link::Under(self.parent.clone())]
    }
}

impl Kept for ControlPolicyRecord {
    type Ready = Control;

    fn prepare(&self) -> Control {
        let text = self.document();
        let control = match self.kind {
            ControlKind::Service => {
                Control::Service(Arc::new(IdentityPolicy::parse_service_control(text)))
            }
            // AWS's own allows, which no other may.
            ControlKind::Resource if self.is_aws_managed() => {
                Control::Resource(Arc::new(ResourceControlPolicy::parse_managed(text)))
            }
            ControlKind::Resource => {
                Control::Resource(Arc::new(ResourceControlPolicy::parse(text)))
            }
        };
        let error = match &control {
            Control::Service(policy) => policy.as_ref().as_ref().err(),
            Control::Resource(policy) => policy.as_ref().as_ref().err(),
        };
        if let Some(error) = error {
            tracing::error!(policy = %self.id, %error, "a stored policy of the organization does not parse: whatever it concerns is denied");
        }
        control
    }

    fn links(&self) -> Vec<Link> {
        self.targets.iter().cloned().map(Link::Controls).collect()
    }
}

impl HolderReady {
    fn new(arn: String, inline_policies: &BTreeMap<String, String>) -> Self {
        let compile = |(name, text): (&String, &String)| {
            let source = PolicySource::Inline { name: name.clone() };
            let attached = AttachedPolicy::compile(source, text);
            if let Err(error) = attached.policy.as_ref() {
                tracing::error!(holder = %arn, policy = %name, %error, "a stored policy does not parse: whoever has it is denied everything");
            }
            attached
        };
        let inline = inline_policies.iter().map(compile).collect();
        Self { arn, inline }
    }
}

fn compile_managed(record: &ManagedPolicyRecord, arn: &str) -> AttachedPolicy {
    let text = record.in_force().map_or("", |version| &version.document);
    let source = PolicySource::Managed {
        arn: arn.to_owned(),
    };
    let attached = AttachedPolicy::compile(source, text);
    if let Err(error) = attached.policy.as_ref() {
        tracing::error!(policy = %arn, %error, "a stored policy does not parse: whoever has it is denied everything");
    }
    attached
}

/// The place of whoever an access key belongs to.
pub(super) fn owner_place(
    account: keystead_core::arn::AccountId,
    owner: &KeyOwner,
) -> IdentityPlace {
    match owner {
        KeyOwner::User(name) => IdentityPlace::entity(EntityKind::User, account, name),
        KeyOwner::Service(name) => IdentityPlace::Service { name: name.clone() },
    }
}
