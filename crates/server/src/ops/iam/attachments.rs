//! Managed policies on users, groups and roles.

use std::sync::Arc;

use keystead_core::identity::{GroupRecord, IdentityPlace, RoleRecord, UserRecord};
use keystead_wire::iam::{EntityType, PolicyUsageType, input, output};
use keystead_wire::query::NoOutput;

use super::about::{arn, group, role, user};
use super::entity::is_below;
use super::holder::Holder;
use super::pages::{Asked, Page, asked};
use super::policy;
use super::{Done, error, quota};
use crate::fault::Fault;
use crate::identities::Entry;
use crate::ops::management::{Answer, Call, operations};

operations! { Iam "iam" Query;
    /// Gives a managed policy to a user.
    AttachUserPolicy: write, on |input| user(&input.user_name) => of_users::attach;
    /// Takes a managed policy from a user.
    DetachUserPolicy: write, on |input| user(&input.user_name) => of_users::detach;
    /// Lists the managed policies of a user.
    ListAttachedUserPolicies: read, on |input| user(&input.user_name)
        => of_users::list => output::ListAttachedUserPolicies;

    /// Gives a managed policy to a group.
    AttachGroupPolicy: write, on |input| group(&input.group_name) => of_groups::attach;
    /// Takes a managed policy from a group.
    DetachGroupPolicy: write, on |input| group(&input.group_name) => of_groups::detach;
    /// Lists the managed policies of a group.
    ListAttachedGroupPolicies: read, on |input| group(&input.group_name)
        => of_groups::list => output::ListAttachedGroupPolicies;

    /// Gives a managed policy to a role.
    AttachRolePolicy: write, on |input| role(&input.role_name) => of_roles::attach;
    /// Takes a managed policy from a role.
    DetachRolePolicy: write, on |input| role(&input.role_name) => of_roles::detach;
    /// Lists the managed policies of a role.
    ListAttachedRolePolicies: read, on |input| role(&input.role_name)
        => of_roles::list => output::ListAttachedRolePolicies;

    /// Lists the users, groups and roles that a managed policy is on, or bounds.
    ListEntitiesForPolicy: read, on |input| arn(&input.policy_arn)
        => list_entities => output::ListEntitiesForPolicy;
}

/// The three functions of a kind of holder: its record, the member that names it, and its shapes.
macro_rules! functions {
    ($($module:ident: $record:ident $name:ident, $attach:ident $detach:ident $list:ident;)*) => {$(
        mod $module {
            use super::*;

            pub(super) fn attach(call: &Call<'_, input::$attach>) -> Done<NoOutput> {
                super::attach::<$record, _>(call, &call.input.$name, &call.input.policy_arn)
            }

            pub(super) fn detach(call: &Call<'_, input::$detach>) -> Done<NoOutput> {
                super::detach::<$record, _>(call, &call.input.$name, &call.input.policy_arn)
            }

            pub(super) fn list(call: &Call<'_, input::$list>) -> Done<output::$list> {
                let (asked, prefix) = (asked!(call, stringify!($list)), call.input.path_prefix.as_deref());
                let page = super::list::<$record, _>(call, asked, &call.input.$name, prefix)?;
                Ok(output::$list {
                    attached_policies: page.items,
                    is_truncated: page.is_truncated,
                    marker: page.marker,
                }
                .into())
            }
        }
    )*};
}

functions! {
    of_users: UserRecord user_name, AttachUserPolicy DetachUserPolicy ListAttachedUserPolicies;
    of_groups: GroupRecord group_name, AttachGroupPolicy DetachGroupPolicy ListAttachedGroupPolicies;
    of_roles: RoleRecord role_name, AttachRolePolicy DetachRolePolicy ListAttachedRolePolicies;
}

fn attach<R: Holder, I>(call: &Call<'_, I>, holder: &str, arn: &str) -> Done<NoOutput> {
    let found = call.find_to_change::<R>(holder)?;
    let policy = call.hold_policy(arn, || error::not_attachable(arn))?;
    let mut record = found.record.clone();
    let attached = record.attached_mut();
    if !attached.insert(arn.to_owned()) {
        return Ok(NoOutput.into());
    }
    if attached.len() > quota::ATTACHED_POLICIES {
        return Err(error::quota(R::ATTACHED_QUOTA, quota::ATTACHED_POLICIES));
    }
    Ok(Answer::from(NoOutput)
        .change(found.replaced_by(record))
        .changes(policy))
}

fn detach<R: Holder, I>(call: &Call<'_, I>, holder: &str, arn: &str) -> Done<NoOutput> {
    let found = call.find_to_change::<R>(holder)?;
    let mut record = found.record.clone();
    if !record.attached_mut().remove(arn) {
        return Err(error::no_such_policy(arn));
    }
    Ok(Answer::from(NoOutput).change(found.replaced_by(record)))
}

fn list<R: Holder, I>(
    call: &Call<'_, I>,
    asked: Asked<'_>,
    holder: &str,
    path_prefix: Option<&str>,
) -> Result<Page<output::AttachedPolicy>, Fault> {
    let found = call.find::<R>(holder)?;
    let attached = found.record.attached().iter();
    let is_below = |arn: &&String| is_below(policy::path_of(arn), path_prefix);
    let page = asked.page(attached.filter(is_below), |arn| (*arn).clone())?;
    Ok(page.map(|arn| policy::attached(arn)))
}

fn list_entities(
    call: &Call<'_, input::ListEntitiesForPolicy>,
) -> Done<output::ListEntitiesForPolicy> {
    call.policy(&call.input.policy_arn)?;
    let page = asked!(call, "ListEntitiesForPolicy").page(using(call), IdentityPlace::path)?;
    let mut answer = output::ListEntitiesForPolicy {
        policy_groups: Vec::new(),
        policy_users: Vec::new(),
        policy_roles: Vec::new(),
        is_truncated: page.is_truncated,
        marker: page.marker,
    };
    for place in &page.items {
        if let Some(group) = entry::<GroupRecord, _>(call, place) {
            answer.policy_groups.push(output::PolicyGroup {
                group_name: group.record.name.clone(),
                group_id: group.record.group_id.clone(),
            });
        } else if let Some(role) = entry::<RoleRecord, _>(call, place) {
            answer.policy_roles.push(output::PolicyRole {
                role_name: role.record.name.clone(),
                role_id: role.record.role_id.clone(),
            });
        } else if let Some(user) = entry::<UserRecord, _>(call, place) {
            answer.policy_users.push(output::PolicyUser {
                user_name: user.record.name.clone(),
                user_id: user.record.user_id.clone(),
            });
        }
    }
    Ok(answer.into())
}

/// The users, groups and roles that use a policy as the caller asks.
fn using(call: &Call<'_, input::ListEntitiesForPolicy>) -> Vec<IdentityPlace> {
    let input = call.input;
    let (arn, prefix) = (&input.policy_arn, input.path_prefix.as_deref());
    let mut places = match input.policy_usage_filter {
        None => &call.attached_to(arn) | &call.bounded_by(arn),
        Some(PolicyUsageType::PermissionsPolicy) => call.attached_to(arn),
        Some(PolicyUsageType::PermissionsBoundary) => call.bounded_by(arn),
    };
    places.retain(|place| {
        let of = |kind, path: Option<String>| {
            input.entity_filter.is_none_or(|filter| filter == kind)
                && path.is_some_and(|path| is_below(&path, prefix))
        };
        of(EntityType::User, path_of::<UserRecord>(call, place))
            || of(EntityType::Group, path_of::<GroupRecord>(call, place))
            || of(EntityType::Role, path_of::<RoleRecord>(call, place))
    });
    places.into_iter().collect()
}

fn path_of<R: Holder>(
    call: &Call<'_, input::ListEntitiesForPolicy>,
    place: &IdentityPlace,
) -> Option<String> {
    entry::<R, _>(call, place).map(|entry| entry.record.path().to_owned())
}

/// What stands at a place, if it is of this kind.
fn entry<R: Holder, I>(call: &Call<'_, I>, place: &IdentityPlace) -> Option<Arc<Entry<R>>> {
    match place {
        IdentityPlace::Entity { kind, name, .. } if *kind == R::KIND => call.find(name).ok(),
        _ => None,
    }
}
