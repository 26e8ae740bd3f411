//! Session tags, and those that go along a chain of sessions.
//!
//! Source: "Pass session tags in AWS STS" in the IAM guide.

use std::collections::{BTreeMap, BTreeSet};

use keystead_core::identity::SessionFacts;
use keystead_core::tag::{MAX_TAGS, TagError};

use super::invalid;
use crate::fault::Fault;

const DUPLICATE: &str = "Duplicate tag keys found. Please note that Tag keys are case insensitive.";
const INHERITED: &str = "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.";
const NOT_THERE: &str = "One or more transitive tag keys are not among the session tags.";

/// The tags of a session, and the names of those among them that go on to the next.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct SessionTags {
    pub(super) tags: BTreeMap<String, String>,
    pub(super) transitive: BTreeSet<String>,
}

/// The tags of a session that `caller` opens, if it is one itself, with these tags in the request.
/// Names differ by more than their case.
///
/// # Errors
/// A tag is named twice, is AWS's own, would replace one that the caller hands on, or there are more
/// than 50.
pub(super) fn chain<'a>(
    asked: impl IntoIterator<Item = (&'a str, &'a str)>,
    transitive: &[String],
    caller: Option<&SessionFacts>,
) -> Result<SessionTags, Fault> {
    let mut all = caller.map(inherited).unwrap_or_default();
    let handed_on = all.tags.len();
    for (name, value) in asked {
        if name
            .get(..4)
            .is_some_and(|prefix| prefix.eq_ignore_ascii_case("aws:"))
        {
            return Err(TagError::Reserved.into());
        }
        if let Some(known) = find(all.tags.keys(), name) {
            let is_inherited = all.transitive.contains(known);
            return Err(invalid(if is_inherited { INHERITED } else { DUPLICATE }));
        }
        all.tags.insert(name.to_owned(), value.to_owned());
    }
    for name in transitive {
        let known = find(all.tags.keys(), name).ok_or_else(|| invalid(NOT_THERE))?;
        all.transitive.insert(known.clone());
    }
    if all.tags.len() > MAX_TAGS.max(handed_on) {
        return Err(TagError::TooMany.into());
    }
    Ok(all)
}

fn inherited(caller: &SessionFacts) -> SessionTags {
    let tags = caller.transitive_tags.iter().filter_map(|name| {
        let value = caller.tags.get(name)?;
        Some((name.clone(), value.clone()))
    });
    SessionTags {
        tags: tags.collect(),
        transitive: caller.transitive_tags.clone(),
    }
}

fn find<'a>(mut names: impl Iterator<Item = &'a String>, name: &str) -> Option<&'a String> {
    names.find(|known| known.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use keystead_core::time::Timestamp;

    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    /// A session with the tags `Team`, which it hands on, and `stage`, which it does not.
    fn session() -> SessionFacts {
        let at = Timestamp::from_millis(0);
        SessionFacts {
            tags: [("Team", "a"), ("stage", "b")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
            transitive_tags: ["Team".to_owned()].into(),
            ..SessionFacts::between(at, at)
        }
    }

    #[test]
    fn some_go_along_the_chain() {
        let made = chain([("stage", "c")], &names(&["STAGE"]), Some(&session())).unwrap();
        let expected = [("Team", "a"), ("stage", "c")];
        assert_eq!(
            made.tags,
            expected
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into()
        );
        assert_eq!(
            made.transitive,
            names(&["Team", "stage"]).into_iter().collect()
        );
    }

    #[test]
    fn what_can_not_be() {
        let long = (0..51).map(|n| n.to_string()).collect::<Vec<_>>();
        let many = || long.iter().map(|name| (name.as_str(), ""));
        assert!(chain(many().take(50), &[], None).is_ok());
        assert!(chain(many(), &[], None).is_err());
        for (asked, transitive, caller) in [
            (vec![("a", ""), ("A", "")], names(&[]), None),
            (vec![("Aws:x", "")], names(&[]), None),
            (vec![("a", "")], names(&["b"]), None),
            (vec![("team", "other")], names(&[]), Some(session())),
        ] {
            assert!(
                chain(asked.clone(), &transitive, caller.as_ref()).is_err(),
                "{asked:?}"
            );
        }
    }
}
