//! Where in an input a value stands, as AWS's messages write it: `tags.1.member.tagKey`.

use std::fmt;

/// A place in an input. It lives on the stack of the check and costs nothing unless it is shown.
pub(crate) enum Path<'a> {
    /// The input itself.
    Root,
    /// A member of a structure, by its name on the wire.
    Member {
        /// The structure.
        parent: &'a Path<'a>,
        /// `TagKey`
        name: &'static str,
    },
    /// An element of a list.
    Element {
        /// The list.
        parent: &'a Path<'a>,
        /// Counted from zero, shown from one.
        index: usize,
    },
}

impl<'a> Path<'a> {
    pub(crate) fn member(&'a self, name: &'static str) -> Self {
        Self::Member { parent: self, name }
    }

    /// The member of the input in which this is.
    pub(crate) const fn outermost(&self) -> Option<&'static str> {
        match self {
            Self::Root => None,
            Self::Member {
                parent: Self::Root,
                name,
            } => Some(name),
            Self::Member { parent, .. } | Self::Element { parent, .. } => parent.outermost(),
        }
    }

    pub(crate) fn element(&'a self, index: usize) -> Self {
        Self::Element {
            parent: self,
            index,
        }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Member { parent, name } => {
                if !matches!(parent, Self::Root) {
                    write!(f, "{parent}.")?;
                }
                let mut characters = name.chars();
                if let Some(first) = characters.next() {
                    write!(f, "{}", first.to_ascii_lowercase())?;
                }
                f.write_str(characters.as_str())
            }
            Self::Element { parent, index } => write!(f, "{parent}.{}.member", index + 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_lower_camel_and_counts_from_one() {
        let root = Path::Root;
        let tags = root.member("Tags");
        let second = tags.element(1);
        assert_eq!(tags.to_string(), "tags");
        assert_eq!(second.member("TagKey").to_string(), "tags.2.member.tagKey");
        assert_eq!(second.member("TagKey").outermost(), Some("Tags"));
        assert_eq!(root.outermost(), None);
    }
}
