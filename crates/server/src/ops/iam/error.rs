//! What IAM calls its refusals.
//!
//! Sources: the exceptions of the IAM API model for names and statuses; messages as observed.

use std::fmt::Display;

use keystead_core::identity::EntityKind;

use crate::fault::Fault;

const fn named(code: &'static str, status: u16, message: String) -> Fault {
    Fault::Named {
        code,
        status,
        message,
    }
}

/// Something that is not there.
pub(super) fn not_found(message: impl Into<String>) -> Fault {
    named("NoSuchEntity", 404, message.into())
}

/// A user, group or role that is not there.
pub(super) fn no_such(kind: EntityKind, name: &str) -> Fault {
    not_found(format!(
        "The {} with name {name} cannot be found.",
        kind.as_str()
    ))
}

/// A managed policy that is not there.
pub(super) fn no_such_policy(arn: &str) -> Fault {
    not_found(format!("Policy {arn} was not found."))
}

/// A managed policy that can't be attached, because it is not there.
pub(super) fn not_attachable(arn: &str) -> Fault {
    not_found(format!("Policy {arn} does not exist or is not attachable."))
}

/// A version that a managed policy does not have.
pub(super) fn no_such_version(arn: &str, version: &str) -> Fault {
    not_found(format!(
        "Policy {arn} version {version} does not exist or is not attachable."
    ))
}

/// An access key that is not there, or is somebody else's.
pub(super) fn no_such_access_key(id: &str) -> Fault {
    not_found(format!("The Access Key with id {id} cannot be found."))
}

/// A name that is taken.
pub(super) fn exists(message: impl Into<String>) -> Fault {
    named("EntityAlreadyExists", 409, message.into())
}

/// A user, group, role or policy whose name is taken.
pub(super) fn name_taken(kind: EntityKind, name: &str) -> Fault {
    exists(match kind {
        EntityKind::User => format!("User with name {name} already exists."),
        EntityKind::Group => format!("Group with name {name} already exists."),
        EntityKind::Role => format!("Role with name {name} already exists."),
        EntityKind::Policy => {
            format!("A policy called {name} already exists. Duplicate names are not allowed.")
        }
    })
}

/// Something that can't be destroyed before something else is done.
pub(super) fn must_first(what: &str) -> Fault {
    delete_conflict(format!("Cannot delete entity, must {what} first."))
}

/// Something that can't be destroyed.
pub(super) fn delete_conflict(message: impl Into<String>) -> Fault {
    named("DeleteConflict", 409, message.into())
}

/// A quota that is used up, under the name that IAM has for it.
pub(super) fn quota(name: &str, limit: impl Display) -> Fault {
    Fault::Limit {
        message: format!("Cannot exceed quota for {name}: {limit}"),
    }
}

/// An input that is well-formed and means nothing.
pub(super) fn invalid_input(message: impl Into<String>) -> Fault {
    named("InvalidInput", 400, message.into())
}

/// An ARN that is none, or of something else.
pub(super) fn invalid_arn(arn: &str) -> Fault {
    invalid_input(format!("ARN {arn} is not valid."))
}

/// A policy document that says nothing.
pub(super) fn malformed_policy(message: impl Into<String>) -> Fault {
    named("MalformedPolicyDocument", 400, message.into())
}

/// A role that only its service may change.
pub(super) fn protected_role(name: &str) -> Fault {
    named(
        "UnmodifiableEntity",
        400,
        format!(
            "Cannot perform the operation on the protected role '{name}' - this role is only modifiable by AWS"
        ),
    )
}

/// A managed policy of another account, or AWS's own.
pub(super) fn foreign_policy() -> Fault {
    Fault::AccessDenied {
        message: "Policy is outside your own account.".to_owned(),
    }
}

/// A call without a name by a caller that has none.
pub(super) fn must_name_user() -> Fault {
    Fault::Validation {
        message: "Must specify userName when calling with non-User credentials".to_owned(),
    }
}
