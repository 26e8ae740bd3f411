//! Patterns with `*` (any characters, none included) and `?` (exactly one character), and with
//! policy variables.
//!
//! A `*` also crosses `/` and colons. Patterns of ARNs, whose parts are compared one by one, are in
//! [`arn`].

mod arn;
mod search;

use super::context::{ConditionKey, Context};
use super::variable::{MalformedVariable, Template};

pub(super) use arn::{ArnPattern, MalformedArn, is_arn};

/// Whether case counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    /// As in resources.
    Sensitive,
    /// As in actions. No letter beyond ASCII equals one of ASCII.
    Insensitive,
}

impl Case {
    /// A character that stands for all that count as the same one.
    fn fold(self, character: char) -> char {
        if self == Self::Sensitive {
            return character;
        }
        if character.is_ascii() {
            return character.to_ascii_lowercase();
        }
        let mut lower = character.to_lowercase();
        match (lower.next(), lower.next()) {
            (Some(lower), None) if !lower.is_ascii() => lower,
            _ => character,
        }
    }
}

/// What a text may hold besides characters that stand for themselves.
#[derive(Clone, Copy, Debug)]
pub(super) struct Syntax {
    /// `*` and `?`.
    pub(super) wildcards: bool,
    /// `${…}`.
    pub(super) variables: bool,
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
    /// ASCII that ends with its only wildcard, a `*`; without that.
    Prefix(Box<str>),
    /// Wildcards, and the number of characters that a match has at least.
    Glob { units: Box<[Unit]>, shortest: usize },
    /// Variables, whose values only the request has.
    Template(Template),
}

/// How a variable begins, where it is none.
const DOLLAR_BRACE: [Unit; 2] = [Unit::Char('$'), Unit::Char('{')];

/// A character of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// `*`.
    Star,
    /// `?`.
    One,
    /// A character that stands for itself.
    Char(char),
}

impl Unit {
    /// What a character means where there are wildcards.
    pub(super) const fn wild(character: char) -> Self {
        match character {
            '*' => Self::Star,
            '?' => Self::One,
            other => Self::Char(other),
        }
    }
}

impl Pattern {
    /// Compiles a pattern with wildcards and without variables; every text is one.
    pub(super) fn new(pattern: &str, case: Case) -> Self {
        let units: Vec<_> = pattern.chars().map(Unit::wild).collect();
        Self::of_units(&units, case)
    }

    /// Compiles a text of the given syntax.
    pub(super) fn parse(text: &str, syntax: Syntax, case: Case) -> Result<Self, MalformedVariable> {
        if !(syntax.variables && text.contains("${")) {
            return Ok(if syntax.wildcards {
                Self::new(text, case)
            } else {
                let shape = Shape::Exactly(text.into());
                Self { shape, case }
            });
        }
        let template = Template::parse(text, syntax.wildcards)?;
        Ok(match template.constant() {
            Some(units) => Self::of_units(units, case),
            None => Self {
                shape: Shape::Template(template),
                case,
            },
        })
    }

    fn of_units(units: &[Unit], case: Case) -> Self {
        let as_char = |unit: &Unit| match unit {
            Unit::Char(character) => Some(*character),
            Unit::Star | Unit::One => None,
        };
        let literal = |units: &[Unit]| units.iter().map(as_char).collect::<Option<String>>();
        let beginning = match units {
            [beginning @ .., Unit::Star] => literal(beginning).filter(|text| text.is_ascii()),
            _ => None,
        };
        let shape = if units == [Unit::Star] {
            Shape::Anything
        } else if let Some(text) = literal(units) {
            Shape::Exactly(text.into())
        } else if let Some(text) = beginning {
            Shape::Prefix(text.into())
        } else {
            Shape::Glob {
                units: units.into(),
                shortest: shortest(units),
            }
        };
        Self { shape, case }
    }

    /// Whether the whole of `text` matches. Without variables `context` is not asked.
    ///
    /// The number of stars does not add to the cost: the pieces between them are found left to
    /// right and never sought again. The cost is linear in the text, for a long piece with a `?` in
    /// (length of the text) × (length of the piece) / 64. A pattern longer than the text costs
    /// nothing. Only variables and pieces of more than 32 characters between two stars allocate.
    pub(super) fn matches(&self, text: &str, context: &dyn Context) -> bool {
        match &self.shape {
            Shape::Anything => true,
            Shape::Exactly(pattern) => match self.case {
                Case::Sensitive => **pattern == *text,
                Case::Insensitive => equal_but_for_case(pattern, text),
            },
            Shape::Prefix(prefix) => match self.case {
                Case::Sensitive => text.starts_with(&**prefix),
                Case::Insensitive => (text.as_bytes().get(..prefix.len()))
                    .is_some_and(|found| found.eq_ignore_ascii_case(prefix.as_bytes())),
            },
            Shape::Glob { units, shortest } => {
                *shortest <= text.len() && glob(units, text, self.case)
            }
            Shape::Template(template) => template.resolve(context).is_some_and(|units| {
                shortest(&units) <= text.len() && glob(&units, text, self.case)
            }),
        }
    }

    /// Whether some text that matches begins with `prefix`, whatever the values of the variables.
    pub(super) fn can_begin_with(&self, prefix: &str) -> bool {
        let units: Vec<_> = match &self.shape {
            Shape::Anything => vec![Unit::Star],
            Shape::Exactly(text) => text.chars().map(Unit::Char).collect(),
            Shape::Prefix(text) => text.chars().map(Unit::Char).chain([Unit::Star]).collect(),
            Shape::Glob { units, .. } => units.to_vec(),
            Shape::Template(template) => [template.beginning(), &[Unit::Star]].concat(),
        };
        let mut units = units.into_iter();
        for wanted in prefix.chars() {
            match units.next() {
                Some(Unit::Star) => return true,
                Some(unit) if meets(unit, wanted, self.case) => {}
                _ => return false,
            }
        }
        true
    }

    /// Whether `${` stands for itself in it.
    pub(super) fn spells_variable(&self) -> bool {
        match &self.shape {
            Shape::Exactly(text) | Shape::Prefix(text) => text.contains("${"),
            Shape::Glob { units, .. } => units.windows(2).any(|pair| pair == DOLLAR_BRACE),
            Shape::Anything | Shape::Template(_) => false,
        }
    }

    /// The condition keys of the variables.
    pub(super) fn keys(&self) -> impl Iterator<Item = &ConditionKey> {
        let template = match &self.shape {
            Shape::Template(template) => Some(template),
            _ => None,
        };
        template.into_iter().flat_map(Template::keys)
    }
}

/// The number of characters, and so of bytes, that a match has at least.
fn shortest(units: &[Unit]) -> usize {
    units.iter().filter(|unit| **unit != Unit::Star).count()
}

/// Cuts the pattern at its stars. The first piece is anchored at the front and the last at the
/// back; taking each piece between at the earliest place leaves the most room for the rest, so no
/// choice is ever revised.
fn glob(units: &[Unit], text: &str, case: Case) -> bool {
    let mut pieces = units.split(|unit| *unit == Unit::Star);
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
        match search::after_first(rest, piece, case) {
            Some(remaining) => rest = remaining,
            None => return false,
        }
    }
    ends_with(rest, back, case)
}

/// `text` behind `piece`, if it begins with it.
fn without_prefix<'t>(text: &'t str, piece: &[Unit], case: Case) -> Option<&'t str> {
    let mut rest = text.chars();
    for wanted in piece {
        if !meets(*wanted, rest.next()?, case) {
            return None;
        }
    }
    Some(rest.as_str())
}

fn ends_with(text: &str, piece: &[Unit], case: Case) -> bool {
    let mut rest = text.chars().rev();
    piece
        .iter()
        .rev()
        .all(|wanted| rest.next().is_some_and(|found| meets(*wanted, found, case)))
}

fn meets(wanted: Unit, found: char, case: Case) -> bool {
    match wanted {
        Unit::Char(wanted) => case.fold(wanted) == case.fold(found),
        Unit::Star | Unit::One => true,
    }
}

fn equal_but_for_case(one: &str, other: &str) -> bool {
    if one.eq_ignore_ascii_case(other) {
        return true;
    }
    // No letter beyond ASCII equals one of ASCII.
    if one.is_ascii() || other.is_ascii() {
        return false;
    }
    let fold = |character| Case::Insensitive.fold(character);
    one.chars().map(fold).eq(other.chars().map(fold))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::NoContext;
    use super::super::reference;
    use super::*;

    fn matches(pattern: &str, text: &str) -> bool {
        Pattern::new(pattern, Case::Sensitive).matches(text, &NoContext)
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
            assert!(Pattern::new(pattern, Case::Insensitive).matches(text, &NoContext));
            assert!(!matches(pattern, text), "{pattern}");
        }
        assert!(Pattern::new("É?", Case::Insensitive).matches("éa", &NoContext));
        assert!(Pattern::new("É", Case::Insensitive).matches("é", &NoContext));
        // A letter beyond ASCII never folds into it; the Kelvin sign is no k.
        assert!(
            !Pattern::new("\u{212a}ms:*", Case::Insensitive).matches("kms:Encrypt", &NoContext)
        );
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

    #[test]
    fn a_long_piece_costs_little() {
        let text = "a".repeat(1_000_000);
        let piece = "a".repeat(30_000);
        assert!(!matches(&format!("*{piece}b*"), &text));
        assert!(matches(&format!("*{piece}*{piece}*"), &text));
    }

    #[test]
    fn folding_makes_the_same_of_what_lowers_to_the_same() {
        let same = |one: char, other: char| {
            one.eq_ignore_ascii_case(&other)
                || !one.is_ascii()
                    && !other.is_ascii()
                    && one.to_lowercase().eq(other.to_lowercase())
        };
        let fold = |character| Case::Insensitive.fold(character);
        for one in ('\0'..=char::MAX).filter(|c| c.is_ascii() || !c.to_lowercase().eq([*c])) {
            for other in one
                .to_lowercase()
                .chain(one.to_uppercase())
                .chain([one, 'k', 'i'])
            {
                assert_eq!(fold(one) == fold(other), same(one, other), "{one} {other}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn agrees_with_the_naive_matcher(pattern in "[abé*?]{0,8}", text in "[abéA]{0,10}") {
            prop_assert_eq!(matches(&pattern, &text), reference::glob(&pattern, &text));
            prop_assert_eq!(
                Pattern::new(&pattern, Case::Insensitive).matches(&text, &NoContext),
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
