//! Organizational units.

use std::sync::Arc;

use keystead_core::change::Expected;
use keystead_core::identity::UnitRecord;
use keystead_wire::json::NoOutput;
use keystead_wire::organizations::{input, output};

use super::about::{new, one};
use super::list::asked;
use super::refusal::Refusal;
use super::{Done, ids, quota, shown, tags};
use crate::fault::Fault;
use crate::identities::Entry;
use crate::ops::management::{Answer, Call, operations};
use crate::organization::{Organization, put};

operations! { Organizations "organizations" Json;
    /// Makes a unit.
    CreateOrganizationalUnit: write, on |input| new(Some(&input.parent_id), &input.tags)
        => create => output::CreateOrganizationalUnit;
    /// Gives a unit.
    DescribeOrganizationalUnit: read, on |input| one(&input.organizational_unit_id)
        => describe => output::DescribeOrganizationalUnit;
    /// Changes a unit's name.
    UpdateOrganizationalUnit: write, on |input| one(&input.organizational_unit_id)
        => update => output::UpdateOrganizationalUnit;
    /// Destroys a unit in which nothing stands.
    DeleteOrganizationalUnit: write, on |input| one(&input.organizational_unit_id) => delete;
    /// Lists the units right below a root or unit, in the order of their ids.
    ListOrganizationalUnitsForParent: read, on |input| one(&input.parent_id)
        => list => output::ListOrganizationalUnitsForParent;
}

fn create(
    call: &Call<'_, input::CreateOrganizationalUnit>,
) -> Done<output::CreateOrganizationalUnit> {
    let (input, tools) = (call.input, call.tools);
    let organization = call.managed()?;
    let parent = organization.node(&input.parent_id);
    let parent = parent.ok_or(Refusal::ParentNotFound)?;
    if organization.units().len() >= quota::UNITS {
        return Err(Refusal::UnitsExceeded.into());
    }
    check_name(&organization, parent.id(), &input.name)?;
    let record = UnitRecord {
        id: ids::unit(&organization.record().root_id, tools.provider)?,
        parent: parent.id().to_owned(),
        name: input.name.clone(),
        created: tools.now,
        tags: tags::new(&input.tags)?,
    };
    // The root is the first of them.
    if organization.lineage(&record.id, &record.parent).len() > quota::UNIT_DEPTH + 1 {
        return Err(Refusal::UnitDepthExceeded.into());
    }
    let organizational_unit = shown::unit(&organization, &record);
    Ok(Answer::from(output::CreateOrganizationalUnit {
        organizational_unit,
    })
    .changes(organization.full_access_to(&record.id))
    .change(put(record, Expected::Absent))
    .change(organization.turn()))
}

fn describe(
    call: &Call<'_, input::DescribeOrganizationalUnit>,
) -> Done<output::DescribeOrganizationalUnit> {
    let organization = call.managed()?;
    let unit = find(&organization, &call.input.organizational_unit_id)?;
    let organizational_unit = shown::unit(&organization, &unit.record);
    Ok(output::DescribeOrganizationalUnit {
        organizational_unit,
    }
    .into())
}

fn update(
    call: &Call<'_, input::UpdateOrganizationalUnit>,
) -> Done<output::UpdateOrganizationalUnit> {
    let organization = call.managed()?;
    let unit = find(&organization, &call.input.organizational_unit_id)?;
    let mut record = unit.record.clone();
    if let Some(name) = call
        .input
        .name
        .as_ref()
        .filter(|name| **name != record.name)
    {
        check_name(&organization, &record.parent, name)?;
        record.name.clone_from(name);
    }
    let organizational_unit = shown::unit(&organization, &record);
    Ok(Answer::from(output::UpdateOrganizationalUnit {
        organizational_unit,
    })
    .change(unit.replaced_by(record))
    .change(organization.turn()))
}

fn delete(call: &Call<'_, input::DeleteOrganizationalUnit>) -> Done<NoOutput> {
    let organization = call.managed()?;
    let unit = find(&organization, &call.input.organizational_unit_id)?;
    let id = &unit.record.id;
    let is_empty =
        organization.units_below(id).is_empty() && organization.accounts_below(id).is_empty();
    if !is_empty {
        return Err(Refusal::UnitNotEmpty.into());
    }
    Ok(Answer::from(NoOutput)
        .change(unit.removed())
        .changes(organization.released(id))
        .change(organization.turn()))
}

fn list(
    call: &Call<'_, input::ListOrganizationalUnitsForParent>,
) -> Done<output::ListOrganizationalUnitsForParent> {
    let organization = call.managed()?;
    let parent = organization.node(&call.input.parent_id);
    let parent = parent.ok_or(Refusal::ParentNotFound)?;
    let units = organization.units_below(parent.id());
    let (page, next_token) = asked!(call, "ListOrganizationalUnitsForParent")
        .page(units, |unit| unit.record.id.clone())?;
    let units = page
        .iter()
        .map(|unit| shown::unit(&organization, &unit.record));
    Ok(output::ListOrganizationalUnitsForParent {
        organizational_units: units.collect(),
        next_token,
    }
    .into())
}

/// A unit of an id.
fn find(organization: &Organization<'_>, id: &str) -> Result<Arc<Entry<UnitRecord>>, Fault> {
    organization
        .unit(id)
        .ok_or_else(|| Refusal::UnitNotFound.into())
}

/// Refuses a name that another unit under the same parent has.
fn check_name(organization: &Organization<'_>, parent: &str, name: &str) -> Result<(), Fault> {
    let siblings = organization.units_below(parent);
    if siblings.iter().any(|unit| unit.record.name == name) {
        return Err(Refusal::DuplicateUnit.into());
    }
    Ok(())
}
