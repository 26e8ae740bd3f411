//! The operations of Keystead's own service: what AWS has no API for.

mod identity_providers;
mod seed_key;
mod services;
mod who_can;

pub use identity_providers::{GetOpenIDConnectProviderKeys, PutOpenIDConnectProviderKeys};
pub use seed_key::SeedKey;
pub use services::{
    CreateServiceAccessKey, DeleteService, DeleteServiceAccessKey, ListServiceAccessKeys,
    ListServices, PutService,
};
pub use who_can::WhoCan;
