//! Policies of roots, units and accounts.

use super::PolicySummary;
use crate::json::recorded_outputs;
use crate::organizations::TargetType;

recorded_outputs! {
    /// A page of policies.
    ListPoliciesForTarget {
        "Policies" policies: Vec<PolicySummary> = always;
        "NextToken" next_token: Option<String> = present;
    }

    /// A page of what a policy is attached to.
    ListTargetsForPolicy {
        "Targets" targets: Vec<PolicyTargetSummary> = always;
        "NextToken" next_token: Option<String> = present;
    }

    /// A root, unit or account that a policy is attached to.
    PolicyTargetSummary {
        "TargetId" target_id: String = always;
        "Arn" arn: String = always;
        "Name" name: String = always;
        "Type" r#type: TargetType = always;
    }
}
