//! Managed policies of users, groups and roles.

use crate::iam::shapes::{
    ArnType, GroupNameType, MarkerType, MaxItemsType, PathType, PolicyPathType, RoleNameType,
    UserNameType,
};
use crate::iam::{EntityType, PolicyUsageType};
use crate::query::inputs;

inputs! {
    /// Gives a managed policy to a user.
    AttachUserPolicy {
        "UserName" user_name: String = required UserNameType;
        "PolicyArn" policy_arn: String = required ArnType;
    }

    /// Takes a managed policy from a user.
    DetachUserPolicy {
        "UserName" user_name: String = required UserNameType;
        "PolicyArn" policy_arn: String = required ArnType;
    }

    /// Gives a managed policy to a group.
    AttachGroupPolicy {
        "GroupName" group_name: String = required GroupNameType;
        "PolicyArn" policy_arn: String = required ArnType;
    }

    /// Takes a managed policy from a group.
    DetachGroupPolicy {
        "GroupName" group_name: String = required GroupNameType;
        "PolicyArn" policy_arn: String = required ArnType;
    }

    /// Gives a managed policy to a role.
    AttachRolePolicy {
        "RoleName" role_name: String = required RoleNameType;
        "PolicyArn" policy_arn: String = required ArnType;
    }

    /// Takes a managed policy from a role.
    DetachRolePolicy {
        "RoleName" role_name: String = required RoleNameType;
        "PolicyArn" policy_arn: String = required ArnType;
    }

    /// Lists the managed policies of a user.
    ListAttachedUserPolicies {
        "UserName" user_name: String = required UserNameType;
        "PathPrefix" path_prefix: Option<String> = optional PolicyPathType;
        "Marker" marker: Option<String> = optional MarkerType;
        "MaxItems" max_items: Option<i64> = optional MaxItemsType;
    }

    /// Lists the managed policies of a group.
    ListAttachedGroupPolicies {
        "GroupName" group_name: String = required GroupNameType;
        "PathPrefix" path_prefix: Option<String> = optional PolicyPathType;
        "Marker" marker: Option<String> = optional MarkerType;
        "MaxItems" max_items: Option<i64> = optional MaxItemsType;
    }

    /// Lists the managed policies of a role.
    ListAttachedRolePolicies {
        "RoleName" role_name: String = required RoleNameType;
        "PathPrefix" path_prefix: Option<String> = optional PolicyPathType;
        "Marker" marker: Option<String> = optional MarkerType;
        "MaxItems" max_items: Option<i64> = optional MaxItemsType;
    }

    /// Lists what a managed policy is attached to.
    ListEntitiesForPolicy {
        "PolicyArn" policy_arn: String = required ArnType;
        "EntityFilter" entity_filter: Option<EntityType> = optional EntityType;
        "PathPrefix" path_prefix: Option<String> = optional PathType;
        "PolicyUsageFilter" policy_usage_filter: Option<PolicyUsageType> = optional PolicyUsageType;
        "Marker" marker: Option<String> = optional MarkerType;
        "MaxItems" max_items: Option<i64> = optional MaxItemsType;
    }
}
