//! Policies.

use super::Root;
use crate::json::recorded_outputs;
use crate::organizations::{PolicyType, PolicyTypeStatus};

recorded_outputs! {
    /// The policy that was made.
    CreatePolicy {
        "Policy" policy: Policy = always;
    }

    /// The policy.
    DescribePolicy {
        "Policy" policy: Policy = always;
    }

    /// The policy as it is now.
    UpdatePolicy {
        "Policy" policy: Policy = always;
    }

    /// A page of policies.
    ListPolicies {
        "Policies" policies: Vec<PolicySummary> = always;
        "NextToken" next_token: Option<String> = present;
    }

    /// The root as it is now.
    EnablePolicyType {
        "Root" root: Root = always;
    }

    /// The root as it is now.
    DisablePolicyType {
        "Root" root: Root = always;
    }

    /// A policy.
    Policy {
        "PolicySummary" policy_summary: PolicySummary = always;
        "Content" content: String = always;
    }

    /// A policy without its content.
    PolicySummary {
        "Id" id: String = always;
        "Arn" arn: String = always;
        "Name" name: String = always;
        "Description" description: Option<String> = present;
        "Type" r#type: PolicyType = always;
        "AwsManaged" aws_managed: bool = always;
    }

    /// Whether a kind of policy is in force.
    PolicyTypeSummary {
        "Type" r#type: PolicyType = always;
        "Status" status: PolicyTypeStatus = always;
    }
}
