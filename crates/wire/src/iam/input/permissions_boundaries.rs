//! Permissions boundaries.

use crate::iam::shapes::{ArnType, RoleNameType, UserNameType};
use crate::query::inputs;

inputs! {
    /// Sets the permissions boundary of a user.
    PutUserPermissionsBoundary {
        "UserName" user_name: String = required UserNameType;
        "PermissionsBoundary" permissions_boundary: String = required ArnType;
    }

    /// Removes the permissions boundary of a user.
    DeleteUserPermissionsBoundary {
        "UserName" user_name: String = required UserNameType;
    }

    /// Sets the permissions boundary of a role.
    PutRolePermissionsBoundary {
        "RoleName" role_name: String = required RoleNameType;
        "PermissionsBoundary" permissions_boundary: String = required ArnType;
    }

    /// Removes the permissions boundary of a role.
    DeleteRolePermissionsBoundary {
        "RoleName" role_name: String = required RoleNameType;
    }
}
