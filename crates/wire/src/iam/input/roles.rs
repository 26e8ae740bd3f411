//! Roles.

use super::Tag;
use crate::iam::shapes::{
    ArnType, MarkerType, MaxItemsType, PathPrefixType, PathType, PolicyDocumentType,
    RoleDescriptionType, RoleMaxSessionDurationType, RoleNameType, TagKeyListType, TagListType,
};
use crate::query::inputs;

inputs! {
    /// Makes a role.
    CreateRole {
        "Path" path: Option<String> = optional PathType;
        "RoleName" role_name: String = required RoleNameType;
        "AssumeRolePolicyDocument" assume_role_policy_document: String = required PolicyDocumentType;
        "Description" description: Option<String> = optional RoleDescriptionType;
        "MaxSessionDuration" max_session_duration: Option<i64> = optional RoleMaxSessionDurationType;
        "PermissionsBoundary" permissions_boundary: Option<String> = optional ArnType;
        "Tags" tags: Vec<Tag> = defaulted TagListType;
    }

    /// Gives a role.
    GetRole {
        "RoleName" role_name: String = required RoleNameType;
    }

    /// Lists the account's roles.
    ListRoles {
        "PathPrefix" path_prefix: Option<String> = optional PathPrefixType;
        "Marker" marker: Option<String> = optional MarkerType;
        "MaxItems" max_items: Option<i64> = optional MaxItemsType;
    }

    /// Changes a role's description and the longest time of its sessions.
    UpdateRole {
        "RoleName" role_name: String = required RoleNameType;
        "Description" description: Option<String> = optional RoleDescriptionType;
        "MaxSessionDuration" max_session_duration: Option<i64> = optional RoleMaxSessionDurationType;
    }

    /// Changes a role's description.
    UpdateRoleDescription {
        "RoleName" role_name: String = required RoleNameType;
        "Description" description: String = required RoleDescriptionType;
    }

    /// Replaces a role's trust policy.
    UpdateAssumeRolePolicy {
        "RoleName" role_name: String = required RoleNameType;
        "PolicyDocument" policy_document: String = required PolicyDocumentType;
    }

    /// Destroys a role.
    DeleteRole {
        "RoleName" role_name: String = required RoleNameType;
    }

    /// Adds or changes tags of a role.
    TagRole {
        "RoleName" role_name: String = required RoleNameType;
        "Tags" tags: Vec<Tag> = required TagListType;
    }

    /// Removes tags of a role.
    UntagRole {
        "RoleName" role_name: String = required RoleNameType;
        "TagKeys" tag_keys: Vec<String> = required TagKeyListType;
    }

    /// Lists a role's tags.
    ListRoleTags {
        "RoleName" role_name: String = required RoleNameType;
        "Marker" marker: Option<String> = optional MarkerType;
        "MaxItems" max_items: Option<i64> = optional MaxItemsType;
    }

    /// Lists the instance profiles that a role is in.
    ListInstanceProfilesForRole {
        "RoleName" role_name: String = required RoleNameType;
        "Marker" marker: Option<String> = optional MarkerType;
        "MaxItems" max_items: Option<i64> = optional MaxItemsType;
    }
}
