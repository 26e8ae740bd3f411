//! Actions that a key policy does not decide on, whatever it says of them.

use super::super::carried::KMS_ACTIONS_WITHOUT_KEY;
use super::super::path::Path;
use super::super::statement::{Listed, Statement};
use super::{Report, WarningKind, actions};

/// Who may retire a grant is said by the grant ("Retiring and revoking grants" in the KMS developer
/// guide).
const RETIRE: &str = "kms:RetireGrant";

const BY_IDENTITIES: &str = "policies of identities alone decide on it. Allow it there.";
const BY_GRANT: &str = "the grant says who may retire it.";
const BY_OTHERS: &str = "a key policy decides on actions of AWS KMS.";

/// Checks the actions that a statement of a key policy lists.
pub(super) fn check(statement: &Statement, path: Path<'_>, report: Report<'_>) {
    let Listed::Only(patterns) = &statement.actions else {
        return;
    };
    let path = path.member("Action");
    for (index, pattern) in patterns.iter().enumerate() {
        if let Some(why) = no_effect(pattern) {
            report(
                WarningKind::NoEffectInKeyPolicy,
                Path::Item(&path, index),
                format!("{pattern} counts for nothing in a key policy: {why}"),
            );
        }
    }
}

/// Why a pattern covers nothing that a key policy decides on; `None` if it covers something, or
/// nothing at all, which is another warning.
fn no_effect(pattern: &str) -> Option<&'static str> {
    let (service, _) = pattern.split_once(':')?;
    match service {
        "*" => return None,
        own if own.eq_ignore_ascii_case("keystead") => return Some(BY_IDENTITIES),
        _ if !actions::is_of_kms(pattern) => return Some(BY_OTHERS),
        _ => {}
    }
    let is_covered = |action: &&&str| actions::matches(pattern, action);
    let mut why = None;
    for action in actions::ALL.iter().filter(is_covered) {
        why = match *action {
            RETIRE => why.or(Some(BY_GRANT)),
            action if KMS_ACTIONS_WITHOUT_KEY.contains(&action) => Some(BY_IDENTITIES),
            _ => return None,
        };
    }
    why
}
