//! Groups and their members.

use crate::iam::shapes::{
    ExistingUserNameType, GroupNameType, MarkerType, MaxItemsType, PathPrefixType, PathType,
};
use crate::query::inputs;

inputs! {
    /// Makes a group.
    CreateGroup {
        "Path" path: Option<String> = optional PathType;
        "GroupName" group_name: String = required GroupNameType;
    }

    /// Gives a group and its users.
    GetGroup {
        "GroupName" group_name: String = required GroupNameType;
        "Marker" marker: Option<String> = optional MarkerType;
        "MaxItems" max_items: Option<i64> = optional MaxItemsType;
    }

    /// Lists the account's groups.
    ListGroups {
        "PathPrefix" path_prefix: Option<String> = optional PathPrefixType;
        "Marker" marker: Option<String> = optional MarkerType;
        "MaxItems" max_items: Option<i64> = optional MaxItemsType;
    }

    /// Changes a group's name or path.
    UpdateGroup {
        "GroupName" group_name: String = required GroupNameType;
        "NewPath" new_path: Option<String> = optional PathType;
        "NewGroupName" new_group_name: Option<String> = optional GroupNameType;
    }

    /// Destroys a group.
    DeleteGroup {
        "GroupName" group_name: String = required GroupNameType;
    }

    /// Makes a user a member of a group.
    AddUserToGroup {
        "GroupName" group_name: String = required GroupNameType;
        "UserName" user_name: String = required ExistingUserNameType;
    }

    /// Takes a user out of a group.
    RemoveUserFromGroup {
        "GroupName" group_name: String = required GroupNameType;
        "UserName" user_name: String = required ExistingUserNameType;
    }

    /// Lists the groups that a user is a member of.
    ListGroupsForUser {
        "UserName" user_name: String = required ExistingUserNameType;
        "Marker" marker: Option<String> = optional MarkerType;
        "MaxItems" max_items: Option<i64> = optional MaxItemsType;
    }
}
