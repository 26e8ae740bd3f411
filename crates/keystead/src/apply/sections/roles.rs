//! Roles.

use serde_json::{Value, json};

use super::holder::{Holder, Wanted, document_of, tag_list};
use super::{Listing, unlisted};
use crate::api::{Service, text};
use crate::apply::compare;
use crate::apply::document::Role;
use crate::apply::error::ApplyError;
use crate::apply::plan::Kind;
use crate::apply::planner::{Changes, Planner, Spot};
use crate::apply::server::ACCESS_ROLE;

/// Makes and changes roles, in the file's order: a role that trusts another one comes after it.
pub(super) fn plan(planner: &mut Planner<'_>) -> Result<(), ApplyError> {
    for role in planner.source.document.roles.iter().flatten() {
        let spot = planner.spot(format!("role {}", role.name), role.account.as_deref())?;
        let trust = planner.document(&spot, &role.trust)?;
        let input = json!({"RoleName": role.name});
        let answer = planner.read(&spot, Service::Iam, "GetRole", &input)?;
        let found = answer.and_then(|answer| answer.get("Role").cloned());
        let found = found.unwrap_or_default();
        let mut changes = Changes::default();
        let holder = holder(&role.name, &spot, &found);
        if found.is_null() {
            make(role, &trust, &holder, &mut changes);
        } else {
            compare_trust(&trust, &holder, &mut changes);
            compare_settings(role, &holder, &mut changes);
        }
        let wanted = Wanted {
            policies: role.policies.as_ref(),
            managed: role.managed.as_ref(),
            boundary: role.boundary.as_deref(),
            // A role is made with its tags.
            tags: role.tags.as_ref().filter(|_| !found.is_null()),
        };
        holder.compare(planner, wanted, &mut changes)?;
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
        kind: "Role",
        name,
        spot,
        found,
    }
}

fn make(role: &Role, trust: &Value, holder: &Holder<'_>, changes: &mut Changes) {
    let members = json!({
        "Path": role.path,
        "Description": role.description,
        "MaxSessionDuration": role.max_session_seconds,
        "AssumeRolePolicyDocument": trust.to_string(),
        "Tags": role.tags.as_ref().map(tag_list),
    });
    let seconds = role.max_session_seconds.map(|seconds| seconds.to_string());
    let shown = [
        ("path", compare::path(&role.path)),
        ("description", role.description.as_deref()),
        ("max_session_seconds", seconds.as_deref()),
    ];
    changes.lines.extend(compare::settings(shown));
    changes.lines.extend(compare::tags(role.tags.as_ref()));
    let lines = compare::documents("trust", &Value::Null, trust);
    changes.lines.extend(lines);
    changes
        .calls
        .push(holder.call("CreateRole".to_owned(), &members));
}

fn compare_trust(trust: &Value, holder: &Holder<'_>, changes: &mut Changes) {
    let was = document_of(holder.found, "AssumeRolePolicyDocument");
    let lines = compare::documents("trust", &was, trust);
    if !lines.is_empty() {
        let members = json!({"PolicyDocument": trust.to_string()});
        let call = holder.call("UpdateAssumeRolePolicy".to_owned(), &members);
        changes.lines.extend(lines);
        changes.calls.push(call);
    }
}

/// Both settings are sent when one differs: IAM takes a duration that is left out for one hour.
fn compare_settings(role: &Role, holder: &Holder<'_>, changes: &mut Changes) {
    let description = text(holder.found, "Description");
    let seconds = text(holder.found, "MaxSessionDuration");
    let wanted_description = role.description.as_deref().unwrap_or(description);
    let wanted_seconds = role.max_session_seconds.map(|seconds| seconds.to_string());
    let wanted_seconds = wanted_seconds.as_deref().unwrap_or(seconds);
    let mut lines = Vec::new();
    lines.extend(compare::texts(
        "description",
        description,
        wanted_description,
    ));
    lines.extend(compare::texts(
        "max_session_seconds",
        seconds,
        wanted_seconds,
    ));
    if !lines.is_empty() {
        let members = json!({
            "Description": wanted_description,
            "MaxSessionDuration": wanted_seconds,
        });
        changes.lines.extend(lines);
        changes
            .calls
            .push(holder.call("UpdateRole".to_owned(), &members));
    }
}

/// Removes the roles that the file has not, but neither those of services nor the one by which the
/// account is entered.
pub(super) fn prune(planner: &mut Planner<'_>) -> Result<(), ApplyError> {
    let roles = planner.source.document.roles.as_ref();
    let listing = roles.map(|roles| Listing {
        kind: "role",
        service: Service::Iam,
        operation: "ListRoles",
        input: json!({}),
        member: "Roles",
        name: "RoleName",
        listed: roles
            .iter()
            .map(|r| (r.account.as_deref(), r.name.as_str()))
            .collect(),
    });
    for (spot, found) in unlisted(planner, listing)? {
        let is_services = text(&found, "Path").starts_with("/aws-service-role/");
        let name = text(&found, "RoleName");
        if is_services || name == ACCESS_ROLE {
            continue;
        }
        let holder = holder(name, &spot, &found);
        let mut changes = Changes::default();
        holder.strip(planner, &mut changes)?;
        changes
            .calls
            .push(holder.call("DeleteRole".to_owned(), &json!({})));
        planner.push(spot, Kind::Remove, changes);
    }
    Ok(())
}
