//! How a question was decided, as the audit record keeps it: what `keystead explain` shows.

use keystead_core::audit::{Elements, Value};
use keystead_core::policy::Decision;

/// The trace of one question: what was asked of what, the decision, and why in plain English.
pub(super) fn of(
    action: &'static str,
    resource: &str,
    decision: &Decision<'_>,
    may_be_foreign: bool,
) -> Elements<'static> {
    let mut because: Vec<_> = decision
        .reasons()
        .iter()
        .map(|reason| reason.to_string().into())
        .collect();
    if !may_be_foreign {
        because.push("the operation does not work on keys of other accounts".into());
    }
    let allowed = decision.is_allowed() && may_be_foreign;
    Elements::new()
        .text("action", action)
        .text("resource", resource.to_owned())
        .text("decision", if allowed { "allowed" } else { "denied" })
        .value("because", Value::List(because))
}
