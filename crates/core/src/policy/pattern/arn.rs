//! Patterns of ARNs, whose six parts are compared one by one.
//!
//! Sources: "Amazon Resource Name (ARN) condition operators" and "IAM JSON policy elements:
//! Resource" in the IAM guide. A `*` does not reach out of its part; the sixth part, the resource,
//! may hold colons of its own.

use super::super::context::{ConditionKey, Context};
use super::super::variable::{MalformedVariable, Template, split_outside_variables};
use super::{Case, Pattern, Syntax, Unit, glob};

/// The number of parts: `arn`, partition, service, Region, account and resource.
const PARTS: usize = 6;

/// A compiled pattern of ARNs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::policy) enum ArnPattern {
    /// `*`.
    Anything,
    /// The parts, and what every match begins with: the text before the first wildcard or variable.
    Parts {
        beginning: Box<str>,
        parts: Box<[Pattern; PARTS]>,
    },
    /// A variable whose value has colons of its own, such as `${aws:PrincipalArn}`.
    Unsplit(Template),
}

/// What a text is that is not a pattern of ARNs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::policy) enum MalformedArn {
    /// It has fewer than six parts, or does not begin with `arn:`.
    NotAnArn,
    /// A variable is malformed, or stands where none may.
    Variable,
}

impl From<MalformedVariable> for MalformedArn {
    fn from(_: MalformedVariable) -> Self {
        Self::Variable
    }
}

impl ArnPattern {
    /// Compiles a resource, whose variables stand behind the fifth colon.
    pub(in crate::policy) fn of_resource(
        text: &str,
        variables: bool,
    ) -> Result<Self, MalformedArn> {
        match Self::parse(text, variables)? {
            Self::Unsplit(_) => Err(MalformedArn::Variable),
            // A colon within a variable is none of the five.
            Self::Parts { .. } if variables && variable_comes_first(text) => {
                Err(MalformedArn::Variable)
            }
            pattern => Ok(pattern),
        }
    }

    /// Compiles a value of a condition.
    pub(in crate::policy) fn parse(text: &str, variables: bool) -> Result<Self, MalformedArn> {
        if text == "*" {
            return Ok(Self::Anything);
        }
        let variables = variables && text.contains("${");
        let parts = if variables {
            split_outside_variables(text, PARTS)?
        } else {
            text.splitn(PARTS, ':').collect()
        };
        let syntax = Syntax {
            wildcards: true,
            variables,
        };
        match <[&str; PARTS]>::try_from(parts) {
            Ok(parts) if parts.first() == Some(&"arn") => {
                let beginning = text.split(['*', '?', '$']).next().unwrap_or_default();
                let compile = |part| Pattern::parse(part, syntax, Case::Sensitive);
                let [a, b, c, d, e, f] = parts.map(compile);
                Ok(Self::Parts {
                    beginning: beginning.into(),
                    parts: Box::new([a?, b?, c?, d?, e?, f?]),
                })
            }
            _ if variables && text.starts_with("${") => {
                Ok(Self::Unsplit(Template::parse(text, true)?))
            }
            _ => Err(MalformedArn::NotAnArn),
        }
    }

    /// Whether the whole of `arn` matches. A text that is no ARN is matched by `*` alone.
    pub(in crate::policy) fn matches(&self, arn: &str, context: &dyn Context) -> bool {
        match self {
            Self::Anything => true,
            Self::Parts { beginning, parts } => {
                // Most patterns are about another service, Region or account.
                if !arn.starts_with(&**beginning) {
                    return false;
                }
                let mut found = arn.splitn(PARTS, ':');
                let mut meets =
                    |part: &Pattern| found.next().is_some_and(|text| part.matches(text, context));
                parts.iter().all(&mut meets)
            }
            Self::Unsplit(template) => template
                .resolve(context)
                .is_some_and(|units| matches_units(&units, arn)),
        }
    }

    /// Whether `${` stands for itself in it.
    pub(in crate::policy) fn spells_variable(&self) -> bool {
        match self {
            Self::Anything | Self::Unsplit(_) => false,
            Self::Parts { parts, .. } => parts.iter().any(Pattern::spells_variable),
        }
    }

    /// The condition keys of the variables.
    pub(in crate::policy) fn keys(&self) -> impl Iterator<Item = &ConditionKey> {
        let (parts, template) = match self {
            Self::Anything => (None, None),
            Self::Parts { parts, .. } => (Some(&**parts), None),
            Self::Unsplit(template) => (None, Some(template)),
        };
        let of_parts = parts.into_iter().flatten().flat_map(Pattern::keys);
        of_parts.chain(template.into_iter().flat_map(Template::keys))
    }
}

/// Whether a text has the six parts of an ARN.
pub(in crate::policy) fn is_arn(text: &str) -> bool {
    text.starts_with("arn:") && text.splitn(PARTS, ':').count() == PARTS
}

fn variable_comes_first(text: &str) -> bool {
    let before = text.split("${").next().unwrap_or(text);
    before.len() < text.len() && before.matches(':').count() < PARTS - 1
}

fn matches_units(units: &[Unit], arn: &str) -> bool {
    let mut parts = units.splitn(PARTS, |unit| *unit == Unit::Char(':'));
    let mut found = arn.splitn(PARTS, ':');
    for _ in 0..PARTS {
        match (parts.next(), found.next()) {
            (Some(part), Some(text)) if glob(part, text, Case::Sensitive) => {}
            _ => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::super::super::context::Values;
    use super::*;

    struct Caller;

    impl Context for Caller {
        fn values(&self, key: &ConditionKey) -> Values<'_> {
            match key.to_string().as_str() {
                "aws:username" => Values::one("a:b*"),
                "aws:PrincipalArn" => Values::one("arn:aws:iam::1:role/*"),
                "aws:userid" => Values::one("no arn"),
                _ => Values::Absent,
            }
        }
    }

    #[test]
    fn parts_are_compared_one_by_one() {
        let cases = [
            ("*", "anything", true),
            ("arn:aws:iam::1:role/x", "arn:aws:iam::1:role/x", true),
            ("arn:aws:iam::1:role/X", "arn:aws:iam::1:role/x", false),
            ("arn:*:iam::*:role/*", "arn:aws:iam::1:role/a/b:c", true),
            ("arn:*:role/x:a:b:c", "arn:aws:iam::1:role/x:a:b:c", false),
            ("arn:aws:*:*:*:*", "arn:aws:iam::1:role/x", true),
            ("arn:aws:*:*:*:*", "arn:aws:iam::1", false),
            ("arn:aws:i*:1:role/x:y", "arn:aws:iam::1:role/x:y", false),
            ("arn:aws:iam:*:1:x:y", "arn:aws:iam::1:x:y", true),
            ("arn:aws:iam::?:*", "arn:aws:iam::12:x", false),
            (
                "arn:aws:iam::1:${aws:username}",
                "arn:aws:iam::1:a:b*",
                true,
            ),
            (
                "arn:aws:iam::1:${aws:username}",
                "arn:aws:iam::1:a:bb",
                false,
            ),
            (
                "arn:aws:iam::1:${aws:username}*",
                "arn:aws:iam::1:a:b*c",
                true,
            ),
            ("arn:aws:iam::1:${aws:missing}", "arn:aws:iam::1:", false),
            (
                "arn:aws:iam::${aws:username}:x",
                "arn:aws:iam::a:b*:x",
                false,
            ),
            ("${aws:PrincipalArn}", "arn:aws:iam::1:role/*", true),
            ("${aws:PrincipalArn}", "arn:aws:iam::1:role/x", false),
            ("${aws:PrincipalArn}?", "arn:aws:iam::1:role/*x", true),
            ("${aws:userid}", "no arn", false),
            ("${aws:missing}", "arn:aws:iam::1:role/x", false),
        ];
        for (pattern, arn, expected) in cases {
            let compiled = ArnPattern::parse(pattern, true).unwrap();
            assert_eq!(compiled.matches(arn, &Caller), expected, "{pattern} {arn}");
        }
    }

    #[test]
    fn what_is_no_pattern_of_arns() {
        use MalformedArn::{NotAnArn, Variable};
        for (text, in_condition, in_resource) in [
            ("", Some(NotAnArn), Some(NotAnArn)),
            ("**", Some(NotAnArn), Some(NotAnArn)),
            ("arn:aws:iam::1", Some(NotAnArn), Some(NotAnArn)),
            ("*:aws:iam::1:x", Some(NotAnArn), Some(NotAnArn)),
            ("x${aws:username}", Some(NotAnArn), Some(NotAnArn)),
            ("arn:aws:iam::1:${", Some(Variable), Some(Variable)),
            ("${aws:PrincipalArn}", None, Some(Variable)),
            ("arn:${a:b}:c:d:e:f", None, Some(Variable)),
            ("arn:aws:kms:r:${a}:x/${b}", None, Some(Variable)),
            ("arn:aws:kms:r:a:x/${b:c}", None, None),
            ("arn:aws:kms:r:a:b", None, None),
        ] {
            assert_eq!(ArnPattern::parse(text, true).err(), in_condition, "{text}");
            let resource = ArnPattern::of_resource(text, true);
            assert_eq!(resource.err(), in_resource, "{text}");
        }
        assert!(ArnPattern::of_resource("arn:${a:b}:c:d:e:f", false).is_ok());
        assert!(ArnPattern::parse("${aws:PrincipalArn}", false).is_err());
    }

    #[test]
    fn keys_of_variables() {
        let keys = |text| {
            let pattern = ArnPattern::parse(text, true).unwrap();
            let names: Vec<_> = pattern.keys().map(ToString::to_string).collect();
            names.join(" ")
        };
        assert_eq!(
            keys("arn:aws:a:b:c:${aws:username}/${x:Y}"),
            "aws:username x:y"
        );
        assert_eq!(keys("${aws:PrincipalArn}"), "aws:PrincipalArn");
        assert_eq!(keys("*"), "");
    }
}
