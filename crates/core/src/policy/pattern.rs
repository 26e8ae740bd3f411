//! Patterns with `*` (any characters, none included) and `?` (exactly one character).
//!
//! A `*` also crosses `/` and, as in AWS, the colons of an ARN. Since a resource pattern has at
//! least the five colons of an ARN and the ARN of a KMS resource has exactly five, each colon of
//! such a pattern can only meet its own, and matching the whole text is the same as matching part
//! by part.

/// Whether the case of ASCII letters counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    /// As in resources.
    Sensitive,
    /// As in actions.
    Insensitive,
}

/// A compiled pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    shape: Shape,
    case: Case,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Shape {
    /// `*`.
    Anything,
    /// No wildcard.
    Exactly(Box<str>),
    /// Wildcards, and the number of characters that a match has at least.
    Glob { pattern: Box<str>, shortest: usize },
}

impl Pattern {
    /// Compiles `pattern`; every text is a pattern.
    pub(super) fn new(pattern: &str, case: Case) -> Self {
        let shape = if pattern == "*" {
            Shape::Anything
        } else if pattern.contains(['*', '?']) {
            Shape::Glob {
                pattern: pattern.into(),
                shortest: pattern.chars().filter(|&c| c != '*').count(),
            }
        } else {
            Shape::Exactly(pattern.into())
        };
        Self { shape, case }
    }

    /// Whether the whole of `text` matches.
    ///
    /// Allocates nothing. The number of stars does not add to the cost: the pieces between them
    /// are found left to right and never sought again, so that a match compares at most (length of
    /// the text) × (longest piece) characters, and a pattern longer than the text none.
    pub(super) fn matches(&self, text: &str) -> bool {
        match &self.shape {
            Shape::Anything => true,
            Shape::Exactly(pattern) => match self.case {
                Case::Sensitive => **pattern == *text,
                Case::Insensitive => pattern.eq_ignore_ascii_case(text),
            },
            Shape::Glob { pattern, shortest } => {
                *shortest <= text.len() && glob(pattern, text, self.case)
            }
        }
    }
}

/// Cuts the pattern at its stars. The first piece is anchored at the front and the last at the
/// back; taking each piece between at the earliest place leaves the most room for the rest, so no
/// choice is ever revised.
fn glob(pattern: &str, text: &str, case: Case) -> bool {
    let mut pieces = pattern.split('*');
    let Some(mut rest) = pieces
        .next()
        .and_then(|front| without_prefix(text, front, case))
    else {
        return false;
    };
    let Some(back) = pieces.next_back() else {
        return rest.is_empty();
    };
    for piece in pieces {
        match after_first(rest, piece, case) {
            Some(remaining) => rest = remaining,
            None => return false,
        }
    }
    ends_with(rest, back, case)
}

/// `text` behind the first place where `piece` matches.
fn after_first<'t>(text: &'t str, piece: &str, case: Case) -> Option<&'t str> {
    let mut tail = text.chars();
    loop {
        if let Some(rest) = without_prefix(tail.as_str(), piece, case) {
            return Some(rest);
        }
        tail.next()?;
    }
}

/// `text` behind `piece`, if it begins with it.
fn without_prefix<'t>(text: &'t str, piece: &str, case: Case) -> Option<&'t str> {
    let mut rest = text.chars();
    for wanted in piece.chars() {
        if !same(wanted, rest.next()?, case) {
            return None;
        }
    }
    Some(rest.as_str())
}

fn ends_with(text: &str, piece: &str, case: Case) -> bool {
    let mut rest = text.chars().rev();
    piece
        .chars()
        .rev()
        .all(|wanted| rest.next().is_some_and(|found| same(wanted, found, case)))
}

fn same(wanted: char, found: char, case: Case) -> bool {
    wanted == '?'
        || match case {
            Case::Sensitive => wanted == found,
            Case::Insensitive => wanted.eq_ignore_ascii_case(&found),
        }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::reference;
    use super::*;

    fn matches(pattern: &str, text: &str) -> bool {
        Pattern::new(pattern, Case::Sensitive).matches(text)
    }

    #[test]
    fn wildcards() {
        let cases = [
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("**", "", true),
            ("***", "abc", true),
            ("?", "", false),
            ("?", "a", true),
            ("?", "ab", false),
            ("?", "é", true),
            ("??", "é", false),
            ("*é?", "aéüü", false),
            ("*é?", "aééü", true),
            ("?*", "", false),
            ("*?", "a", true),
            ("a", "a", true),
            ("a", "A", false),
            ("a*", "a", true),
            ("a*", "ba", false),
            ("*a", "ba", true),
            ("*a", "ab", false),
            ("a*a", "a", false),
            ("a*a", "aa", true),
            ("*ab*ab", "ab", false),
            ("*ab*ab", "abab", true),
            ("*aab*", "aaab", true),
            ("a*b?c", "axxbbc", true),
            ("a*b?c", "abc", false),
            (
                "arn:aws:kms:*:1:key/*",
                "arn:aws:kms:us-east-1:1:key/a/b",
                true,
            ),
            (
                "arn:aws:kms:*:1:key/*",
                "arn:aws:kms:us-east-1:2:key/a",
                false,
            ),
            ("arn:aws:kms:*:*:alias/a?", "arn:aws:kms:r:1:alias/ab", true),
            ("arn:aws:kms:*:*:alias/a?", "*", false),
            ("abc", "*", false),
        ];
        for (pattern, text, expected) in cases {
            assert_eq!(matches(pattern, text), expected, "{pattern} on {text}");
        }
    }

    #[test]
    fn case_counts_only_where_asked() {
        for (pattern, text) in [
            ("kms:encrypt", "kms:Encrypt"),
            ("KMS:E*", "kms:encrypt"),
            ("kms:*CRYPT", "kms:Encrypt"),
            ("kms:?ncrYpt", "kms:Encrypt"),
            ("*NCR*", "kms:Encrypt"),
        ] {
            assert!(Pattern::new(pattern, Case::Insensitive).matches(text));
            assert!(!matches(pattern, text), "{pattern}");
        }
        // Only ASCII folds; the Kelvin sign is no k.
        assert!(!Pattern::new("\u{212a}ms:*", Case::Insensitive).matches("kms:Encrypt"));
    }

    #[test]
    fn many_stars_cost_nothing() {
        let text = "a".repeat(8_000);
        let stars = "a*".repeat(4_000);
        assert!(matches(&stars, &text));
        assert!(!matches(&format!("{stars}b"), &text));
        assert!(!matches(&format!("{stars}b*"), &text));
        assert!(!matches(&format!("*{}b", "?*".repeat(4_000)), &text));
        assert!(!matches(&"a".repeat(1_000_000), &text));
        assert!(!matches(&format!("*{}*", "a?".repeat(500_000)), &text));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn agrees_with_the_naive_matcher(pattern in "[abé*?]{0,8}", text in "[abéA]{0,10}") {
            prop_assert_eq!(matches(&pattern, &text), reference::glob(&pattern, &text));
            prop_assert_eq!(
                Pattern::new(&pattern, Case::Insensitive).matches(&text),
                reference::glob(&pattern.to_ascii_lowercase(), &text.to_ascii_lowercase()),
            );
        }

        #[test]
        fn a_text_with_pieces_replaced_by_stars_matches(
            text in "[a-c:/]{0,40}",
            cuts in proptest::collection::vec((0_usize..40, 0_usize..5), 0..4),
        ) {
            let mut pattern = text.clone();
            for (at, length) in cuts {
                if at + length <= pattern.len() {
                    pattern.replace_range(at..at + length, "*");
                }
            }
            prop_assert!(matches(&pattern, &text), "{} on {}", pattern, text);
        }
    }
}
