//! Roles.

use super::Tag;
use crate::iam::PermissionsBoundaryAttachmentType;
use crate::query::{Document, Iso8601, outputs};

outputs! {
    /// The role that was made.
    CreateRole {
        "Role" role: Role = always;
    }

    /// The role.
    GetRole {
        "Role" role: Role = always;
    }

    /// A page of roles, without tags, boundaries and uses.
    ListRoles {
        "Roles" roles: Vec<Role> = always;
        "IsTruncated" is_truncated: bool = always;
        "Marker" marker: Option<String> = present;
    }

    /// Nothing, in a result of its own.
    UpdateRole {}

    /// The role as it is now.
    UpdateRoleDescription {
        "Role" role: Role = always;
    }

    /// A page of tags.
    ListRoleTags {
        "Tags" tags: Vec<Tag> = always;
        "IsTruncated" is_truncated: bool = always;
        "Marker" marker: Option<String> = present;
    }

    /// A page of instance profiles.
    ListInstanceProfilesForRole {
        "InstanceProfiles" instance_profiles: Vec<InstanceProfile> = always;
        "IsTruncated" is_truncated: bool = always;
        "Marker" marker: Option<String> = present;
    }

    /// A role.
    Role {
        "Path" path: String = always;
        "RoleName" role_name: String = always;
        "RoleId" role_id: String = always;
        "Arn" arn: String = always;
        "CreateDate" create_date: Iso8601 = always;
        "AssumeRolePolicyDocument" assume_role_policy_document: Document = always;
        "Description" description: Option<String> = present;
        "MaxSessionDuration" max_session_duration: i64 = always;
        "PermissionsBoundary" permissions_boundary: Option<AttachedPermissionsBoundary> = present;
        "Tags" tags: Vec<Tag> = nonempty;
        "RoleLastUsed" role_last_used: Option<RoleLastUsed> = present;
        "SourceRoleTemplate" source_role_template: Option<SourceRoleTemplate> = present;
    }

    /// When and where a role was used last.
    RoleLastUsed {
        "LastUsedDate" last_used_date: Option<Iso8601> = present;
        "Region" region: Option<String> = present;
    }

    /// The permissions boundary of a user or role.
    AttachedPermissionsBoundary {
        "PermissionsBoundaryType" permissions_boundary_type: PermissionsBoundaryAttachmentType = always;
        "PermissionsBoundaryArn" permissions_boundary_arn: String = always;
    }

    /// The template that a role was made from.
    SourceRoleTemplate {
        "TemplateArn" template_arn: String = always;
        "TemplateMinorVersion" template_minor_version: i64 = always;
    }

    /// An instance profile.
    InstanceProfile {
        "Path" path: String = always;
        "InstanceProfileName" instance_profile_name: String = always;
        "InstanceProfileId" instance_profile_id: String = always;
        "Arn" arn: String = always;
        "CreateDate" create_date: Iso8601 = always;
        "Roles" roles: Vec<Role> = always;
        "Tags" tags: Vec<Tag> = nonempty;
    }
}
