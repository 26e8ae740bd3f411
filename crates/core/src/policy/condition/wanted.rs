//! What a condition compares with: the policy's values, read once.

use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::context::{ConditionKey, Context};
use super::super::error::PolicyError;
use super::super::flaws::PolicyErrors;
use super::super::json::Json;
use super::super::path::Path;
use super::super::pattern::{ArnPattern, Case, MalformedArn, Pattern, Syntax, is_arn};
use super::address::Network;
use super::date;
use super::number::Decimal;
use super::operator::{Comparison, Relation};

/// The values of a condition, of the type that its operator compares. One of them must match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Text(Box<[Pattern]>),
    Number(Relation, Box<[Decimal<Box<str>>]>),
    /// Nanoseconds since 1970.
    Date(Relation, Box<[i128]>),
    Bool(Box<[bool]>),
    Binary(Box<[Box<[u8]>]>),
    Address(Box<[Network]>),
    Arn(Box<[ArnPattern]>),
    /// Whether the key is to be absent.
    Null(Box<[bool]>),
}

impl Wanted {
    /// Reads the values of one key: one, or a list, of strings, numbers or booleans. `variables`
    /// says whether the version of the language has them; texts and ARNs alone can hold some.
    pub(super) fn parse(
        comparison: Comparison,
        values: &Json,
        path: Path<'_>,
        variables: bool,
    ) -> Result<Self, PolicyErrors> {
        let each = Values { values, path };
        Ok(match comparison {
            Comparison::Text { case, wildcards } => Self::Text(each.texts(
                case,
                Syntax {
                    wildcards,
                    variables,
                },
            )?),
            Comparison::Number(relation) => {
                let parse = |text: &str| Some(Decimal::parse(text)?.to_owned());
                Self::Number(relation, each.parsed("a number", parse)?)
            }
            Comparison::Date(relation) => Self::Date(relation, each.parsed("a date", date::parse)?),
            Comparison::Bool => Self::Bool(each.parsed("true or false", parse_bool)?),
            Comparison::Binary => Self::Binary(each.parsed("Base64", parse_base64)?),
            Comparison::Address => Self::Address(
                each.parsed("an IP address or a range in CIDR notation", Network::parse)?,
            ),
            Comparison::Arn => Self::Arn(each.arns(variables)?),
            Comparison::Null => Self::Null(each.parsed("true or false", parse_bool)?),
        })
    }

    /// Whether a value of the request matches one of the policy's; `None` if it is not of their
    /// type.
    pub(super) fn matches(&self, value: &str, context: &dyn Context) -> Option<bool> {
        Some(match self {
            Self::Text(patterns) => patterns.iter().any(|p| p.matches(value, context)),
            Self::Number(relation, wanted) => {
                let found = Decimal::parse(value)?;
                wanted.iter().any(|w| relation.admits(found.compare(w)))
            }
            Self::Date(relation, wanted) => {
                let found = date::parse(value)?;
                wanted.iter().any(|w| relation.admits(found.cmp(w)))
            }
            Self::Bool(wanted) | Self::Null(wanted) => wanted.contains(&parse_bool(value)?),
            Self::Binary(wanted) => wanted.contains(&parse_base64(value)?),
            Self::Address(wanted) => {
                let found: IpAddr = value.parse().ok()?;
                wanted.iter().any(|network| network.contains(found))
            }
            Self::Arn(patterns) => {
                is_arn(value).then(|| patterns.iter().any(|p| p.matches(value, context)))?
            }
        })
    }

    /// The values of a `Null`.
    pub(super) fn as_null(&self) -> Option<&[bool]> {
        match self {
            Self::Null(wanted) => Some(wanted),
            _ => None,
        }
    }

    /// The texts, if they are compared as such.
    pub(super) fn texts(&self) -> &[Pattern] {
        match self {
            Self::Text(patterns) => patterns,
            _ => &[],
        }
    }

    /// Whether `${` stands for itself in a value.
    pub(super) fn spells_variable(&self) -> bool {
        match self {
            Self::Text(patterns) => patterns.iter().any(Pattern::spells_variable),
            Self::Arn(arns) => arns.iter().any(ArnPattern::spells_variable),
            _ => false,
        }
    }

    /// The condition keys of the variables.
    pub(super) fn variables(&self) -> impl Iterator<Item = &ConditionKey> {
        let (patterns, arns): (&[Pattern], &[ArnPattern]) = match self {
            Self::Text(patterns) => (patterns, &[]),
            Self::Arn(arns) => (&[], arns),
            _ => (&[], &[]),
        };
        let of_patterns = patterns.iter().flat_map(Pattern::keys);
        of_patterns.chain(arns.iter().flat_map(ArnPattern::keys))
    }
}

/// The values of a condition as they are written.
#[derive(Clone, Copy)]
struct Values<'a> {
    values: &'a Json,
    path: Path<'a>,
}

impl Values<'_> {
    fn texts(self, case: Case, syntax: Syntax) -> Result<Box<[Pattern]>, PolicyErrors> {
        self.read(|text, path| {
            Pattern::parse(text, syntax, case).map_err(|_| PolicyError::BadVariable {
                path: path.to_string(),
                found: text.to_owned(),
            })
        })
    }

    fn arns(self, variables: bool) -> Result<Box<[ArnPattern]>, PolicyErrors> {
        self.read(|text, path| {
            let (path_text, found) = (|| path.to_string(), || text.to_owned());
            ArnPattern::parse(text, variables).map_err(|malformed| match malformed {
                MalformedArn::NotAnArn => PolicyError::BadConditionValue {
                    path: path_text(),
                    expected: "an ARN",
                    found: found(),
                },
                MalformedArn::Variable => PolicyError::BadVariable {
                    path: path_text(),
                    found: found(),
                },
            })
        })
    }

    fn parsed<T>(
        self,
        expected: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Box<[T]>, PolicyErrors> {
        self.read(|text, path| {
            parse(text).ok_or_else(|| PolicyError::BadConditionValue {
                path: path.to_string(),
                expected,
                found: text.to_owned(),
            })
        })
    }

    fn read<T>(
        self,
        read: impl Fn(&str, Path<'_>) -> Result<T, PolicyError>,
    ) -> Result<Box<[T]>, PolicyErrors> {
        let each = |json: &Json, path: Path<'_>| read(json.scalar(path)?, path);
        Ok(self.values.one_or_many(self.path, each)?.into())
    }
}

fn parse_bool(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

fn parse_base64(text: &str) -> Option<Box<[u8]>> {
    STANDARD.decode(text).ok().map(Into::into)
}
