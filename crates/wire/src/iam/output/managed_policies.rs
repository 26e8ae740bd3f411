//! Managed policies.

use super::Tag;
use crate::query::{Iso8601, outputs};

outputs! {
    /// The policy that was made.
    CreatePolicy {
        "Policy" policy: Policy = always;
    }

    /// The policy.
    GetPolicy {
        "Policy" policy: Policy = always;
    }

    /// A page of policies.
    ListPolicies {
        "Policies" policies: Vec<Policy> = always;
        "IsTruncated" is_truncated: bool = always;
        "Marker" marker: Option<String> = present;
    }

    /// A page of tags.
    ListPolicyTags {
        "Tags" tags: Vec<Tag> = always;
        "IsTruncated" is_truncated: bool = always;
        "Marker" marker: Option<String> = present;
    }

    /// A managed policy, without its document.
    Policy {
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
        "Tags" tags: Vec<Tag> = nonempty;
    }
}
