//! Services that call for themselves or on behalf of users.

use serde_json::{Value, json};

use super::{Listing, unlisted};
use crate::api::{Service, text};
use crate::apply::document::AccessKey;
use crate::apply::error::ApplyError;
use crate::apply::plan::{Call, Kind};
use crate::apply::planner::{Changes, Planner, Spot};

const SERVICE: Service = Service::Keystead;

/// Registers services, and makes their access keys.
pub(super) fn plan(planner: &mut Planner<'_>) -> Result<(), ApplyError> {
    for service in planner.source.document.services.iter().flatten() {
        let spot = planner.spot(
            format!("service {}", service.name),
            service.account.as_deref(),
        )?;
        let input = json!({"NamePrefix": service.name});
        let found = planner.list(&spot, SERVICE, "ListServices", &input, "Services")?;
        let is_it = |found: &Value| text(found, "ServiceName") == service.name;
        let is_there = found.iter().any(is_it);
        let input = json!({"ServiceName": service.name});
        let mut changes = Changes::default();
        if !is_there {
            changes
                .calls
                .push(Call::new(SERVICE, "PutService", input.clone()));
        }
        let keys = access_keys(planner, &spot, is_there.then_some(&service.name))?;
        if service.access_key != AccessKey::Wanted(false) && keys.is_empty() {
            let call = Call::new(SERVICE, "CreateServiceAccessKey", input);
            let line = planner.access_key_line(&spot, &service.access_key)?;
            changes.add(line, call.hand_over(service.access_key.clone()));
        }
        let kind = if is_there { Kind::Change } else { Kind::Create };
        planner.push(spot, kind, changes);
    }
    Ok(())
}

fn access_keys(
    planner: &Planner<'_>,
    spot: &Spot,
    service: Option<&String>,
) -> Result<Vec<Value>, ApplyError> {
    let Some(service) = service else {
        return Ok(Vec::new());
    };
    let input = json!({"ServiceName": service});
    planner.list(
        spot,
        SERVICE,
        "ListServiceAccessKeys",
        &input,
        "AccessKeyMetadata",
    )
}

/// Removes the services that the file has not, with their access keys.
pub(super) fn prune(planner: &mut Planner<'_>) -> Result<(), ApplyError> {
    let services = planner.source.document.services.as_ref();
    let listing = services.map(|services| Listing {
        kind: "service",
        service: SERVICE,
        operation: "ListServices",
        input: json!({}),
        member: "Services",
        name: "ServiceName",
        listed: services
            .iter()
            .map(|s| (s.account.as_deref(), s.name.as_str()))
            .collect(),
    });
    for (spot, found) in unlisted(planner, listing)? {
        let name = text(&found, "ServiceName").to_owned();
        let mut changes = Changes::default();
        for key in access_keys(planner, &spot, Some(&name))? {
            let id = text(&key, "AccessKeyId");
            let input = json!({"ServiceName": name, "AccessKeyId": id});
            let call = Call::new(SERVICE, "DeleteServiceAccessKey", input);
            changes.add(format!("- access key {id}"), call);
        }
        let input = json!({"ServiceName": name});
        changes
            .calls
            .push(Call::new(SERVICE, "DeleteService", input));
        planner.push(spot, Kind::Remove, changes);
    }
    Ok(())
}
