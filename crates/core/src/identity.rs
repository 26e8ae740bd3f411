//! Accounts, the identities in them, and the organization above them, as they are stored; and who a
//! caller is once authenticated.
//!
//! Sources: "IAM identifiers" and "IAM and AWS STS quotas" in the IAM guide; the API models of IAM
//! and Organizations for what a record must be able to answer.

mod access_key;
mod account;
mod caller;
mod group;
mod name;
mod oidc_provider;
mod organization;
mod place;
mod policy;
mod record;
mod role;
mod service;
mod session;
mod user;

pub use self::access_key::{AccessKeyRecord, AccessKeyStatus, KeyOwner};
pub use self::account::{AccountRecord, AccountStatus, JoinedBy, Membership};
pub use self::caller::{Identity, IdentityKind};
pub use self::group::GroupRecord;
pub use self::name::{EntityKind, ROOT_PATH, entity_arn, lower};
pub use self::oidc_provider::OidcProviderRecord;
pub use self::organization::{
    AccountCreation, ControlKind, ControlPolicyRecord, OrganizationRecord, UnitRecord,
};
pub use self::place::IdentityPlace;
pub use self::policy::{ManagedPolicyRecord, PolicyVersion};
pub use self::record::IdentityRecord;
pub use self::role::RoleRecord;
pub use self::service::ServiceRecord;
pub use self::session::SessionFacts;
pub use self::user::UserRecord;
