//! The inputs of operations, named as the operations are.

mod decisions;
mod identity_providers;
mod keys;
mod services;

pub use decisions::WhoCan;
pub use identity_providers::{GetOpenIDConnectProviderKeys, PutOpenIDConnectProviderKeys};
pub use keys::{SeedKey, Tag};
pub use services::{
    CreateServiceAccessKey, DeleteService, DeleteServiceAccessKey, ListServiceAccessKeys,
    ListServices, PutService,
};
