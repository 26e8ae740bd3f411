//! Managed policies.

use keystead_core::identity::{EntityKind, ManagedPolicyRecord, PolicyVersion, ROOT_PATH};
use keystead_core::policy::IdentityPolicy;
use keystead_wire::iam::{PolicyScopeType, PolicyUsageType, input, output};
use keystead_wire::query::NoOutput;

use super::about::{account, arn, new};
use super::entity::{self, is_below};
use super::pages::{asked, listed};
use super::{Done, error, quota, shown, tags};
use crate::fault::Fault;
use crate::ops::management::{Answer, Call, operations};

operations! { Iam "iam" Query;
    /// Makes a managed policy.
    CreatePolicy: write, on |input| new(
        EntityKind::Policy, input.path.as_deref(), &input.policy_name, &input.tags,
    ) => create => output::CreatePolicy;
    /// Gives a managed policy, without its document.
    GetPolicy: read, on |input| arn(&input.policy_arn) => get => output::GetPolicy;
    /// Lists managed policies: the account's own, AWS's, or both, in the order of their ARNs.
    ListPolicies: read, on account => list => output::ListPolicies;
    /// Destroys a managed policy.
    DeletePolicy: write, on |input| arn(&input.policy_arn) => delete;
    /// Adds or changes tags of a managed policy.
    TagPolicy: write, on |input| arn(&input.policy_arn) => tag;
    /// Removes tags of a managed policy.
    UntagPolicy: write, on |input| arn(&input.policy_arn) => untag;
    /// Lists a managed policy's tags.
    ListPolicyTags: read, on |input| arn(&input.policy_arn) => list_tags => output::ListPolicyTags;
}

/// Accepts the document of a managed policy.
///
/// # Errors
/// `MalformedPolicyDocument`, `LimitExceeded`.
pub(super) fn accept(document: &str) -> Result<(), Fault> {
    IdentityPolicy::parse(document)?;
    if quota::length(document) > quota::MANAGED_POLICY {
        return Err(error::quota("PolicySize", quota::MANAGED_POLICY));
    }
    Ok(())
}

fn create(call: &Call<'_, input::CreatePolicy>) -> Done<output::CreatePolicy> {
    const FIRST: u32 = 1;
    let input = call.input;
    call.check_new::<ManagedPolicyRecord>(
        &input.policy_name,
        "PoliciesPerAccount",
        quota::POLICIES,
    )?;
    accept(&input.policy_document)?;
    let now = call.tools.now;
    let record = ManagedPolicyRecord {
        account: call.account,
        path: input.path.clone().unwrap_or_else(|| ROOT_PATH.to_owned()),
        name: input.policy_name.clone(),
        policy_id: call.new_id::<ManagedPolicyRecord>()?,
        created: now,
        updated: now,
        description: input.description.clone().unwrap_or_default(),
        versions: vec![PolicyVersion {
            number: FIRST,
            document: input.policy_document.clone(),
            created: now,
        }],
        default_version: FIRST,
        next_version: FIRST + 1,
        tags: tags::new(&input.tags)?,
    };
    let policy = shown::new_policy(&record);
    Ok(Answer::from(output::CreatePolicy { policy }).change(entity::made(record)))
}

fn get(call: &Call<'_, input::GetPolicy>) -> Done<output::GetPolicy> {
    let found = call.policy(&call.input.policy_arn)?;
    let policy = shown::policy(call, &found);
    Ok(output::GetPolicy { policy }.into())
}

fn list(call: &Call<'_, input::ListPolicies>) -> Done<output::ListPolicies> {
    let input = call.input;
    let policies = call.policies(input.scope.unwrap_or(PolicyScopeType::All));
    let shown = policies.iter().map(|policy| shown::policy(call, policy));
    let is_asked_for = |policy: &output::Policy| {
        let is_attached = policy.attachment_count > 0;
        let is_boundary = policy.permissions_boundary_usage_count > 0;
        is_below(&policy.path, input.path_prefix.as_deref())
            && (is_attached || is_boundary || input.only_attached != Some(true))
            && match input.policy_usage_filter {
                None => true,
                Some(PolicyUsageType::PermissionsPolicy) => is_attached,
                Some(PolicyUsageType::PermissionsBoundary) => is_boundary,
            }
    };
    let page = asked!(call, "ListPolicies").page(shown.filter(is_asked_for), |p| p.arn.clone())?;
    let page = page.map(shown::in_list);
    listed!(page => ListPolicies.policies)
}

fn delete(call: &Call<'_, input::DeletePolicy>) -> Done<NoOutput> {
    const VERSIONS: &str = "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.";
    let arn = &call.input.policy_arn;
    let found = call.own_policy(arn)?;
    if !call.attached_to(arn).is_empty() || !call.bounded_by(arn).is_empty() {
        return Err(error::delete_conflict(
            "Cannot delete a policy attached to entities.",
        ));
    }
    if found.record.versions.len() > 1 {
        return Err(error::delete_conflict(VERSIONS));
    }
    Ok(Answer::from(NoOutput).change(found.removed()))
}

fn tag(call: &Call<'_, input::TagPolicy>) -> Done<NoOutput> {
    let found = call.own_policy(&call.input.policy_arn)?;
    let mut record = found.record.clone();
    record.tags = tags::with(record.tags, &call.input.tags)?;
    Ok(Answer::from(NoOutput).change(found.replaced_by(record)))
}

fn untag(call: &Call<'_, input::UntagPolicy>) -> Done<NoOutput> {
    let found = call.own_policy(&call.input.policy_arn)?;
    let mut record = found.record.clone();
    record.tags = tags::without(record.tags, &call.input.tag_keys)?;
    Ok(Answer::from(NoOutput).change(found.replaced_by(record)))
}

fn list_tags(call: &Call<'_, input::ListPolicyTags>) -> Done<output::ListPolicyTags> {
    let found = call.policy(&call.input.policy_arn)?;
    let page = tags::page(asked!(call, "ListPolicyTags"), &found.record.tags)?;
    listed!(page => ListPolicyTags.tags)
}
