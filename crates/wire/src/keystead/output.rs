//! The outputs of operations, named as the operations are. Those that are not here answer
//! [`NoOutput`](crate::json::NoOutput).

mod decisions;
mod identity_providers;
mod keys;
mod services;

pub use decisions::{Access, OpenCondition, WhoCan};
pub use identity_providers::GetOpenIDConnectProviderKeys;
pub use keys::SeedKey;
pub use services::{
    AccessKey, AccessKeyMetadata, CreateServiceAccessKey, ListServiceAccessKeys, ListServices,
    PutService, Service,
};
