//! Versions of managed policies.

use keystead_core::identity::{ManagedPolicyRecord, PolicyVersion};
use keystead_wire::iam::{input, output};
use keystead_wire::query::NoOutput;

use super::about::arn;
use super::pages::{asked, listed};
use super::{Done, error, managed_policies, shown};
use crate::fault::Fault;
use crate::ops::management::{Answer, Call, operations};

operations! { Iam "iam" Query;
    /// Adds a version to a managed policy, and makes it the one in force if asked to.
    CreatePolicyVersion: write, on |input| arn(&input.policy_arn)
        => create => output::CreatePolicyVersion;
    /// Gives a version of a managed policy, with its document.
    GetPolicyVersion: read, on |input| arn(&input.policy_arn) => get => output::GetPolicyVersion;
    /// Lists the versions of a managed policy, the newest first.
    ListPolicyVersions: read, on |input| arn(&input.policy_arn)
        => list => output::ListPolicyVersions;
    /// Removes a version that is not in force.
    DeletePolicyVersion: write, on |input| arn(&input.policy_arn) => delete;
    /// Says which version of a managed policy is in force.
    SetDefaultPolicyVersion: write, on |input| arn(&input.policy_arn) => set_default;
}

fn create(call: &Call<'_, input::CreatePolicyVersion>) -> Done<output::CreatePolicyVersion> {
    let input = call.input;
    let found = call.own_policy(&input.policy_arn)?;
    managed_policies::accept(&input.policy_document)?;
    let (mut policy, now) = (found.record.clone(), call.tools.now);
    if policy.versions.len() >= ManagedPolicyRecord::MAX_VERSIONS {
        let limit = ManagedPolicyRecord::MAX_VERSIONS;
        return Err(Fault::Limit {
            message: format!(
                "A managed policy can have up to {limit} versions. Before you create a new version, you must delete an existing version."
            ),
        });
    }
    let version = PolicyVersion {
        number: policy.next_version,
        document: input.policy_document.clone(),
        created: now,
    };
    if input.set_as_default == Some(true) {
        policy.default_version = version.number;
    }
    policy.next_version += 1;
    policy.updated = now;
    let policy_version = output::PolicyVersion {
        document: None,
        ..shown::version(&version, policy.default_version)
    };
    policy.versions.push(version);
    Ok(Answer::from(output::CreatePolicyVersion { policy_version })
        .change(found.replaced_by(policy)))
}

fn get(call: &Call<'_, input::GetPolicyVersion>) -> Done<output::GetPolicyVersion> {
    let input = call.input;
    let found = call.policy(&input.policy_arn)?;
    let version = version(&found.record, &input.policy_arn, &input.version_id)?;
    let policy_version = shown::version(version, found.record.default_version);
    Ok(output::GetPolicyVersion { policy_version }.into())
}

fn list(call: &Call<'_, input::ListPolicyVersions>) -> Done<output::ListPolicyVersions> {
    let found = call.policy(&call.input.policy_arn)?;
    let versions = shown::versions(&found.record);
    // There are never so many that a page does not hold them, but a caller may ask for less. Names
    // of later versions come first, and so does a greater complement.
    let page = asked!(call, "ListPolicyVersions").page(versions, |version| {
        let number = PolicyVersion::parse_id(&version.version_id).unwrap_or_default();
        format!("{:010}", u32::MAX - number)
    })?;
    let page = page.map(|version| output::PolicyVersion {
        document: None,
        ..version
    });
    listed!(page => ListPolicyVersions.versions)
}

fn delete(call: &Call<'_, input::DeletePolicyVersion>) -> Done<NoOutput> {
    let input = call.input;
    let found = call.own_policy(&input.policy_arn)?;
    let number = version(&found.record, &input.policy_arn, &input.version_id)?.number;
    let mut policy = found.record.clone();
    if number == policy.default_version {
        return Err(error::delete_conflict(
            "Cannot delete the default version of a policy.",
        ));
    }
    policy.versions.retain(|version| version.number != number);
    policy.updated = call.tools.now;
    Ok(Answer::from(NoOutput).change(found.replaced_by(policy)))
}

fn set_default(call: &Call<'_, input::SetDefaultPolicyVersion>) -> Done<NoOutput> {
    let input = call.input;
    let found = call.own_policy(&input.policy_arn)?;
    let record = ManagedPolicyRecord {
        default_version: version(&found.record, &input.policy_arn, &input.version_id)?.number,
        updated: call.tools.now,
        ..found.record.clone()
    };
    Ok(Answer::from(NoOutput).change(found.replaced_by(record)))
}

/// A version of a policy.
fn version<'a>(
    policy: &'a ManagedPolicyRecord,
    arn: &str,
    id: &str,
) -> Result<&'a PolicyVersion, Fault> {
    PolicyVersion::parse_id(id)
        .and_then(|number| policy.version(number))
        .ok_or_else(|| error::no_such_version(arn, id))
}
