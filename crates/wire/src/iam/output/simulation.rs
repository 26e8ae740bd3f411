//! What policies would decide. The operations of a kind share an output.

use std::collections::BTreeMap;

use crate::iam::{PolicyEvaluationDecisionType, PolicySourceType};
use crate::query::outputs;

outputs! {
    /// A page of decisions.
    SimulatePolicy {
        "EvaluationResults" evaluation_results: Vec<EvaluationResult> = always;
        "IsTruncated" is_truncated: bool = always;
        "Marker" marker: Option<String> = present;
    }

    /// The context keys that policies ask for.
    GetContextKeysForPolicy {
        "ContextKeyNames" context_key_names: Vec<String> = always;
    }

    /// What was decided about an action.
    EvaluationResult {
        "EvalActionName" eval_action_name: String = always;
        "EvalResourceName" eval_resource_name: String = always;
        "EvalDecision" eval_decision: PolicyEvaluationDecisionType = always;
        "MatchedStatements" matched_statements: Vec<Statement> = always;
        "MissingContextValues" missing_context_values: Vec<String> = always;
        "OrganizationsDecisionDetail" organizations_decision_detail: Option<OrganizationsDecisionDetail> = present;
        "PermissionsBoundaryDecisionDetail" permissions_boundary_decision_detail: Option<PermissionsBoundaryDecisionDetail> = present;
        "EvalDecisionDetails" eval_decision_details: Option<BTreeMap<String, PolicyEvaluationDecisionType>> = present;
        "ResourceSpecificResults" resource_specific_results: Vec<ResourceSpecificResult> = nonempty;
    }

    /// What was decided about an action on one of several resources.
    ResourceSpecificResult {
        "EvalResourceName" eval_resource_name: String = always;
        "EvalResourceDecision" eval_resource_decision: PolicyEvaluationDecisionType = always;
        "MatchedStatements" matched_statements: Vec<Statement> = always;
        "MissingContextValues" missing_context_values: Vec<String> = always;
        "EvalDecisionDetails" eval_decision_details: Option<BTreeMap<String, PolicyEvaluationDecisionType>> = present;
        "PermissionsBoundaryDecisionDetail" permissions_boundary_decision_detail: Option<PermissionsBoundaryDecisionDetail> = present;
    }

    /// A statement that took part in a decision.
    Statement {
        "SourcePolicyId" source_policy_id: String = always;
        "SourcePolicyType" source_policy_type: PolicySourceType = always;
        "StartPosition" start_position: Option<Position> = present;
        "EndPosition" end_position: Option<Position> = present;
    }

    /// A place in a policy's text, counted from one.
    Position {
        "Line" line: i64 = always;
        "Column" column: i64 = always;
    }

    /// What the organization's policies decided.
    OrganizationsDecisionDetail {
        "AllowedByOrganizations" allowed_by_organizations: bool = always;
    }

    /// What the permissions boundary decided.
    PermissionsBoundaryDecisionDetail {
        "AllowedByPermissionsBoundary" allowed_by_permissions_boundary: bool = always;
    }
}
