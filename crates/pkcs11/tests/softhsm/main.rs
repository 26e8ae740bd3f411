//! The crate on a real PKCS#11 library, SoftHSM2. Each test has a process, a configuration and tokens of its own.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a failing check panics"
)]

mod keys;
mod kit;
mod login;
mod lost;
mod pool;
