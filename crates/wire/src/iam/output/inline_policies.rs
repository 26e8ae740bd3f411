//! Policies that are part of a user, group or role.

use crate::query::{Document, outputs};

outputs! {
    /// A user's policy.
    GetUserPolicy {
        "UserName" user_name: String = always;
        "PolicyName" policy_name: String = always;
        "PolicyDocument" policy_document: Document = always;
    }

    /// A group's policy.
    GetGroupPolicy {
        "GroupName" group_name: String = always;
        "PolicyName" policy_name: String = always;
        "PolicyDocument" policy_document: Document = always;
    }

    /// A role's policy.
    GetRolePolicy {
        "RoleName" role_name: String = always;
        "PolicyName" policy_name: String = always;
        "PolicyDocument" policy_document: Document = always;
    }

    /// A page of policy names.
    ListUserPolicies {
        "PolicyNames" policy_names: Vec<String> = always;
        "IsTruncated" is_truncated: bool = always;
        "Marker" marker: Option<String> = present;
    }

    /// A page of policy names.
    ListGroupPolicies {
        "PolicyNames" policy_names: Vec<String> = always;
        "IsTruncated" is_truncated: bool = always;
        "Marker" marker: Option<String> = present;
    }

    /// A page of policy names.
    ListRolePolicies {
        "PolicyNames" policy_names: Vec<String> = always;
        "IsTruncated" is_truncated: bool = always;
        "Marker" marker: Option<String> = present;
    }
}
