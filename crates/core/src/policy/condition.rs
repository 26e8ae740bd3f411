//! Conditions: `{operator: {key: values}}`.
//!
//! Sources: "IAM JSON policy elements: Condition", "… Condition operators" and "Set operators for
//! multivalued context keys" in the IAM guide.
//!
//! A statement applies only if all its conditions hold. A condition compares each value that the
//! request has of the key with the values of the policy, one of which must match, or none if the
//! operator is negated:
//!
//! | The request has | plain | `ForAllValues` | `ForAnyValue` | `…IfExists` |
//! |---|---|---|---|---|
//! | no value | negated operators hold | holds | does not hold | holds |
//! | one value | compared | compared | compared | compared |
//! | several values | every value must pass; in a `Deny`, one | every value must pass | one value must pass | as without |
//!
//! To `ForAllValues` and `Null` an empty value is none.
//!
//! The IAM guide leaves open what a plain operator makes of several values, and whoever calls can
//! add one to most keys: a name in an encryption context again, in another case. So it fails closed.
//!
//! A value of the request that is not of the operator's type (a `NumericLessThan` on the tag `abc`)
//! is not comparable, and fails closed: the condition then holds in a `Deny` and does not in an
//! `Allow`, negated or not.

mod address;
mod date;
mod number;
mod operator;
mod wanted;

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::context::{ConditionKey, Context};
use super::error::PolicyError;
use super::flaws::{Flaws, PolicyErrors};
use super::json::Json;
use super::path::Path;
use super::pattern::Pattern;
use super::statement::Effect;
use wanted::Wanted;

pub use operator::{Operator, Quantifier};

/// One condition of a statement: an operator, a key and the values to compare with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    operator: Operator,
    key: ConditionKey,
    wanted: Wanted,
    /// The same values as the policy writes them, for people.
    written: Box<[Box<str>]>,
}

impl Condition {
    /// Parses the element `Condition`. Operators and keys are recognized in any case; one that is
    /// there twice, in whatever case, is refused. `variables` says whether the version of the
    /// language has them.
    pub(super) fn parse_all(
        json: &Json,
        path: Path<'_>,
        variables: bool,
    ) -> Result<Vec<Self>, PolicyErrors> {
        let (mut conditions, mut flaws) = (Vec::new(), Flaws::default());
        let mut operators = BTreeSet::new();
        for (name, keys) in json.entries(path)? {
            let path = path.member(name);
            let operator = Operator::parse(name).ok_or_else(|| PolicyError::UnknownOperator {
                path: path.to_string(),
            });
            let parsed = operator.map_err(PolicyErrors::from).and_then(|operator| {
                check_new(&mut operators, name, path)?;
                Self::parse_keys(operator, keys, path, variables)
            });
            conditions.extend(flaws.keep(parsed).into_iter().flatten());
        }
        flaws.none_in(conditions)
    }

    /// Parses what is below an operator.
    fn parse_keys(
        operator: Operator,
        keys: &Json,
        path: Path<'_>,
        variables: bool,
    ) -> Result<Vec<Self>, PolicyErrors> {
        let (mut conditions, mut flaws) = (Vec::new(), Flaws::default());
        let mut names = BTreeSet::new();
        for (name, values) in keys.entries(path)? {
            let path = path.member(name);
            let mut parse = || {
                check_new(&mut names, name, path)?;
                let written = |value: &Json, path: Path<'_>| value.scalar(path).map(Into::into);
                Ok::<_, PolicyErrors>(Self {
                    operator,
                    key: ConditionKey::parse(name),
                    wanted: Wanted::parse(operator.comparison(), values, path, variables)?,
                    written: values.one_or_many(path, written)?.into(),
                })
            };
            conditions.extend(flaws.keep(parse()));
        }
        flaws.none_in(conditions)
    }

    /// The operator.
    #[must_use]
    pub const fn operator(&self) -> &Operator {
        &self.operator
    }

    /// The key whose values in the request are compared.
    #[must_use]
    pub const fn key(&self) -> &ConditionKey {
        &self.key
    }

    /// The values to compare with, as the policy writes them: variables are not replaced.
    pub fn written(&self) -> impl ExactSizeIterator<Item = &str> {
        self.written.iter().map(|value| &**value)
    }

    /// The keys that the condition reads: its own, and those of the variables in its values.
    pub fn keys(&self) -> impl Iterator<Item = &ConditionKey> {
        std::iter::once(&self.key).chain(self.wanted.variables())
    }

    /// Whether the condition asks that the request has a value of the key, and nothing more.
    #[must_use]
    pub fn is_presence_check(&self) -> bool {
        self.wanted.as_null() == Some(&[false])
    }

    /// The texts to compare with, if the operator compares texts.
    pub(super) fn texts(&self) -> &[Pattern] {
        self.wanted.texts()
    }

    /// Whether `${` stands for itself in a value.
    pub(super) fn spells_variable(&self) -> bool {
        self.wanted.spells_variable()
    }

    /// Whether the condition holds for a request, in a statement of this effect.
    pub(super) fn holds(&self, context: &dyn Context, effect: Effect) -> bool {
        let assumed = context.assumed();
        if let Some(applies) = assumed.and_then(|assumed| assumed.applies_if(self, effect)) {
            return applies;
        }
        let values = context.values(&self.key);
        let denies = effect == Effect::Deny;
        self.evaluate(values.as_slice(), context, denies)
            .unwrap_or(denies)
    }

    /// Whether the condition holds; `None` if that depends on a value that is not comparable.
    fn evaluate(
        &self,
        found: &[Cow<'_, str>],
        context: &dyn Context,
        denies: bool,
    ) -> Option<bool> {
        let is_null = found.iter().all(|value| value.is_empty());
        if let Some(wanted) = self.wanted.as_null() {
            return Some(wanted.contains(&is_null));
        }
        if found.is_empty() {
            return Some(self.operator.holds_without_value());
        }
        let matches = |value: &Cow<'_, str>| self.wanted.matches(value, context);
        let negated = self.operator.is_negated();
        let mut outcomes = found
            .iter()
            .map(|value| matches(value).map(|is_match| is_match != negated));
        match self.operator.quantifier() {
            Quantifier::ForAllValues if is_null => Some(true),
            Quantifier::ForAllValues => unless_found(&mut outcomes, false),
            Quantifier::ForAnyValue => unless_found(&mut outcomes, true),
            Quantifier::None => unless_found(&mut outcomes, denies),
        }
    }
}

/// `decisive` if it is among the outcomes; else `None` if one of them is not known.
fn unless_found(outcomes: &mut dyn Iterator<Item = Option<bool>>, decisive: bool) -> Option<bool> {
    let mut result = Some(!decisive);
    for outcome in outcomes {
        match outcome {
            Some(found) if found == decisive => return Some(decisive),
            Some(_) => {}
            None => result = None,
        }
    }
    result
}

fn check_new(seen: &mut BTreeSet<String>, name: &str, path: Path<'_>) -> Result<(), PolicyError> {
    if seen.insert(name.to_ascii_lowercase()) {
        Ok(())
    } else {
        let path = path.to_string();
        Err(PolicyError::DuplicateElement { path })
    }
}

#[cfg(test)]
mod tests;
