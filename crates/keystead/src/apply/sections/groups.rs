//! Groups.

use serde_json::{Value, json};

use super::holder::{Holder, Wanted};
use super::{Listing, unlisted};
use crate::api::{Service, list, text};
use crate::apply::compare;
use crate::apply::error::ApplyError;
use crate::apply::plan::Kind;
use crate::apply::planner::{Changes, Planner};

/// Makes and changes groups.
pub(super) fn plan(planner: &mut Planner<'_>) -> Result<(), ApplyError> {
    for group in planner.source.document.groups.iter().flatten() {
        let spot = planner.spot(format!("group {}", group.name), group.account.as_deref())?;
        let input = json!({"GroupName": group.name});
        let answer = planner.read(&spot, Service::Iam, "GetGroup", &input)?;
        let found = answer.and_then(|answer| answer.get("Group").cloned());
        let found = found.unwrap_or_default();
        let holder = Holder {
            kind: "Group",
            name: &group.name,
            spot: &spot,
            found: &found,
        };
        let mut changes = Changes::default();
        if found.is_null() {
            let call = holder.call("CreateGroup".to_owned(), &json!({"Path": group.path}));
            changes.calls.push(call);
            let shown = [("path", compare::path(&group.path))];
            changes.lines.extend(compare::settings(shown));
        }
        let wanted = Wanted {
            policies: group.policies.as_ref(),
            managed: group.managed.as_ref(),
            boundary: None,
            tags: None,
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

/// Removes the groups that the file has not.
pub(super) fn prune(planner: &mut Planner<'_>) -> Result<(), ApplyError> {
    let groups = planner.source.document.groups.as_ref();
    let listing = groups.map(|groups| Listing {
        kind: "group",
        service: Service::Iam,
        operation: "ListGroups",
        input: json!({}),
        member: "Groups",
        name: "GroupName",
        listed: groups
            .iter()
            .map(|g| (g.account.as_deref(), g.name.as_str()))
            .collect(),
    });
    for (spot, found) in unlisted(planner, listing)? {
        let name = text(&found, "GroupName");
        let holder = Holder {
            kind: "Group",
            name,
            spot: &spot,
            found: &found,
        };
        let mut changes = Changes::default();
        let input = json!({"GroupName": name});
        let answer = planner.read(&spot, Service::Iam, "GetGroup", &input)?;
        for user in list(&answer.unwrap_or(Value::Null), "Users") {
            let member = json!({"UserName": text(user, "UserName")});
            changes
                .calls
                .push(holder.call("RemoveUserFromGroup".to_owned(), &member));
        }
        holder.strip(planner, &mut changes)?;
        changes
            .calls
            .push(holder.call("DeleteGroup".to_owned(), &json!({})));
        planner.push(spot, Kind::Remove, changes);
    }
    Ok(())
}
