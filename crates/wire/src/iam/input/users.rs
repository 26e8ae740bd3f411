//! Users.

use super::Tag;
use crate::iam::shapes::{
    ArnType, ExistingUserNameType, MarkerType, MaxItemsType, PathPrefixType, PathType,
    TagKeyListType, TagListType, UserNameType,
};
use crate::query::inputs;

inputs! {
    /// Makes a user.
    CreateUser {
        "Path" path: Option<String> = optional PathType;
        "UserName" user_name: String = required UserNameType;
        "PermissionsBoundary" permissions_boundary: Option<String> = optional ArnType;
        "Tags" tags: Vec<Tag> = defaulted TagListType;
    }

    /// Gives a user; without a name the caller.
    GetUser {
        "UserName" user_name: Option<String> = optional ExistingUserNameType;
    }

    /// Lists the account's users.
    ListUsers {
        "PathPrefix" path_prefix: Option<String> = optional PathPrefixType;
        "Marker" marker: Option<String> = optional MarkerType;
        "MaxItems" max_items: Option<i64> = optional MaxItemsType;
    }

    /// Changes a user's name or path.
    UpdateUser {
        "UserName" user_name: String = required ExistingUserNameType;
        "NewPath" new_path: Option<String> = optional PathType;
        "NewUserName" new_user_name: Option<String> = optional UserNameType;
    }

    /// Destroys a user.
    DeleteUser {
        "UserName" user_name: String = required ExistingUserNameType;
    }

    /// Adds or changes tags of a user.
    TagUser {
        "UserName" user_name: String = required ExistingUserNameType;
        "Tags" tags: Vec<Tag> = required TagListType;
    }

    /// Removes tags of a user.
    UntagUser {
        "UserName" user_name: String = required ExistingUserNameType;
        "TagKeys" tag_keys: Vec<String> = required TagKeyListType;
    }

    /// Lists a user's tags.
    ListUserTags {
        "UserName" user_name: String = required ExistingUserNameType;
        "Marker" marker: Option<String> = optional MarkerType;
        "MaxItems" max_items: Option<i64> = optional MaxItemsType;
    }
}
