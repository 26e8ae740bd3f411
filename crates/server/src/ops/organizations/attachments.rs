//! Where policies are attached.

use keystead_core::identity::ControlKind;
use keystead_wire::json::NoOutput;
use keystead_wire::organizations::{input, output};

use super::about::{attachment, one};
use super::list::asked;
use super::policies::find;
use super::refusal::Refusal;
use super::{Done, policy, quota, shown};
use crate::fault::Fault;
use crate::ops::management::{Answer, Call, operations};
use crate::organization::{Node, Organization};

operations! { Organizations "organizations" Json;
    /// Attaches a policy to a root, unit or account, where it is in force at once.
    AttachPolicy: write, on |input| attachment(&input.policy_id, &input.target_id) => attach;
    /// Detaches a policy. One of each kind in force stays everywhere: without any, nothing would be
    /// allowed.
    DetachPolicy: write, on |input| attachment(&input.policy_id, &input.target_id) => detach;
    /// Lists the policies of a kind that are attached to a root, unit or account itself.
    ListPoliciesForTarget: read, on |input| one(&input.target_id)
        => list_policies => output::ListPoliciesForTarget;
    /// Lists what a policy is attached to, in the order of ids.
    ListTargetsForPolicy: read, on |input| one(&input.policy_id)
        => list_targets => output::ListTargetsForPolicy;
}

fn attach(call: &Call<'_, input::AttachPolicy>) -> Done<NoOutput> {
    let organization = call.managed()?;
    let policy = find(&organization, &call.input.policy_id)?;
    let target = target(&organization, &call.input.target_id)?;
    let kind = policy.record().kind;
    if !organization.record().enabled_policy_types.contains(&kind) {
        return Err(Refusal::TypeNotEnabled.into());
    }
    if policy.record().targets.contains(target.id()) {
        return Err(Refusal::DuplicateAttachment.into());
    }
    if organization.attached(kind, target.id()).len() >= quota::ATTACHED_POLICIES {
        return Err(Refusal::PoliciesAttached.into());
    }
    let attached = policy.changed(|record| {
        record.targets.insert(target.id().to_owned());
    });
    Ok(Answer::from(NoOutput)
        .change(attached)
        .change(organization.turn()))
}

fn detach(call: &Call<'_, input::DetachPolicy>) -> Done<NoOutput> {
    let organization = call.managed()?;
    let policy = find(&organization, &call.input.policy_id)?;
    let target = target(&organization, &call.input.target_id)?;
    let record = policy.record();
    if !record.targets.contains(target.id()) {
        return Err(Refusal::NotAttached.into());
    }
    // The policies that somebody writes of this kind can't allow anything.
    if record.is_aws_managed() && record.kind == ControlKind::Resource {
        return Err(Refusal::NotDetachable.into());
    }
    if organization.attached(record.kind, target.id()).len() <= 1 {
        return Err(Refusal::LastPolicy.into());
    }
    let detached = policy.changed(|record| {
        record.targets.remove(target.id());
    });
    Ok(Answer::from(NoOutput)
        .change(detached)
        .change(organization.turn()))
}

fn list_policies(
    call: &Call<'_, input::ListPoliciesForTarget>,
) -> Done<output::ListPoliciesForTarget> {
    let organization = call.managed()?;
    let target = target(&organization, &call.input.target_id)?;
    let kind = policy::kind(call.input.filter);
    let all = kind.map(|kind| organization.attached(kind, target.id()));
    let (page, next_token) = asked!(call, "ListPoliciesForTarget")
        .page(all.unwrap_or_default(), |policy| policy.record().id.clone())?;
    let record = organization.record();
    let policies = page
        .iter()
        .map(|policy| shown::policy_summary(record, policy.record()));
    Ok(output::ListPoliciesForTarget {
        policies: policies.collect(),
        next_token,
    }
    .into())
}

fn list_targets(
    call: &Call<'_, input::ListTargetsForPolicy>,
) -> Done<output::ListTargetsForPolicy> {
    let organization = call.managed()?;
    let policy = find(&organization, &call.input.policy_id)?;
    let targets = policy.record().targets.iter();
    let nodes = targets.filter_map(|id| organization.node(id));
    let (page, next_token) =
        asked!(call, "ListTargetsForPolicy").page(nodes, |node| node.id().to_owned())?;
    let targets = page
        .iter()
        .map(|node| shown::target(organization.record(), node));
    Ok(output::ListTargetsForPolicy {
        targets: targets.collect(),
        next_token,
    }
    .into())
}

fn target(organization: &Organization<'_>, id: &str) -> Result<Node, Fault> {
    organization
        .node(id)
        .ok_or_else(|| Refusal::TargetNotFound.into())
}
