//! Managed policies.

use super::Tag;
use crate::iam::shapes::{
    ArnType, BooleanType, MarkerType, MaxItemsType, PolicyDescriptionType, PolicyDocumentType,
    PolicyNameType, PolicyPathType, TagKeyListType, TagListType,
};
use crate::iam::{PolicyScopeType, PolicyUsageType};
use crate::query::inputs;

inputs! {
    /// Makes a managed policy.
    CreatePolicy {
        "PolicyName" policy_name: String = required PolicyNameType;
        "Path" path: Option<String> = optional PolicyPathType;
        "PolicyDocument" policy_document: String = required PolicyDocumentType;
        "Description" description: Option<String> = optional PolicyDescriptionType;
        "Tags" tags: Vec<Tag> = defaulted TagListType;
    }

    /// Gives a managed policy, without its document.
    GetPolicy {
        "PolicyArn" policy_arn: String = required ArnType;
    }

    /// Lists managed policies.
    ListPolicies {
        "Scope" scope: Option<PolicyScopeType> = optional PolicyScopeType;
        "OnlyAttached" only_attached: Option<bool> = optional BooleanType;
        "PathPrefix" path_prefix: Option<String> = optional PolicyPathType;
        "PolicyUsageFilter" policy_usage_filter: Option<PolicyUsageType> = optional PolicyUsageType;
        "Marker" marker: Option<String> = optional MarkerType;
        "MaxItems" max_items: Option<i64> = optional MaxItemsType;
    }

    /// Destroys a managed policy.
    DeletePolicy {
        "PolicyArn" policy_arn: String = required ArnType;
    }

    /// Adds or changes tags of a managed policy.
    TagPolicy {
        "PolicyArn" policy_arn: String = required ArnType;
        "Tags" tags: Vec<Tag> = required TagListType;
    }

    /// Removes tags of a managed policy.
    UntagPolicy {
        "PolicyArn" policy_arn: String = required ArnType;
        "TagKeys" tag_keys: Vec<String> = required TagKeyListType;
    }

    /// Lists a managed policy's tags.
    ListPolicyTags {
        "PolicyArn" policy_arn: String = required ArnType;
        "Marker" marker: Option<String> = optional MarkerType;
        "MaxItems" max_items: Option<i64> = optional MaxItemsType;
    }
}
