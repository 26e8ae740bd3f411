//! Groups.

use super::User;
use crate::query::{Iso8601, outputs};

outputs! {
    /// The group that was made.
    CreateGroup {
        "Group" group: Group = always;
    }

    /// The group and a page of its users.
    GetGroup {
        "Group" group: Group = always;
        "Users" users: Vec<User> = always;
        "IsTruncated" is_truncated: bool = always;
        "Marker" marker: Option<String> = present;
    }

    /// A page of groups.
    ListGroups {
        "Groups" groups: Vec<Group> = always;
        "IsTruncated" is_truncated: bool = always;
        "Marker" marker: Option<String> = present;
    }

    /// A page of groups.
    ListGroupsForUser {
        "Groups" groups: Vec<Group> = always;
        "IsTruncated" is_truncated: bool = always;
        "Marker" marker: Option<String> = present;
    }

    /// A group.
    Group {
        "Path" path: String = always;
        "GroupName" group_name: String = always;
        "GroupId" group_id: String = always;
        "Arn" arn: String = always;
        "CreateDate" create_date: Iso8601 = always;
    }
}
