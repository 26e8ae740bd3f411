//! Managed policies. A changed document becomes a new default version; of five the oldest goes.

use serde_json::{Value, json};

use super::holder::{document_of, policy_arn, tag_list};
use super::{Listing, unlisted};
use crate::api::{Service, list, text};
use crate::apply::compare;
use crate::apply::document::ManagedPolicy;
use crate::apply::error::ApplyError;
use crate::apply::plan::{Call, Kind};
use crate::apply::planner::{Changes, Planner, Spot, tags_of};

/// How many versions a policy may have ("IAM and AWS STS quotas" in the IAM guide).
const VERSIONS: usize = 5;

/// Makes and changes managed policies.
pub(super) fn plan(planner: &mut Planner<'_>) -> Result<(), ApplyError> {
    for policy in planner.source.document.policies.iter().flatten() {
        let spot = planner.spot(format!("policy {}", policy.name), policy.account.as_deref())?;
        let document = planner.document(&spot, &policy.document)?;
        let arn = policy_arn(planner, &spot, &policy.name)?;
        let input = json!({"PolicyArn": arn});
        let answer = planner.read(&spot, Service::Iam, "GetPolicy", &input)?;
        let mut changes = Changes::default();
        let kind = match answer.as_ref().and_then(|answer| answer.get("Policy")) {
            None => {
                make(policy, &document, &mut changes);
                Kind::Create
            }
            Some(found) => {
                compare_versions(planner, &spot, (&arn, found), &document, &mut changes)?;
                compare_tags(policy, &arn, found, &mut changes);
                Kind::Change
            }
        };
        planner.push(spot, kind, changes);
    }
    Ok(())
}

fn make(policy: &ManagedPolicy, document: &Value, changes: &mut Changes) {
    let input = json!({
        "PolicyName": policy.name,
        "Path": policy.path,
        "Description": policy.description,
        "PolicyDocument": document.to_string(),
        "Tags": policy.tags.as_ref().map(tag_list),
    });
    let shown = [
        ("path", compare::path(&policy.path)),
        ("description", policy.description.as_deref()),
    ];
    changes.lines.extend(compare::settings(shown));
    changes.lines.extend(compare::tags(policy.tags.as_ref()));
    let lines = compare::documents("document", &Value::Null, document);
    changes.lines.extend(lines);
    changes
        .calls
        .push(Call::new(Service::Iam, "CreatePolicy", input));
}

fn compare_versions(
    planner: &Planner<'_>,
    spot: &Spot,
    (arn, found): (&str, &Value),
    document: &Value,
    changes: &mut Changes,
) -> Result<(), ApplyError> {
    let default = text(found, "DefaultVersionId");
    let input = json!({"PolicyArn": arn, "VersionId": default});
    let answer = planner.read(spot, Service::Iam, "GetPolicyVersion", &input)?;
    let version = answer
        .as_ref()
        .and_then(|answer| answer.get("PolicyVersion"));
    let was = document_of(version.unwrap_or(&Value::Null), "Document");
    let lines = compare::documents("document", &was, document);
    if lines.is_empty() {
        return Ok(());
    }
    let input = json!({"PolicyArn": arn});
    let versions = planner.list(spot, Service::Iam, "ListPolicyVersions", &input, "Versions")?;
    if versions.len() >= VERSIONS {
        let ids = versions.iter().map(|version| text(version, "VersionId"));
        let oldest = ids.filter(|id| *id != default).min_by_key(|id| number(id));
        let input = json!({"PolicyArn": arn, "VersionId": oldest});
        changes
            .calls
            .push(Call::new(Service::Iam, "DeletePolicyVersion", input));
    }
    let input = json!({
        "PolicyArn": arn,
        "PolicyDocument": document.to_string(),
        "SetAsDefault": true,
    });
    changes.lines.extend(lines);
    changes
        .calls
        .push(Call::new(Service::Iam, "CreatePolicyVersion", input));
    Ok(())
}

fn number(version: &str) -> u64 {
    version.trim_start_matches('v').parse().unwrap_or(u64::MAX)
}

fn compare_tags(policy: &ManagedPolicy, arn: &str, found: &Value, changes: &mut Changes) {
    let Some(wanted) = &policy.tags else { return };
    let tags = tags_of(list(found, "Tags"));
    let tags = compare::tag_changes(&tags, wanted);
    let input = json!({"PolicyArn": arn, "Tags": tag_list(&tags.put)});
    let call = Call::new(Service::Iam, "TagPolicy", input);
    changes.add_all(tags.put_lines, call);
    let input = json!({"PolicyArn": arn, "TagKeys": tags.take});
    let call = Call::new(Service::Iam, "UntagPolicy", input);
    changes.add_all(tags.take_lines, call);
}

/// Removes the accounts' own managed policies that the file has not.
pub(super) fn prune(planner: &mut Planner<'_>) -> Result<(), ApplyError> {
    let policies = planner.source.document.policies.as_ref();
    let listing = policies.map(|policies| Listing {
        kind: "policy",
        service: Service::Iam,
        operation: "ListPolicies",
        input: json!({"Scope": "Local"}),
        member: "Policies",
        name: "PolicyName",
        listed: policies
            .iter()
            .map(|p| (p.account.as_deref(), p.name.as_str()))
            .collect(),
    });
    for (spot, found) in unlisted(planner, listing)? {
        remove(planner, spot, &found)?;
    }
    Ok(())
}

fn remove(planner: &mut Planner<'_>, spot: Spot, found: &Value) -> Result<(), ApplyError> {
    let arn = text(found, "Arn");
    let input = json!({"PolicyArn": arn});
    let mut changes = Changes::default();
    for version in planner.list(
        &spot,
        Service::Iam,
        "ListPolicyVersions",
        &input,
        "Versions",
    )? {
        let id = text(&version, "VersionId");
        if id != text(found, "DefaultVersionId") {
            let input = json!({"PolicyArn": arn, "VersionId": id});
            changes
                .calls
                .push(Call::new(Service::Iam, "DeletePolicyVersion", input));
        }
    }
    changes
        .calls
        .push(Call::new(Service::Iam, "DeletePolicy", input));
    planner.push(spot, Kind::Remove, changes);
    Ok(())
}
