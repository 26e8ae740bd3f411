//! One record of the store of identities, of any kind.

use serde::Serialize;

use super::{
    AccessKeyRecord, AccountRecord, ControlPolicyRecord, EntityKind, GroupRecord, IdentityPlace,
    ManagedPolicyRecord, OidcProviderRecord, OrganizationRecord, RoleRecord, ServiceRecord,
    UnitRecord, UserRecord,
};

/// A record of the store of identities. It is stored as its content alone: the place says the kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum IdentityRecord {
    /// An account.
    Account(AccountRecord),
    /// A user.
    User(UserRecord),
    /// A group.
    Group(GroupRecord),
    /// A role.
    Role(RoleRecord),
    /// A managed policy.
    Policy(ManagedPolicyRecord),
    /// An access key.
    AccessKey(AccessKeyRecord),
    /// An identity provider.
    OidcProvider(OidcProviderRecord),
    /// A service.
    Service(ServiceRecord),
    /// The organization.
    Organization(OrganizationRecord),
    /// A unit of the organization.
    Unit(UnitRecord),
    /// A policy of the organization.
    ControlPolicy(ControlPolicyRecord),
}

impl IdentityRecord {
    /// Where it stands.
    #[must_use]
    pub fn place(&self) -> IdentityPlace {
        use EntityKind::{Group, Policy, Role, User};
        match self {
            Self::Account(record) => IdentityPlace::Account(record.account),
            Self::User(record) => IdentityPlace::entity(User, record.account, &record.name),
            Self::Group(record) => IdentityPlace::entity(Group, record.account, &record.name),
            Self::Role(record) => IdentityPlace::entity(Role, record.account, &record.name),
            Self::Policy(record) => IdentityPlace::entity(Policy, record.account, &record.name),
            Self::AccessKey(record) => IdentityPlace::AccessKey {
                id: record.id.clone(),
            },
            Self::OidcProvider(record) => IdentityPlace::OidcProvider {
                account: record.account,
                url: record.url.clone(),
            },
            Self::Service(record) => IdentityPlace::Service {
                name: record.name.clone(),
            },
            Self::Organization(_) => IdentityPlace::Organization,
            Self::Unit(record) => IdentityPlace::Unit {
                id: record.id.clone(),
            },
            Self::ControlPolicy(record) => IdentityPlace::ControlPolicy {
                id: record.id.clone(),
            },
        }
    }
}

macro_rules! from_records {
    ($($record:ident => $variant:ident),* $(,)?) => {
        $(impl From<$record> for IdentityRecord {
            fn from(record: $record) -> Self {
                Self::$variant(record)
            }
        })*
    };
}

from_records! {
    AccountRecord => Account,
    UserRecord => User,
    GroupRecord => Group,
    RoleRecord => Role,
    ManagedPolicyRecord => Policy,
    AccessKeyRecord => AccessKey,
    OidcProviderRecord => OidcProvider,
    ServiceRecord => Service,
    OrganizationRecord => Organization,
    UnitRecord => Unit,
    ControlPolicyRecord => ControlPolicy,
}
