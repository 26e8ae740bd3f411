//! Where in a document: a chain of borrowed steps, so that only an error pays for the text.

use std::fmt;

/// A place in a JSON document, written as `Statement[2].Action`.
#[derive(Clone, Copy)]
pub(super) enum Path<'a> {
    /// The document itself.
    Root,
    /// A member of an object.
    Member(&'a Path<'a>, &'a str),
    /// An item of an array, counted from zero.
    Item(&'a Path<'a>, usize),
}

impl Path<'_> {
    /// The member `name` of this place.
    pub(super) fn member<'a>(&'a self, name: &'a str) -> Path<'a> {
        Path::Member(self, name)
    }

    /// The text of the member `name` of this place.
    pub(super) fn member_text(&self, name: &str) -> String {
        self.member(name).to_string()
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Path::Root => f.write_str("the document"),
            Path::Item(parent, index) => write!(f, "{parent}[{index}]"),
            // A name from outside may hold dots, quotes or control characters.
            Path::Member(parent, name) if !is_plain(name) => write!(f, "{parent}[{name:?}]"),
            Path::Member(Path::Root, name) => f.write_str(name),
            Path::Member(parent, name) => write!(f, "{parent}.{name}"),
        }
    }
}

fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_like_the_document() {
        let root = Path::Root;
        let statements = root.member("Statement");
        let third = Path::Item(&statements, 2);
        assert_eq!(root.to_string(), "the document");
        assert_eq!(statements.to_string(), "Statement");
        assert_eq!(third.member_text("Effect"), "Statement[2].Effect");
        assert_eq!(third.member_text("a.b\n"), r#"Statement[2]["a.b\n"]"#);
        assert_eq!(root.member_text(""), r#"the document[""]"#);
    }
}
