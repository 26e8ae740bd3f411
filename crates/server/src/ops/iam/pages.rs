//! Pages of IAM's lists.

use crate::fault::Fault;
use crate::ops::page::{self, PageLimits};

/// Source: `MaxItems` of the IAM API.
const LIMITS: PageLimits = PageLimits {
    default: 100,
    max: 1000,
};

/// A part of a list.
pub(super) struct Page<T> {
    /// The entries.
    pub(super) items: Vec<T>,
    /// Whether there are more.
    pub(super) is_truncated: bool,
    /// Where the next page begins.
    pub(super) marker: Option<String>,
}

impl<T> Page<T> {
    /// The entries, each made into something else.
    pub(super) fn map<U>(self, shown: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(shown).collect(),
            is_truncated: self.is_truncated,
            marker: self.marker,
        }
    }
}

/// Which part of a list a caller asks for.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    /// The list's name, so that a marker leads into no other.
    pub(super) list: &'static str,
    /// Where the page begins.
    pub(super) marker: Option<&'a str>,
    /// How long it may be.
    pub(super) max_items: Option<i64>,
}

/// What a caller asks for of an operation's list: any input with a marker and a length.
macro_rules! asked {
    ($call:expr, $list:expr) => {
        $crate::ops::iam::pages::Asked {
            list: $list,
            marker: $call.input.marker.as_deref(),
            max_items: $call.input.max_items,
        }
    };
}
pub(super) use asked;

/// The answer of an operation whose output is a page and nothing more.
macro_rules! listed {
    ($page:ident => $output:ident.$items:ident) => {
        Ok(keystead_wire::iam::output::$output {
            $items: $page.items,
            is_truncated: $page.is_truncated,
            marker: $page.marker,
        }
        .into())
    };
}
pub(super) use listed;

impl Asked<'_> {
    /// The part of a list that is asked for. The list is in the order of its names, which are
    /// unique, so that pages stay apart whatever comes and goes between them.
    ///
    /// # Errors
    /// [`Fault::InvalidMarker`].
    pub(super) fn page<T>(
        self,
        all: impl IntoIterator<Item = T>,
        name: impl Fn(&T) -> String,
    ) -> Result<Page<T>, Fault> {
        let after = self.after()?;
        let is_passed = |item: &T| after.as_ref().is_some_and(|after| name(item) <= *after);
        let rest = all.into_iter().skip_while(is_passed);
        Ok(self.cut(rest.take(self.one_more()).collect(), name))
    }

    /// The name after which the page begins.
    ///
    /// # Errors
    /// [`Fault::InvalidMarker`].
    pub(super) fn after(&self) -> Result<Option<String>, Fault> {
        page::after(self.list, self.marker)
    }

    /// How many entries tell whether there are more than the page holds.
    pub(super) fn one_more(&self) -> usize {
        LIMITS.size(self.max_items).saturating_add(1)
    }

    /// The page, of the entries from its beginning on.
    pub(super) fn cut<T>(self, found: Vec<T>, name: impl Fn(&T) -> String) -> Page<T> {
        let size = LIMITS.size(self.max_items);
        let (items, marker) = page::cut(self.list, found, size, name);
        Page {
            items,
            is_truncated: marker.is_some(),
            marker,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(marker: Option<&str>, max_items: Option<i64>) -> Asked<'_> {
        Asked {
            list: "L",
            marker,
            max_items,
        }
    }

    #[test]
    fn a_second_page_goes_on_where_the_first_one_ended() {
        let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        let first = asked(None, Some(2)).page(names(&["a", "b", "c", "d"]), String::clone);
        let first = first.unwrap();
        assert_eq!(first.items, ["a", "b"]);
        assert!(first.is_truncated);
        let rest = asked(first.marker.as_deref(), Some(2));
        // "b" has gone meanwhile, and "bb" has come.
        let second = rest.page(names(&["a", "bb", "c"]), String::clone).unwrap();
        assert_eq!(second.items, ["bb", "c"]);
        assert!(!second.is_truncated && second.marker.is_none());
    }

    #[test]
    fn a_hundred_unless_asked_otherwise_and_never_a_foreign_marker() {
        let all: Vec<u32> = (1000..1150).collect();
        let page = asked(None, None).page(all.clone(), u32::to_string).unwrap();
        assert_eq!(page.items.len(), 100);
        let other = Asked {
            list: "M",
            ..asked(page.marker.as_deref(), None)
        };
        let refused = other.page(all, u32::to_string);
        assert!(matches!(refused, Err(Fault::InvalidMarker)));
    }
}
