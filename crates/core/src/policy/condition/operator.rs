//! Condition operators and their names.

use std::fmt;

use super::super::pattern::Case;

/// A condition operator with what stands before and behind its name, such as
/// `ForAnyValue:StringLike` or `NumericLessThanIfExists`.
///
/// The IAM guide writes operators in one case and says nothing of others; policy tools that imitate
/// AWS take any. So it is here: an operator in another case is the one that it names, and no
/// condition is skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operator {
    quantifier: Quantifier,
    row: Row,
    if_exists: bool,
}

/// How a condition takes a key with several values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantifier {
    /// No set operator: for keys with one value. If a request has several all the same, every one
    /// must pass; in a `Deny`, one.
    None,
    /// `ForAllValues:`: every value passes; so it is without any.
    ForAllValues,
    /// `ForAnyValue:`: at least one value passes.
    ForAnyValue,
}

/// An operator of the table: its name, what it compares, and whether it is negated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Row(&'static str, Comparison, bool);

/// What an operator compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Text { case: Case, wildcards: bool },
    Number(Relation),
    Date(Relation),
    Bool,
    Binary,
    Address,
    Arn,
    Null,
}

/// How a value of the request relates to one of the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    Equal,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

const EXACT: Comparison = Comparison::Text {
    case: Case::Sensitive,
    wildcards: false,
};
const ANY_CASE: Comparison = Comparison::Text {
    case: Case::Insensitive,
    wildcards: false,
};
const LIKE: Comparison = Comparison::Text {
    case: Case::Sensitive,
    wildcards: true,
};

const TABLE: [Row; 27] = {
    use Comparison::{Address, Arn, Binary, Bool, Date, Null, Number};
    use Relation::{AtLeast, AtMost, Equal, Greater, Less};
    [
        Row("StringEquals", EXACT, false),
        Row("StringNotEquals", EXACT, true),
        Row("StringEqualsIgnoreCase", ANY_CASE, false),
        Row("StringNotEqualsIgnoreCase", ANY_CASE, true),
        Row("StringLike", LIKE, false),
        Row("StringNotLike", LIKE, true),
        Row("NumericEquals", Number(Equal), false),
        Row("NumericNotEquals", Number(Equal), true),
        Row("NumericLessThan", Number(Less), false),
        Row("NumericLessThanEquals", Number(AtMost), false),
        Row("NumericGreaterThan", Number(Greater), false),
        Row("NumericGreaterThanEquals", Number(AtLeast), false),
        Row("DateEquals", Date(Equal), false),
        Row("DateNotEquals", Date(Equal), true),
        Row("DateLessThan", Date(Less), false),
        Row("DateLessThanEquals", Date(AtMost), false),
        Row("DateGreaterThan", Date(Greater), false),
        Row("DateGreaterThanEquals", Date(AtLeast), false),
        Row("Bool", Bool, false),
        Row("BinaryEquals", Binary, false),
        Row("IpAddress", Address, false),
        Row("NotIpAddress", Address, true),
        Row("ArnEquals", Arn, false),
        Row("ArnLike", Arn, false),
        Row("ArnNotEquals", Arn, true),
        Row("ArnNotLike", Arn, true),
        Row(NULL, Null, false),
    ]
};
const NULL: &str = "Null";
const IF_EXISTS: &str = "IfExists";

impl Operator {
    /// Recognizes a name, in any case.
    pub(super) fn parse(name: &str) -> Option<Self> {
        let (quantifier, name) = match name.split_once(':') {
            None => (Quantifier::None, name),
            Some((set, name)) => {
                let mut sets = [Quantifier::ForAllValues, Quantifier::ForAnyValue].into_iter();
                let is_it = |quantifier: &Quantifier| quantifier.name().eq_ignore_ascii_case(set);
                (sets.find(is_it)?, name)
            }
        };
        let (name, if_exists) = match name.len().checked_sub(IF_EXISTS.len()) {
            Some(at) => match name.split_at_checked(at) {
                Some((base, end)) if end.eq_ignore_ascii_case(IF_EXISTS) => (base, true),
                _ => (name, false),
            },
            None => (name, false),
        };
        let mut rows = TABLE.into_iter();
        let row = rows.find(|Row(known, ..)| known.eq_ignore_ascii_case(name))?;
        let operator = Self {
            quantifier,
            row,
            if_exists,
        };
        let is_plain = quantifier == Quantifier::None && !if_exists;
        (is_plain || !operator.is_null_check()).then_some(operator)
    }

    /// How it takes several values.
    #[must_use]
    pub const fn quantifier(&self) -> Quantifier {
        self.quantifier
    }

    /// Whether it holds where nothing matches: `StringNotEquals`, `NotIpAddress` and their kin.
    #[must_use]
    pub const fn is_negated(&self) -> bool {
        self.row.2
    }

    /// Whether it holds without a value: `…IfExists`.
    #[must_use]
    pub const fn is_if_exists(&self) -> bool {
        self.if_exists
    }

    /// Whether it asks for the presence of the key alone: `Null`.
    #[must_use]
    pub fn is_null_check(&self) -> bool {
        self.row.1 == Comparison::Null
    }

    pub(super) const fn comparison(&self) -> Comparison {
        self.row.1
    }

    /// Whether it holds for a request that has no value of the key.
    pub(super) const fn holds_without_value(&self) -> bool {
        self.if_exists
            || match self.quantifier {
                Quantifier::None => self.is_negated(),
                Quantifier::ForAllValues => true,
                Quantifier::ForAnyValue => false,
            }
    }
}

impl Quantifier {
    const fn name(self) -> &'static str {
        match self {
            Self::None => "",
            Self::ForAllValues => "ForAllValues",
            Self::ForAnyValue => "ForAnyValue",
        }
    }
}

impl Relation {
    /// Whether `ordering`, of the request's value to the policy's, is such a relation.
    pub(super) const fn admits(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::Less => ordering.is_lt(),
            Self::AtMost => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::AtLeast => ordering.is_ge(),
        }
    }
}

/// The name as AWS writes it.
impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.quantifier != Quantifier::None {
            write!(f, "{}:", self.quantifier.name())?;
        }
        f.write_str(self.row.0)?;
        f.write_str(if self.if_exists { IF_EXISTS } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_recognized_in_any_case() {
        for Row(name, ..) in TABLE {
            for (prefix, suffix) in [
                ("", ""),
                ("", "IfExists"),
                ("ForAllValues:", ""),
                ("ForAnyValue:", "IfExists"),
            ] {
                let whole = format!("{prefix}{name}{suffix}");
                let is_operator = name != NULL || whole == NULL;
                for text in [whole.to_lowercase(), whole.to_uppercase(), whole.clone()] {
                    let found = Operator::parse(&text).map(|operator| operator.to_string());
                    assert_eq!(found, is_operator.then(|| whole.clone()), "{text}");
                }
            }
        }
    }

    #[test]
    fn other_names_are_not() {
        for name in [
            "",
            "IfExists",
            "StringEqual",
            "StringEqualsIfExist",
            "StringEqualsIfExistsIfExists",
            "ForAllValues:",
            "ForAllValues",
            "ForSomeValues:StringEquals",
            ":StringEquals",
            "ForAllValues:ForAnyValue:StringEquals",
            "BinaryNotEquals",
            "NotBool",
            " StringEquals",
            "StringEqualsé",
            "ééééééééé",
        ] {
            assert_eq!(Operator::parse(name), None, "{name}");
        }
    }
}
