//! Roles.

use keystead_core::identity::{EntityKind, ROOT_PATH, RoleRecord};
use keystead_wire::iam::{input, output};
use keystead_wire::query::NoOutput;

use super::about::{account, new, role};
use super::pages::{asked, listed};
use super::{
    Done, boundaries, entity, error, holder, quota, service_linked_roles, shown, tags, trust,
};
use crate::ops::management::{Answer, Call, operations};

operations! { Iam "iam" Query;
    /// Makes a role.
    CreateRole: write, on |input| new(
        EntityKind::Role, input.path.as_deref(), &input.role_name, &input.tags,
    ) => create => output::CreateRole;
    /// Gives a role.
    GetRole: read, on |input| role(&input.role_name) => get => output::GetRole;
    /// Lists the account's roles, in the order of their names.
    ListRoles: read, on account => list => output::ListRoles;
    /// Changes a role's description and the longest time of its sessions.
    UpdateRole: write, on |input| role(&input.role_name) => update => output::UpdateRole;
    /// Changes a role's description.
    UpdateRoleDescription: write, on |input| role(&input.role_name)
        => update_description => output::UpdateRoleDescription;
    /// Replaces a role's trust policy.
    UpdateAssumeRolePolicy: write, on |input| role(&input.role_name) => update_trust;
    /// Destroys a role.
    DeleteRole: write, on |input| role(&input.role_name) => delete;
    /// Adds or changes tags of a role.
    TagRole: write, on |input| role(&input.role_name) => tag;
    /// Removes tags of a role.
    UntagRole: write, on |input| role(&input.role_name) => untag;
    /// Lists a role's tags.
    ListRoleTags: read, on |input| role(&input.role_name) => list_tags => output::ListRoleTags;
    /// Lists the instance profiles that a role is in: there are none, but clients ask before they
    /// destroy a role.
    ListInstanceProfilesForRole: read, on |input| role(&input.role_name)
        => list_instance_profiles => output::ListInstanceProfilesForRole;
}

fn create(call: &Call<'_, input::CreateRole>) -> Done<output::CreateRole> {
    let input = call.input;
    let path = input.path.as_deref().unwrap_or(ROOT_PATH);
    if path.starts_with(service_linked_roles::PATH) {
        return Err(error::invalid_input(
            "Paths that begin with /aws-service-role/ are kept for service-linked roles.",
        ));
    }
    call.check_new::<RoleRecord>(&input.role_name, "RolesPerAccount", quota::ROLES)?;
    let boundary = boundaries::hold(call, input.permissions_boundary.as_deref())?;
    let trust_policy = &input.assume_role_policy_document;
    let trust_principals = trust::accept(trust_policy, call.tools.identities)?;
    let id = call.new_id::<RoleRecord>()?;
    let mut record = RoleRecord {
        path: path.to_owned(),
        description: input.description.clone().unwrap_or_default(),
        trust_principals,
        tags: tags::new(&input.tags)?,
        boundary: input.permissions_boundary.clone(),
        ..RoleRecord::new(
            call.account,
            &input.role_name,
            id,
            call.tools.now,
            trust_policy,
        )
    };
    set_max_session(&mut record, input.max_session_duration);
    let role = shown::role(&record, call.tools.identities);
    Ok(Answer::from(output::CreateRole { role })
        .change(entity::made(record))
        .changes(boundary))
}

fn get(call: &Call<'_, input::GetRole>) -> Done<output::GetRole> {
    let found = call.find::<RoleRecord>(&call.input.role_name)?;
    let role = shown::role(&found.record, call.tools.identities);
    Ok(output::GetRole { role }.into())
}

fn list(call: &Call<'_, input::ListRoles>) -> Done<output::ListRoles> {
    let prefix = call.input.path_prefix.as_deref();
    let page = call.page::<RoleRecord>(asked!(call, "ListRoles"), prefix)?;
    let page = page.map(|entry| shown::role_of_list(&entry.record, call.tools.identities));
    listed!(page => ListRoles.roles)
}

fn update(call: &Call<'_, input::UpdateRole>) -> Done<output::UpdateRole> {
    let input = call.input;
    let found = call.find_to_change::<RoleRecord>(&input.role_name)?;
    let mut record = found.record.clone();
    if let Some(description) = &input.description {
        record.description.clone_from(description);
    }
    set_max_session(&mut record, input.max_session_duration);
    Ok(Answer::from(output::UpdateRole {}).change(found.replaced_by(record)))
}

fn update_description(
    call: &Call<'_, input::UpdateRoleDescription>,
) -> Done<output::UpdateRoleDescription> {
    let found = call.find::<RoleRecord>(&call.input.role_name)?;
    let mut record = found.record.clone();
    record.description.clone_from(&call.input.description);
    let role = shown::role(&record, call.tools.identities);
    Ok(Answer::from(output::UpdateRoleDescription { role }).change(found.replaced_by(record)))
}

fn update_trust(call: &Call<'_, input::UpdateAssumeRolePolicy>) -> Done<NoOutput> {
    let input = call.input;
    let found = call.find_to_change::<RoleRecord>(&input.role_name)?;
    let record = RoleRecord {
        trust_principals: trust::accept(&input.policy_document, call.tools.identities)?,
        trust_policy: input.policy_document.clone(),
        ..found.record.clone()
    };
    Ok(Answer::from(NoOutput).change(found.replaced_by(record)))
}

fn delete(call: &Call<'_, input::DeleteRole>) -> Done<NoOutput> {
    let found = call.find_to_change::<RoleRecord>(&call.input.role_name)?;
    holder::check_without_policies(&found.record)?;
    Ok(Answer::from(NoOutput).change(found.removed()))
}

fn tag(call: &Call<'_, input::TagRole>) -> Done<NoOutput> {
    let found = call.find_to_change::<RoleRecord>(&call.input.role_name)?;
    let mut record = found.record.clone();
    record.tags = tags::with(record.tags, &call.input.tags)?;
    Ok(Answer::from(NoOutput).change(found.replaced_by(record)))
}

fn untag(call: &Call<'_, input::UntagRole>) -> Done<NoOutput> {
    let found = call.find_to_change::<RoleRecord>(&call.input.role_name)?;
    let mut record = found.record.clone();
    record.tags = tags::without(record.tags, &call.input.tag_keys)?;
    Ok(Answer::from(NoOutput).change(found.replaced_by(record)))
}

fn list_tags(call: &Call<'_, input::ListRoleTags>) -> Done<output::ListRoleTags> {
    let found = call.find::<RoleRecord>(&call.input.role_name)?;
    let page = tags::page(asked!(call, "ListRoleTags"), &found.record.tags)?;
    listed!(page => ListRoleTags.tags)
}

fn list_instance_profiles(
    call: &Call<'_, input::ListInstanceProfilesForRole>,
) -> Done<output::ListInstanceProfilesForRole> {
    call.find::<RoleRecord>(&call.input.role_name)?;
    Ok(output::ListInstanceProfilesForRole {
        instance_profiles: Vec::new(),
        is_truncated: false,
        marker: None,
    }
    .into())
}

/// Sets the longest time of sessions, if one is given. The API model has checked it.
fn set_max_session(record: &mut RoleRecord, seconds: Option<i64>) {
    if let Some(seconds) = seconds.and_then(|seconds| u32::try_from(seconds).ok()) {
        record.max_session_seconds = seconds;
    }
}
