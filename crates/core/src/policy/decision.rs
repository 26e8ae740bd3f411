//! The answer, and why.

use super::error::PolicyError;
use super::question::PolicySource;

/// Whether a request is allowed, with the reasons. Only [`decide`](super::decide) makes one.
#[derive(Clone, Debug)]
#[must_use]
pub struct Decision<'a> {
    allowed: bool,
    reasons: Vec<Reason<'a>>,
}

/// One reason of a decision.
#[derive(Clone, Copy, Debug)]
pub enum Reason<'a> {
    /// The statement allows the request.
    Allowed(StatementRef<'a>),
    /// The statement of the key policy allows the caller's account, and so leaves the decision to
    /// the caller's identity policies.
    Delegated(StatementRef<'a>),
    /// The caller is the root user of the account that owns the resource, and the resource has no
    /// policy of its own.
    RootUser,
    /// The statement denies the request.
    Denied(StatementRef<'a>),
    /// The policy does not parse, so that nobody knows what it denies.
    Malformed {
        /// Which policy.
        policy: PolicyRef<'a>,
        /// What is wrong with it, for the operator.
        error: &'a PolicyError,
    },
    /// No statement of the resource's policy allows the request, or it has none and the caller is
    /// of another account.
    NoResourcePolicyAllows,
    /// No identity policy of the caller allows the request.
    NoIdentityPolicyAllows,
}

/// A statement of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatementRef<'a> {
    /// The policy.
    pub policy: PolicyRef<'a>,
    /// The statement's place in it, counted from zero.
    pub index: usize,
    /// The statement's `Sid`.
    pub sid: Option<&'a str>,
}

/// A policy among the facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyRef<'a> {
    /// The key's.
    Key,
    /// One of the caller's.
    Identity(&'a PolicySource),
}

impl<'a> Decision<'a> {
    pub(super) fn allowed(reasons: Vec<Reason<'a>>) -> Self {
        let allowed = true;
        Self { allowed, reasons }
    }

    pub(super) fn denied(reasons: Vec<Reason<'a>>) -> Self {
        let allowed = false;
        Self { allowed, reasons }
    }

    /// Whether the request is allowed.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        self.allowed
    }

    /// Whether a statement denies the request, as opposed to none allowing it.
    #[must_use]
    pub fn is_explicit_deny(&self) -> bool {
        let is_denial = |reason: &Reason<'_>| matches!(reason, Reason::Denied(_));
        self.reasons.iter().any(is_denial)
    }

    /// The reasons, never empty. Of a denial: everything that denies, first the resource's policy,
    /// or everything that is missing. Of an allowance: one statement for each side that had to
    /// allow.
    #[must_use]
    pub fn reasons(&self) -> &[Reason<'a>] {
        &self.reasons
    }

    /// How an access-denied message ends, in AWS's words, such as `because no identity-based policy
    /// allows the kms:Encrypt action`; `None` if the request is allowed.
    ///
    /// AWS names one type of policy only. Which it prefers is not documented; here it is the first
    /// reason, explicit denials before policies that do not parse.
    #[must_use]
    pub fn denial_clause(&self, action: &str) -> Option<String> {
        if self.allowed {
            return None;
        }
        let denials = |reason: &&Reason<'_>| matches!(reason, Reason::Denied(_));
        let chosen = self.reasons.iter().find(denials).or(self.reasons.first());
        Some(match chosen {
            Some(Reason::Denied(StatementRef { policy, .. })) => {
                format!("with an explicit deny in {}", policy.with_article())
            }
            Some(
                Reason::NoIdentityPolicyAllows
                | Reason::Malformed {
                    policy: PolicyRef::Identity(_),
                    ..
                },
            ) => format!("because no identity-based policy allows the {action} action"),
            _ => format!("because no resource-based policy allows the {action} action"),
        })
    }
}

impl PolicyRef<'_> {
    fn with_article(self) -> &'static str {
        match self {
            Self::Key => "a resource-based policy",
            Self::Identity(_) => "an identity-based policy",
        }
    }
}
