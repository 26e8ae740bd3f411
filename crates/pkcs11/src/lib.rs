//! Keys that live in PKCS#11 tokens: hardware security modules, or software that behaves like one.
//!
//! From the outside in:
//!
//! * a [`Module`] is a vendor's library, loaded once per process;
//! * a [`Token`] is one token of it, found by a [`TokenName`] and opened with a PIN. It keeps a pool of sessions, logs in
//!   again when the token has lost them, and tries a PIN that was refused never again;
//! * a key in it is named by a [`KeyId`] and never leaves it: [`Token::generate`] makes only AES-256 keys that are sensitive
//!   and not extractable, and every other operation refuses a key that is not;
//! * [`Token::encrypt`] and [`Token::decrypt`] are AES-256-GCM, computed in the token;
//! * a [`Vendor`] is what must be known of a vendor's tokens beyond the standard, as a row of a table.
//!
//! Everything here is synchronous and may wait for hardware or a network: callers on a reactor hop to a thread. A library
//! that never returns from a call keeps its thread and its session; others then get [`Error::Busy`] once their time is up.
//!
//! What this crate refuses: being needed (it is optional), the domain, storage, async, and `unsafe`, which the crate
//! `cryptoki` takes upon itself. Which tokens work, and what they need: `docs/tokens.md`.
//!
//! The standard is PKCS#11 2.40 (OASIS); `C_…`, `CKA_…` and `CKR_…` are its functions, attributes and return values.

mod connection;
mod error;
mod failure;
mod gcm;
mod health;
mod key;
mod login;
mod module;
mod pool;
mod protection;
mod settings;
mod token;
mod vendor;

pub use error::{Error, PinRisk};
pub use failure::Failure;
pub use gcm::{Iv, PLAINTEXT_LIMIT, Sealed, TAG_LEN};
pub use health::Health;
pub use key::KeyId;
pub use module::Module;
pub use settings::{Settings, TokenName};
pub use token::{Identity, Token};
pub use vendor::{IvSource, VENDORS, Vendor};
