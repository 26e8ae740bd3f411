//! The organization and its units.

use serde_json::{Value, json};

use crate::api::{Service, text};
use crate::apply::error::ApplyError;
use crate::apply::plan::{Call, Kind, placeholder};
use crate::apply::planner::{Changes, Planner, Spot};

const SERVICE: Service = Service::Organizations;

/// Makes the organization, if the file has something for one, and its units.
pub(super) fn plan(planner: &mut Planner<'_>) -> Result<(), ApplyError> {
    let document = &planner.source.document;
    let has_any = document.accounts.is_some()
        || document.units.is_some()
        || document.control_policies.is_some();
    if !has_any {
        return Ok(());
    }
    let spot = planner.spot("organization".to_owned(), None)?;
    match root(planner, &spot)? {
        Some(root) => planner.names.set("root", root),
        None => make_organization(planner, spot),
    }
    for unit in planner.source.document.units.iter().flatten() {
        let spot = planner.spot(format!("unit {}", unit.name), None)?;
        let parent = parent(planner, &spot, unit.parent.as_deref())?;
        let known = format!("unit {}", unit.name);
        match find(planner, &spot, &parent, &unit.name)? {
            Some(id) => planner.names.set(known, id),
            None => {
                let mut changes = Changes::default();
                let input = json!({"Name": unit.name, "ParentId": parent});
                let call = Call::new(SERVICE, "CreateOrganizationalUnit", input);
                changes.add(
                    format!("in {}", unit.parent.as_deref().unwrap_or("the root")),
                    call.keep(known, "/OrganizationalUnit/Id"),
                );
                planner.push(spot, Kind::Create, changes);
            }
        }
    }
    Ok(())
}

fn root(planner: &Planner<'_>, spot: &Spot) -> Result<Option<String>, ApplyError> {
    let roots = planner.list(spot, SERVICE, "ListRoots", &json!({}), "Roots")?;
    Ok(roots.first().map(|root| text(root, "Id").to_owned()))
}

fn make_organization(planner: &mut Planner<'_>, spot: Spot) {
    let mut changes = Changes::default();
    changes.add(
        "with this account as its management account",
        Call::new(SERVICE, "CreateOrganization", json!({"FeatureSet": "ALL"})),
    );
    let roots = Call::new(SERVICE, "ListRoots", json!({}));
    changes
        .calls
        .push(roots.keep("root".to_owned(), "/Roots/0/Id"));
    planner.push(spot, Kind::Create, changes);
}

/// The id, or its placeholder, of the unit that an item stands in; the root's without a name.
pub(super) fn parent(
    planner: &Planner<'_>,
    spot: &Spot,
    unit: Option<&str>,
) -> Result<String, ApplyError> {
    let Some(unit) = unit else {
        return Ok(planner.names.fill(&placeholder("root")));
    };
    let listed = planner.source.document.units.iter().flatten();
    if listed.into_iter().any(|listed| listed.name == unit) {
        return Ok(planner.names.fill(&placeholder(&format!("unit {unit}"))));
    }
    Err(ApplyError::Unknown {
        item: spot.item.clone(),
        kind: "unit",
        name: unit.to_owned(),
    })
}

/// The id of a unit. In what is still to be made there is none.
fn find(
    planner: &Planner<'_>,
    spot: &Spot,
    parent: &str,
    name: &str,
) -> Result<Option<String>, ApplyError> {
    if parent.starts_with("{{") {
        return Ok(None);
    }
    let input = json!({"ParentId": parent});
    let operation = "ListOrganizationalUnitsForParent";
    let units = planner.list(spot, SERVICE, operation, &input, "OrganizationalUnits")?;
    let is_it = |unit: &&Value| text(unit, "Name") == name;
    Ok(units
        .iter()
        .find(is_it)
        .map(|unit| text(unit, "Id").to_owned()))
}
