//! How identities are called: paths, ARNs, and names whose case does not tell them apart.

use serde::{Deserialize, Serialize};

use crate::arn::{AccountId, PARTITION};

/// The path of an identity that was given none.
pub const ROOT_PATH: &str = "/";

/// The kinds of things that have a path and a name in an account. Names are unique within a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EntityKind {
    /// A user.
    User,
    /// A group.
    Group,
    /// A role.
    Role,
    /// A managed policy of the account's own.
    Policy,
}

impl EntityKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::User, Self::Group, Self::Role, Self::Policy];

    /// Its name in ARNs and in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
            Self::Role => "role",
            Self::Policy => "policy",
        }
    }
}

/// `arn:aws:iam::<account>:<kind><path><name>`, where a path begins and ends with a slash.
#[must_use]
pub fn entity_arn(kind: EntityKind, account: AccountId, path: &str, name: &str) -> String {
    format!(
        "arn:{PARTITION}:iam::{account}:{}{path}{name}",
        kind.as_str()
    )
}

/// A name as it is compared: "names are not distinguished by case" (IAM guide, "IAM and AWS STS
/// quotas"). IAM's names are ASCII. Those of tags need not be, and are told apart by anything but
/// the case of ASCII letters wherever they are compared: one notion of case for what is unique, what
/// is asked and what is looked up. With Unicode's in one place and ASCII's in another, U+212A (KELVIN
/// SIGN) would be a `k` to one and not to the other.
#[must_use]
pub fn lower(name: &str) -> String {
    name.to_ascii_lowercase()
}

/// The path of records that were written before there were any.
pub(super) fn root_path() -> String {
    ROOT_PATH.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_carry_the_path() {
        let account: AccountId = "111122223333".parse().unwrap();
        let cases = [
            (EntityKind::User, "/", "arn:aws:iam::111122223333:user/Ada"),
            (
                EntityKind::Role,
                "/ops/eu/",
                "arn:aws:iam::111122223333:role/ops/eu/Ada",
            ),
            (
                EntityKind::Group,
                "/",
                "arn:aws:iam::111122223333:group/Ada",
            ),
            (
                EntityKind::Policy,
                "/p/",
                "arn:aws:iam::111122223333:policy/p/Ada",
            ),
        ];
        for (kind, path, expected) in cases {
            assert_eq!(entity_arn(kind, account, path, "Ada"), expected);
        }
    }
}
