//! What users, groups and roles have in common: inline and attached policies, a boundary, tags.

use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use crate::api::{Service, list, text};
use crate::apply::compare;
use crate::apply::document::{Pairs, Text};
use crate::apply::error::ApplyError;
use crate::apply::plan::Call;
use crate::apply::planner::{Changes, Planner, Spot, tags_of};

/// A user, a group or a role that policies can be put on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Holder<'a> {
    /// `User`, `Group` or `Role`, as operations and members are called after it.
    pub(super) kind: &'static str,
    pub(super) name: &'a str,
    pub(super) spot: &'a Spot,
    /// What the server says of it; null if it is still to be made.
    pub(super) found: &'a Value,
}

/// What a file says of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) policies: Option<&'a BTreeMap<String, Text>>,
    pub(super) managed: Option<&'a BTreeSet<String>>,
    pub(super) boundary: Option<&'a str>,
    pub(super) tags: Option<&'a Pairs>,
}

impl Holder<'_> {
    /// A call of an operation on it.
    pub(super) fn call(&self, operation: String, members: &Value) -> Call {
        Call::new(Service::Iam, operation, self.input(members))
    }

    fn input(&self, members: &Value) -> Value {
        let mut input = json!({format!("{}Name", self.kind): self.name});
        if let (Some(into), Some(members)) = (input.as_object_mut(), members.as_object()) {
            into.extend(members.clone());
        }
        input
    }

    fn names(
        &self,
        planner: &Planner<'_>,
        operation: &str,
        member: &str,
    ) -> Result<Vec<Value>, ApplyError> {
        if self.found.is_null() {
            return Ok(Vec::new());
        }
        let input = self.input(&json!({}));
        planner.list(self.spot, Service::Iam, operation, &input, member)
    }

    /// Adds what it takes to make it as wanted.
    pub(super) fn compare(
        &self,
        planner: &Planner<'_>,
        wanted: Wanted<'_>,
        changes: &mut Changes,
    ) -> Result<(), ApplyError> {
        if let Some(tags) = wanted.tags {
            self.compare_tags(tags, changes);
        }
        if let Some(boundary) = wanted.boundary {
            self.compare_boundary(planner, boundary, changes)?;
        }
        if let Some(policies) = wanted.policies {
            self.compare_inline(planner, policies, changes)?;
        }
        if let Some(managed) = wanted.managed {
            self.compare_attached(planner, managed, changes)?;
        }
        Ok(())
    }

    fn compare_tags(&self, wanted: &Pairs, changes: &mut Changes) {
        let tags = tags_of(list(self.found, "Tags"));
        let tags = compare::tag_changes(&tags, wanted);
        let put = json!({"Tags": tag_list(&tags.put)});
        let call = self.call(format!("Tag{}", self.kind), &put);
        changes.add_all(tags.put_lines, call);
        let take = json!({"TagKeys": tags.take});
        let call = self.call(format!("Untag{}", self.kind), &take);
        changes.add_all(tags.take_lines, call);
    }

    fn compare_boundary(
        &self,
        planner: &Planner<'_>,
        wanted: &str,
        changes: &mut Changes,
    ) -> Result<(), ApplyError> {
        let path = "/PermissionsBoundary/PermissionsBoundaryArn";
        let was = self
            .found
            .pointer(path)
            .and_then(Value::as_str)
            .unwrap_or_default();
        let wanted = policy_arn(planner, self.spot, wanted)?;
        if let Some(line) = compare::texts("boundary", was, &wanted) {
            let operation = format!("Put{}PermissionsBoundary", self.kind);
            let call = self.call(operation, &json!({"PermissionsBoundary": wanted}));
            changes.add(line, call);
        }
        Ok(())
    }

    fn compare_inline(
        &self,
        planner: &Planner<'_>,
        wanted: &BTreeMap<String, Text>,
        changes: &mut Changes,
    ) -> Result<(), ApplyError> {
        let kind = self.kind;
        let found = self.names(planner, &format!("List{kind}Policies"), "PolicyNames")?;
        let found: BTreeSet<&str> = found.iter().filter_map(Value::as_str).collect();
        for (name, given) in wanted {
            let document = planner.document(self.spot, given)?;
            let was = match found.contains(name.as_str()) {
                true => self.inline(planner, name)?,
                false => Value::Null,
            };
            let lines = compare::documents(&format!("policy {name}"), &was, &document);
            if !lines.is_empty() {
                let members = json!({"PolicyName": name, "PolicyDocument": document.to_string()});
                changes.lines.extend(lines);
                changes
                    .calls
                    .push(self.call(format!("Put{kind}Policy"), &members));
            }
        }
        for name in found.into_iter().filter(|name| !wanted.contains_key(*name)) {
            let call = self.call(format!("Delete{kind}Policy"), &json!({"PolicyName": name}));
            changes.add(format!("- policy {name}"), call);
        }
        Ok(())
    }

    fn inline(&self, planner: &Planner<'_>, name: &str) -> Result<Value, ApplyError> {
        let input = self.input(&json!({"PolicyName": name}));
        let operation = format!("Get{}Policy", self.kind);
        let answer = planner.read(self.spot, Service::Iam, &operation, &input)?;
        Ok(document_of(&answer.unwrap_or_default(), "PolicyDocument"))
    }

    fn compare_attached(
        &self,
        planner: &Planner<'_>,
        wanted: &BTreeSet<String>,
        changes: &mut Changes,
    ) -> Result<(), ApplyError> {
        let found = self.attached(planner)?;
        let mut arns = BTreeSet::new();
        for name in wanted {
            arns.insert(policy_arn(planner, self.spot, name)?);
        }
        for (verb, sign, policies) in [
            ("Attach", "+", arns.difference(&found)),
            ("Detach", "-", found.difference(&arns)),
        ] {
            for arn in policies {
                let operation = format!("{verb}{}Policy", self.kind);
                let call = self.call(operation, &json!({"PolicyArn": arn}));
                changes.add(format!("{sign} managed policy {arn}"), call);
            }
        }
        Ok(())
    }

    fn attached(&self, planner: &Planner<'_>) -> Result<BTreeSet<String>, ApplyError> {
        let operation = format!("ListAttached{}Policies", self.kind);
        let found = self.names(planner, &operation, "AttachedPolicies")?;
        Ok(found
            .iter()
            .map(|policy| text(policy, "PolicyArn").to_owned())
            .collect())
    }

    /// Adds the calls that take all its policies from it, so that it can be removed.
    pub(super) fn strip(
        &self,
        planner: &Planner<'_>,
        changes: &mut Changes,
    ) -> Result<(), ApplyError> {
        let mut stripped = Changes::default();
        self.compare_inline(planner, &BTreeMap::new(), &mut stripped)?;
        self.compare_attached(planner, &BTreeSet::new(), &mut stripped)?;
        changes.calls.extend(stripped.calls);
        Ok(())
    }
}

/// Tags as IAM takes them.
pub(super) fn tag_list<K: AsRef<str>, V: AsRef<str>>(tags: &BTreeMap<K, V>) -> Value {
    let tag = |(key, value): (&K, &V)| json!({"Key": key.as_ref(), "Value": value.as_ref()});
    tags.iter().map(tag).collect()
}

/// A document as IAM answers it: percent-encoded (RFC 3986).
pub(super) fn document_of(answer: &Value, member: &str) -> Value {
    let decoded = percent_decode_str(text(answer, member)).decode_utf8_lossy();
    serde_json::from_str(&decoded).unwrap_or(Value::Null)
}

/// The ARN of a managed policy: it is given, or the file has the policy of that name.
pub(super) fn policy_arn(
    planner: &Planner<'_>,
    spot: &Spot,
    named: &str,
) -> Result<String, ApplyError> {
    if named.starts_with("arn:") {
        return planner.text(spot, named);
    }
    for policy in planner.source.document.policies.iter().flatten() {
        let account = planner
            .spot(String::new(), policy.account.as_deref())?
            .account;
        if policy.name == named && account == spot.account {
            return Ok(format!(
                "arn:aws:iam::{account}:policy{}{named}",
                policy.path
            ));
        }
    }
    Err(ApplyError::Unknown {
        item: spot.item.clone(),
        kind: "policy",
        name: named.to_owned(),
    })
}
