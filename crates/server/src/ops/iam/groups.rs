//! Groups, and who is in them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use keystead_core::change::Change;
use keystead_core::identity::{EntityKind, GroupRecord, ROOT_PATH, UserRecord, lower};
use keystead_wire::iam::{input, output};
use keystead_wire::query::NoOutput;

use super::about::{account, group, moved, new, user};
use super::pages::{asked, listed};
use super::{Done, entity, error, holder, quota, shown};
use crate::identities::UserEntry;
use crate::ops::management::{Answer, Call, operations};

operations! { Iam "iam" Query;
    /// Makes a group.
    CreateGroup: write, on |input| new(
        EntityKind::Group, input.path.as_deref(), &input.group_name, &[],
    ) => create => output::CreateGroup;
    /// Gives a group and a page of its users.
    GetGroup: read, on |input| group(&input.group_name) => get => output::GetGroup;
    /// Lists the account's groups, in the order of their names.
    ListGroups: read, on account => list => output::ListGroups;
    /// Changes a group's name or path.
    UpdateGroup: write, on |input| moved(
        EntityKind::Group, &input.group_name, input.new_path.as_deref(), input.new_group_name.as_deref(),
    ) => update;
    /// Destroys a group.
    DeleteGroup: write, on |input| group(&input.group_name) => delete;
    /// Makes a user a member of a group.
    AddUserToGroup: write, on |input| group(&input.group_name) => add_user;
    /// Takes a user out of a group.
    RemoveUserFromGroup: write, on |input| group(&input.group_name) => remove_user;
    /// Lists the groups that a user is in.
    ListGroupsForUser: read, on |input| user(&input.user_name)
        => list_of_user => output::ListGroupsForUser;
}

fn create(call: &Call<'_, input::CreateGroup>) -> Done<output::CreateGroup> {
    let input = call.input;
    call.check_new::<GroupRecord>(&input.group_name, "GroupsPerAccount", quota::GROUPS)?;
    let record = GroupRecord {
        account: call.account,
        path: input.path.clone().unwrap_or_else(|| ROOT_PATH.to_owned()),
        name: input.group_name.clone(),
        group_id: call.new_id::<GroupRecord>()?,
        created: call.tools.now,
        inline_policies: BTreeMap::new(),
        attached_policies: BTreeSet::new(),
    };
    let group = shown::group(&record);
    Ok(Answer::from(output::CreateGroup { group }).change(entity::made(record)))
}

fn get(call: &Call<'_, input::GetGroup>) -> Done<output::GetGroup> {
    let group = call.find::<GroupRecord>(&call.input.group_name)?;
    let members = call.members(&group.record.name);
    let page = asked!(call, "GetGroup").page(members, |user| lower(&user.record.name))?;
    let page = page.map(|user| shown::user_of_list(&user.record));
    Ok(output::GetGroup {
        group: shown::group(&group.record),
        users: page.items,
        is_truncated: page.is_truncated,
        marker: page.marker,
    }
    .into())
}

fn list(call: &Call<'_, input::ListGroups>) -> Done<output::ListGroups> {
    let prefix = call.input.path_prefix.as_deref();
    let page = call.page::<GroupRecord>(asked!(call, "ListGroups"), prefix)?;
    let page = page.map(|entry| shown::group(&entry.record));
    listed!(page => ListGroups.groups)
}

fn update(call: &Call<'_, input::UpdateGroup>) -> Done<NoOutput> {
    let input = call.input;
    let found = call.find::<GroupRecord>(&input.group_name)?;
    let (former, mut record) = (found.record.name.clone(), found.record.clone());
    record
        .path
        .clone_from(input.new_path.as_ref().unwrap_or(&found.record.path));
    record
        .name
        .clone_from(input.new_group_name.as_ref().unwrap_or(&former));
    let members = match record.name == former {
        true => Vec::new(),
        false => rename_membership(call, &former, &record.name),
    };
    Ok(Answer::from(NoOutput)
        .changes(call.moved(&found, record)?)
        .changes(members))
}

/// Makes a group's members those of the same group under another name.
fn rename_membership<I>(call: &Call<'_, I>, from: &str, to: &str) -> Vec<Change> {
    let rename = |user: &Arc<UserEntry>| {
        let mut record = user.record.clone();
        record.groups.remove(from);
        record.groups.insert(to.to_owned());
        user.replaced_by(record)
    };
    call.members(from).iter().map(rename).collect()
}

fn delete(call: &Call<'_, input::DeleteGroup>) -> Done<NoOutput> {
    let found = call.find::<GroupRecord>(&call.input.group_name)?;
    if !call.members(&found.record.name).is_empty() {
        return Err(error::must_first("remove users from group"));
    }
    holder::check_without_policies(&found.record)?;
    Ok(Answer::from(NoOutput).change(found.removed()))
}

fn add_user(call: &Call<'_, input::AddUserToGroup>) -> Done<NoOutput> {
    let group = call.find::<GroupRecord>(&call.input.group_name)?;
    let user = call.find::<UserRecord>(&call.input.user_name)?;
    let mut record = user.record.clone();
    if !record.groups.insert(group.record.name.clone()) {
        return Ok(NoOutput.into());
    }
    if record.groups.len() > quota::GROUPS_PER_USER {
        return Err(error::quota("GroupsPerUser", quota::GROUPS_PER_USER));
    }
    Ok(Answer::from(NoOutput)
        .change(user.replaced_by(record))
        .change(entity::held(&group)))
}

fn remove_user(call: &Call<'_, input::RemoveUserFromGroup>) -> Done<NoOutput> {
    let group = call.find::<GroupRecord>(&call.input.group_name)?;
    let user = call.find::<UserRecord>(&call.input.user_name)?;
    let mut record = user.record.clone();
    if !record.groups.remove(&group.record.name) {
        let (user, group) = (&record.name, &group.record.name);
        return Err(error::not_found(format!(
            "User {user} is not in group {group}."
        )));
    }
    Ok(Answer::from(NoOutput).change(user.replaced_by(record)))
}

fn list_of_user(call: &Call<'_, input::ListGroupsForUser>) -> Done<output::ListGroupsForUser> {
    let user = call.find::<UserRecord>(&call.input.user_name)?;
    let groups = user.record.groups.iter();
    let groups = groups.filter_map(|name| call.find::<GroupRecord>(name).ok());
    let mut groups: Vec<_> = groups.collect();
    groups.sort_by_cached_key(|group| lower(&group.record.name));
    let page = asked!(call, "ListGroupsForUser").page(groups, |group| lower(&group.record.name))?;
    let page = page.map(|group| shown::group(&group.record));
    listed!(page => ListGroupsForUser.groups)
}
