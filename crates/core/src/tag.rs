//! Tags: names and values that an account puts on its keys.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The most tags that a key can have (AWS KMS Developer Guide, "Quotas"). Nobody can have another number.
pub const MAX_TAGS: usize = 50;

/// The tags of a key, by name. Names are 1 to 128 characters, values 0 to 256; case matters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tags(BTreeMap<String, String>);

/// Why tags can't be put on a key, or taken off it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TagError {
    /// One request names the same tag twice.
    #[error("Duplicate tag keys")]
    Duplicate,
    /// The key would have more than [`MAX_TAGS`].
    #[error("Too many tags")]
    TooMany,
    /// The name starts with `aws:` in any case, which is kept for AWS.
    #[error("Tags beginning with aws: are reserved")]
    Reserved,
}

impl Tags {
    /// Puts tags on, replacing the values of those that are there.
    ///
    /// # Errors
    /// [`TagError`], after which nothing has changed hands: the old tags are gone with `self`.
    pub fn with(mut self, added: Vec<(String, String)>) -> Result<Self, TagError> {
        let mut seen = std::collections::BTreeSet::new();
        for (name, _) in &added {
            check_name(name)?;
            if !seen.insert(name.as_str()) {
                return Err(TagError::Duplicate);
            }
        }
        self.0.extend(added);
        if self.0.len() > MAX_TAGS {
            Err(TagError::TooMany)
        } else {
            Ok(self)
        }
    }

    /// Takes tags off by name. Names that are not there are passed over, as AWS does.
    ///
    /// # Errors
    /// [`TagError::Reserved`].
    pub fn without(mut self, names: &[String]) -> Result<Self, TagError> {
        for name in names {
            check_name(name)?;
            self.0.remove(name);
        }
        Ok(self)
    }

    /// The tags after a name, in the order of their names.
    pub fn after<'a>(&'a self, name: Option<&'a str>) -> impl Iterator<Item = (&'a str, &'a str)> {
        let from = name.map_or(std::ops::Bound::Unbounded, std::ops::Bound::Excluded);
        self.0
            .range::<str, _>((from, std::ops::Bound::Unbounded))
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

fn check_name(name: &str) -> Result<(), TagError> {
    match name.get(..4) {
        Some(prefix) if prefix.eq_ignore_ascii_case("aws:") => Err(TagError::Reserved),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(names: impl IntoIterator<Item = &'static str>) -> Vec<(String, String)> {
        names
            .into_iter()
            .map(|n| (n.to_owned(), "v".to_owned()))
            .collect()
    }

    #[test]
    fn rules() {
        assert_eq!(
            Tags::default().with(tags(["a", "a"])),
            Err(TagError::Duplicate)
        );
        assert_eq!(
            Tags::default().with(tags(["AWS:x"])),
            Err(TagError::Reserved)
        );
        assert!(Tags::default().with(tags(["aws", "Aws", "äö"])).is_ok());
        assert_eq!(
            Tags::default().without(&["aws:x".into()]),
            Err(TagError::Reserved)
        );
    }

    #[test]
    fn fifty_and_no_more() {
        let many = |n: usize| (0..n).map(|i| (format!("k{i}"), String::new())).collect();
        assert!(Tags::default().with(many(50)).is_ok());
        assert_eq!(Tags::default().with(many(51)), Err(TagError::TooMany));
        let full = Tags::default().with(many(50)).unwrap();
        assert!(full.clone().with(vec![("k0".into(), "new".into())]).is_ok());
        assert_eq!(full.with(tags(["one-more"])), Err(TagError::TooMany));
    }

    #[test]
    fn pages_and_removal() {
        let all = Tags::default().with(tags(["a", "b", "c"])).unwrap();
        assert_eq!(
            all.after(Some("a")).map(|(n, _)| n).collect::<Vec<_>>(),
            ["b", "c"]
        );
        let left = all.without(&["b".into(), "absent".into()]).unwrap();
        assert_eq!(
            left.after(None).map(|(n, _)| n).collect::<Vec<_>>(),
            ["a", "c"]
        );
    }
}
