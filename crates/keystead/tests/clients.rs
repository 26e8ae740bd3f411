//! The stock AWS clients, each against a server of its own: what users run is what must work.
//!
//! `cargo xtask test` installs the clients. They know nothing of Keystead but its URL and an access
//! key, which stand in their environment.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[path = "clients/aws_cli.rs"]
mod aws_cli;
#[path = "clients/boto3.rs"]
mod boto3;
#[path = "clients/cloudtrail.rs"]
mod cloudtrail;
#[path = "clients/encryption_sdk.rs"]
mod encryption_sdk;
#[path = "clients/grants.rs"]
mod grants;
#[path = "clients/iam.rs"]
mod iam;
#[path = "clients/issuer.rs"]
mod issuer;
#[path = "clients/machine.rs"]
mod machine;
#[path = "clients/node.rs"]
mod node;
#[path = "clients/operations.rs"]
mod operations;
#[path = "clients/organizations.rs"]
mod organizations;
#[path = "clients/rust_sdk.rs"]
mod rust_sdk;
#[path = "clients/scenarios.rs"]
mod scenarios;
#[path = "clients/service_quotas.rs"]
mod service_quotas;
#[path = "clients/simulation.rs"]
mod simulation;
#[path = "clients/sops.rs"]
mod sops;
#[path = "clients/sts.rs"]
mod sts;
#[path = "clients/trail.rs"]
mod trail;
#[path = "clients/web_identity.rs"]
mod web_identity;

use keystead_testkit::{Server, ServerOptions};

/// A server with a fresh data directory.
fn server() -> Server {
    ServerOptions::new(env!("CARGO_BIN_EXE_keystead")).start()
}
