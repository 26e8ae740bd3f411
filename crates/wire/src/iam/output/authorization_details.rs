//! All that decides in an account.

use super::{
    AttachedPermissionsBoundary, AttachedPolicy, InstanceProfile, PolicyVersion, RoleLastUsed, Tag,
};
use crate::query::{Document, Iso8601, outputs};

outputs! {
    /// A page of users, groups, roles and policies.
    GetAccountAuthorizationDetails {
        "UserDetailList" user_detail_list: Vec<UserDetail> = always;
        "GroupDetailList" group_detail_list: Vec<GroupDetail> = always;
        "RoleDetailList" role_detail_list: Vec<RoleDetail> = always;
        "Policies" policies: Vec<ManagedPolicyDetail> = always;
        "IsTruncated" is_truncated: bool = always;
        "Marker" marker: Option<String> = present;
    }

    /// A user with its policies.
    UserDetail {
        "Path" path: String = always;
        "UserName" user_name: String = always;
        "UserId" user_id: String = always;
        "Arn" arn: String = always;
        "CreateDate" create_date: Iso8601 = always;
        "UserPolicyList" user_policy_list: Vec<PolicyDetail> = always;
        "GroupList" group_list: Vec<String> = always;
        "AttachedManagedPolicies" attached_managed_policies: Vec<AttachedPolicy> = always;
        "PermissionsBoundary" permissions_boundary: Option<AttachedPermissionsBoundary> = present;
        "Tags" tags: Vec<Tag> = nonempty;
    }

    /// A group with its policies.
    GroupDetail {
        "Path" path: String = always;
        "GroupName" group_name: String = always;
        "GroupId" group_id: String = always;
        "Arn" arn: String = always;
        "CreateDate" create_date: Iso8601 = always;
        "GroupPolicyList" group_policy_list: Vec<PolicyDetail> = always;
        "AttachedManagedPolicies" attached_managed_policies: Vec<AttachedPolicy> = always;
    }

    /// A role with its policies.
    RoleDetail {
        "Path" path: String = always;
        "RoleName" role_name: String = always;
        "RoleId" role_id: String = always;
        "Arn" arn: String = always;
        "CreateDate" create_date: Iso8601 = always;
        "AssumeRolePolicyDocument" assume_role_policy_document: Document = always;
        "InstanceProfileList" instance_profile_list: Vec<InstanceProfile> = always;
        "RolePolicyList" role_policy_list: Vec<PolicyDetail> = always;
        "AttachedManagedPolicies" attached_managed_policies: Vec<AttachedPolicy> = always;
        "PermissionsBoundary" permissions_boundary: Option<AttachedPermissionsBoundary> = present;
        "Tags" tags: Vec<Tag> = nonempty;
        "RoleLastUsed" role_last_used: Option<RoleLastUsed> = present;
    }

    /// A managed policy with its versions.
    ManagedPolicyDetail {
        "PolicyName" policy_name: String = always;
        "PolicyId" policy_id: String = always;
        "Arn" arn: String = always;
        "Path" path: String = always;
        "DefaultVersionId" default_version_id: String = always;
        "AttachmentCount" attachment_count: i64 = always;
        "PermissionsBoundaryUsageCount" permissions_boundary_usage_count: i64 = always;
        "IsAttachable" is_attachable: bool = always;
        "Description" description: Option<String> = present;
        "CreateDate" create_date: Iso8601 = always;
        "UpdateDate" update_date: Iso8601 = always;
        "PolicyVersionList" policy_version_list: Vec<PolicyVersion> = always;
    }

    /// A policy that is part of a user, group or role.
    PolicyDetail {
        "PolicyName" policy_name: String = always;
        "PolicyDocument" policy_document: Document = always;
    }
}
