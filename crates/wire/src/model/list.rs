//! Lists, of scalars or of structures.

use std::borrow::Cow;

use serde::de::{Error, SeqAccess};

use super::path::Path;
use super::rule::{self, Measured, NOT_NULL, Rule, Violations, breaks_length};
use super::shape::Shape;
use super::token::{FromWire, Nullable, Scalar};

/// A list as it came, `null` elements included.
type RawList<S> = Vec<Option<<S as Shape>::Raw>>;

impl<R: FromWire> FromWire for Vec<Option<R>> {
    /// A Query parameter without a value is the empty list.
    fn from_scalar<E: Error>(scalar: Scalar<'_>) -> Result<Self, E> {
        match scalar {
            Scalar::Parameter("") => Ok(Self::new()),
            _ => Err(E::custom("Expected list or null")),
        }
    }

    fn from_list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        let mut elements = Self::new();
        while let Some(Nullable(element)) = list.next_element()? {
            elements.push(element);
        }
        Ok(elements)
    }
}

/// Checks a list of scalars. AWS reports a bad element as a fault of the list, with all the element's rules.
pub(crate) fn check_scalars<S: Shape<Raw: Measured>>(
    raw: RawList<S>,
    rules: &[Rule],
    at: &Path<'_>,
    violations: &mut Violations,
) -> Option<Vec<S::Value>> {
    rule::check(&raw, rules, at, violations);
    let is_bad = |element: &S::Raw| S::RULES.iter().any(|rule| element.breaks(rule));
    let has_null = raw.iter().any(Option::is_none);
    if has_null || raw.iter().flatten().any(is_bad) {
        let mut element_rules: Vec<String> = S::RULES.iter().map(Rule::to_string).collect();
        if has_null {
            element_rules.push(NOT_NULL.to_owned());
        }
        let nested = format_args!(
            "Member must satisfy constraint: [{}]",
            element_rules.join(", ")
        );
        violations.broken_inside(at, raw.shown().as_deref(), nested);
        return None;
    }
    raw.into_iter()
        .flatten()
        .map(|element| S::check(element, at, violations))
        .collect()
}

/// Checks a list of structures, each at its own place.
pub(crate) fn check_structures<S: Shape>(
    raw: RawList<S>,
    rules: &[Rule],
    at: &Path<'_>,
    violations: &mut Violations,
) -> Option<Vec<S::Value>> {
    for rule in rules.iter().filter(|rule| breaks_length(raw.len(), rule)) {
        violations.broken(at, None, rule);
    }
    let mut values = Some(Vec::with_capacity(raw.len()));
    for (index, element) in raw.into_iter().enumerate() {
        let at = at.element(index);
        let value = match element {
            Some(element) => S::check(element, &at, violations),
            None => {
                violations.null(&at);
                None
            }
        };
        values = values.zip(value).map(|(mut values, value)| {
            values.push(value);
            values
        });
    }
    values
}

impl<R: Measured> Measured for Vec<Option<R>> {
    fn breaks(&self, rule: &Rule) -> bool {
        breaks_length(self.len(), rule)
    }

    fn shown(&self) -> Option<Cow<'_, str>> {
        let elements = self
            .iter()
            .map(|element| match element {
                Some(element) => element.shown(),
                None => Some("null".into()),
            })
            .collect::<Option<Vec<_>>>()?;
        Some(Cow::Owned(format!("[{}]", elements.join(", "))))
    }
}
