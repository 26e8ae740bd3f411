//! How a question was decided, as the audit record keeps it: what `keystead explain` shows.

use keystead_core::audit::{Elements, Value};
use keystead_core::policy::{
    Decision, Facts, NearMiss, PolicyRef, Question, Reason, Unmet, near_misses,
};

/// What is told of the resource's policies where they are another account's: the record stands in
/// the caller's log, and what they say, or do not say, is none of its business.
const ALLOWED_BY_OTHERS: &str = "allowed by the resource's policies, which are another account's";
const DENIED_BY_OTHERS: &str =
    "the resource's policies, which are another account's, do not allow it";

/// The trace of one question: what was asked of what, the decision, and why in plain English. Where
/// something is missing and nothing denies explicitly, also what statements and grants lacked to
/// allow: that is looked for on denials alone, and calls that are allowed pay nothing for it.
pub(super) fn of(
    action: &'static str,
    question: &Question<'_>,
    facts: &Facts<'_>,
    decision: &Decision<'_>,
    is_others: bool,
    may_be_foreign: bool,
) -> Elements<'static> {
    let allowed = decision.is_allowed() && may_be_foreign;
    let mut because: Vec<String> = Vec::new();
    for reason in decision.reasons() {
        let told = match reason {
            reason if !is_others || !is_of_the_resource(reason) => reason.to_string(),
            _ if allowed => ALLOWED_BY_OTHERS.to_owned(),
            _ => DENIED_BY_OTHERS.to_owned(),
        };
        // How many of them are another account's is not told either.
        if !because.contains(&told) {
            because.push(told);
        }
    }
    if !may_be_foreign {
        because.push("the operation does not work on keys of other accounts".to_owned());
    }
    let because = because.into_iter().map(Into::into).collect();
    let trace = Elements::new()
        .text("action", action)
        .text("resource", question.resource.arn.to_owned())
        .text("decision", if allowed { "allowed" } else { "denied" })
        .value("because", Value::List(because));
    if decision.is_allowed() || decision.is_explicit_deny() {
        return trace;
    }
    let is_told = |near: &&NearMiss<'_>| !is_others || !is_near_on_the_resource(near);
    let near = near_misses(question, facts);
    let near: Vec<_> = near.iter().filter(is_told).map(near_miss).collect();
    if near.is_empty() {
        return trace;
    }
    trace.value("nearMisses", Value::Objects(near))
}

/// Whether a reason tells of a policy that the resource has or that its organization puts on it. A
/// grant is no secret to whom it allows something.
const fn is_of_the_resource(reason: &Reason<'_>) -> bool {
    match reason {
        Reason::Allowed(statement) | Reason::Delegated(statement) | Reason::Denied(statement) => {
            is_on_the_resource(statement.policy)
        }
        Reason::Malformed { policy, .. } => is_on_the_resource(*policy),
        Reason::NoResourceControlPolicyAllows { .. }
        | Reason::NoResourcePolicyAllows
        | Reason::NoTrustPolicyAllows => true,
        Reason::Granted(_)
        | Reason::Retires { .. }
        | Reason::RootUser
        | Reason::NoServiceControlPolicyAllows { .. }
        | Reason::NoEndpointPolicyAllows
        | Reason::NoRightToRetire { .. }
        | Reason::NoIdentityPolicyAllows
        | Reason::NoBoundaryAllows
        | Reason::NoSessionPolicyAllows => false,
    }
}

const fn is_on_the_resource(policy: PolicyRef<'_>) -> bool {
    matches!(
        policy,
        PolicyRef::Key | PolicyRef::Trust | PolicyRef::ResourceControl { .. }
    )
}

/// Whether it is something of the resource's. What a grant permits is known to whoever made it; to
/// a grantee of another account that it was not enough says nothing.
const fn is_near_on_the_resource(near: &NearMiss<'_>) -> bool {
    match near.unmet {
        Unmet::Condition { statement, .. } => is_on_the_resource(statement.policy),
        Unmet::Grant { .. } => true,
    }
}

fn near_miss(near: &NearMiss<'_>) -> Elements<'static> {
    let list = |values: &[String]| Value::List(values.iter().cloned().map(Into::into).collect());
    let elements = match near.unmet {
        Unmet::Condition {
            statement,
            operator,
            key,
        } => Elements::new()
            .text("statement", statement.to_string())
            .text("operator", operator.to_string())
            .text("key", key.to_string()),
        Unmet::Grant { grant, part } => Elements::new()
            .text("grant", grant.id.clone())
            .text_if("grantName", grant.name.clone())
            .text("part", part.to_string()),
    };
    elements
        .value("wanted", list(&near.wanted))
        .value("found", list(&near.found))
}
