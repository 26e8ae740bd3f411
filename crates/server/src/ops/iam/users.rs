//! Users.

use std::sync::Arc;

use keystead_core::change::Change;
use keystead_core::identity::{
    AccessKeyRecord, EntityKind, Identity, IdentityKind, KeyOwner, ROOT_PATH, UserRecord,
};
use keystead_wire::iam::{input, output};
use keystead_wire::query::NoOutput;

use super::about::{account, moved, new, user, user_or_oneself};
use super::pages::{asked, listed};
use super::{Done, access_keys, boundaries, entity, error, holder, quota, shown, tags};
use crate::identities::AccessKey;
use crate::ops::management::{Answer, Call, operations};

operations! { Iam "iam" Query;
    /// Makes a user.
    CreateUser: write, on |input| new(
        EntityKind::User, input.path.as_deref(), &input.user_name, &input.tags,
    ) => create => output::CreateUser;
    /// Gives a user; without a name the caller.
    GetUser: read, on |input| user_or_oneself(input.user_name.as_deref()) => get => output::GetUser;
    /// Lists the account's users, in the order of their names.
    ListUsers: read, on account => list => output::ListUsers;
    /// Changes a user's name or path.
    UpdateUser: write, on |input| moved(
        EntityKind::User, &input.user_name, input.new_path.as_deref(), input.new_user_name.as_deref(),
    ) => update;
    /// Destroys a user.
    DeleteUser: write, on |input| user(&input.user_name) => delete;
    /// Adds or changes tags of a user.
    TagUser: write, on |input| user(&input.user_name) => tag;
    /// Removes tags of a user.
    UntagUser: write, on |input| user(&input.user_name) => untag;
    /// Lists a user's tags.
    ListUserTags: read, on |input| user(&input.user_name) => list_tags => output::ListUserTags;
}

fn create(call: &Call<'_, input::CreateUser>) -> Done<output::CreateUser> {
    let input = call.input;
    call.check_new::<UserRecord>(&input.user_name, "UsersPerAccount", quota::USERS)?;
    let boundary = boundaries::hold(call, input.permissions_boundary.as_deref())?;
    let id = call.new_id::<UserRecord>()?;
    let record = UserRecord {
        path: input.path.clone().unwrap_or_else(|| ROOT_PATH.to_owned()),
        tags: tags::new(&input.tags)?,
        boundary: input.permissions_boundary.clone(),
        ..UserRecord::new(call.account, &input.user_name, id, call.tools.now)
    };
    let user = shown::user(&record);
    Ok(Answer::from(output::CreateUser { user })
        .change(entity::made(record))
        .changes(boundary))
}

fn get(call: &Call<'_, input::GetUser>) -> Done<output::GetUser> {
    let caller = call.caller.member().identity();
    let user = match (call.input.user_name.as_deref(), caller.kind()) {
        (None, IdentityKind::Root) => root(call, caller),
        (name, _) => shown::user(&access_keys::owner(call, name)?.record),
    };
    Ok(output::GetUser { user }.into())
}

/// The root user, as far as it is like others: it has no name but the account's.
fn root(call: &Call<'_, input::GetUser>, caller: &Identity) -> output::User {
    let account = call.tools.identities.account(call.account);
    let created = account
        .as_ref()
        .map_or(call.tools.now, |entry| entry.record.created);
    let alias = account.and_then(|entry| entry.record.alias.clone());
    output::User {
        path: ROOT_PATH.to_owned(),
        user_name: alias.unwrap_or_else(|| call.account.to_string()),
        user_id: caller.unique_id().to_owned(),
        arn: caller.arn().to_owned(),
        create_date: shown::instant(created),
        password_last_used: None,
        permissions_boundary: None,
        tags: Vec::new(),
    }
}

fn list(call: &Call<'_, input::ListUsers>) -> Done<output::ListUsers> {
    let prefix = call.input.path_prefix.as_deref();
    let page = call.page::<UserRecord>(asked!(call, "ListUsers"), prefix)?;
    let page = page.map(|entry| shown::user_of_list(&entry.record));
    listed!(page => ListUsers.users)
}

fn update(call: &Call<'_, input::UpdateUser>) -> Done<NoOutput> {
    let input = call.input;
    let found = call.find::<UserRecord>(&input.user_name)?;
    let (former, mut record) = (found.record.name.clone(), found.record.clone());
    record
        .path
        .clone_from(input.new_path.as_ref().unwrap_or(&found.record.path));
    record
        .name
        .clone_from(input.new_user_name.as_ref().unwrap_or(&former));
    let keys = match record.name == former {
        true => Vec::new(),
        false => rename_keys(call, &former, &record.name),
    };
    Ok(Answer::from(NoOutput)
        .changes(call.moved(&found, record)?)
        .changes(keys))
}

/// Gives a user's access keys to the same user under another name.
fn rename_keys<I>(call: &Call<'_, I>, from: &str, to: &str) -> Vec<Change> {
    let rename = |key: &Arc<AccessKey>| {
        let record = AccessKeyRecord {
            owner: KeyOwner::User(to.to_owned()),
            ..key.record.clone()
        };
        access_keys::replaced(key, record)
    };
    call.access_keys(from).iter().map(rename).collect()
}

fn delete(call: &Call<'_, input::DeleteUser>) -> Done<NoOutput> {
    let found = call.find::<UserRecord>(&call.input.user_name)?;
    holder::check_without_policies(&found.record)?;
    if !call.access_keys(&found.record.name).is_empty() {
        return Err(error::must_first("delete access keys"));
    }
    if !found.record.groups.is_empty() {
        return Err(error::must_first("remove users from group"));
    }
    Ok(Answer::from(NoOutput).change(found.removed()))
}

fn tag(call: &Call<'_, input::TagUser>) -> Done<NoOutput> {
    let found = call.find::<UserRecord>(&call.input.user_name)?;
    let mut record = found.record.clone();
    record.tags = tags::with(record.tags, &call.input.tags)?;
    Ok(Answer::from(NoOutput).change(found.replaced_by(record)))
}

fn untag(call: &Call<'_, input::UntagUser>) -> Done<NoOutput> {
    let found = call.find::<UserRecord>(&call.input.user_name)?;
    let mut record = found.record.clone();
    record.tags = tags::without(record.tags, &call.input.tag_keys)?;
    Ok(Answer::from(NoOutput).change(found.replaced_by(record)))
}

fn list_tags(call: &Call<'_, input::ListUserTags>) -> Done<output::ListUserTags> {
    let found = call.find::<UserRecord>(&call.input.user_name)?;
    let page = tags::page(asked!(call, "ListUserTags"), &found.record.tags)?;
    listed!(page => ListUserTags.tags)
}
