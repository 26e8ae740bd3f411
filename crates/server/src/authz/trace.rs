//! How a question was decided, as the audit record keeps it: what `keystead explain` shows.

use keystead_core::audit::{Elements, Value};
use keystead_core::policy::{Decision, Facts, NearMiss, PolicyRef, Question, near_misses};

/// The trace of one question: what was asked of what, the decision, and why in plain English. Where
/// something is missing and nothing denies explicitly, also the conditions for want of which
/// statements did not allow: they are looked for on denials alone, and calls that are allowed pay
/// nothing for them.
pub(super) fn of(
    action: &'static str,
    question: &Question<'_>,
    facts: &Facts<'_>,
    decision: &Decision<'_>,
    may_be_foreign: bool,
) -> Elements<'static> {
    let mut because: Vec<_> = decision
        .reasons()
        .iter()
        .map(|reason| reason.to_string().into())
        .collect();
    if !may_be_foreign {
        because.push("the operation does not work on keys of other accounts".into());
    }
    let allowed = decision.is_allowed() && may_be_foreign;
    let trace = Elements::new()
        .text("action", action)
        .text("resource", question.resource.arn.to_owned())
        .text("decision", if allowed { "allowed" } else { "denied" })
        .value("because", Value::List(because));
    if decision.is_allowed() || decision.is_explicit_deny() {
        return trace;
    }
    let is_own = question.principal.account() == Some(question.resource.account);
    // The record stands in the caller's log: another account's policy is none of its business.
    let is_told = |near: &&NearMiss<'_>| {
        is_own || !matches!(near.statement.policy, PolicyRef::Key | PolicyRef::Trust)
    };
    let near = near_misses(question, facts);
    let near: Vec<_> = near.iter().filter(is_told).map(near_miss).collect();
    if near.is_empty() {
        return trace;
    }
    trace.value("nearMisses", Value::Objects(near))
}

fn near_miss(near: &NearMiss<'_>) -> Elements<'static> {
    let list = |values: &[String]| Value::List(values.iter().cloned().map(Into::into).collect());
    Elements::new()
        .text("statement", near.statement.to_string())
        .text("operator", near.operator.to_string())
        .text("key", near.key.to_string())
        .value("wanted", list(&near.wanted))
        .value("found", list(&near.found))
}
