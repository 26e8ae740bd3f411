//! The policy language and the decision it leads to.
//!
//! A policy's text is parsed once, when it is written or loaded, into a [`KeyPolicy`], an
//! [`IdentityPolicy`] or one of their kin: parsed strictly (`document`, `statement`, `condition`),
//! then compiled (`compiled`, `pattern`). [`warnings`] tells what in it deserves a second look. A
//! request becomes a [`Question`]; what bears on it is gathered in [`Facts`]; [`decide`] is a pure
//! function of the two and answers with a [`Decision`] that carries its reasons. The
//! access-denied message, the decision log and a simulator all read those reasons.
//!
//! What holds here:
//!
//! - An explicit `Deny` in any policy that applies wins over everything.
//! - Nothing is allowed by silence. A key gives access only where its key policy does, and identity
//!   policies count for a key only where its key policy names their account.
//! - What is not of the language is refused when the policy is parsed, never passed over: a
//!   condition that is dropped opens a key.
//! - A value of the request that a condition cannot compare fails closed, in an `Allow` and in a
//!   `Deny`.
//! - A policy in the facts that does not parse denies the request.
//! - A policy of one kind cannot be passed for one of another: each kind is a type.

mod assumption;
mod carried;
mod check;
mod compiled;
mod condition;
mod context;
mod decide;
mod decision;
mod default_policy;
mod document;
mod error;
mod explanation;
mod flaws;
mod json;
mod kind;
mod lint;
mod managed_key_policy;
mod named;
mod near_miss;
mod owned_key_policy;
mod path;
mod pattern;
mod position;
mod principal;
mod question;
mod retirement;
mod review;
mod shown;
mod statement;
mod variable;
mod words;

#[cfg(test)]
mod differential;
#[cfg(test)]
mod reference;

pub use assumption::{Asked, Assumed, Assumption, OpenCondition};
pub use carried::{KMS_ACTIONS_WITHOUT_KEY, can_carry};
pub use check::check_policy;
pub use compiled::{EndpointPolicy, IdentityPolicy, KeyPolicy, ResourceControlPolicy, TrustPolicy};
pub use condition::{Condition, Operator, Quantifier};
pub use context::{ConditionKey, Context, KeyFamily, KnownKey, NoContext, Values};
pub use decide::{MAX_NEAR_MISSES, decide, explain, near_misses};
pub use decision::{Decision, PolicyRef, Reason, StatementRef};
pub use default_policy::default_key_policy;
pub use document::{Document, Version};
pub use error::PolicyError;
pub use explanation::{Explanation, MatchedStatement, Side, Sides};
pub use flaws::{MAX_POLICY_ERRORS, PolicyErrors};
pub use kind::PolicyKind;
pub use lint::{KMS_ACTIONS, Warning, WarningKind, warnings};
pub use managed_key_policy::managed_key_policy;
pub use named::{NamedPrincipal, Naming, PrincipalIds};
pub use near_miss::{GrantPart, MAX_SHOWN_CHARS, MAX_SHOWN_VALUES, NearMiss, Unmet};
pub use owned_key_policy::owned_key_policy;
pub use position::{Position, Span, statement_positions};
pub use principal::Principal;
pub use question::{
    Attached, AttachedPolicy, CallerPolicies, ControlLevel, Facts, Grants, PolicySource, Question,
    Resource, ResourcePolicy,
};
pub use retirement::RetirementRight;
pub use review::{Outsiders, combined_duties, is_public, open_on_all, outsiders};
pub use shown::with_principals_renamed;
pub use statement::{Effect, Listed, ResourcePattern, Statement};
pub use words::statement_name;
