//! Which statements would have allowed, had their conditions held.

use super::super::compiled::Unmet;
use super::super::decision::PolicyRef;
use super::super::near_miss::NearMiss;
use super::super::question::{AttachedPolicy, Facts, Question, ResourcePolicy};
use super::evidence::Evidence;

/// The most near misses that are told of one question.
pub const MAX_NEAR_MISSES: usize = 8;

/// The conditions for want of which statements did not allow where one had to, in the order in which
/// policies are weighed, [`MAX_NEAR_MISSES`] at most. They say what a denial is about that nothing denies
/// explicitly; a decision needs none of it.
///
/// Resource control policies have none: they may only deny.
#[must_use]
pub fn near_misses<'a>(question: &Question<'_>, facts: &Facts<'a>) -> Vec<NearMiss<'a>> {
    let evidence = Evidence::gather(question, facts, &mut |_, _| {});
    let (mut found, context) = (Vec::new(), question.context);
    // What does not parse denies whatever else holds.
    if !evidence.refusals.is_empty() {
        return found;
    }
    let mut add = |unmet: &mut dyn Iterator<Item = Unmet<'a>>| {
        let room = MAX_NEAR_MISSES.saturating_sub(found.len());
        let near = unmet.take(room);
        found.extend(
            near.map(|(statement, condition)| NearMiss::new(statement, condition, context)),
        );
    };
    match facts.resource_policy {
        _ if evidence.resource.is_some() => {}
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
    let is_silent = evidence.identity.is_none();
    for policy in caller.identity.iter().filter(|_| is_silent) {
        attached(PolicyRef::Identity(&policy.source), policy);
    }
    if let Some(policy) = caller.boundary.filter(|_| evidence.boundary.is_shut()) {
        attached(PolicyRef::Boundary(&policy.source), policy);
    }
    let session = caller.session.filter(|_| evidence.session.is_shut());
    for policy in session.unwrap_or_default() {
        attached(PolicyRef::Session(&policy.source), policy);
    }
    let is_shut = evidence.service_controls.is_shut();
    for level in caller.service_controls.iter().filter(|_| is_shut) {
        for policy in &level.policies {
            let (node, source) = (level.node.as_str(), &policy.source);
            attached(PolicyRef::ServiceControl { node, source }, policy);
        }
    }
    if let Some(endpoint) = facts.endpoint_policy
        && evidence.endpoint.is_shut()
        && let Ok(policy) = endpoint.policy.as_ref()
    {
        add(&mut policy.near_misses(question, PolicyRef::Endpoint(&endpoint.source)));
    }
    found
}
