//! Policies of roots, units and accounts.

use crate::organizations::shapes::{MaxResults, NextToken, PolicyId, PolicyTargetId};
use crate::organizations::{PolicyType, inputs};

inputs! {
    /// Attaches a policy to a root, unit or account.
    AttachPolicy {
        "PolicyId" policy_id: String = required PolicyId;
        "TargetId" target_id: String = required PolicyTargetId;
    }

    /// Detaches a policy from a root, unit or account.
    DetachPolicy {
        "PolicyId" policy_id: String = required PolicyId;
        "TargetId" target_id: String = required PolicyTargetId;
    }

    /// Lists the policies of a root, unit or account.
    ListPoliciesForTarget {
        "TargetId" target_id: String = required PolicyTargetId;
        "Filter" filter: PolicyType = required PolicyType;
        "NextToken" next_token: Option<String> = optional NextToken;
        "MaxResults" max_results: Option<i64> = optional MaxResults;
    }

    /// Lists what a policy is attached to.
    ListTargetsForPolicy {
        "PolicyId" policy_id: String = required PolicyId;
        "NextToken" next_token: Option<String> = optional NextToken;
        "MaxResults" max_results: Option<i64> = optional MaxResults;
    }
}
