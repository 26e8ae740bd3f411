//! The answer, and why.

use super::error::PolicyError;
use super::question::PolicySource;
use super::retirement::RetirementRight;
use crate::grant::GrantRecord;

/// Whether a request is allowed, with the reasons. Only [`decide`](super::decide) and
/// [`explain`](super::explain) make one.
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
    /// The statement of the resource's policy allows the caller's account, and so leaves the
    /// decision to the caller's identity policies.
    Delegated(StatementRef<'a>),
    /// The grant permits the request, and no policy would have: a grant that is made on the
    /// strength of this one must be no wider
    /// ([`GrantRecord::is_no_wider_than`]).
    Granted(&'a GrantRecord),
    /// The caller may retire the grant, by this right.
    Retires {
        /// The grant.
        grant: &'a GrantRecord,
        /// By what right.
        right: RetirementRight,
    },
    /// The caller is the root user of its account, or got its session from the root user: where an
    /// identity policy would have to allow, nothing has to.
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
    /// No policy that the organization puts on the resource's account at this node allows the
    /// request.
    NoResourceControlPolicyAllows {
        /// The root, the unit or the account.
        node: &'a str,
    },
    /// No policy that the organization puts on the caller's account at this node allows the
    /// request.
    NoServiceControlPolicyAllows {
        /// The root, the unit or the account.
        node: &'a str,
    },
    /// The policy of the VPC endpoint does not allow the request.
    NoEndpointPolicyAllows,
    /// No statement of the key's policy and no grant allows the request, or the resource has no
    /// policy and the caller is of another account.
    NoResourcePolicyAllows,
    /// No statement of the role's trust policy allows the request.
    NoTrustPolicyAllows,
    /// Neither the grant that is to be retired nor an account that may retire it gives the caller a
    /// right to.
    NoRightToRetire {
        /// The grant.
        grant: &'a GrantRecord,
    },
    /// No identity policy of the caller allows the request.
    NoIdentityPolicyAllows,
    /// The permissions boundary of the caller does not allow the request.
    NoBoundaryAllows,
    /// No policy that the caller's session was made with allows the request.
    NoSessionPolicyAllows,
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
    /// The role's, of who may become it.
    Trust,
    /// One of the caller's.
    Identity(&'a PolicySource),
    /// The caller's permissions boundary.
    Boundary(&'a PolicySource),
    /// One that the caller's session was made with.
    Session(&'a PolicySource),
    /// One that the organization puts on the caller's account.
    ServiceControl {
        /// The root, the unit or the account that it is attached to.
        node: &'a str,
        /// The policy.
        source: &'a PolicySource,
    },
    /// One that the organization puts on the resource's account.
    ResourceControl {
        /// The root, the unit or the account that it is attached to.
        node: &'a str,
        /// The policy.
        source: &'a PolicySource,
    },
    /// The VPC endpoint's.
    Endpoint(&'a PolicySource),
}

impl<'a> Decision<'a> {
    pub(super) const fn allowed(reasons: Vec<Reason<'a>>) -> Self {
        let allowed = true;
        Self { allowed, reasons }
    }

    pub(super) const fn denied(reasons: Vec<Reason<'a>>) -> Self {
        let allowed = false;
        Self { allowed, reasons }
    }

    /// Whether the request is allowed.
    #[must_use]
    pub const fn is_allowed(&self) -> bool {
        self.allowed
    }

    /// Whether a statement denies the request, as opposed to none allowing it.
    #[must_use]
    pub fn is_explicit_deny(&self) -> bool {
        let is_denial = |reason: &Reason<'_>| matches!(reason, Reason::Denied(_));
        self.reasons.iter().any(is_denial)
    }

    /// The reasons, never empty. Of a denial: everything that denies, first the resource's policy,
    /// or everything that is missing, in the order in which the policies are weighed. Of an
    /// allowance: what allows on each side that had to.
    #[must_use]
    pub fn reasons(&self) -> &[Reason<'a>] {
        &self.reasons
    }

    /// The grant that the request is allowed by, if no policy allows it: a grant made in this
    /// request must be no wider than that one.
    #[must_use]
    pub fn granted_by(&self) -> Option<&'a GrantRecord> {
        self.reasons.iter().find_map(|reason| match reason {
            Reason::Granted(grant) => Some(*grant),
            _ => None,
        })
    }

    /// How an access-denied message ends, in AWS's words, such as `because no identity-based policy
    /// allows the kms:Encrypt action`; `None` if the request is allowed.
    ///
    /// An explicit denial by a policy that has an ARN of its own ends in `: <ARN>`, as AWS's do
    /// since 2026 ("Troubleshoot access denied error messages" in the IAM guide).
    ///
    /// AWS names one type of policy only. Which it prefers is not documented; here it is the first
    /// reason, explicit denials before policies that do not parse.
    #[must_use]
    pub fn denial_clause(&self, action: &str) -> Option<String> {
        if self.allowed {
            return None;
        }
        let denials = self.reasons.iter().find_map(|reason| match reason {
            Reason::Denied(statement) => Some(statement.policy),
            _ => None,
        });
        if let Some(policy) = denials {
            return Some(policy.explicit_deny());
        }
        let kind = self.reasons.first().map_or(KEY_POLICY, Reason::missing);
        Some(format!("because no {kind} allows the {action} action"))
    }
}

const KEY_POLICY: &str = "resource-based policy";

impl Reason<'_> {
    /// The kind of policy that would have had to allow.
    const fn missing(&self) -> &'static str {
        match self {
            Self::Allowed(statement) | Self::Delegated(statement) | Self::Denied(statement) => {
                statement.policy.kind()
            }
            Self::Malformed { policy, .. } => policy.kind(),
            Self::NoResourceControlPolicyAllows { .. } => "resource control policy",
            Self::NoServiceControlPolicyAllows { .. } => "service control policy",
            Self::NoEndpointPolicyAllows => "VPC endpoint policy",
            Self::NoTrustPolicyAllows => PolicyRef::Trust.kind(),
            Self::Granted(_)
            | Self::Retires { .. }
            | Self::NoRightToRetire { .. }
            | Self::NoResourcePolicyAllows => KEY_POLICY,
            Self::RootUser | Self::NoIdentityPolicyAllows => "identity-based policy",
            Self::NoBoundaryAllows => "permissions boundary",
            Self::NoSessionPolicyAllows => "session policy",
        }
    }
}

impl<'a> PolicyRef<'a> {
    /// What AWS calls the kind of policy where it fails to allow.
    const fn kind(&self) -> &'static str {
        match self {
            Self::Key => KEY_POLICY,
            Self::Trust => "role trust policy",
            Self::Identity(_) => "identity-based policy",
            Self::Boundary(_) => "permissions boundary",
            Self::Session(_) => "session policy",
            Self::ServiceControl { .. } => "service control policy",
            Self::ResourceControl { .. } => "resource control policy",
            Self::Endpoint(_) => "VPC endpoint policy",
        }
    }

    fn explicit_deny(self) -> String {
        let kind = self.kind();
        let article = match self {
            // A role has one; so AWS says.
            Self::Trust => "the",
            Self::Identity(_) => "an",
            _ => "a",
        };
        match self.arn() {
            Some(arn) => format!("with an explicit deny in {article} {kind}: {arn}"),
            None => format!("with an explicit deny in {article} {kind}"),
        }
    }

    /// The ARN of a policy that has one and that AWS names in its messages.
    const fn arn(&self) -> Option<&'a str> {
        match self {
            Self::Key | Self::Trust | Self::Endpoint(_) => None,
            Self::Identity(source)
            | Self::Boundary(source)
            | Self::Session(source)
            | Self::ServiceControl { source, .. }
            | Self::ResourceControl { source, .. } => match source {
                PolicySource::Managed { arn } => Some(arn.as_str()),
                PolicySource::Inline { .. } => None,
            },
        }
    }
}
