//! Which statements would have allowed, had their conditions held, and which grants to the caller
//! nearly permit.

use std::collections::BTreeMap;

use super::super::compiled::UnmetCondition;
use super::super::decision::PolicyRef;
use super::super::near_miss::NearMiss;
use super::super::question::{AttachedPolicy, Facts, Question, ResourcePolicy};
use super::access;
use super::evidence::Evidence;
use crate::grant::{GrantOperation, GrantRecord, GrantRequest};

/// The most near misses that are told of one question.
pub const MAX_NEAR_MISSES: usize = 8;

/// How many grants to a caller are looked at, who may have as many as a key can.
const MAX_GRANTS_LOOKED_AT: usize = 1_000;

/// What statements and grants lacked to allow where one had to, in the order in which policies are
/// weighed, [`MAX_NEAR_MISSES`] at most: of a statement the conditions that did not hold; of a grant
/// to the caller the constraints that did not hold or, after these, that it is for other
/// operations. They say what a denial is about that nothing denies explicitly; a decision needs none
/// of it.
///
/// Resource control policies have none: they may only deny.
#[must_use]
pub fn near_misses<'a>(question: &Question<'_>, facts: &Facts<'a>) -> Vec<NearMiss<'a>> {
    let evidence = Evidence::gather(question, facts, &mut |_, _| {});
    let mut found = Vec::new();
    // What does not parse denies whatever else holds.
    if !evidence.refusals.is_empty() {
        return found;
    }
    let near = |(statement, condition): UnmetCondition<'a>| {
        NearMiss::of_condition(statement, condition, question.context)
    };
    let mut add = |more: &mut dyn Iterator<Item = NearMiss<'a>>| {
        let room = MAX_NEAR_MISSES.saturating_sub(found.len());
        found.extend(more.take(room));
    };
    match facts.resource_policy {
        _ if evidence.resource.is_some() => {}
        ResourcePolicy::Key(Ok(policy)) => add(&mut policy.near_misses(question).map(near)),
        ResourcePolicy::Trust(Ok(policy)) => add(&mut policy.near_misses(question).map(near)),
        _ => {}
    }
    add(&mut of_grants(question, facts).into_iter());
    let mut attached = |policy: PolicyRef<'a>, attached: &'a AttachedPolicy| {
        if let Ok(compiled) = attached.policy.as_ref() {
            add(&mut compiled.near_misses(question, policy).map(near));
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
        let policy = policy.near_misses(question, PolicyRef::Endpoint(&endpoint.source));
        add(&mut policy.map(near));
    }
    found
}

/// What the grants to the caller lacked, unless one permits: first those that are for the
/// operation.
fn of_grants<'a>(question: &Question<'_>, facts: &Facts<'a>) -> Vec<NearMiss<'a>> {
    let operation = GrantOperation::of_action(question.action);
    let (Some(grants), Some(operation)) = (facts.grants, operation) else {
        return Vec::new();
    };
    if access::grant(question, facts).is_some() {
        return Vec::new();
    }
    let request = GrantRequest {
        principal: &question.principal,
        operation,
        encryption_context: grants.encryption_context,
        source_arn: grants.source_arn,
    };
    let mut near: BTreeMap<(bool, &str), &GrantRecord> = BTreeMap::new();
    for grant in grants
        .book
        .naming(&question.principal)
        .take(MAX_GRANTS_LOOKED_AT)
    {
        let is_for_others = !grant.operations.contains(operation);
        near.insert((is_for_others, &grant.id), grant);
    }
    let near = near.into_values();
    near.flat_map(|grant| NearMiss::of_grant(grant, &request))
        .take(MAX_NEAR_MISSES)
        .collect()
}
