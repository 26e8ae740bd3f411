//! How much of everything there can be.
//!
//! Source: "IAM and AWS STS quotas" in the IAM guide; where a quota can be raised, as far as AWS
//! raises it.

/// Users of an account.
pub(super) const USERS: usize = 5000;
/// Groups of an account.
pub(super) const GROUPS: usize = 500;
/// Roles of an account.
pub(super) const ROLES: usize = 5000;
/// Managed policies of an account's own.
pub(super) const POLICIES: usize = 5000;
/// Identity providers of an account.
pub(super) const OIDC_PROVIDERS: usize = 700;
/// Groups that a user is in.
pub(super) const GROUPS_PER_USER: usize = 10;
/// Access keys of a user.
pub(super) const ACCESS_KEYS_PER_USER: usize = 2;
/// Managed policies that are attached to one user, group or role.
pub(super) const ATTACHED_POLICIES: usize = 10;
/// Audiences of an identity provider.
pub(super) const CLIENT_IDS: usize = 100;
/// Thumbprints of an identity provider.
pub(super) const THUMBPRINTS: usize = 5;
/// Characters of a managed policy.
pub(super) const MANAGED_POLICY: usize = 6144;
/// Characters of all inline policies of a user.
pub(super) const USER_POLICIES: usize = 2048;
/// Characters of all inline policies of a group.
pub(super) const GROUP_POLICIES: usize = 5120;
/// Characters of all inline policies of a role.
pub(super) const ROLE_POLICIES: usize = 10_240;
/// Characters of a trust policy.
pub(super) const TRUST_POLICY: usize = 2048;

/// The length of a policy as quotas count it: without white space.
pub(super) fn length(policy: &str) -> usize {
    policy.chars().filter(|c| !c.is_whitespace()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_does_not_count() {
        for (policy, expected) in [
            ("", 0),
            (" {\t}\r\n", 2),
            ("{\"a\": \"b c\"}", 10),
            ("é", 1),
        ] {
            assert_eq!(length(policy), expected, "{policy:?}");
        }
    }
}
