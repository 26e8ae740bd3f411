//! Warnings: what a policy may say, and its author probably did not mean.
//!
//! None of them changes a decision. AWS's counterparts are the IAM Access Analyzer policy checks.

pub(super) mod actions;
mod aliases;
pub(super) mod allowance;
mod conditions;
mod language;
mod no_effect;

use std::fmt;

pub use self::actions::ALL as KMS_ACTIONS;

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
    /// A statement of a key policy denies everyone, or a whole account, `kms:PutKeyPolicy`.
    NobodyMayPutKeyPolicy,
    /// A statement of an identity policy allows every action on every resource.
    EverythingAllowed,
    /// An action of AWS KMS on an alias, which is not among those that have an alias for their
    /// resource: it is never asked about.
    NeverOnAlias,
    /// An action of AWS KMS that there is not.
    UnknownAction,
    /// An action on which a key policy does not decide, such as `kms:ListKeys`.
    NoEffectInKeyPolicy,
    /// A condition key of `aws:` or `kms:` that no request has.
    UnknownConditionKey,
    /// A condition key that no call of the statement's actions has, such as
    /// `kms:EncryptionContext:app` of `kms:DescribeKey`.
    ConditionKeyOfOtherActions,
    /// A condition key that AWS supplies and Keystead does not, such as
    /// `aws:SourceVpcArn`.
    UnsuppliedConditionKey,
    /// An operator without `ForAnyValue` or `ForAllValues` on a key that can have several values.
    MultivaluedKeyWithoutSetOperator,
    /// A value of `kms:RequestAlias` or `kms:ResourceAliases` that does not begin with `alias/`.
    AliasWithoutPrefix,
    /// `${` in a policy whose version of the language has no variables.
    VariableWithoutVersion,
}

/// Everything in a policy that deserves a second look, in the order of its statements.
#[must_use]
pub fn warnings(document: &Document, kind: PolicyKind) -> Vec<Warning> {
    let mut found = Vec::new();
    let mut report = |kind, path: Path<'_>, text: String| {
        let path = path.to_string();
        found.push(Warning { kind, path, text });
    };
    let root = Path::Root;
    let path = root.member("Statement");
    for (index, statement) in document.statements.iter().enumerate() {
        let path = Path::Item(&path, index);
        match statement.effect {
            Effect::Allow => allowance::check(statement, kind, path, &mut report),
            Effect::Deny if kind == PolicyKind::Key => check_denial(statement, path, &mut report),
            Effect::Deny => {}
        }
        check_actions(statement, path, &mut report);
        if kind == PolicyKind::Key {
            no_effect::check(statement, path, &mut report);
        }
        conditions::check(statement, path, &mut report);
        if !document.version.has_variables() {
            language::check(statement, path, &mut report);
        }
        if concerns_identities(kind) {
            aliases::check(statement, path, &mut report);
        }
    }
    if kind == PolicyKind::Key && !document.statements.iter().any(keeps_control) {
        report(
            WarningKind::NobodyKeepsPutKeyPolicy,
            path,
            "No statement allows kms:PutKeyPolicy, so that nobody will be able to change this \
             policy. Allow it to the account or to the key's administrators."
                .to_owned(),
        );
    }
    found
}

/// Takes down a warning: what it is about, where, and its text.
type Report<'r> = &'r mut dyn FnMut(WarningKind, Path<'_>, String);

const fn concerns_identities(kind: PolicyKind) -> bool {
    matches!(
        kind,
        PolicyKind::Identity | PolicyKind::Session | PolicyKind::ServiceControl
    )
}

/// A denial to the account also covers its root user.
fn check_denial(statement: &Statement, path: Path<'_>, report: Report<'_>) {
    if !statement.conditions.is_empty() || !covers_put_key_policy(statement) {
        return;
    }
    let Some(Listed::Only(principals)) = &statement.principals else {
        return;
    };
    let whom = principals.iter().find_map(|principal| match principal {
        NamedPrincipal::Everyone => Some("Everyone".to_owned()),
        NamedPrincipal::Account { account, .. } => {
            Some(format!("Account {account}, its root user included,"))
        }
        _ => None,
    });
    let Some(whom) = whom else {
        return;
    };
    report(
        WarningKind::NobodyMayPutKeyPolicy,
        path.member("Principal"),
        format!(
            "{whom} is denied kms:PutKeyPolicy, whatever else allows it: if the key is theirs, \
             nobody will be able to change this policy. Leave the action out, or add a condition."
        ),
    );
}

fn keeps_control(statement: &Statement) -> bool {
    statement.effect == Effect::Allow && covers_put_key_policy(statement)
}

fn covers_put_key_policy(statement: &Statement) -> bool {
    let has_resource =
        |listed: &Listed<_>| !matches!(listed, Listed::Only(items) if items.is_empty());
    actions::cover_any(&statement.actions, &["kms:PutKeyPolicy"])
        && statement.resources.as_ref().is_some_and(has_resource)
}

fn check_actions(statement: &Statement, path: Path<'_>, report: Report<'_>) {
    let element = match statement.actions {
        Listed::Only(_) => "Action",
        Listed::AllBut(_) => "NotAction",
    };
    let path = path.member(element);
    for (index, pattern) in statement.actions.items().iter().enumerate() {
        let is_known = || (actions::ALL.iter()).any(|action| actions::matches(pattern, action));
        if actions::is_of_kms(pattern) && !is_known() {
            report(
                WarningKind::UnknownAction,
                Path::Item(&path, index),
                format!("{pattern} matches no action of AWS KMS. Check its spelling."),
            );
        }
    }
}

#[cfg(test)]
mod tests;
