//! Pages of lists. All of Organizations' lists are in the order of ids, or of tags' names.

use super::refusal;
use crate::fault::Fault;
use crate::ops::page::{self, PageLimits};

/// Source: `MaxResults` of the Organizations API model.
const LIMITS: PageLimits = PageLimits {
    default: 20,
    max: 20,
};

/// Which part of a list a caller asks for.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    /// The list's name, so that a token leads into no other.
    pub(super) list: &'static str,
    /// Where the page begins.
    pub(super) next_token: Option<&'a str>,
    /// How long it may be.
    pub(super) max_results: Option<i64>,
}

/// What a caller asks for of an operation's list: any input with a token and a length.
macro_rules! asked {
    ($call:expr, $list:literal) => {
        $crate::ops::organizations::list::Asked {
            list: $list,
            next_token: $call.input.next_token.as_deref(),
            max_results: $call.input.max_results,
        }
    };
}
pub(super) use asked;

impl Asked<'_> {
    /// The page of a list that is in the order of its ids, and the token of the next one.
    ///
    /// # Errors
    /// [`Refusal::InvalidNextToken`](super::refusal::Refusal::InvalidNextToken).
    pub(super) fn page<T>(
        self,
        entries: impl IntoIterator<Item = T>,
        id: impl Fn(&T) -> String,
    ) -> Result<(Vec<T>, Option<String>), Fault> {
        let after =
            page::after::<String>(self.list, self.next_token).map_err(refusal::of_marker)?;
        let size = LIMITS.size(self.max_results);
        let is_later = |entry: &T| after.as_ref().is_none_or(|after| id(entry) > *after);
        let found = entries.into_iter().filter(is_later).take(size + 1);
        Ok(page::cut(self.list, found.collect(), size, &id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_lead_from_one_to_the_next() {
        let asked = |next_token| Asked {
            list: "L",
            next_token,
            max_results: Some(2),
        };
        let page = |token| asked(token).page(["a", "b", "c"], |id| (*id).to_owned());
        let (first, token) = page(None).unwrap();
        assert_eq!(first, ["a", "b"]);
        assert_eq!(page(token.as_deref()).unwrap(), (vec!["c"], None));
        assert!(matches!(
            page(Some("nonsense")),
            Err(Fault::Reasoned {
                reason: "INVALID_NEXT_TOKEN",
                ..
            })
        ));
    }
}
