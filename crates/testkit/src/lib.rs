//! What tests need: servers of the real binary, signed requests, a clock to move.
//!
//! A test fails by panicking, and so does this crate where a test could not go on. It never ships
//! in the product.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

pub mod call;
pub mod clients;
pub mod clock;
pub mod committed;
pub mod connection;
pub mod fake_tokens;
pub mod faulty_store;
mod identities;
pub mod node;
pub mod query;
pub mod seeded;
pub mod server;
mod services;

pub use call::{Answer, Client};
pub use clock::ManualClock;
pub use connection::{Connection, TlsOptions};
pub use fake_tokens::FakeTokens;
pub use node::{NodeOptions, TestNode};
pub use query::Credentials;
pub use seeded::Seeded;
pub use server::{Server, ServerOptions};
