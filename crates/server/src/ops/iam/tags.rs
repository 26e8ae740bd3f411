//! Tags of users, roles, policies and providers: unlike those of keys, their names are unique
//! whatever the case. One that is put on again in another case replaces the former.
//!
//! Source: "Tags for IAM resources" in the IAM guide.

use std::collections::BTreeSet;

use keystead_core::identity::lower;
use keystead_core::tag::{TagError, Tags};
use keystead_wire::iam::{input, output};

use super::error;
use super::pages::{Asked, Page};
use crate::fault::Fault;

const DUPLICATE: &str = "Duplicate tag keys found. Please note that Tag keys are case insensitive.";
const TOO_MANY: &str = "The number of tags has reached the maximum limit.";

/// The tags of something new.
pub(super) fn new(tags: &[input::Tag]) -> Result<Tags, Fault> {
    with(Tags::default(), tags)
}

/// Puts tags on.
///
/// # Errors
/// `InvalidInput` for two of one name and for reserved names, `LimitExceeded` for too many.
pub(super) fn with(tags: Tags, added: &[input::Tag]) -> Result<Tags, Fault> {
    let names: BTreeSet<String> = added.iter().map(|tag| lower(&tag.key)).collect();
    if names.len() < added.len() {
        return Err(error::invalid_input(DUPLICATE));
    }
    let pairs = added.iter().map(|tag| (tag.key.clone(), tag.value.clone()));
    remove(tags, &names)
        .and_then(|tags| tags.with(pairs.collect()))
        .map_err(refusal)
}

/// Takes tags off. Names that are not there are passed over.
///
/// # Errors
/// `InvalidInput` for reserved names.
pub(super) fn without(tags: Tags, names: &[String]) -> Result<Tags, Fault> {
    remove(tags, &names.iter().map(|name| lower(name)).collect()).map_err(refusal)
}

/// All tags, as answers show them.
pub(super) fn shown(tags: &Tags) -> Vec<output::Tag> {
    let tag = |(key, value): (&str, &str)| output::Tag {
        key: key.to_owned(),
        value: value.to_owned(),
    };
    tags.after(None).map(tag).collect()
}

/// A page of tags.
pub(super) fn page(asked: Asked<'_>, tags: &Tags) -> Result<Page<output::Tag>, Fault> {
    asked.page(shown(tags), |tag| tag.key.clone())
}

fn remove(tags: Tags, lower_names: &BTreeSet<String>) -> Result<Tags, TagError> {
    let is_meant = |name: &&str| lower_names.contains(&lower(name));
    let names = tags.after(None).map(|(name, _)| name).filter(is_meant);
    let names: Vec<String> = names.map(str::to_owned).collect();
    tags.without(&names)
}

fn refusal(error: TagError) -> Fault {
    match error {
        TagError::TooMany => Fault::Limit {
            message: TOO_MANY.to_owned(),
        },
        TagError::Duplicate => error::invalid_input(DUPLICATE),
        TagError::Reserved => error::invalid_input(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(key: &str, value: &str) -> input::Tag {
        input::Tag {
            key: key.to_owned(),
            value: value.to_owned(),
        }
    }

    fn pairs(tags: &Tags) -> Vec<(&str, &str)> {
        tags.after(None).collect()
    }

    fn code(refused: Result<Tags, Fault>) -> &'static str {
        match refused {
            Err(Fault::Named { code, .. }) => code,
            Err(Fault::Limit { .. }) => "LimitExceeded",
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_name_in_another_case_is_the_same_name() {
        let tags = new(&[tag("Team", "a"), tag("x", "1")]).unwrap();
        let tags = with(tags, &[tag("TEAM", "b")]).unwrap();
        assert_eq!(pairs(&tags), [("TEAM", "b"), ("x", "1")]);
        let tags = without(tags, &["team".to_owned(), "absent".to_owned()]).unwrap();
        assert_eq!(pairs(&tags), [("x", "1")]);
    }

    #[test]
    fn refusals() {
        assert_eq!(code(new(&[tag("a", "1"), tag("A", "2")])), "InvalidInput");
        assert_eq!(code(new(&[tag("aws:x", "1")])), "InvalidInput");
        let many: Vec<_> = (0..50).map(|n| tag(&format!("k{n}"), "")).collect();
        let full = new(&many).unwrap();
        assert!(with(full.clone(), &[tag("K7", "again")]).is_ok());
        assert_eq!(code(with(full, &[tag("one more", "")])), "LimitExceeded");
    }
}
