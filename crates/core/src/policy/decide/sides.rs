//! What an explanation tells of each kind of policy.

use super::super::decision::{PolicyRef, Reason};
use super::super::explanation::{Side, Sides};
use super::super::question::{Facts, Question, ResourcePolicy};
use super::access::{self, missing_resource};
use super::evidence::{Evidence, Gate};

type IsKind = fn(&PolicyRef<'_>) -> bool;

/// What each kind of policy says.
pub(super) fn sides<'a>(
    question: &Question<'_>,
    facts: &Facts<'a>,
    evidence: &Evidence<'a>,
) -> Sides<'a> {
    let gate = |gate, is_kind| gate_side(evidence, gate, is_kind);
    let identity = access::identity(question, evidence).is_some();
    Sides {
        resource_policy: resource_side(question, facts, evidence),
        grant: access::grant(question, facts).map(|(_, grant)| grant),
        identity: if is_refused(evidence, |policy| matches!(policy, PolicyRef::Identity(_))) {
            Side::Denies
        } else {
            Side::of(identity)
        },
        boundary: gate(evidence.boundary, |policy| {
            matches!(policy, PolicyRef::Boundary(_))
        }),
        session: gate(evidence.session, |policy| {
            matches!(policy, PolicyRef::Session(_))
        }),
        service_controls: gate(evidence.service_controls, |policy| {
            matches!(policy, PolicyRef::ServiceControl { .. })
        }),
        resource_controls: gate(evidence.resource_controls, |policy| {
            matches!(policy, PolicyRef::ResourceControl { .. })
        }),
        endpoint: gate(evidence.endpoint, |policy| {
            matches!(policy, PolicyRef::Endpoint(_))
        }),
    }
}

/// A reason for each side that does not allow, whether or not it has to.
pub(super) fn silent<'a>(
    question: &Question<'_>,
    facts: &Facts<'a>,
    evidence: &Evidence<'a>,
) -> Vec<Reason<'a>> {
    let has_policy = !matches!(facts.resource_policy, ResourcePolicy::None);
    let gives =
        resource_gives(question, facts, evidence) || access::grant(question, facts).is_some();
    let resource = (has_policy && !gives).then(|| missing_resource(facts));
    let identity = access::identity(question, evidence).is_none();
    let identity = identity.then_some(Reason::NoIdentityPolicyAllows);
    let [controls, services, endpoint] = evidence.barriers();
    let [boundary, session] = evidence.limits();
    let all = [
        controls, services, endpoint, resource, identity, boundary, session,
    ];
    all.into_iter().flatten().collect()
}

fn resource_side(question: &Question<'_>, facts: &Facts<'_>, evidence: &Evidence<'_>) -> Side {
    let is_kind: IsKind = |policy| matches!(policy, PolicyRef::Key | PolicyRef::Trust);
    match facts.resource_policy {
        _ if is_refused(evidence, is_kind) => Side::Denies,
        ResourcePolicy::None => Side::Absent,
        _ => Side::of(resource_gives(question, facts, evidence)),
    }
}

fn resource_gives(question: &Question<'_>, facts: &Facts<'_>, evidence: &Evidence<'_>) -> bool {
    match facts.resource_policy {
        ResourcePolicy::Retirement(grant) => access::may_retire(question, grant),
        _ => evidence.resource.is_some(),
    }
}

fn gate_side(evidence: &Evidence<'_>, gate: Gate<'_>, is_kind: IsKind) -> Side {
    match gate {
        _ if is_refused(evidence, is_kind) => Side::Denies,
        Gate::Absent => Side::Absent,
        Gate::Open => Side::Allows,
        Gate::Shut(_) => Side::Silent,
    }
}

fn is_refused(evidence: &Evidence<'_>, is_kind: IsKind) -> bool {
    evidence.refusals.iter().any(|refusal| match refusal {
        Reason::Denied(statement) => is_kind(&statement.policy),
        Reason::Malformed { policy, .. } => is_kind(policy),
        _ => false,
    })
}
