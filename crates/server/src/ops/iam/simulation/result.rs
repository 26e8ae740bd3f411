//! A decision in the words of the API.

use std::collections::BTreeMap;

use keystead_core::policy::{
    Effect, Explanation, MatchedStatement, PolicyRef, Position, Side, Sides,
};
use keystead_wire::iam::PolicyEvaluationDecisionType as Decision;
use keystead_wire::iam::output;

use super::policies::Origin;
use super::scenario::{Pair, Scenario};

/// The names of the two sides in `EvalDecisionDetails`. The API reference does not give them.
const IAM_POLICY: &str = "IAM Policy";
const RESOURCE_POLICY: &str = "Resource Policy";

/// What was decided about a pair.
pub(super) fn of(
    scenario: &Scenario<'_>,
    pair: Pair<'_>,
    explanation: &Explanation<'_>,
    is_foreign: bool,
    missing: Vec<String>,
) -> output::EvaluationResult {
    let decision = decision(explanation);
    let sides = &explanation.sides;
    let statements = || matched(scenario, explanation, decision);
    let details = || details(sides, is_foreign, pair);
    let boundary = || boundary(sides.boundary);
    // Of a resource that is named, what is missing stands with the result of that resource.
    let is_named = pair.resource != "*";
    let (missing, of_resource) = if is_named {
        (Vec::new(), missing)
    } else {
        (missing, Vec::new())
    };
    let specific = is_named.then(|| output::ResourceSpecificResult {
        eval_resource_name: pair.resource.to_owned(),
        eval_resource_decision: decision,
        matched_statements: statements(),
        missing_context_values: of_resource,
        eval_decision_details: details(),
        permissions_boundary_decision_detail: boundary(),
    });
    output::EvaluationResult {
        eval_action_name: pair.action.to_owned(),
        eval_resource_name: pair.resource.to_owned(),
        eval_decision: decision,
        matched_statements: statements(),
        missing_context_values: missing,
        organizations_decision_detail: organizations(sides.service_controls),
        permissions_boundary_decision_detail: boundary(),
        eval_decision_details: details(),
        resource_specific_results: specific.into_iter().collect(),
    }
}

fn decision(explanation: &Explanation<'_>) -> Decision {
    match &explanation.decision {
        decision if decision.is_allowed() => Decision::Allowed,
        decision if decision.is_explicit_deny() => Decision::ExplicitDeny,
        _ => Decision::ImplicitDeny,
    }
}

/// The statements that decide: of an explicit denial those that deny, else those that allow.
fn matched(
    scenario: &Scenario<'_>,
    explanation: &Explanation<'_>,
    decision: Decision,
) -> Vec<output::Statement> {
    let decisive = match decision {
        Decision::ExplicitDeny => Effect::Deny,
        Decision::Allowed | Decision::ImplicitDeny => Effect::Allow,
    };
    let found = explanation.matched.iter();
    let found = found.filter(|found| found.effect == decisive);
    found
        .filter_map(|found| statement(scenario, found))
        .collect()
}

fn statement(scenario: &Scenario<'_>, found: &MatchedStatement<'_>) -> Option<output::Statement> {
    let origin: &Origin = match found.statement.policy {
        PolicyRef::Key | PolicyRef::Trust => &scenario.resource_policy.as_ref()?.origin,
        policy => scenario.policies.origin(policy)?,
    };
    let span = origin.positions.get(found.statement.index);
    Some(output::Statement {
        source_policy_id: origin.id.clone(),
        source_policy_type: origin.kind,
        start_position: span.map(|span| position(span.start)),
        end_position: span.map(|span| position(span.end)),
    })
}

fn position(at: Position) -> output::Position {
    let number = |count| i64::try_from(count).unwrap_or(i64::MAX);
    output::Position {
        line: number(at.line),
        column: number(at.column),
    }
}

fn organizations(side: Side) -> Option<output::OrganizationsDecisionDetail> {
    let allowed_by_organizations = allows(side)?;
    Some(output::OrganizationsDecisionDetail {
        allowed_by_organizations,
    })
}

fn boundary(side: Side) -> Option<output::PermissionsBoundaryDecisionDetail> {
    let allowed_by_permissions_boundary = allows(side)?;
    Some(output::PermissionsBoundaryDecisionDetail {
        allowed_by_permissions_boundary,
    })
}

const fn allows(side: Side) -> Option<bool> {
    match side {
        Side::Absent => None,
        Side::Allows => Some(true),
        Side::Silent | Side::Denies => Some(false),
    }
}

/// What each side says where they are of two accounts; nothing to say where they are of one, and
/// not even that of every resource, or where the organization's policies ended it.
fn details(
    sides: &Sides<'_>,
    is_foreign: bool,
    pair: Pair<'_>,
) -> Option<BTreeMap<String, Decision>> {
    let is_ended = matches!(sides.service_controls, Side::Silent | Side::Denies);
    if is_ended || pair.resource == "*" {
        return None;
    }
    let mut details = BTreeMap::new();
    if is_foreign {
        details.insert(IAM_POLICY.to_owned(), of_side(sides.identity));
        details.insert(RESOURCE_POLICY.to_owned(), of_side(sides.resource_policy));
    }
    Some(details)
}

const fn of_side(side: Side) -> Decision {
    match side {
        Side::Allows => Decision::Allowed,
        Side::Denies => Decision::ExplicitDeny,
        Side::Absent | Side::Silent => Decision::ImplicitDeny,
    }
}
