//! What IAM's operations are about, in the words of their tables.

use keystead_core::identity::EntityKind;
use keystead_wire::iam::input::Tag;

use crate::target::Named;

/// The account as a whole.
pub(super) const fn account<I>(_input: &I) -> Named<'_> {
    Named::Account
}

/// A user.
pub(super) const fn user(name: &str) -> Named<'_> {
    entity(EntityKind::User, name)
}

/// A user, or the caller if none is named.
pub(super) fn user_or_oneself(name: Option<&str>) -> Named<'_> {
    name.map_or(Named::Oneself, user)
}

/// A group.
pub(super) const fn group(name: &str) -> Named<'_> {
    entity(EntityKind::Group, name)
}

/// A role.
pub(super) const fn role(name: &str) -> Named<'_> {
    entity(EntityKind::Role, name)
}

/// A managed policy or an identity provider.
pub(super) const fn arn(arn: &str) -> Named<'_> {
    Named::Arn(arn)
}

/// One that is to be made with these tags.
pub(super) fn new<'a>(
    kind: EntityKind,
    path: Option<&'a str>,
    name: &'a str,
    tags: &[Tag],
) -> Named<'a> {
    let tag = match kind {
        EntityKind::User => Some("iam:TagUser"),
        EntityKind::Role => Some("iam:TagRole"),
        EntityKind::Policy => Some("iam:TagPolicy"),
        EntityKind::Group => None,
    };
    Named::New {
        kind,
        path,
        name,
        tagged: tag.filter(|_| !tags.is_empty()),
    }
}

/// One that is to get another path, or name, or both.
pub(super) fn moved<'a>(
    kind: EntityKind,
    name: &'a str,
    path: Option<&'a str>,
    new_name: Option<&'a str>,
) -> Named<'a> {
    Named::Moved {
        kind,
        name,
        path,
        new_name,
    }
}

const fn entity(kind: EntityKind, name: &str) -> Named<'_> {
    Named::Entity { kind, name }
}
