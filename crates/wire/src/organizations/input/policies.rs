//! Policies.

use super::Tag;
use crate::organizations::shapes::{
    MaxResults, NextToken, PolicyContent, PolicyDescription, PolicyId, PolicyName, RootId, Tags,
};
use crate::organizations::{PolicyType, inputs};

inputs! {
    /// Makes a policy.
    CreatePolicy {
        "Content" content: String = required PolicyContent;
        "Description" description: String = required PolicyDescription;
        "Name" name: String = required PolicyName;
        "Type" r#type: PolicyType = required PolicyType;
        "Tags" tags: Vec<Tag> = defaulted Tags;
    }

    /// Gives a policy.
    DescribePolicy {
        "PolicyId" policy_id: String = required PolicyId;
    }

    /// Changes a policy.
    UpdatePolicy {
        "PolicyId" policy_id: String = required PolicyId;
        "Name" name: Option<String> = optional PolicyName;
        "Description" description: Option<String> = optional PolicyDescription;
        "Content" content: Option<String> = optional PolicyContent;
    }

    /// Destroys a policy.
    DeletePolicy {
        "PolicyId" policy_id: String = required PolicyId;
    }

    /// Lists the organization's policies of a kind.
    ListPolicies {
        "Filter" filter: PolicyType = required PolicyType;
        "NextToken" next_token: Option<String> = optional NextToken;
        "MaxResults" max_results: Option<i64> = optional MaxResults;
    }

    /// Puts a kind of policy in force.
    EnablePolicyType {
        "RootId" root_id: String = required RootId;
        "PolicyType" policy_type: PolicyType = required PolicyType;
    }

    /// Puts a kind of policy out of force.
    DisablePolicyType {
        "RootId" root_id: String = required RootId;
        "PolicyType" policy_type: PolicyType = required PolicyType;
    }
}
