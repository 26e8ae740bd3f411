//! What sessions can't do, whatever policies say.
//!
//! Source: "Comparing AWS STS credentials" in the IAM guide.

use keystead_core::identity::{Identity, IdentityKind};

use super::denied;
use crate::fault::Fault;

/// Checks that a caller has long-term credentials: a session can't be prolonged.
///
/// # Errors
/// [`Fault::AccessDenied`].
pub(super) fn long_term_only(caller: &Identity, operation: &str) -> Result<(), Fault> {
    match caller.kind() {
        IdentityKind::Root | IdentityKind::User { .. } if caller.session().is_none() => Ok(()),
        _ => Err(no_sessions(operation)),
    }
}

/// Checks that a caller may use STS at large: with the sessions that GetSessionToken and
/// GetFederationToken give, there is little else than GetCallerIdentity.
///
/// # Errors
/// [`Fault::AccessDenied`].
pub(super) fn not_own_session(caller: &Identity, operation: &str) -> Result<(), Fault> {
    match caller.kind() {
        IdentityKind::FederatedUser { .. } => Err(no_sessions(operation)),
        IdentityKind::Root | IdentityKind::User { .. } if caller.session().is_some() => {
            Err(no_sessions(operation))
        }
        _ => Ok(()),
    }
}

/// Checks that a caller can become a role at all.
///
/// # Errors
/// [`Fault::AccessDenied`], for root users and for what GetFederationToken gives.
pub(super) fn may_assume_roles(caller: &Identity) -> Result<(), Fault> {
    match caller.kind() {
        IdentityKind::Root => Err(denied("Roles may not be assumed by root accounts.")),
        IdentityKind::FederatedUser { .. } => Err(no_sessions("AssumeRole")),
        _ => Ok(()),
    }
}

fn no_sessions(operation: &str) -> Fault {
    denied(format!("Cannot call {operation} with session credentials"))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use keystead_core::identity::{RoleRecord, SessionFacts, UserRecord};
    use keystead_core::time::Timestamp;

    use super::*;

    #[test]
    fn who_may_do_what() {
        let (account, at) = ("111122223333".parse().unwrap(), Timestamp::from_millis(0));
        let facts = || Arc::new(SessionFacts::between(at, at));
        let user = Identity::user(&UserRecord::new(account, "ada", "AIDAEXAMPLE", at));
        let root = Identity::root(account);
        let role = RoleRecord::new(account, "app", "AROAEXAMPLE", at, "{}");
        let cases = [
            (user.clone(), [true, true, true]),
            (user.clone().with_session(facts()), [false, false, true]),
            (root.clone(), [true, true, false]),
            (root.with_session(facts()), [false, false, false]),
            (
                Identity::role_session(&role, "s", facts()),
                [false, true, true],
            ),
            (
                Identity::federated_user(&user, "bob", facts()),
                [false, false, false],
            ),
            (
                Identity::service(account, account, "s3.amazonaws.com"),
                [false, true, true],
            ),
        ];
        for (caller, expected) in cases {
            let found = [
                long_term_only(&caller, "X").is_ok(),
                not_own_session(&caller, "X").is_ok(),
                may_assume_roles(&caller).is_ok(),
            ];
            assert_eq!(found, expected, "{caller:?}");
        }
    }
}
