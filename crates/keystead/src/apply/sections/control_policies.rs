//! The organization's policies and what they are attached to. What the server attaches by itself,
//! such as `p-FullAWSAccess`, is left alone.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::units;
use crate::api::{Service, list, text};
use crate::apply::compare;
use crate::apply::document::{ControlKind, ControlPolicy};
use crate::apply::error::ApplyError;
use crate::apply::plan::{Call, Kind, placeholder};
use crate::apply::planner::{Changes, Planner, Spot};

const SERVICE: Service = Service::Organizations;

const fn kind_word(kind: ControlKind) -> &'static str {
    match kind {
        ControlKind::Service => "SERVICE_CONTROL_POLICY",
        ControlKind::Resource => "RESOURCE_CONTROL_POLICY",
    }
}

/// Makes and changes control policies, and attaches them.
pub(super) fn plan(planner: &mut Planner<'_>) -> Result<(), ApplyError> {
    let Some(policies) = &planner.source.document.control_policies else {
        return Ok(());
    };
    for kind in [ControlKind::Service, ControlKind::Resource] {
        let of_kind: Vec<_> = policies.iter().filter(|p| p.kind == kind).collect();
        if of_kind.is_empty() {
            continue;
        }
        enable(planner, kind)?;
        let spot = planner.spot("control policies".to_owned(), None)?;
        let filter = json!({"Filter": kind_word(kind)});
        let known = planner.list(&spot, SERVICE, "ListPolicies", &filter, "Policies")?;
        for policy in of_kind {
            let is_it = |known: &&Value| text(known, "Name") == policy.name;
            plan_one(planner, policy, known.iter().find(is_it))?;
        }
    }
    Ok(())
}

fn enable(planner: &mut Planner<'_>, kind: ControlKind) -> Result<(), ApplyError> {
    let word = kind_word(kind);
    let spot = planner.spot(format!("policy type {word}"), None)?;
    let roots = planner.list(&spot, SERVICE, "ListRoots", &json!({}), "Roots")?;
    let types = roots
        .first()
        .map_or(&[][..], |root| list(root, "PolicyTypes"));
    let is_on = |kind: &Value| text(kind, "Type") == word && text(kind, "Status") == "ENABLED";
    // A new organization has none enabled.
    if types.iter().any(is_on) {
        return Ok(());
    }
    let root = units::parent(planner, &spot, None)?;
    let input = json!({"RootId": root, "PolicyType": word});
    let mut changes = Changes::default();
    changes.add("enable", Call::new(SERVICE, "EnablePolicyType", input));
    planner.push(spot, Kind::Change, changes);
    Ok(())
}

fn plan_one(
    planner: &mut Planner<'_>,
    policy: &ControlPolicy,
    known: Option<&Value>,
) -> Result<(), ApplyError> {
    let spot = planner.spot(format!("control policy {}", policy.name), None)?;
    let document = planner.document(&spot, &policy.document)?;
    let mut changes = Changes::default();
    let name = format!("control policy {}", policy.name);
    let (kind, id) = match known {
        None => {
            let input = json!({
                "Name": policy.name,
                "Description": policy.description,
                "Type": kind_word(policy.kind),
                "Content": document.to_string(),
            });
            let call = Call::new(SERVICE, "CreatePolicy", input);
            let line = format!("document: {document}");
            changes.add(line, call.keep(name.clone(), "/Policy/PolicySummary/Id"));
            (Kind::Create, placeholder(&name))
        }
        Some(found) => {
            let id = text(found, "Id").to_owned();
            update(planner, &spot, (policy, found), &document, &mut changes)?;
            (Kind::Change, id)
        }
    };
    if let Some(targets) = &policy.targets {
        attach(planner, &spot, &id, targets, &mut changes)?;
    }
    planner.push(spot, kind, changes);
    Ok(())
}

fn update(
    planner: &Planner<'_>,
    spot: &Spot,
    (policy, found): (&ControlPolicy, &Value),
    document: &Value,
    changes: &mut Changes,
) -> Result<(), ApplyError> {
    let id = text(found, "Id");
    let answer = planner.read(spot, SERVICE, "DescribePolicy", &json!({"PolicyId": id}))?;
    let content = answer
        .as_ref()
        .and_then(|answer| answer.pointer("/Policy/Content"));
    let content = content.and_then(Value::as_str).unwrap_or_default();
    let was = serde_json::from_str(content).unwrap_or(Value::Null);
    let mut lines = compare::documents("document", &was, document);
    let described = text(found, "Description");
    lines.extend(compare::texts(
        "description",
        described,
        &policy.description,
    ));
    if !lines.is_empty() {
        let input = json!({
            "PolicyId": id,
            "Description": policy.description,
            "Content": document.to_string(),
        });
        changes.lines.extend(lines);
        changes
            .calls
            .push(Call::new(SERVICE, "UpdatePolicy", input));
    }
    Ok(())
}

/// Attaches the policy to its targets before it detaches it from others, so that nothing is without
/// it meanwhile.
fn attach(
    planner: &Planner<'_>,
    spot: &Spot,
    id: &str,
    targets: &BTreeSet<String>,
    changes: &mut Changes,
) -> Result<(), ApplyError> {
    let mut wanted = BTreeSet::new();
    for target in targets {
        wanted.insert(target_id(planner, spot, target)?);
    }
    let attached: BTreeSet<String> = if id.starts_with("{{") {
        BTreeSet::new()
    } else {
        let input = json!({"PolicyId": id});
        let found = planner.list(spot, SERVICE, "ListTargetsForPolicy", &input, "Targets")?;
        let ids = found
            .iter()
            .map(|target| text(target, "TargetId").to_owned());
        ids.collect()
    };
    for (operation, sign, ids) in [
        ("AttachPolicy", "+", wanted.difference(&attached)),
        ("DetachPolicy", "-", attached.difference(&wanted)),
    ] {
        for target in ids {
            let input = json!({"PolicyId": id, "TargetId": target});
            changes.add(
                format!("{sign} target {target}"),
                Call::new(SERVICE, operation, input),
            );
        }
    }
    Ok(())
}

fn target_id(planner: &Planner<'_>, spot: &Spot, target: &str) -> Result<String, ApplyError> {
    match target.split_once(' ') {
        None if target == "root" => units::parent(planner, spot, None),
        Some(("unit", unit)) => units::parent(planner, spot, Some(unit)),
        Some(("account", account)) => Ok(planner.spot(spot.item.clone(), Some(account))?.account),
        _ => Err(ApplyError::Invalid {
            item: spot.item.clone(),
            what: "a target is \"root\", \"unit NAME\" or \"account NAME\"",
        }),
    }
}
