//! Aliases: those of the section, and those that keys have.

use std::collections::BTreeMap;

use serde_json::json;

use super::keys;
use crate::api::Service;
use crate::apply::error::ApplyError;
use crate::apply::plan::{Call, Kind, placeholder};
use crate::apply::planner::{Changes, Planner, Spot};

/// Points aliases at their keys.
pub(super) fn plan(planner: &mut Planner<'_>) -> Result<(), ApplyError> {
    let mut known: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for (spot, alias, key) in wanted(planner)? {
        if !known.contains_key(&spot.account) {
            let aliases = keys::aliases(planner, &spot)?;
            known.insert(spot.account.clone(), aliases);
        }
        let was = known
            .get(&spot.account)
            .and_then(|aliases| aliases.get(&alias));
        let input = json!({"AliasName": alias, "TargetKeyId": key});
        let mut changes = Changes::default();
        let (kind, operation) = match was {
            None => (Kind::Create, "CreateAlias"),
            Some(was) if *was == key => continue,
            Some(was) => {
                changes.lines.push(format!("key: {was} -> {key}"));
                (Kind::Change, "UpdateAlias")
            }
        };
        changes
            .calls
            .push(Call::new(Service::Kms, operation, input));
        planner.push(spot, kind, changes);
    }
    Ok(())
}

/// Every alias with its place and its key's id, or the placeholder of the id.
fn wanted(planner: &Planner<'_>) -> Result<Vec<(Spot, String, String)>, ApplyError> {
    let mut wanted = Vec::new();
    for (index, key) in planner.source.document.keys.iter().flatten().enumerate() {
        if let Some(alias) = &key.alias {
            let spot = planner.spot(format!("alias {alias}"), key.account.as_deref())?;
            let id = planner.names.fill(&placeholder(&keys::known_as(index)));
            wanted.push((spot, alias.clone(), id));
        }
    }
    for alias in planner.source.document.aliases.iter().flatten() {
        let spot = planner.spot(format!("alias {}", alias.name), alias.account.as_deref())?;
        let id = keys::id_of(planner, &spot, &alias.key)?;
        wanted.push((spot, alias.name.clone(), id));
    }
    Ok(wanted)
}

/// Removes the aliases that the file has not, where it has a section of them.
pub(super) fn prune(planner: &mut Planner<'_>) -> Result<(), ApplyError> {
    if planner.source.document.aliases.is_none() {
        return Ok(());
    }
    let wanted = wanted(planner)?;
    let mut accounts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    accounts.insert(planner.own.to_owned(), Vec::new());
    for (spot, alias, _) in wanted {
        accounts.entry(spot.account).or_default().push(alias);
    }
    for (account, listed) in accounts {
        let item = "aliases".to_owned();
        let spot = Spot { item, account };
        for alias in keys::aliases(planner, &spot)?.into_keys() {
            if listed.contains(&alias) || alias.starts_with("alias/aws/") {
                continue;
            }
            let mut changes = Changes::default();
            let input = json!({"AliasName": alias});
            changes
                .calls
                .push(Call::new(Service::Kms, "DeleteAlias", input));
            let item = format!("alias {alias}");
            let account = spot.account.clone();
            planner.push(Spot { item, account }, Kind::Remove, changes);
        }
    }
    Ok(())
}
