//! Statements that allow more, or to more, than was meant.

use super::super::condition::{Condition, Quantifier};
use super::super::context::{ConditionKey, KeyFamily, KnownKey};
use super::super::kind::PolicyKind;
use super::super::named::NamedPrincipal;
use super::super::path::Path;
use super::super::statement::{Listed, Statement};
use super::{Report, WarningKind, actions};

/// Checks a statement that allows.
pub(super) fn check(statement: &Statement, kind: PolicyKind, path: Path<'_>, report: Report<'_>) {
    // Whoever comes through an endpoint needs rights of its own, and AWS's own resource control
    // policy allows everyone.
    let gives_access = matches!(kind, PolicyKind::Key | PolicyKind::Trust);
    if gives_access && is_open_to_everyone(statement) {
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
    if kind == PolicyKind::Identity && allows_everything(statement) {
        report(
            WarningKind::EverythingAllowed,
            path.member("Action"),
            "Every action is allowed on every resource, the policies of keys and of identities \
             included. List the actions that are needed."
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
}

/// Whether a statement names everyone, and no condition narrows down who that is.
pub(in crate::policy) fn is_open_to_everyone(statement: &Statement) -> bool {
    names_everyone(statement) && !statement.conditions.iter().any(narrows)
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

fn allows_everything(statement: &Statement) -> bool {
    let every_action = matches!(&statement.actions,
        Listed::Only(actions) if actions.iter().any(|action| action == "*" || action == "*:*"));
    let every_resource = matches!(&statement.resources,
        Some(Listed::Only(resources)) if resources.iter().any(|one| one.as_str() == "*"));
    every_action && every_resource
}

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
