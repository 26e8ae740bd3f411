//! `keystead key …`, run as people run it, against servers of the real binary.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod bad_input;
mod grants;
mod import;
mod life;
mod lists;
mod permissions;
mod rotation;
mod scene;

pub(crate) use scene::Scene;
