//! Users, the groups that they are in, and their access keys.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::holder::{Holder, Wanted, tag_list};
use super::{Listing, unlisted};
use crate::api::{Service, text};
use crate::apply::compare;
use crate::apply::document::{AccessKey, User};
use crate::apply::error::ApplyError;
use crate::apply::plan::Kind;
use crate::apply::planner::{Changes, Planner, Spot};

/// Makes and changes users.
pub(super) fn plan(planner: &mut Planner<'_>) -> Result<(), ApplyError> {
    for user in planner.source.document.users.iter().flatten() {
        let spot = planner.spot(format!("user {}", user.name), user.account.as_deref())?;
        let input = json!({"UserName": user.name});
        let answer = planner.read(&spot, Service::Iam, "GetUser", &input)?;
        let found = answer.and_then(|answer| answer.get("User").cloned());
        let found = found.unwrap_or_default();
        let mut changes = Changes::default();
        let holder = holder(&user.name, &spot, &found);
        compare_oneself(user, &holder, &mut changes);
        let wanted = Wanted {
            policies: user.policies.as_ref(),
            managed: user.managed.as_ref(),
            boundary: user.boundary.as_deref(),
            // A user is made with its tags.
            tags: user.tags.as_ref().filter(|_| !found.is_null()),
        };
        holder.compare(planner, wanted, &mut changes)?;
        compare_groups(planner, user, &holder, &mut changes)?;
        compare_access_keys(planner, user, &holder, &mut changes)?;
        let kind = if found.is_null() {
            Kind::Create
        } else {
            Kind::Change
        };
        planner.push(spot, kind, changes);
    }
    Ok(())
}

const fn holder<'a>(name: &'a str, spot: &'a Spot, found: &'a Value) -> Holder<'a> {
    Holder {
        kind: "User",
        name,
        spot,
        found,
    }
}

fn compare_oneself(user: &User, holder: &Holder<'_>, changes: &mut Changes) {
    if holder.found.is_null() {
        let tags = user.tags.as_ref().map(tag_list);
        let members = json!({"Path": user.path, "Tags": tags});
        let shown = [("path", compare::path(&user.path))];
        changes.lines.extend(compare::settings(shown));
        changes.lines.extend(compare::tags(user.tags.as_ref()));
        changes
            .calls
            .push(holder.call("CreateUser".to_owned(), &members));
    } else if let Some(line) = compare::texts("path", text(holder.found, "Path"), &user.path) {
        let call = holder.call("UpdateUser".to_owned(), &json!({"NewPath": user.path}));
        changes.add(line, call);
    }
}

fn compare_groups(
    planner: &Planner<'_>,
    user: &User,
    holder: &Holder<'_>,
    changes: &mut Changes,
) -> Result<(), ApplyError> {
    let Some(wanted) = &user.groups else {
        return Ok(());
    };
    let found = groups(planner, holder)?;
    for (operation, sign, groups) in [
        ("AddUserToGroup", "+", wanted.difference(&found)),
        ("RemoveUserFromGroup", "-", found.difference(wanted)),
    ] {
        for group in groups {
            let call = holder.call(operation.to_owned(), &json!({"GroupName": group}));
            changes.add(format!("{sign} group {group}"), call);
        }
    }
    Ok(())
}

fn groups(planner: &Planner<'_>, holder: &Holder<'_>) -> Result<BTreeSet<String>, ApplyError> {
    let groups = related(planner, holder, "ListGroupsForUser", "Groups")?;
    Ok(groups
        .iter()
        .map(|group| text(group, "GroupName").to_owned())
        .collect())
}

fn related(
    planner: &Planner<'_>,
    holder: &Holder<'_>,
    operation: &str,
    member: &str,
) -> Result<Vec<Value>, ApplyError> {
    if holder.found.is_null() {
        return Ok(Vec::new());
    }
    let input = json!({"UserName": holder.name});
    planner.list(holder.spot, Service::Iam, operation, &input, member)
}

fn compare_access_keys(
    planner: &Planner<'_>,
    user: &User,
    holder: &Holder<'_>,
    changes: &mut Changes,
) -> Result<(), ApplyError> {
    if user.access_key == AccessKey::Wanted(false) {
        return Ok(());
    }
    if related(planner, holder, "ListAccessKeys", "AccessKeyMetadata")?.is_empty() {
        let call = holder.call("CreateAccessKey".to_owned(), &json!({}));
        let line = planner.access_key_line(holder.spot, &user.access_key)?;
        changes.add(line, call.hand_over(user.access_key.clone()));
    }
    Ok(())
}

/// Removes the users that the file has not, but never the caller.
pub(super) fn prune(planner: &mut Planner<'_>) -> Result<(), ApplyError> {
    let users = planner.source.document.users.as_ref();
    let listing = users.map(|users| Listing {
        kind: "user",
        service: Service::Iam,
        operation: "ListUsers",
        input: json!({}),
        member: "Users",
        name: "UserName",
        listed: users
            .iter()
            .map(|u| (u.account.as_deref(), u.name.as_str()))
            .collect(),
    });
    for (spot, found) in unlisted(planner, listing)? {
        if text(&found, "Arn") != planner.caller {
            remove(planner, spot, &found)?;
        }
    }
    Ok(())
}

fn remove(planner: &mut Planner<'_>, spot: Spot, found: &Value) -> Result<(), ApplyError> {
    let holder = holder(text(found, "UserName"), &spot, found);
    let mut changes = Changes::default();
    for key in related(planner, &holder, "ListAccessKeys", "AccessKeyMetadata")? {
        let members = json!({"AccessKeyId": text(&key, "AccessKeyId")});
        changes.add(
            format!("- access key {}", text(&key, "AccessKeyId")),
            holder.call("DeleteAccessKey".to_owned(), &members),
        );
    }
    for group in groups(planner, &holder)? {
        let members = json!({"GroupName": group});
        changes
            .calls
            .push(holder.call("RemoveUserFromGroup".to_owned(), &members));
    }
    holder.strip(planner, &mut changes)?;
    changes
        .calls
        .push(holder.call("DeleteUser".to_owned(), &json!({})));
    planner.push(spot, Kind::Remove, changes);
    Ok(())
}
