#![doc = "An ordered, revisioned key-value store and its backends."]
//!
//! The model is etcd's: ordered keys, values, and one [`Revision`] for each commit that changes
//! something. A [`Commit`] is atomic: all of its preconditions hold and all of its writes are
//! made, or none is. A [`Watch`] yields every commit in order and never loses one silently.
//!
//! Backends: [`SqliteStore`], in a file or in memory. The `conformance` feature offers the suite
//! that each backend must pass.
//!
//! This crate refuses domain rules: it knows no key layout, no document format and no secret.
//! Whatever must stay secret is sealed before it comes here.

mod commit;
#[cfg(feature = "conformance")]
pub mod conformance;
mod error;
mod revision;
mod sqlite;
mod store;

pub use commit::{
    Change, Commit, Expect, MAX_COMMIT_BYTES, MAX_COMMIT_KEYS, MAX_KEY_BYTES, MAX_VALUE_BYTES,
    Violation,
};
pub use error::{Cause, CommitError, OpenError, ReadError, WatchError};
pub use revision::Revision;
pub use sqlite::{SqliteOptions, SqliteStore};
pub use store::{
    Entry, Event, MAX_PAGE_BYTES, MAX_PAGE_ENTRIES, Page, Pending, Store, Versioned, Watch,
};
