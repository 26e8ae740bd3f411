//! Policies that are part of a user, group or role.

use crate::iam::shapes::{
    ExistingUserNameType, GroupNameType, MarkerType, MaxItemsType, PolicyDocumentType,
    PolicyNameType, RoleNameType,
};
use crate::query::inputs;

inputs! {
    /// Adds or replaces a policy of a user.
    PutUserPolicy {
        "UserName" user_name: String = required ExistingUserNameType;
        "PolicyName" policy_name: String = required PolicyNameType;
        "PolicyDocument" policy_document: String = required PolicyDocumentType;
    }

    /// Gives a policy of a user.
    GetUserPolicy {
        "UserName" user_name: String = required ExistingUserNameType;
        "PolicyName" policy_name: String = required PolicyNameType;
    }

    /// Removes a policy of a user.
    DeleteUserPolicy {
        "UserName" user_name: String = required ExistingUserNameType;
        "PolicyName" policy_name: String = required PolicyNameType;
    }

    /// Adds or replaces a policy of a group.
    PutGroupPolicy {
        "GroupName" group_name: String = required GroupNameType;
        "PolicyName" policy_name: String = required PolicyNameType;
        "PolicyDocument" policy_document: String = required PolicyDocumentType;
    }

    /// Gives a policy of a group.
    GetGroupPolicy {
        "GroupName" group_name: String = required GroupNameType;
        "PolicyName" policy_name: String = required PolicyNameType;
    }

    /// Removes a policy of a group.
    DeleteGroupPolicy {
        "GroupName" group_name: String = required GroupNameType;
        "PolicyName" policy_name: String = required PolicyNameType;
    }

    /// Adds or replaces a policy of a role.
    PutRolePolicy {
        "RoleName" role_name: String = required RoleNameType;
        "PolicyName" policy_name: String = required PolicyNameType;
        "PolicyDocument" policy_document: String = required PolicyDocumentType;
    }

    /// Gives a policy of a role.
    GetRolePolicy {
        "RoleName" role_name: String = required RoleNameType;
        "PolicyName" policy_name: String = required PolicyNameType;
    }

    /// Removes a policy of a role.
    DeleteRolePolicy {
        "RoleName" role_name: String = required RoleNameType;
        "PolicyName" policy_name: String = required PolicyNameType;
    }

    /// Lists the names of a user's own policies.
    ListUserPolicies {
        "UserName" user_name: String = required ExistingUserNameType;
        "Marker" marker: Option<String> = optional MarkerType;
        "MaxItems" max_items: Option<i64> = optional MaxItemsType;
    }

    /// Lists the names of a group's own policies.
    ListGroupPolicies {
        "GroupName" group_name: String = required GroupNameType;
        "Marker" marker: Option<String> = optional MarkerType;
        "MaxItems" max_items: Option<i64> = optional MaxItemsType;
    }

    /// Lists the names of a role's own policies.
    ListRolePolicies {
        "RoleName" role_name: String = required RoleNameType;
        "Marker" marker: Option<String> = optional MarkerType;
        "MaxItems" max_items: Option<i64> = optional MaxItemsType;
    }
}
