//! Managed policies of users, groups and roles.

use crate::query::outputs;

outputs! {
    /// A page of managed policies.
    ListAttachedUserPolicies {
        "AttachedPolicies" attached_policies: Vec<AttachedPolicy> = always;
        "IsTruncated" is_truncated: bool = always;
        "Marker" marker: Option<String> = present;
    }

    /// A page of managed policies.
    ListAttachedGroupPolicies {
        "AttachedPolicies" attached_policies: Vec<AttachedPolicy> = always;
        "IsTruncated" is_truncated: bool = always;
        "Marker" marker: Option<String> = present;
    }

    /// A page of managed policies.
    ListAttachedRolePolicies {
        "AttachedPolicies" attached_policies: Vec<AttachedPolicy> = always;
        "IsTruncated" is_truncated: bool = always;
        "Marker" marker: Option<String> = present;
    }

    /// A page of what a managed policy is attached to.
    ListEntitiesForPolicy {
        "PolicyGroups" policy_groups: Vec<PolicyGroup> = always;
        "PolicyUsers" policy_users: Vec<PolicyUser> = always;
        "PolicyRoles" policy_roles: Vec<PolicyRole> = always;
        "IsTruncated" is_truncated: bool = always;
        "Marker" marker: Option<String> = present;
    }

    /// A managed policy that is attached to something.
    AttachedPolicy {
        "PolicyName" policy_name: String = always;
        "PolicyArn" policy_arn: String = always;
    }

    /// A group that a managed policy is attached to.
    PolicyGroup {
        "GroupName" group_name: String = always;
        "GroupId" group_id: String = always;
    }

    /// A role that a managed policy is attached to.
    PolicyRole {
        "RoleName" role_name: String = always;
        "RoleId" role_id: String = always;
    }

    /// A user that a managed policy is attached to.
    PolicyUser {
        "UserName" user_name: String = always;
        "UserId" user_id: String = always;
    }
}
