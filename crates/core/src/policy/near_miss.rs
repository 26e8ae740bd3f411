//! What a condition asks for and what a request has, for people.

use super::condition::{Condition, Operator};
use super::context::{ConditionKey, Context};
use super::decision::StatementRef;

/// The most values that are shown of a condition or of a request.
pub const MAX_SHOWN_VALUES: usize = 4;

/// The most characters that are shown of a value.
pub const MAX_SHOWN_CHARS: usize = 256;

/// A condition that alone, or with others of its statement, keeps an `Allow` from applying: the
/// statement covers the action, the resource and the caller. Only
/// [`near_misses`](super::near_misses) makes one.
#[derive(Clone, Debug)]
pub struct NearMiss<'a> {
    /// The statement.
    pub statement: StatementRef<'a>,
    /// How it compares.
    pub operator: Operator,
    /// The key whose values it compares.
    pub key: &'a ConditionKey,
    /// What it wants, as the policy writes it: at most [`MAX_SHOWN_VALUES`] values, each cut at
    /// [`MAX_SHOWN_CHARS`], and how many more there are.
    pub wanted: Vec<String>,
    /// What the request has, cut in the same way; nothing if it does not have the key.
    pub found: Vec<String>,
}

impl<'a> NearMiss<'a> {
    pub(super) fn new(
        statement: StatementRef<'a>,
        condition: &'a Condition,
        context: &dyn Context,
    ) -> Self {
        let found = context.values(condition.key());
        Self {
            statement,
            operator: *condition.operator(),
            key: condition.key(),
            wanted: shown_values(condition.written()),
            found: shown_values(found.as_slice().iter().map(|value| &**value)),
        }
    }
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
