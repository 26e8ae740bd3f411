//! What a condition or a grant asks for and what a request has, for people.

use std::collections::BTreeMap;
use std::fmt;

use super::condition::{Condition, Operator};
use super::context::{ConditionKey, Context};
use super::decision::StatementRef;
use crate::grant::{ContextConstraint, GrantRecord, GrantRequest};

/// The most values that are shown of a condition or of a request.
pub const MAX_SHOWN_VALUES: usize = 4;

/// The most characters that are shown of a value.
pub const MAX_SHOWN_CHARS: usize = 256;

/// What keeps something from allowing that otherwise would. Only
/// [`near_misses`](super::near_misses) makes one.
#[derive(Clone, Debug)]
pub struct NearMiss<'a> {
    /// What is not as it should be.
    pub unmet: Unmet<'a>,
    /// What it wants, as the policy or the grant writes it: at most [`MAX_SHOWN_VALUES`] values,
    /// each cut at [`MAX_SHOWN_CHARS`], and how many more there are.
    pub wanted: Vec<String>,
    /// What the request has, cut in the same way; nothing if it has none of it.
    pub found: Vec<String>,
}

/// What a request does not meet.
#[derive(Clone, Copy, Debug)]
pub enum Unmet<'a> {
    /// A condition that alone, or with others of its statement, keeps an `Allow` from applying: the
    /// statement covers the action, the resource and the caller.
    Condition {
        /// The statement.
        statement: StatementRef<'a>,
        /// How it compares.
        operator: Operator,
        /// The key whose values it compares.
        key: &'a ConditionKey,
    },
    /// A part of a grant to the caller.
    Grant {
        /// The grant.
        grant: &'a GrantRecord,
        /// Which part.
        part: GrantPart,
    },
}

/// A part of a grant that a request may not meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantPart {
    /// What it permits.
    Operations,
    /// The whole encryption context.
    EncryptionContextEquals,
    /// A part of the encryption context.
    EncryptionContextSubset,
    /// The resource for which a service calls.
    SourceArn,
}

impl fmt::Display for GrantPart {
    /// As the API calls it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Operations => "Operations",
            Self::EncryptionContextEquals => "EncryptionContextEquals",
            Self::EncryptionContextSubset => "EncryptionContextSubset",
            Self::SourceArn => "SourceArn",
        })
    }
}

impl<'a> NearMiss<'a> {
    pub(super) fn of_condition(
        statement: StatementRef<'a>,
        condition: &'a Condition,
        context: &dyn Context,
    ) -> Self {
        let found = context.values(condition.key());
        Self {
            unmet: Unmet::Condition {
                statement,
                operator: *condition.operator(),
                key: condition.key(),
            },
            wanted: shown_values(condition.written()),
            found: shown_values(found.as_slice().iter().map(|value| &**value)),
        }
    }

    /// What keeps a grant to the caller from permitting: that it is for other operations or, if it
    /// is for this one, each constraint that does not hold.
    pub(super) fn of_grant(
        grant: &'a GrantRecord,
        request: &GrantRequest<'_>,
    ) -> impl Iterator<Item = Self> {
        let is_for_it = grant.operations.contains(request.operation);
        let near = move |part, wanted, found| Self {
            unmet: Unmet::Grant { grant, part },
            wanted,
            found,
        };
        let others = (!is_for_it).then(|| {
            // No more than there are operations that a grant can permit, and all are of interest.
            let permitted = grant.operations.iter();
            let wanted = permitted.map(|one| one.as_str().to_owned()).collect();
            let found = vec![request.operation.as_str().to_owned()];
            near(GrantPart::Operations, wanted, found)
        });
        let (context, source) = grant.constraints.unmet(request);
        let context = context.filter(|_| is_for_it).map(|constraint| {
            let part = match constraint {
                ContextConstraint::Equals(_) => GrantPart::EncryptionContextEquals,
                ContextConstraint::Subset(_) => GrantPart::EncryptionContextSubset,
            };
            let found = request.encryption_context.map(shown_pairs);
            let wanted = shown_pairs(constraint.pairs());
            near(part, wanted, found.unwrap_or_default())
        });
        let source = source.filter(|_| is_for_it).map(|wanted| {
            let found = shown_values(request.source_arn.as_slice().iter().copied());
            near(
                GrantPart::SourceArn,
                shown_values([wanted].into_iter()),
                found,
            )
        });
        [others, context, source].into_iter().flatten()
    }
}

fn shown_pairs(pairs: &BTreeMap<String, String>) -> Vec<String> {
    let pairs: Vec<_> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    shown_values(pairs.iter().map(String::as_str))
}

/// Values as they are shown and recorded: at most [`MAX_SHOWN_VALUES`], each cut at
/// [`MAX_SHOWN_CHARS`], and how many more there are.
pub(super) fn shown_values<'a>(values: impl ExactSizeIterator<Item = &'a str>) -> Vec<String> {
    let more = values.len().saturating_sub(MAX_SHOWN_VALUES);
    let more = (more > 0).then(|| format!("… and {more} more"));
    let shown = values.take(MAX_SHOWN_VALUES).map(shown_value);
    shown.chain(more).collect()
}

fn shown_value(value: &str) -> String {
    match value.char_indices().nth(MAX_SHOWN_CHARS) {
        Some((end, _)) => format!("{}…", value.get(..end).unwrap_or_default()),
        None => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_short_values_are_shown_whole_and_others_are_cut() {
        let long = "é".repeat(MAX_SHOWN_CHARS + 1);
        let whole = "é".repeat(MAX_SHOWN_CHARS);
        let cut = format!("{whole}…");
        let cases: [(&[&str], &[&str]); 5] = [
            (&[], &[]),
            (&["a", "b", "c", "d"], &["a", "b", "c", "d"]),
            (
                &["a", "b", "c", "d", "e", "f"],
                &["a", "b", "c", "d", "… and 2 more"],
            ),
            (&[&whole], &[&whole]),
            (&[&long], &[&cut]),
        ];
        for (values, expected) in cases {
            assert_eq!(shown_values(values.iter().copied()), expected);
        }
    }
}
