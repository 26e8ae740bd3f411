//! What a caller reads who was denied.
//!
//! Source: "Troubleshooting access denied error messages" in the IAM User Guide, and messages of
//! AWS KMS and AWS STS as observed: STS says nothing after the ARN of another account's role.

use crate::authn::Caller;
use crate::fault::Fault;

const CIPHERTEXT: &str = "The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.";
const FOREIGN: &str = "on this resource because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access";

/// A denial, by how much its message may tell.
pub(super) enum Denial<'a> {
    /// The resource is the caller's account's own.
    Plain {
        action: &'a str,
        resource: &'a str,
        clause: String,
    },
    /// The resource would be another account's, and might not even be there.
    Foreign { action: &'a str },
    /// A role that might not even be there. Why is for callers of its own account to know, and
    /// whom only an identity provider knows is not named.
    Role {
        action: &'a str,
        arn: &'a str,
        clause: Option<String>,
    },
    /// The caller sent a ciphertext and did not say whose.
    Ciphertext,
}

impl Denial<'_> {
    pub(super) fn to_fault(&self, caller: &Caller) -> Fault {
        let who = caller.member().identity().arn();
        let message = match self {
            Self::Plain {
                action,
                resource,
                clause,
            } => {
                format!(
                    "User: {who} is not authorized to perform: {action} on resource: {resource} {clause}"
                )
            }
            Self::Foreign { action } => {
                format!("User: {who} is not authorized to perform: {action} {FOREIGN}")
            }
            Self::Role {
                action,
                arn,
                clause,
            } => {
                let clause = clause.as_ref().map(|clause| format!(" {clause}"));
                let clause = clause.unwrap_or_default();
                match caller.web_identity() {
                    Some(_) => format!("Not authorized to perform {action}"),
                    None => format!(
                        "User: {who} is not authorized to perform: {action} on resource: {arn}{clause}"
                    ),
                }
            }
            Self::Ciphertext => CIPHERTEXT.to_owned(),
        };
        Fault::AccessDenied { message }
    }
}
