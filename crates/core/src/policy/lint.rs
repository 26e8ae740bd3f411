//! Warnings: what a policy may say, and its author probably did not mean.
//!
//! None of them changes a decision. AWS's counterparts are the IAM Access Analyzer policy checks.

mod actions;

use std::fmt;

pub use self::actions::ALL as KMS_ACTIONS;

use super::condition::{Condition, Quantifier};
use super::context::{ConditionKey, KeyFamily, KnownKey};
use super::document::Document;
use super::kind::PolicyKind;
use super::named::NamedPrincipal;
use super::path::Path;
use super::statement::{Effect, Listed, Statement};

/// Something in a policy that deserves a second look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// What it is.
    pub kind: WarningKind,
    /// Where, in the manner of `Statement[2].Action[0]`. Indices count from zero, and are there
    /// even if the element is not written as a list.
    pub path: String,
    /// What it means and what to do about it, in plain English.
    pub text: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.text)
    }
}

/// What a warning is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WarningKind {
    /// A statement allows everyone, and no condition narrows down who that is.
    OpenToEveryone,
    /// A statement of a key policy gives the same principals the administration of the key and its
    /// use.
    AdministrationWithUse,
    /// `ForAllValues` in an `Allow` also holds for a request without the key.
    UnguardedForAllValues,
    /// `NotPrincipal` in an `Allow` allows whoever is not named.
    NotPrincipalWithAllow,
    /// `NotAction` in an `Allow` allows actions that nobody thought of.
    NotActionWithAllow,
    /// By this key policy nobody can change it again.
    NobodyKeepsPutKeyPolicy,
    /// An action of AWS KMS that there is not.
    UnknownAction,
    /// A condition key of `aws:` or `kms:` that no request has.
    UnknownConditionKey,
}

/// Everything in a policy that deserves a second look, in the order of its statements.
#[must_use]
pub fn warnings(document: &Document, kind: PolicyKind) -> Vec<Warning> {
    let mut found = Vec::new();
    let root = Path::Root;
    let path = root.member("Statement");
    for (index, statement) in document.statements.iter().enumerate() {
        let path = Path::Item(&path, index);
        let mut report = |kind, path: Path<'_>, text: String| {
            let path = path.to_string();
            found.push(Warning { kind, path, text });
        };
        if statement.effect == Effect::Allow {
            check_allowance(statement, kind, path, &mut report);
        }
        check_actions(statement, path, &mut report);
        check_keys(statement, path, &mut report);
    }
    if kind == PolicyKind::Key && !document.statements.iter().any(keeps_control) {
        found.push(Warning {
            kind: WarningKind::NobodyKeepsPutKeyPolicy,
            path: path.to_string(),
            text: "No statement allows kms:PutKeyPolicy, so that nobody will be able to change \
                   this policy. Allow it to the account or to the key's administrators."
                .to_owned(),
        });
    }
    found
}

type Report<'r> = &'r mut dyn FnMut(WarningKind, Path<'_>, String);

fn check_allowance(statement: &Statement, kind: PolicyKind, path: Path<'_>, report: Report<'_>) {
    // Whoever comes through an endpoint needs rights of its own, and AWS's own resource control
    // policy allows everyone.
    let gives_access = matches!(kind, PolicyKind::Key | PolicyKind::Trust);
    if gives_access && names_everyone(statement) && !statement.conditions.iter().any(narrows) {
        report(
            WarningKind::OpenToEveryone,
            path.member("Principal"),
            "Every principal of every account is allowed. Name the principals, or add a condition \
             on who they are, such as aws:PrincipalOrgID or kms:CallerAccount."
                .to_owned(),
        );
    }
    if let Some(Listed::AllBut(_)) = statement.principals {
        report(
            WarningKind::NotPrincipalWithAllow,
            path.member("NotPrincipal"),
            "Everybody is allowed who is not named here, of every account. Use Principal, and name \
             whom you mean."
                .to_owned(),
        );
    }
    if let Listed::AllBut(_) = statement.actions {
        report(
            WarningKind::NotActionWithAllow,
            path.member("NotAction"),
            "All actions are allowed that are not listed here, new ones included. Use Action, and \
             list what you mean."
                .to_owned(),
        );
    }
    if kind == PolicyKind::Key && combines_duties(statement) {
        report(
            WarningKind::AdministrationWithUse,
            path.member("Action"),
            "The same principals may administer the key and use it. Give the two in statements of \
             their own, to different principals."
                .to_owned(),
        );
    }
    for condition in unguarded(&statement.conditions) {
        let conditions = path.member("Condition");
        report(
            WarningKind::UnguardedForAllValues,
            conditions.member(&condition.operator().to_string()),
            format!(
                "A request without {key} passes this condition too. Add {{\"Null\": {{\"{key}\": \
                 \"false\"}}}} to the conditions, or use ForAnyValue.",
                key = condition.key()
            ),
        );
    }
}

fn names_everyone(statement: &Statement) -> bool {
    match &statement.principals {
        Some(Listed::Only(names)) => names.contains(&NamedPrincipal::Everyone),
        Some(Listed::AllBut(_)) | None => false,
    }
}

/// Whether a condition leaves fewer callers than everyone.
fn narrows(condition: &Condition) -> bool {
    let operator = condition.operator();
    let asks_for_a_value = !operator.is_negated()
        && !operator.is_if_exists()
        && !operator.is_null_check()
        && operator.quantifier() != Quantifier::ForAllValues;
    asks_for_a_value
        && match condition.key() {
            ConditionKey::Known(key) => NARROWING.contains(key),
            ConditionKey::Named(family, _) => *family == KeyFamily::PrincipalTag,
            // The claims of an identity provider say who somebody is.
            ConditionKey::Other(_) => true,
        }
}

/// The keys that tell callers apart, by who they are or where they come from.
const NARROWING: [KnownKey; 20] = [
    KnownKey::PrincipalArn,
    KnownKey::PrincipalAccount,
    KnownKey::PrincipalOrgId,
    KnownKey::PrincipalOrgPaths,
    KnownKey::PrincipalServiceName,
    KnownKey::PrincipalServiceNamesList,
    KnownKey::UserId,
    KnownKey::UserName,
    KnownKey::SourceIdentity,
    KnownKey::SourceIp,
    KnownKey::SourceVpc,
    KnownKey::SourceVpce,
    KnownKey::VpceAccount,
    KnownKey::VpceOrgId,
    KnownKey::SourceArn,
    KnownKey::SourceAccount,
    KnownKey::SourceOrgId,
    KnownKey::SourceOrgPaths,
    KnownKey::CallerAccount,
    KnownKey::StsExternalId,
];

/// Whether somebody else than an account, which only delegates, gets both kinds of rights.
fn combines_duties(statement: &Statement) -> bool {
    let is_account =
        |principal: &NamedPrincipal| matches!(principal, NamedPrincipal::Account { .. });
    let delegates = matches!(&statement.principals,
        Some(Listed::Only(names)) if names.iter().all(is_account));
    !delegates
        && actions::cover_any(&statement.actions, &actions::ADMINISTRATION)
        && actions::cover_any(&statement.actions, &actions::USE)
}

/// The conditions with `ForAllValues` whose key no other condition asks to be there.
fn unguarded(conditions: &[Condition]) -> impl Iterator<Item = &Condition> {
    let of_all =
        |condition: &&Condition| condition.operator().quantifier() == Quantifier::ForAllValues;
    let is_guarded = |condition: &Condition| {
        let guards = |other: &Condition| {
            other.is_presence_check() && is_same_key(other.key(), condition.key())
        };
        conditions.iter().any(guards)
    };
    conditions
        .iter()
        .filter(of_all)
        .filter(move |condition| !is_guarded(condition))
}

fn is_same_key(one: &ConditionKey, other: &ConditionKey) -> bool {
    match (one, other) {
        (ConditionKey::Named(family, name), ConditionKey::Named(other, other_name)) => {
            family == other && name.eq_ignore_ascii_case(other_name)
        }
        _ => one == other,
    }
}

fn keeps_control(statement: &Statement) -> bool {
    let has_resource =
        |listed: &Listed<_>| !matches!(listed, Listed::Only(items) if items.is_empty());
    statement.effect == Effect::Allow
        && actions::cover_any(&statement.actions, &["kms:PutKeyPolicy"])
        && statement.resources.as_ref().is_some_and(has_resource)
}

fn check_actions(statement: &Statement, path: Path<'_>, report: Report<'_>) {
    let element = match statement.actions {
        Listed::Only(_) => "Action",
        Listed::AllBut(_) => "NotAction",
    };
    let path = path.member(element);
    for (index, pattern) in statement.actions.items().iter().enumerate() {
        let is_ours = pattern
            .split_once(':')
            .is_some_and(|(service, _)| service.eq_ignore_ascii_case("kms"));
        let is_known = || (actions::ALL.iter()).any(|action| actions::matches(pattern, action));
        if is_ours && !is_known() {
            report(
                WarningKind::UnknownAction,
                Path::Item(&path, index),
                format!("{pattern} matches no action of AWS KMS. Check its spelling."),
            );
        }
    }
}

fn check_keys(statement: &Statement, path: Path<'_>, report: Report<'_>) {
    let conditions = path.member("Condition");
    for condition in &statement.conditions {
        for key in condition.keys() {
            let ConditionKey::Other(name) = key else {
                continue;
            };
            if name.starts_with("aws:") || name.starts_with("kms:") {
                report(
                    WarningKind::UnknownConditionKey,
                    conditions.member(&condition.operator().to_string()),
                    format!("No request has the condition key {name}. Check its spelling."),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests;
