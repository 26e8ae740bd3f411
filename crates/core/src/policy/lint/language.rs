//! Policy variables in a version of the language that has none.

use super::super::path::Path;
use super::super::statement::{Listed, Statement};
use super::{Report, WarningKind};

/// Checks a statement of a policy whose version has no variables.
pub(super) fn check(statement: &Statement, path: Path<'_>, report: Report<'_>) {
    let mut report = |path: Path<'_>| {
        report(
            WarningKind::VariableWithoutVersion,
            path,
            "Without \"Version\": \"2012-10-17\" the policy has no variables, and ${ stands for \
             itself. Add the version."
                .to_owned(),
        );
    };
    if let Some(resources) = &statement.resources {
        let path = path.member(match resources {
            Listed::Only(_) => "Resource",
            Listed::AllBut(_) => "NotResource",
        });
        for (index, resource) in resources.items().iter().enumerate() {
            if resource.as_str().contains("${") {
                report(Path::Item(&path, index));
            }
        }
    }
    let conditions = path.member("Condition");
    for condition in &statement.conditions {
        if condition.spells_variable() {
            report(conditions.member(&condition.operator().to_string()));
        }
    }
}
