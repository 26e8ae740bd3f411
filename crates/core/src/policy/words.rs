//! Reasons in plain English, for the operator: the decision log, `keystead explain` and
//! `keystead who-can`.

use std::fmt;

use super::decision::{PolicyRef, Reason, StatementRef};
use super::question::PolicySource;
use super::retirement::RetirementRight;

impl fmt::Display for Reason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Allowed(statement) => write!(f, "allowed by {statement}"),
            Self::Delegated(statement) => {
                write!(f, "left to the account's identity policies by {statement}")
            }
            Self::Granted(grant) => write!(f, "allowed by grant {}", grant.id),
            Self::Retires { grant, right } => {
                write!(f, "{right} may retire grant {}", grant.id)
            }
            Self::RootUser => f.write_str("the root user needs no identity policy"),
            Self::Denied(statement) => write!(f, "denied by {statement}"),
            Self::Malformed { policy, error } => {
                write!(f, "denied because {policy} does not parse: {error}")
            }
            Self::NoResourceControlPolicyAllows { node } => {
                write!(f, "no resource control policy of {node} allows it")
            }
            Self::NoServiceControlPolicyAllows { node } => {
                write!(f, "no service control policy of {node} allows it")
            }
            Self::NoEndpointPolicyAllows => {
                f.write_str("the VPC endpoint's policy does not allow it")
            }
            Self::NoResourcePolicyAllows => {
                f.write_str("no statement of the key policy and no grant allows it")
            }
            Self::NoTrustPolicyAllows => f.write_str("the role's trust policy does not allow it"),
            Self::NoRightToRetire { grant } => write!(
                f,
                "the caller is neither the retiring principal of grant {}, nor its grantee with leave \
                 to retire it, nor of an account that may",
                grant.id
            ),
            Self::NoIdentityPolicyAllows => f.write_str("no identity policy allows it"),
            Self::NoBoundaryAllows => f.write_str("the permissions boundary does not allow it"),
            Self::NoSessionPolicyAllows => f.write_str("no session policy allows it"),
        }
    }
}

impl fmt::Display for RetirementRight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RetiringPrincipal => "its retiring principal",
            Self::Grantee => "its grantee",
            Self::KeyAccount => "the account of its key",
            Self::IssuingAccount => "the account in which it was made",
        })
    }
}

/// What people are told of a statement, everywhere alike: its `Sid` if it has one, or else its
/// number, counted from one as people do. Its `index` counts from zero.
#[must_use]
pub fn statement_name(sid: Option<&str>, index: usize) -> String {
    match sid.filter(|sid| !sid.is_empty()) {
        Some(sid) => format!("statement {sid:?}"),
        None => format!("statement {}", index.saturating_add(1)),
    }
}

impl fmt::Display for StatementRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = statement_name(self.sid, self.index);
        write!(f, "{name} of {}", self.policy)
    }
}

impl fmt::Display for PolicyRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key => f.write_str("the key policy"),
            Self::Trust => f.write_str("the role's trust policy"),
            Self::Identity(source) => write!(f, "identity policy {source}"),
            Self::Boundary(source) => write!(f, "permissions boundary {source}"),
            Self::Session(source) => write!(f, "session policy {source}"),
            Self::ServiceControl { node, source } => {
                write!(f, "service control policy {source} on {node}")
            }
            Self::ResourceControl { node, source } => {
                write!(f, "resource control policy {source} on {node}")
            }
            Self::Endpoint(source) => write!(f, "VPC endpoint policy {source}"),
        }
    }
}

impl fmt::Display for PolicySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inline { name } => f.write_str(name),
            Self::Managed { arn } => f.write_str(arn),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_read_as_sentences() {
        let source = PolicySource::Inline {
            name: "operators".into(),
        };
        let statement = |sid| StatementRef {
            policy: PolicyRef::Identity(&source),
            index: 2,
            sid,
        };
        let cases = [
            (
                Reason::Allowed(statement(Some("use"))),
                "allowed by statement \"use\" of identity policy operators",
            ),
            (
                Reason::Denied(statement(Some(""))),
                "denied by statement 3 of identity policy operators",
            ),
            (
                Reason::NoServiceControlPolicyAllows { node: "r-abcd" },
                "no service control policy of r-abcd allows it",
            ),
        ];
        for (reason, expected) in cases {
            assert_eq!(reason.to_string(), expected);
        }
    }
}
