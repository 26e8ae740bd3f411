//! The domain of Keystead: the names of things, keys and their states, aliases, tags, identities,
//! policies and decisions, sets of changes, and audit events.
//!
//! This crate refuses I/O, clocks, randomness, async, cryptography and HTTP. Whatever depends on
//! the world comes in as an argument, so that every rule here can be tested by the thousand cases.

pub mod alias;
pub mod arn;
pub mod audit;
pub mod change;
pub mod custom_key_store;
pub mod grant;
pub mod identity;
pub mod key;
pub mod key_id;
pub mod key_rule;
pub mod key_state;
pub mod key_tally;
pub mod last_use;
pub mod policy;
pub mod quota;
pub mod tag;
pub mod time;
