//! Which statements would have allowed, had their conditions held.

use super::super::compiled::Unmet;
use super::super::decision::PolicyRef;
use super::super::near_miss::NearMiss;
use super::super::question::{AttachedPolicy, Facts, Question, ResourcePolicy};
use super::weighing::service_controls_concern;

/// The most near misses that are told of one question.
pub const MAX_NEAR_MISSES: usize = 8;

/// The conditions for want of which statements did not allow, in the order in which policies are
/// weighed, [`MAX_NEAR_MISSES`] at most. They say what a denial is about that nothing denies
/// explicitly; a decision needs none of it.
///
/// Resource control policies have none: they may only deny.
#[must_use]
pub fn near_misses<'a>(question: &Question<'_>, facts: &Facts<'a>) -> Vec<NearMiss<'a>> {
    let (mut found, context) = (Vec::new(), question.context);
    let mut add = |unmet: &mut dyn Iterator<Item = Unmet<'a>>| {
        let room = MAX_NEAR_MISSES.saturating_sub(found.len());
        let near = unmet.take(room);
        found.extend(
            near.map(|(statement, condition)| NearMiss::new(statement, condition, context)),
        );
    };
    match facts.resource_policy {
        ResourcePolicy::Key(Ok(policy)) => add(&mut policy.near_misses(question)),
        ResourcePolicy::Trust(Ok(policy)) => add(&mut policy.near_misses(question)),
        _ => {}
    }
    let mut attached = |policy: PolicyRef<'a>, attached: &'a AttachedPolicy| {
        if let Ok(compiled) = attached.policy.as_ref() {
            add(&mut compiled.near_misses(question, policy));
        }
    };
    let caller = &facts.caller;
    for policy in caller.identity {
        attached(PolicyRef::Identity(&policy.source), policy);
    }
    if let Some(policy) = caller.boundary {
        attached(PolicyRef::Boundary(&policy.source), policy);
    }
    for policy in caller.session.unwrap_or_default() {
        attached(PolicyRef::Session(&policy.source), policy);
    }
    let controls = service_controls_concern(question).then_some(caller.service_controls);
    for level in controls.unwrap_or_default() {
        for policy in &level.policies {
            let (node, source) = (level.node.as_str(), &policy.source);
            attached(PolicyRef::ServiceControl { node, source }, policy);
        }
    }
    if let Some(endpoint) = facts.endpoint_policy
        && let Ok(policy) = endpoint.policy.as_ref()
    {
        add(&mut policy.near_misses(question, PolicyRef::Endpoint(&endpoint.source)));
    }
    found
}
