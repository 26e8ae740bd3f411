//! Permissions boundaries of users and roles: managed policies that limit them.

use keystead_core::change::Change;
use keystead_core::identity::{RoleRecord, UserRecord};
use keystead_wire::iam::input;
use keystead_wire::query::NoOutput;

use super::about::{role, user};
use super::holder::Holder;
use super::{Done, error};
use crate::fault::Fault;
use crate::ops::management::{Answer, Call, operations};

operations! { Iam "iam" Query;
    /// Sets the permissions boundary of a user.
    PutUserPermissionsBoundary: write, on |input| user(&input.user_name) => put_on_user;
    /// Removes the permissions boundary of a user.
    DeleteUserPermissionsBoundary: write, on |input| user(&input.user_name) => delete_from_user;
    /// Sets the permissions boundary of a role.
    PutRolePermissionsBoundary: write, on |input| role(&input.role_name) => put_on_role;
    /// Removes the permissions boundary of a role.
    DeleteRolePermissionsBoundary: write, on |input| role(&input.role_name) => delete_from_role;
}

/// What keeps a managed policy there that is to be a boundary.
///
/// # Errors
/// `InvalidInput`, `NoSuchEntity`.
pub(super) fn hold<I>(call: &Call<'_, I>, arn: Option<&str>) -> Result<Option<Change>, Fault> {
    let Some(arn) = arn else { return Ok(None) };
    let absent = || {
        error::not_found(format!(
            "Scope ARN: {arn} does not exist or is not attachable."
        ))
    };
    call.hold_policy(arn, absent)
}

fn put_on_user(call: &Call<'_, input::PutUserPermissionsBoundary>) -> Done<NoOutput> {
    put::<UserRecord, _>(
        call,
        &call.input.user_name,
        &call.input.permissions_boundary,
    )
}

fn delete_from_user(call: &Call<'_, input::DeleteUserPermissionsBoundary>) -> Done<NoOutput> {
    delete::<UserRecord, _>(call, &call.input.user_name)
}

fn put_on_role(call: &Call<'_, input::PutRolePermissionsBoundary>) -> Done<NoOutput> {
    put::<RoleRecord, _>(
        call,
        &call.input.role_name,
        &call.input.permissions_boundary,
    )
}

fn delete_from_role(call: &Call<'_, input::DeleteRolePermissionsBoundary>) -> Done<NoOutput> {
    delete::<RoleRecord, _>(call, &call.input.role_name)
}

/// A holder of policies whose permissions can be bounded.
trait Bounded: Holder {
    fn boundary_mut(&mut self) -> &mut Option<String>;
}

impl Bounded for UserRecord {
    fn boundary_mut(&mut self) -> &mut Option<String> {
        &mut self.boundary
    }
}

impl Bounded for RoleRecord {
    fn boundary_mut(&mut self) -> &mut Option<String> {
        &mut self.boundary
    }
}

fn put<R: Bounded, I>(call: &Call<'_, I>, holder: &str, arn: &str) -> Done<NoOutput> {
    let found = call.find_to_change::<R>(holder)?;
    let policy = hold(call, Some(arn))?;
    let mut record = found.record.clone();
    *record.boundary_mut() = Some(arn.to_owned());
    Ok(Answer::from(NoOutput)
        .change(found.replaced_by(record))
        .changes(policy))
}

fn delete<R: Bounded, I>(call: &Call<'_, I>, holder: &str) -> Done<NoOutput> {
    let found = call.find_to_change::<R>(holder)?;
    let mut record = found.record.clone();
    *record.boundary_mut() = None;
    Ok(Answer::from(NoOutput).change(found.replaced_by(record)))
}
