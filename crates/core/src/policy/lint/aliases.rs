//! Aliases as resources, in policies of identities.
//!
//! The ARN of an alias is the resource of the actions on the alias itself. Whoever uses a key by an
//! alias needs rights to the key ("Controlling access to aliases" in the KMS developer guide).

use super::super::path::Path;
use super::super::statement::{Listed, ResourcePattern, Statement};
use super::{Report, WarningKind, actions};

/// Checks a statement of a policy of identities.
pub(super) fn check(statement: &Statement, path: Path<'_>, report: Report<'_>) {
    let Some(Listed::Only(resources)) = &statement.resources else {
        return;
    };
    let mut report = |path: Path<'_>, what: &str| {
        report(
            WarningKind::NeverOnAlias,
            path,
            format!(
                "{what} has an alias for its resource; kms:CreateAlias, kms:UpdateAlias and \
                 kms:DeleteAlias alone do. Name the key, or use the condition key \
                 kms:RequestAlias or kms:ResourceAliases."
            ),
        );
    };
    if !actions::cover_any(&statement.actions, &actions::ON_ALIASES) {
        let path = path.member("Resource");
        let each = resources.iter().enumerate();
        for (index, _) in each.filter(|(_, resource)| is_alias(resource)) {
            report(Path::Item(&path, index), "No action of this statement");
        }
    } else if let Listed::Only(patterns) = &statement.actions
        && resources.iter().all(is_alias)
    {
        let path = path.member("Action");
        for (index, pattern) in patterns.iter().enumerate() {
            let is_it = |action: &&str| actions::matches(pattern, action);
            if actions::is_of_kms(pattern) && !actions::ON_ALIASES.iter().any(is_it) {
                let what = format!("No action that {pattern} covers");
                report(Path::Item(&path, index), &what);
            }
        }
    }
}

/// Whether a resource can be nothing but an alias.
fn is_alias(resource: &ResourcePattern) -> bool {
    let mut parts = resource.as_str().splitn(6, ':').skip(2);
    let is_of_kms = parts.next() == Some("kms");
    let name = parts.nth(2);
    is_of_kms && name.is_some_and(|name| name.starts_with("alias/") || name.starts_with("alias*"))
}
