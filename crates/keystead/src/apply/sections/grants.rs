//! Grants, known by their names and keys. A grant can't be changed: where one differs, the new one
//! is made before the former is revoked.

use serde_json::{Map, Value, json};

use super::keys;
use crate::api::{Service, text};
use crate::apply::compare;
use crate::apply::document::Grant;
use crate::apply::error::ApplyError;
use crate::apply::plan::{Call, Kind};
use crate::apply::planner::{Changes, Planner, Spot};

const SERVICE: Service = Service::Kms;

/// Makes grants, and makes those anew that differ.
pub(super) fn plan(planner: &mut Planner<'_>) -> Result<(), ApplyError> {
    for grant in planner.source.document.grants.iter().flatten() {
        let item = format!("grant {} of {}", grant.name, grant.key);
        let spot = planner.spot(item, grant.account.as_deref())?;
        let key = keys::id_of(planner, &spot, &grant.key)?;
        let wanted = input(planner, &spot, grant, &key)?;
        let found = keys::grants(planner, &spot, &key)?;
        let named: Vec<_> = found
            .iter()
            .filter(|g| text(g, "Name") == grant.name)
            .collect();
        let mut changes = Changes::default();
        let is_it = |found: &&&Value| comparable(found) == comparable(&wanted);
        let kept = named.iter().find(is_it).copied();
        if kept.is_none() {
            let was = named.first().map_or(Value::Null, |found| comparable(found));
            changes.lines = compare::documents("grant", &was, &comparable(&wanted));
            changes
                .calls
                .push(Call::new(SERVICE, "CreateGrant", wanted.clone()));
        }
        let same = |found: &Value| kept.is_some_and(|kept| std::ptr::eq(kept, found));
        for former in named.iter().copied().filter(|found| !same(found)) {
            changes.calls.push(revoke(&key, former));
        }
        let kind = if named.is_empty() {
            Kind::Create
        } else {
            Kind::Change
        };
        planner.push(spot, kind, changes);
    }
    Ok(())
}

fn input(
    planner: &Planner<'_>,
    spot: &Spot,
    grant: &Grant,
    key: &str,
) -> Result<Value, ApplyError> {
    let mut input = Map::new();
    input.insert("KeyId".to_owned(), json!(key));
    input.insert("Name".to_owned(), json!(grant.name));
    input.insert("Operations".to_owned(), json!(grant.operations));
    let principals = [
        ("Grantee", Some(&grant.grantee)),
        ("Retiring", grant.retiring.as_ref()),
    ];
    for (role, principal) in principals {
        if let Some(principal) = principal {
            let principal = planner.text(spot, principal)?;
            let kind = if principal.starts_with("arn:") {
                ""
            } else {
                "Service"
            };
            input.insert(format!("{role}{kind}Principal"), json!(principal));
        }
    }
    let constraints: Map<String, Value> = [
        (
            "EncryptionContextEquals",
            json!(grant.encryption_context_equals),
        ),
        (
            "EncryptionContextSubset",
            json!(grant.encryption_context_subset),
        ),
        ("SourceArn", json!(grant.source_arn)),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_null())
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    if !constraints.is_empty() {
        input.insert("Constraints".to_owned(), Value::Object(constraints));
    }
    Ok(Value::Object(input))
}

/// What two grants are compared by.
fn comparable(grant: &Value) -> Value {
    let mut members = Map::new();
    members.insert("Operations".to_owned(), json!(keys::operations(grant)));
    for name in [
        "GranteePrincipal",
        "GranteeServicePrincipal",
        "RetiringPrincipal",
        "RetiringServicePrincipal",
        "Constraints",
    ] {
        if let Some(value) = grant.get(name).filter(|value| !value.is_null()) {
            members.insert(name.to_owned(), value.clone());
        }
    }
    Value::Object(members)
}

fn revoke(key: &str, grant: &Value) -> Call {
    let input = json!({"KeyId": key, "GrantId": text(grant, "GrantId")});
    Call::new(SERVICE, "RevokeGrant", input)
}

/// Revokes the named grants of the file's keys that the file has not.
pub(super) fn prune(planner: &mut Planner<'_>) -> Result<(), ApplyError> {
    let Some(listed) = &planner.source.document.grants else {
        return Ok(());
    };
    let mut wanted = Vec::new();
    for grant in listed {
        let spot = planner.spot(String::new(), grant.account.as_deref())?;
        wanted.push((
            keys::id_of(planner, &spot, &grant.key)?,
            grant.name.as_str(),
        ));
    }
    for (index, key) in planner.source.document.keys.iter().flatten().enumerate() {
        let spot = keys::spot(planner, key)?;
        let Some(id) = planner
            .names
            .value(&keys::known_as(index))
            .map(str::to_owned)
        else {
            continue;
        };
        for found in keys::grants(planner, &spot, &id)? {
            let name = text(&found, "Name");
            if !wanted.contains(&(id.clone(), name)) {
                let mut changes = Changes::default();
                changes.calls.push(revoke(&id, &found));
                let item = format!("grant {name} of {}", keys::handle(key));
                let account = spot.account.clone();
                planner.push(Spot { item, account }, Kind::Remove, changes);
            }
        }
    }
    Ok(())
}
