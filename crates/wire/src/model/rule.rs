//! The API model's constraints, and AWS's words for breaking them.

use std::borrow::Cow;
use std::fmt;

use zeroize::Zeroizing;

use super::path::Path;
use super::sensitive::Sensitive;

/// A constraint of a shape.
#[derive(Clone, Copy)]
pub(crate) enum Rule {
    /// The greatest value of a number.
    AtMost(i64),
    /// The least value of a number.
    AtLeast(i64),
    /// The most characters of a string, bytes of a blob or elements of a list.
    Longest(usize),
    /// The fewest of them.
    Shortest(usize),
    /// The values of an enum, in the model's order.
    OneOf(&'static [&'static str]),
    /// A regular expression that the whole string matches, and the predicate that decides it in linear time.
    Matches(&'static str, fn(&str) -> bool),
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtMost(most) => {
                write!(f, "Member must have value less than or equal to {most}")
            }
            Self::AtLeast(least) => {
                write!(f, "Member must have value greater than or equal to {least}")
            }
            Self::Longest(most) => {
                write!(f, "Member must have length less than or equal to {most}")
            }
            Self::Shortest(least) => {
                write!(
                    f,
                    "Member must have length greater than or equal to {least}"
                )
            }
            Self::OneOf(values) => {
                write!(
                    f,
                    "Member must satisfy enum value set: [{}]",
                    values.join(", ")
                )
            }
            Self::Matches(regex, _) => {
                write!(f, "Member must satisfy regular expression pattern: {regex}")
            }
        }
    }
}

/// A raw value that rules can be put to.
pub(crate) trait Measured {
    /// Whether the value breaks a rule. Rules of other types of value are never broken.
    fn breaks(&self, rule: &Rule) -> bool;

    /// The value as a message shows it; nothing for blobs and secrets.
    fn shown(&self) -> Option<Cow<'_, str>>;
}

impl Measured for String {
    fn breaks(&self, rule: &Rule) -> bool {
        breaks_text(self, rule)
    }

    fn shown(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(self))
    }
}

impl Measured for Sensitive {
    fn breaks(&self, rule: &Rule) -> bool {
        breaks_text(self.expose(), rule)
    }

    fn shown(&self) -> Option<Cow<'_, str>> {
        None
    }
}

impl Measured for Vec<u8> {
    fn breaks(&self, rule: &Rule) -> bool {
        breaks_length(self.len(), rule)
    }

    fn shown(&self) -> Option<Cow<'_, str>> {
        None
    }
}

impl Measured for Zeroizing<Vec<u8>> {
    fn breaks(&self, rule: &Rule) -> bool {
        breaks_length(self.len(), rule)
    }

    fn shown(&self) -> Option<Cow<'_, str>> {
        None
    }
}

impl Measured for i64 {
    fn breaks(&self, rule: &Rule) -> bool {
        match rule {
            Rule::AtMost(most) => self > most,
            Rule::AtLeast(least) => self < least,
            Rule::Longest(_) | Rule::Shortest(_) | Rule::OneOf(_) | Rule::Matches(..) => false,
        }
    }

    fn shown(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Owned(self.to_string()))
    }
}

/// An enum's raw value: the variant, or the text that names none.
impl<E: fmt::Display> Measured for Result<E, String> {
    fn breaks(&self, rule: &Rule) -> bool {
        matches!(rule, Rule::OneOf(_)) && self.is_err()
    }

    fn shown(&self) -> Option<Cow<'_, str>> {
        Some(match self {
            Ok(value) => Cow::Owned(value.to_string()),
            Err(text) => Cow::Borrowed(text),
        })
    }
}

fn breaks_text(text: &str, rule: &Rule) -> bool {
    match rule {
        // Counting characters only when there may be too many.
        Rule::Longest(most) => text.len() > *most && text.chars().count() > *most,
        Rule::Shortest(least) => text.chars().take(*least).count() < *least,
        Rule::Matches(_, matches) => !matches(text),
        Rule::AtMost(_) | Rule::AtLeast(_) | Rule::OneOf(_) => false,
    }
}

pub(super) fn breaks_length(length: usize, rule: &Rule) -> bool {
    match rule {
        Rule::Longest(most) => length > *most,
        Rule::Shortest(least) => length < *least,
        Rule::AtMost(_) | Rule::AtLeast(_) | Rule::OneOf(_) | Rule::Matches(..) => false,
    }
}

/// Puts all rules to a value, and notes those that it breaks.
pub(crate) fn check_scalar<V: Measured>(
    value: V,
    rules: &[Rule],
    at: &Path<'_>,
    violations: &mut Violations,
) -> Option<V> {
    check(&value, rules, at, violations).then_some(value)
}

/// Whether a value keeps all rules; those that it breaks are noted.
pub(super) fn check(
    value: &impl Measured,
    rules: &[Rule],
    at: &Path<'_>,
    violations: &mut Violations,
) -> bool {
    let mut keeps = true;
    for rule in rules.iter().filter(|rule| value.breaks(rule)) {
        violations.broken(at, value.shown().as_deref(), rule);
        keeps = false;
    }
    keeps
}

/// What is wrong with an input, in the order of its members.
#[derive(Default)]
pub(crate) struct Violations {
    count: usize,
    texts: Vec<String>,
    first: Option<Breach>,
    first_member: Option<&'static str>,
}

/// How a value breaks its constraints.
#[derive(Clone, Copy)]
pub(crate) enum Breach {
    /// It must be there and is not.
    Null,
    /// It breaks a rule.
    Rule(Rule),
    /// It holds a value that breaks a rule.
    Inside,
}

/// The most violations that are spelled out; more are only counted, so that a small body can't ask for a long reply.
const MAX_SPELLED_OUT: usize = 50;

impl Violations {
    /// Notes a broken rule; `shown` is the value, unless it may not be shown.
    pub(crate) fn broken(&mut self, at: &Path<'_>, shown: Option<&str>, rule: &Rule) {
        self.push_value(at, shown, rule, Breach::Rule(*rule));
    }

    /// Notes that a rule is broken inside a value; `shown` is the value, unless it may not be shown.
    pub(crate) fn broken_inside(
        &mut self,
        at: &Path<'_>,
        shown: Option<&str>,
        rule: impl fmt::Display,
    ) {
        self.push_value(at, shown, rule, Breach::Inside);
    }

    /// Notes that a required value is absent.
    pub(crate) fn null(&mut self, at: &Path<'_>) {
        self.push(
            at,
            format_args!("Value null at '{at}' failed to satisfy constraint: {NOT_NULL}"),
            Breach::Null,
        );
    }

    fn push_value(
        &mut self,
        at: &Path<'_>,
        shown: Option<&str>,
        rule: impl fmt::Display,
        breach: Breach,
    ) {
        match shown {
            Some(value) => self.push(
                at,
                format_args!("Value '{value}' at '{at}' failed to satisfy constraint: {rule}"),
                breach,
            ),
            None => self.push(
                at,
                format_args!("Value at '{at}' failed to satisfy constraint: {rule}"),
                breach,
            ),
        }
    }

    fn push(&mut self, at: &Path<'_>, text: fmt::Arguments<'_>, breach: Breach) {
        if self.count == 0 {
            self.first_member = at.outermost();
        }
        self.count += 1;
        self.first.get_or_insert(breach);
        if self.texts.len() < MAX_SPELLED_OUT {
            self.texts.push(text.to_string());
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The first of them.
    pub(crate) const fn first(&self) -> Option<Breach> {
        self.first
    }

    /// The member of the input that has the first of them.
    pub(crate) const fn first_member(&self) -> Option<&'static str> {
        self.first_member
    }

    /// The message that reports them all.
    pub(crate) fn into_message(self) -> String {
        let plural = if self.count == 1 { "" } else { "s" };
        format!(
            "{} validation error{plural} detected: {}",
            self.count,
            self.texts.join("; ")
        )
    }
}

/// The rule that a value which must be there breaks by being `null` or absent.
pub(super) const NOT_NULL: &str = "Member must not be null";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_measured_in_characters_and_blobs_in_bytes() {
        let text = "é".repeat(4);
        assert!(!text.breaks(&Rule::Longest(4)));
        assert!(text.breaks(&Rule::Longest(3)));
        assert!(!text.breaks(&Rule::Shortest(4)));
        assert!(text.breaks(&Rule::Shortest(5)));
        let blob = text.into_bytes();
        assert!(blob.breaks(&Rule::Longest(7)));
        assert!(!blob.breaks(&Rule::Longest(8)));
        assert_eq!(blob.shown(), None);
    }

    #[test]
    fn numbers() {
        for (value, breaks_most, breaks_least) in
            [(0, false, true), (1, false, false), (1025, true, false)]
        {
            assert_eq!(value.breaks(&Rule::AtMost(1024)), breaks_most);
            assert_eq!(value.breaks(&Rule::AtLeast(1)), breaks_least);
        }
    }

    #[test]
    fn many_violations_are_counted_but_not_spelled_out() {
        let mut violations = Violations::default();
        for _ in 0..1000 {
            violations.null(&Path::Root.member("KeyId"));
        }
        let message = violations.into_message();
        assert!(message.starts_with("1000 validation errors detected: Value null at 'keyId'"));
        assert_eq!(message.matches(NOT_NULL).count(), MAX_SPELLED_OUT);
    }
}
