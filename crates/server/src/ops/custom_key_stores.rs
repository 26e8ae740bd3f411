//! The operations on custom key stores, one file each. What they share is in `store`.

mod connect;
mod create;
mod delete;
mod describe;
mod disconnect;
mod store;
mod update;

pub use connect::ConnectCustomKeyStore;
pub use create::CreateCustomKeyStore;
pub use delete::DeleteCustomKeyStore;
pub use describe::DescribeCustomKeyStores;
pub use disconnect::DisconnectCustomKeyStore;
pub(super) use store::random;
pub use update::UpdateCustomKeyStore;
