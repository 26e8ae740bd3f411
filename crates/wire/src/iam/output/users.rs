//! Users.

use super::{AttachedPermissionsBoundary, Tag};
use crate::query::{Iso8601, outputs};

outputs! {
    /// The user that was made.
    CreateUser {
        "User" user: User = always;
    }

    /// The user.
    GetUser {
        "User" user: User = always;
    }

    /// A page of users, without tags and boundaries.
    ListUsers {
        "Users" users: Vec<User> = always;
        "IsTruncated" is_truncated: bool = always;
        "Marker" marker: Option<String> = present;
    }

    /// A page of tags.
    ListUserTags {
        "Tags" tags: Vec<Tag> = always;
        "IsTruncated" is_truncated: bool = always;
        "Marker" marker: Option<String> = present;
    }

    /// A user.
    User {
        "Path" path: String = always;
        "UserName" user_name: String = always;
        "UserId" user_id: String = always;
        "Arn" arn: String = always;
        "CreateDate" create_date: Iso8601 = always;
        "PasswordLastUsed" password_last_used: Option<Iso8601> = present;
        "PermissionsBoundary" permissions_boundary: Option<AttachedPermissionsBoundary> = present;
        "Tags" tags: Vec<Tag> = nonempty;
    }
}
