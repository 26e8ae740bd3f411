//! Policies that are part of a user, a group or a role.

use keystead_core::policy::IdentityPolicy;
use keystead_wire::iam::{input, output};
use keystead_wire::query::{Document, NoOutput};

use keystead_core::identity::{GroupRecord, RoleRecord, UserRecord};

use super::about::{group, role, user};
use super::holder::Holder;
use super::pages::{Asked, Page, asked};
use super::{Done, error, quota};
use crate::fault::Fault;
use crate::ops::management::{Answer, Call, operations};

operations! { Iam "iam" Query;
    /// Adds or replaces a policy of a user.
    PutUserPolicy: write, on |input| user(&input.user_name) => of_users::put;
    /// Gives a policy of a user.
    GetUserPolicy: read, on |input| user(&input.user_name)
        => of_users::get => output::GetUserPolicy;
    /// Removes a policy of a user.
    DeleteUserPolicy: write, on |input| user(&input.user_name) => of_users::delete;
    /// Lists the names of a user's inline policies.
    ListUserPolicies: read, on |input| user(&input.user_name)
        => of_users::list => output::ListUserPolicies;

    /// Adds or replaces a policy of a group.
    PutGroupPolicy: write, on |input| group(&input.group_name) => of_groups::put;
    /// Gives a policy of a group.
    GetGroupPolicy: read, on |input| group(&input.group_name)
        => of_groups::get => output::GetGroupPolicy;
    /// Removes a policy of a group.
    DeleteGroupPolicy: write, on |input| group(&input.group_name) => of_groups::delete;
    /// Lists the names of a group's inline policies.
    ListGroupPolicies: read, on |input| group(&input.group_name)
        => of_groups::list => output::ListGroupPolicies;

    /// Adds or replaces a policy of a role.
    PutRolePolicy: write, on |input| role(&input.role_name) => of_roles::put;
    /// Gives a policy of a role.
    GetRolePolicy: read, on |input| role(&input.role_name)
        => of_roles::get => output::GetRolePolicy;
    /// Removes a policy of a role.
    DeleteRolePolicy: write, on |input| role(&input.role_name) => of_roles::delete;
    /// Lists the names of a role's inline policies.
    ListRolePolicies: read, on |input| role(&input.role_name)
        => of_roles::list => output::ListRolePolicies;
}

/// The four functions of a kind of holder: its record, the member that names it, and its shapes.
macro_rules! functions {
    ($($module:ident: $record:ident $name:ident, $put:ident $get:ident $delete:ident $list:ident;)*) => {$(
        mod $module {
            use super::*;

            pub(super) fn put(call: &Call<'_, input::$put>) -> Done<NoOutput> {
                let input = call.input;
                super::put::<$record, _>(call, &input.$name, &input.policy_name, &input.policy_document)
            }

            pub(super) fn get(call: &Call<'_, input::$get>) -> Done<output::$get> {
                let input = call.input;
                let (holder, document) = super::get::<$record, _>(call, &input.$name, &input.policy_name)?;
                Ok(output::$get {
                    $name: holder,
                    policy_name: input.policy_name.clone(),
                    policy_document: document,
                }
                .into())
            }

            pub(super) fn delete(call: &Call<'_, input::$delete>) -> Done<NoOutput> {
                super::delete::<$record, _>(call, &call.input.$name, &call.input.policy_name)
            }

            pub(super) fn list(call: &Call<'_, input::$list>) -> Done<output::$list> {
                let asked = asked!(call, stringify!($list));
                let page = super::list::<$record, _>(call, asked, &call.input.$name)?;
                Ok(output::$list {
                    policy_names: page.items,
                    is_truncated: page.is_truncated,
                    marker: page.marker,
                }
                .into())
            }
        }
    )*};
}

functions! {
    of_users: UserRecord user_name, PutUserPolicy GetUserPolicy DeleteUserPolicy ListUserPolicies;
    of_groups: GroupRecord group_name, PutGroupPolicy GetGroupPolicy DeleteGroupPolicy ListGroupPolicies;
    of_roles: RoleRecord role_name, PutRolePolicy GetRolePolicy DeleteRolePolicy ListRolePolicies;
}

fn put<R: Holder, I>(call: &Call<'_, I>, holder: &str, name: &str, text: &str) -> Done<NoOutput> {
    let found = call.find_to_change::<R>(holder)?;
    IdentityPolicy::parse(text)?;
    let mut record = found.record.clone();
    let policies = record.inline_mut();
    policies.insert(name.to_owned(), text.to_owned());
    let length: usize = policies.values().map(|text| quota::length(text)).sum();
    if length > R::INLINE_QUOTA {
        let (kind, quota) = (R::KIND.as_str(), R::INLINE_QUOTA);
        let message = format!("Maximum policy size of {quota} bytes exceeded for {kind} {holder}");
        return Err(Fault::Limit { message });
    }
    Ok(Answer::from(NoOutput).change(found.replaced_by(record)))
}

/// The holder's name as it is written, and the document.
fn get<R: Holder, I>(
    call: &Call<'_, I>,
    holder: &str,
    name: &str,
) -> Result<(String, Document), Fault> {
    let found = call.find::<R>(holder)?;
    let text = found.record.inline().get(name).cloned();
    let text = text.ok_or_else(|| no_such_policy::<R>(name))?;
    Ok((found.record.name().to_owned(), Document(text)))
}

fn delete<R: Holder, I>(call: &Call<'_, I>, holder: &str, name: &str) -> Done<NoOutput> {
    let found = call.find_to_change::<R>(holder)?;
    let mut record = found.record.clone();
    let removed = record.inline_mut().remove(name);
    removed.ok_or_else(|| no_such_policy::<R>(name))?;
    Ok(Answer::from(NoOutput).change(found.replaced_by(record)))
}

fn list<R: Holder, I>(
    call: &Call<'_, I>,
    asked: Asked<'_>,
    holder: &str,
) -> Result<Page<String>, Fault> {
    let found = call.find::<R>(holder)?;
    asked.page(found.record.inline().keys().cloned(), String::clone)
}

fn no_such_policy<R: Holder>(name: &str) -> Fault {
    let kind = R::KIND.as_str();
    error::not_found(format!(
        "The {kind} policy with name {name} cannot be found."
    ))
}
