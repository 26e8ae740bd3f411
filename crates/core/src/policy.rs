//! The policy language and the decision it leads to.
//!
//! A policy's text is parsed once, when it is written or loaded, into a [`KeyPolicy`] or an
//! [`IdentityPolicy`]: parsed strictly (`document`), then compiled (`compiled`, `pattern`). A
//! request becomes a [`Question`]; what bears on it is gathered in [`Facts`]; [`decide`] is a pure
//! function of the two and answers with a [`Decision`] that carries its reasons. The
//! access-denied message, the decision log and a simulator all read those reasons.
//!
//! What holds here:
//!
//! - An explicit `Deny` in any policy that applies wins over everything.
//! - Nothing is allowed by silence. A key gives access only where its key policy does, and identity
//!   policies count for a key only where its key policy names their account.
//! - An element of the language that is not decided here is refused when the policy is parsed
//!   ([`PolicyError::Unsupported`]), never ignored: a condition that is dropped opens a key.
//! - A policy in the facts that does not parse denies the request.
//! - A key policy cannot be passed for an identity policy, nor the reverse: they are two types.

mod compiled;
mod context;
mod decide;
mod decision;
mod default_policy;
mod document;
mod error;
mod json;
mod named;
mod path;
mod pattern;
mod principal;
mod question;
mod statement;

#[cfg(test)]
mod differential;
#[cfg(test)]
mod reference;

pub use compiled::{EndpointPolicy, IdentityPolicy, KeyPolicy, ResourceControlPolicy, TrustPolicy};
pub use context::{ConditionKey, Context, KeyFamily, KnownKey, NoContext, Values};
pub use decide::decide;
pub use decision::{Decision, PolicyRef, Reason, StatementRef};
pub use default_policy::default_key_policy;
pub use document::{Document, PolicyKind, Version};
pub use error::PolicyError;
pub use named::{NamedPrincipal, Naming};
pub use principal::Principal;
pub use question::{
    Attached, AttachedPolicy, CallerPolicies, ControlLevel, Facts, Grants, PolicySource, Question,
    Resource, ResourcePolicy,
};
pub use statement::{Effect, Statement};
