//! Policies of the organization's own, and AWS's.

use std::collections::BTreeSet;

use keystead_core::change::Expected;
use keystead_core::identity::{ControlKind, ControlPolicyRecord};
use keystead_wire::json::NoOutput;
use keystead_wire::organizations::{input, output};

use super::about::{new, one, whole};
use super::list::asked;
use super::refusal::Refusal;
use super::{Done, ids, policy, quota, shown, tags};
use crate::fault::Fault;
use crate::ops::management::{Answer, Call, operations};
use crate::organization::{Organization, Policy, put};

operations! { Organizations "organizations" Json;
    /// Makes a policy, attached to nothing.
    CreatePolicy: write, on |input| new(None, &input.tags) => create => output::CreatePolicy;
    /// Gives a policy.
    DescribePolicy: read, on |input| one(&input.policy_id) => describe => output::DescribePolicy;
    /// Changes a policy. What it says is in force at once wherever it is attached.
    UpdatePolicy: write, on |input| one(&input.policy_id) => update => output::UpdatePolicy;
    /// Destroys a policy that is attached to nothing.
    DeletePolicy: write, on |input| one(&input.policy_id) => delete;
    /// Lists the policies of a kind, in the order of their ids.
    ListPolicies: read, on whole => list => output::ListPolicies;
}

fn create(call: &Call<'_, input::CreatePolicy>) -> Done<output::CreatePolicy> {
    let input = call.input;
    let organization = call.managed()?;
    let kind = policy::kind(input.r#type).ok_or(Refusal::TypeNotAvailable)?;
    policy::check(kind, &input.content)?;
    check_name(&organization, kind, &input.name)?;
    let own = organization.policies(kind).into_iter();
    if own
        .filter(|policy| !policy.record().is_aws_managed())
        .count()
        >= quota::POLICIES
    {
        return Err(Refusal::PoliciesExceeded.into());
    }
    let record = ControlPolicyRecord {
        id: ids::policy(call.tools.provider)?,
        kind,
        name: input.name.clone(),
        description: input.description.clone(),
        content: input.content.clone(),
        targets: BTreeSet::new(),
        tags: tags::new(&input.tags)?,
    };
    let policy = shown::policy(organization.record(), &record);
    Ok(Answer::from(output::CreatePolicy { policy })
        .change(put(record, Expected::Absent))
        .change(organization.turn()))
}

fn describe(call: &Call<'_, input::DescribePolicy>) -> Done<output::DescribePolicy> {
    let organization = call.managed()?;
    let policy = find(&organization, &call.input.policy_id)?;
    let policy = shown::policy(organization.record(), policy.record());
    Ok(output::DescribePolicy { policy }.into())
}

fn update(call: &Call<'_, input::UpdatePolicy>) -> Done<output::UpdatePolicy> {
    let input = call.input;
    let organization = call.managed()?;
    let policy = find_own(&organization, &input.policy_id)?;
    let mut record = policy.record().clone();
    if let Some(content) = &input.content {
        policy::check(record.kind, content)?;
        record.content.clone_from(content);
    }
    if let Some(name) = input.name.as_ref().filter(|name| **name != record.name) {
        check_name(&organization, record.kind, name)?;
        record.name.clone_from(name);
    }
    if let Some(description) = &input.description {
        record.description.clone_from(description);
    }
    let shown = shown::policy(organization.record(), &record);
    Ok(Answer::from(output::UpdatePolicy { policy: shown })
        .change(policy.changed(|stored| *stored = record))
        .change(organization.turn()))
}

fn delete(call: &Call<'_, input::DeletePolicy>) -> Done<NoOutput> {
    let organization = call.managed()?;
    let policy = find_own(&organization, &call.input.policy_id)?;
    if !policy.record().targets.is_empty() {
        return Err(Refusal::PolicyInUse.into());
    }
    Ok(Answer::from(NoOutput)
        .changes(policy.removed())
        .change(organization.turn()))
}

fn list(call: &Call<'_, input::ListPolicies>) -> Done<output::ListPolicies> {
    let organization = call.managed()?;
    let kind = policy::kind(call.input.filter);
    let all = kind.map(|kind| organization.policies(kind));
    let (page, next_token) = asked!(call, "ListPolicies")
        .page(all.unwrap_or_default(), |policy| policy.record().id.clone())?;
    let record = organization.record();
    let policies = page
        .iter()
        .map(|policy| shown::policy_summary(record, policy.record()));
    Ok(output::ListPolicies {
        policies: policies.collect(),
        next_token,
    }
    .into())
}

/// The policy of an id.
pub(super) fn find(organization: &Organization<'_>, id: &str) -> Result<Policy, Fault> {
    organization
        .policy(id)
        .ok_or_else(|| Refusal::PolicyNotFound.into())
}

/// The policy of an id, if it is not AWS's.
pub(super) fn find_own(organization: &Organization<'_>, id: &str) -> Result<Policy, Fault> {
    let policy = find(organization, id)?;
    if policy.record().is_aws_managed() {
        return Err(Refusal::ImmutablePolicy.into());
    }
    Ok(policy)
}

/// Refuses a name that another policy of the kind has.
fn check_name(organization: &Organization<'_>, kind: ControlKind, name: &str) -> Result<(), Fault> {
    let policies = organization.policies(kind);
    if policies.iter().any(|policy| policy.record().name == name) {
        return Err(Refusal::DuplicatePolicy.into());
    }
    Ok(())
}
