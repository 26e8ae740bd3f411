//! Under which conditions a grant permits.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{GrantOperation, GrantRequest, KeyKind};

/// The most pairs of an encryption context that a constraint can name (`Constraints` of
/// `CreateGrant`).
pub const MAX_CONTEXT_PAIRS: usize = 8;

/// The most characters of a value of such a pair (`Constraints` of `CreateGrant`).
pub const MAX_CONTEXT_VALUE_CHARS: usize = 384;

/// The fewest and the most characters of a source ARN (`SourceArn` of `GrantConstraints`).
pub const SOURCE_ARN_CHARS: std::ops::RangeInclusive<usize> = 20..=512;

/// The conditions of a grant; an empty one permits whenever the operation fits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct GrantConstraints {
    /// What must hold of the encryption context.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<ContextConstraint>,
    /// The resource for which a service must act: `aws:SourceArn` of its call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_arn: Option<String>,
}

/// What must hold of the encryption context. Names and values are compared letter for letter.
///
/// The API model's `GrantConstraints` says that the case of a name does not count, the developer
/// guide that it does; a letter-for-letter comparison permits nothing that either would not.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ContextConstraint {
    /// It is exactly this one.
    Equals(BTreeMap<String, String>),
    /// All of these pairs are in it.
    Subset(BTreeMap<String, String>),
}

/// Why a grant on a key cannot have such constraints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConstraintError {
    /// Only a symmetric encryption key has encryption contexts.
    #[error("grant constraints on an encryption context need a symmetric encryption key")]
    NoContext,
    /// There are more than [`MAX_CONTEXT_PAIRS`] pairs.
    #[error("{pairs} encryption context pairs, and at most {MAX_CONTEXT_PAIRS} are allowed")]
    TooManyPairs {
        /// How many.
        pairs: usize,
    },
    /// A value is longer than [`MAX_CONTEXT_VALUE_CHARS`].
    #[error(
        "an encryption context value of {chars} characters, and at most {MAX_CONTEXT_VALUE_CHARS} are allowed"
    )]
    LongValue {
        /// How many characters the value has.
        chars: usize,
    },
    /// The source ARN is shorter or longer than [`SOURCE_ARN_CHARS`].
    #[error("a source ARN of {chars} characters, and 20 to 512 are allowed")]
    SourceArnLength {
        /// How many characters it has.
        chars: usize,
    },
}

impl GrantConstraints {
    /// Whether nothing is asked.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.context.is_none() && self.source_arn.is_none()
    }

    /// Whether a grant on a key of this kind can have them.
    ///
    /// # Errors
    /// [`ConstraintError`], the first that is found.
    pub fn check(&self, kind: KeyKind) -> Result<(), ConstraintError> {
        if let Some(context) = &self.context {
            if kind != KeyKind::SymmetricEncryption {
                return Err(ConstraintError::NoContext);
            }
            context.check()?;
        }
        let chars = self.source_arn.as_ref().map(|arn| arn.chars().count());
        match chars {
            Some(chars) if !SOURCE_ARN_CHARS.contains(&chars) => {
                Err(ConstraintError::SourceArnLength { chars })
            }
            _ => Ok(()),
        }
    }

    /// Whether the constraints hold of a request, as far as they bind its operation.
    #[must_use]
    pub fn hold_of(&self, request: &GrantRequest<'_>) -> bool {
        self.context_holds(request.operation, request.encryption_context)
            && self.source_holds(request.operation, request.source_arn)
    }

    /// The constraints that do not hold of a request: on the encryption context, and on the source.
    pub(crate) fn unmet<'a>(
        &'a self,
        request: &GrantRequest<'_>,
    ) -> (Option<&'a ContextConstraint>, Option<&'a str>) {
        let context = self.context.as_ref();
        let source = self.source_arn.as_deref();
        (
            context.filter(|_| !self.context_holds(request.operation, request.encryption_context)),
            source.filter(|_| !self.source_holds(request.operation, request.source_arn)),
        )
    }

    fn context_holds(
        &self,
        operation: GrantOperation,
        found: Option<&BTreeMap<String, String>>,
    ) -> bool {
        match (&self.context, found) {
            (None, _) => true,
            _ if !operation.heeds_encryption_context() => true,
            (Some(_), None) => false,
            (Some(ContextConstraint::Equals(wanted)), Some(found)) => wanted == found,
            (Some(ContextConstraint::Subset(wanted)), Some(found)) => is_within(wanted, found),
        }
    }

    fn source_holds(&self, operation: GrantOperation, found: Option<&str>) -> bool {
        match &self.source_arn {
            Some(wanted) if operation.heeds_source_arn() => found == Some(wanted),
            _ => true,
        }
    }

    /// Whether every request of which these hold is one of which the parent's hold too.
    ///
    /// A subset may gain pairs or become a whole context that has them, never the reverse ("Granting
    /// CreateGrant permission" in the KMS developer guide); a source ARN stays as it is.
    #[must_use]
    pub fn are_no_wider_than(&self, parent: &Self) -> bool {
        use ContextConstraint::{Equals, Subset};
        let context = match (&self.context, &parent.context) {
            (_, None) => true,
            (None, Some(_)) | (Some(Subset(_)), Some(Equals(_))) => false,
            (Some(Equals(child)), Some(Equals(parent))) => child == parent,
            (Some(Equals(child) | Subset(child)), Some(Subset(parent))) => is_within(parent, child),
        };
        context && (parent.source_arn.is_none() || parent.source_arn == self.source_arn)
    }
}

impl ContextConstraint {
    /// The pairs that are named.
    #[must_use]
    pub const fn pairs(&self) -> &BTreeMap<String, String> {
        match self {
            Self::Equals(pairs) | Self::Subset(pairs) => pairs,
        }
    }

    fn check(&self) -> Result<(), ConstraintError> {
        let pairs = self.pairs().len();
        if pairs > MAX_CONTEXT_PAIRS {
            return Err(ConstraintError::TooManyPairs { pairs });
        }
        let lengths = self.pairs().values().map(|value| value.chars().count());
        match lengths.max() {
            Some(chars) if chars > MAX_CONTEXT_VALUE_CHARS => {
                Err(ConstraintError::LongValue { chars })
            }
            _ => Ok(()),
        }
    }
}

fn is_within(part: &BTreeMap<String, String>, whole: &BTreeMap<String, String>) -> bool {
    part.iter()
        .all(|(name, value)| whole.get(name) == Some(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ContextConstraint::{Equals, Subset};

    fn pairs(text: &str) -> BTreeMap<String, String> {
        let pairs = text
            .split_whitespace()
            .filter_map(|pair| pair.split_once('='));
        pairs
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }

    fn constraints(context: Option<ContextConstraint>, source: Option<&str>) -> GrantConstraints {
        GrantConstraints {
            context,
            source_arn: source.map(str::to_owned),
        }
    }

    #[test]
    fn what_holds_of_a_context() {
        let cases = [
            (Equals(pairs("a=1 b=2")), Some("b=2 a=1"), true),
            (Equals(pairs("a=1 b=2")), Some("a=1 b=2 c=3"), false),
            (Equals(pairs("a=1 b=2")), Some("a=1"), false),
            (Equals(pairs("a=1")), Some("A=1"), false),
            (Equals(pairs("a=x")), Some("a=X"), false),
            (Equals(pairs("")), Some(""), true),
            (Equals(pairs("")), Some("a=1"), false),
            (Equals(pairs("a=1")), None, false),
            (Subset(pairs("a=1 b=2")), Some("a=1 b=2"), true),
            (Subset(pairs("a=1 b=2")), Some("c=3 a=1 b=2"), true),
            (Subset(pairs("a=1 b=2")), Some("a=1 b=3"), false),
            (Subset(pairs("a=1 b=2")), Some("a=1"), false),
            (Subset(pairs("a=1")), Some("A=1"), false),
            (Subset(pairs("a=1")), Some(""), false),
            (Subset(pairs("a=1")), None, false),
        ];
        for (context, found, holds) in cases {
            let constraints = constraints(Some(context), None);
            let found = found.map(pairs);
            let holds_of = |operation| constraints.context_holds(operation, found.as_ref());
            assert_eq!(
                holds_of(GrantOperation::Decrypt),
                holds,
                "{constraints:?} {found:?}"
            );
            for free in [
                GrantOperation::DescribeKey,
                GrantOperation::RetireGrant,
                GrantOperation::CreateGrant,
            ] {
                assert!(holds_of(free), "{free:?}");
            }
        }
        assert!(constraints(None, None).context_holds(GrantOperation::Decrypt, None));
    }

    #[test]
    fn what_holds_of_a_source() {
        let arn = "arn:aws:logs:us-east-1:111122223333:log-group:a";
        let bound = constraints(None, Some(arn));
        for (found, holds) in [
            (Some(arn), true),
            (
                Some("arn:aws:logs:us-east-1:111122223333:log-group:A"),
                false,
            ),
            (Some("*"), false),
            (None, false),
        ] {
            assert_eq!(bound.source_holds(GrantOperation::Decrypt, found), holds);
            assert_eq!(
                bound.source_holds(GrantOperation::DescribeKey, found),
                holds
            );
            assert!(bound.source_holds(GrantOperation::RetireGrant, found));
        }
        let wild = constraints(None, Some("arn:aws:logs:*:*:*"));
        assert!(
            !wild.source_holds(GrantOperation::Decrypt, Some(arn)),
            "no pattern"
        );
    }

    #[test]
    fn which_constraints_are_no_wider() {
        let cases = [
            (None, None, true),
            (Some(Subset(pairs("a=1"))), None, true),
            (None, Some(Subset(pairs("a=1"))), false),
            (None, Some(Equals(pairs("a=1"))), false),
            (
                Some(Subset(pairs("a=1 b=2"))),
                Some(Subset(pairs("a=1"))),
                true,
            ),
            (
                Some(Subset(pairs("b=2"))),
                Some(Subset(pairs("a=1"))),
                false,
            ),
            (
                Some(Subset(pairs("a=2"))),
                Some(Subset(pairs("a=1"))),
                false,
            ),
            (
                Some(Equals(pairs("a=1 b=2"))),
                Some(Subset(pairs("a=1"))),
                true,
            ),
            (
                Some(Equals(pairs("b=2"))),
                Some(Subset(pairs("a=1"))),
                false,
            ),
            (Some(Equals(pairs("a=1"))), Some(Equals(pairs("a=1"))), true),
            (
                Some(Equals(pairs("a=1 b=2"))),
                Some(Equals(pairs("a=1"))),
                false,
            ),
            (
                Some(Subset(pairs("a=1"))),
                Some(Equals(pairs("a=1"))),
                false,
            ),
        ];
        for (child, parent, no_wider) in cases {
            let (child, parent) = (constraints(child, None), constraints(parent, None));
            assert_eq!(
                child.are_no_wider_than(&parent),
                no_wider,
                "{child:?} {parent:?}"
            );
        }
        let sources = [
            (None, None, true),
            (Some("x"), None, true),
            (None, Some("x"), false),
            (Some("y"), Some("x"), false),
            (Some("x"), Some("x"), true),
        ];
        for (child, parent, no_wider) in sources {
            let (child, parent) = (constraints(None, child), constraints(None, parent));
            assert_eq!(
                child.are_no_wider_than(&parent),
                no_wider,
                "{child:?} {parent:?}"
            );
        }
    }

    /// A grant is stored without constraints that are empty.
    #[test]
    fn only_those_that_ask_nothing_are_empty() {
        assert!(constraints(None, None).is_empty());
        for asking in [
            constraints(Some(Equals(pairs(""))), None),
            constraints(Some(Subset(pairs("a=1"))), None),
            constraints(None, Some("x")),
            constraints(Some(Subset(pairs("a=1"))), Some("x")),
        ] {
            assert!(!asking.is_empty(), "{asking:?}");
        }
    }

    #[test]
    fn which_constraints_a_key_takes() {
        let check = |context, source: Option<&str>| {
            constraints(context, source).check(KeyKind::SymmetricEncryption)
        };
        let many = |count: usize| (0..count).map(|i| (i.to_string(), String::new())).collect();
        let long = |chars: usize| BTreeMap::from([(String::new(), "é".repeat(chars))]);
        assert_eq!(check(Some(Subset(many(8))), None), Ok(()));
        let pairs = 9;
        assert_eq!(
            check(Some(Equals(many(pairs))), None),
            Err(ConstraintError::TooManyPairs { pairs })
        );
        assert_eq!(check(Some(Equals(long(384))), None), Ok(()));
        let chars = 385;
        assert_eq!(
            check(Some(Subset(long(chars))), None),
            Err(ConstraintError::LongValue { chars })
        );
        for (chars, valid) in [(19, false), (20, true), (512, true), (513, false)] {
            let found = check(None, Some(&"a".repeat(chars)));
            let expected = Err(ConstraintError::SourceArnLength { chars });
            assert_eq!(found, if valid { Ok(()) } else { expected });
        }
        for kind in KeyKind::ALL {
            let on_context = constraints(Some(Subset(many(1))), None).check(*kind);
            assert_eq!(on_context.is_ok(), *kind == KeyKind::SymmetricEncryption);
            assert!(
                constraints(None, Some(&"a".repeat(20)))
                    .check(*kind)
                    .is_ok()
            );
        }
    }
}
