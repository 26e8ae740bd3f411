//! The rooms between a request and its reply.
//!
//! A request walks one corridor: [`http`] hands in bytes, [`authn`] says who calls, [`authz`] finds
//! what the call is about and asks the policies, an operation in [`ops`] does it, the [`corridor`]
//! commits what changed, [`audit`] records the call, and [`reply`] answers. Each room's door is a
//! type that only that room can make, so that skipping one does not compile.
//!
//! This crate refuses to read the environment and to choose backends: stores, seals, clocks and
//! limits are handed to it by the binary.

pub mod audit;
pub mod authn;
pub mod authz;
pub mod bootstrap;
pub mod causes;
pub mod clock;
mod commit;
pub mod corridor;
pub mod directory;
pub mod endpoint;
pub mod fault;
pub mod grant_token;
pub mod http;
pub mod identities;
mod ids;
pub mod import_token;
pub mod incoming;
pub mod jobs;
pub mod key_stores;
pub mod ledger;
pub mod managed_keys;
pub mod node;
pub mod operation;
pub mod ops;
mod organization;
pub mod outgoing;
pub mod private_file;
pub mod protocol;
pub mod region;
pub mod reply;
pub mod router;
pub mod sessions;
pub mod slow_lane;
pub mod spans;
pub mod target;
pub mod throttle;
pub mod watch;
