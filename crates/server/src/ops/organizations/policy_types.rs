//! Which kinds of policies are in force.

use keystead_wire::organizations::{input, output};

use super::about::one;
use super::refusal::Refusal;
use super::{Done, policy, shown};
use crate::fault::Fault;
use crate::ops::management::{Answer, Call, operations};
use crate::organization::Organization;

operations! { Organizations "organizations" Json;
    /// Puts a kind of policy in force. AWS's own policy of the kind, which allows everything, is
    /// attached to the root, every unit and every account.
    EnablePolicyType: write, on |input| one(&input.root_id) => enable => output::EnablePolicyType;
    /// Puts a kind of policy out of force, and detaches every policy of it.
    DisablePolicyType: write, on |input| one(&input.root_id) => disable => output::DisablePolicyType;
}

fn enable(call: &Call<'_, input::EnablePolicyType>) -> Done<output::EnablePolicyType> {
    let organization = call.managed()?;
    check_root(&organization, &call.input.root_id)?;
    let kind = policy::kind(call.input.policy_type).ok_or(Refusal::TypeNotAvailable)?;
    let mut record = organization.record().clone();
    if !record.enabled_policy_types.insert(kind) {
        return Err(Refusal::TypeEnabled.into());
    }
    let everything = organization.nodes().map(|node| node.id().to_owned());
    let full_access = organization.policy(kind.full_access_id());
    let full_access =
        full_access.map(|policy| policy.changed(|record| record.targets = everything.collect()));
    let root = shown::root(&record);
    Ok(Answer::from(output::EnablePolicyType { root })
        .changes(full_access)
        .change(organization.replaced_by(record)))
}

fn disable(call: &Call<'_, input::DisablePolicyType>) -> Done<output::DisablePolicyType> {
    let organization = call.managed()?;
    check_root(&organization, &call.input.root_id)?;
    let kind = policy::kind(call.input.policy_type).ok_or(Refusal::TypeNotEnabled)?;
    let mut record = organization.record().clone();
    if !record.enabled_policy_types.remove(&kind) {
        return Err(Refusal::TypeNotEnabled.into());
    }
    let mut attached = organization.policies(kind);
    attached.retain(|policy| !policy.record().targets.is_empty());
    let detached = attached
        .iter()
        .map(|policy| policy.changed(|record| record.targets.clear()));
    let root = shown::root(&record);
    Ok(Answer::from(output::DisablePolicyType { root })
        .changes(detached)
        .change(organization.replaced_by(record)))
}

fn check_root(organization: &Organization<'_>, id: &str) -> Result<(), Fault> {
    if organization.record().root_id == id {
        Ok(())
    } else {
        Err(Refusal::RootNotFound.into())
    }
}
