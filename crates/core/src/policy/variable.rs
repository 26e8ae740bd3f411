//! Policy variables: `${aws:username}`, `${aws:PrincipalTag/team, 'nobody'}`, `${*}`.
//!
//! Source: "IAM policy elements: Variables and tags" in the IAM guide. What is put in is literal: a
//! star in the value of a variable is no wildcard.

use super::context::{ConditionKey, Context, Values};
use super::pattern::Unit;

/// The text of a variable is not closed, names no key, or has a default that is not in quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct MalformedVariable;

/// A pattern with variables in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Template {
    pieces: Box<[Piece]>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Units(Box<[Unit]>),
    Variable(Variable),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Variable {
    key: ConditionKey,
    default: Option<Box<str>>,
}

impl Template {
    /// Reads a text with variables; `*` and `?` outside of them are wildcards if `wildcards`.
    pub(super) fn parse(text: &str, wildcards: bool) -> Result<Self, MalformedVariable> {
        let mut pieces = Vec::new();
        let mut units = Vec::new();
        for token in (Tokens { rest: text }) {
            let variable = match token? {
                Token::Text(text) if wildcards => {
                    units.extend(text.chars().map(Unit::wild));
                    continue;
                }
                Token::Text(text) => {
                    units.extend(text.chars().map(Unit::Char));
                    continue;
                }
                Token::Variable(inner) => inner,
            };
            match literal(variable) {
                Some(character) => units.push(Unit::Char(character)),
                None => {
                    pieces.push(Piece::Units(std::mem::take(&mut units).into()));
                    pieces.push(Piece::Variable(Variable::parse(variable)?));
                }
            }
        }
        pieces.push(Piece::Units(units.into()));
        let pieces = pieces.into();
        Ok(Self { pieces })
    }

    /// The units, if no variable has to be put in for them to be known.
    pub(super) fn constant(&self) -> Option<&[Unit]> {
        match &*self.pieces {
            [Piece::Units(units)] => Some(units),
            _ => None,
        }
    }

    /// The units before the first variable.
    pub(super) fn beginning(&self) -> &[Unit] {
        match self.pieces.first() {
            Some(Piece::Units(units)) => units,
            Some(Piece::Variable(_)) | None => &[],
        }
    }

    /// The units with the values of the variables put in; `None` if one of them has no value: then
    /// the pattern matches nothing.
    pub(super) fn resolve(&self, context: &dyn Context) -> Option<Vec<Unit>> {
        let mut resolved = Vec::new();
        for piece in &self.pieces {
            match piece {
                Piece::Units(units) => resolved.extend_from_slice(units),
                Piece::Variable(variable) => variable.append_value(context, &mut resolved)?,
            }
        }
        Some(resolved)
    }

    /// The condition keys of the variables.
    pub(super) fn keys(&self) -> impl Iterator<Item = &ConditionKey> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Variable(variable) => Some(&variable.key),
            Piece::Units(_) => None,
        })
    }
}

/// Splits `text` at the first `count - 1` colons that are outside of variables.
pub(super) fn split_outside_variables(
    text: &str,
    count: usize,
) -> Result<Vec<&str>, MalformedVariable> {
    let mut parts = Vec::with_capacity(count);
    let (mut start, mut offset) = (0, 0);
    for token in (Tokens { rest: text }) {
        match token? {
            // The dollar, the braces and what is between them.
            Token::Variable(inner) => offset += inner.len() + 3,
            Token::Text(piece) => {
                for (at, _) in piece.match_indices(':') {
                    if parts.len() + 1 < count {
                        parts.extend(text.get(start..offset + at));
                        start = offset + at + 1;
                    }
                }
                offset += piece.len();
            }
        }
    }
    parts.extend(text.get(start..));
    Ok(parts)
}

impl Variable {
    /// Reads what stands between the braces.
    fn parse(inner: &str) -> Result<Self, MalformedVariable> {
        let (name, default) = match inner.split_once(',') {
            None => (inner, None),
            Some((name, default)) => {
                let quoted = default.trim().strip_prefix('\'');
                let default = quoted.and_then(|text| text.strip_suffix('\''));
                (name, Some(default.ok_or(MalformedVariable)?.into()))
            }
        };
        let name = name.trim();
        let is_name = !name.is_empty() && !name.contains(['$', '{', '\'', '*', '?']);
        is_name
            .then(|| Self {
                key: ConditionKey::parse(name),
                default,
            })
            .ok_or(MalformedVariable)
    }

    /// Appends the key's one value, or the default if the request has none or can have several.
    fn append_value(&self, context: &dyn Context, units: &mut Vec<Unit>) -> Option<()> {
        let found = if self.key.is_multivalued() {
            Values::Absent
        } else {
            context.values(&self.key)
        };
        let value = match &found {
            Values::One(value) => value,
            Values::Absent | Values::Many(_) => self.default.as_deref()?,
        };
        units.extend(value.chars().map(Unit::Char));
        Some(())
    }
}

/// The character that `${*}`, `${?}` and `${$}` stand for.
fn literal(inner: &str) -> Option<char> {
    match inner {
        "*" => Some('*'),
        "?" => Some('?'),
        "$" => Some('$'),
        _ => None,
    }
}

enum Token<'a> {
    /// Text without variables.
    Text(&'a str),
    /// What stands between `${` and `}`.
    Variable(&'a str),
}

struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Result<Token<'a>, MalformedVariable>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let Some(inner) = self.rest.strip_prefix("${") else {
            let end = self.rest.find("${").unwrap_or(self.rest.len());
            let (text, rest) = self.rest.split_at_checked(end)?;
            self.rest = rest;
            return Some(Ok(Token::Text(text)));
        };
        let Some((variable, rest)) = closing_brace(inner).and_then(|at| {
            let (variable, rest) = inner.split_at_checked(at)?;
            Some((variable, rest.strip_prefix('}')?))
        }) else {
            self.rest = "";
            return Some(Err(MalformedVariable));
        };
        self.rest = rest;
        Some(Ok(Token::Variable(variable)))
    }
}

/// The place of the brace that closes a variable: the first outside of quotes.
fn closing_brace(inner: &str) -> Option<usize> {
    let mut in_quotes = false;
    inner.char_indices().find_map(|(at, character)| {
        in_quotes ^= character == '\'';
        (character == '}' && !in_quotes).then_some(at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Alice;

    impl Context for Alice {
        fn values(&self, key: &ConditionKey) -> Values<'_> {
            match key.to_string().as_str() {
                "aws:username" => Values::one("al*ce"),
                "aws:PrincipalTag/Team" => Values::one(""),
                "aws:TagKeys" => Values::one("t"),
                "oidc.example.com:groups" => Values::many(["g"]),
                _ => Values::Absent,
            }
        }
    }

    /// The resolved text, wildcards in angle brackets.
    fn resolved(text: &str) -> String {
        let template = Template::parse(text, true).unwrap();
        let Some(units) = template.resolve(&Alice) else {
            return "unresolved".to_owned();
        };
        let show = |unit: &Unit| match unit {
            Unit::Star => "<*>".to_owned(),
            Unit::One => "<?>".to_owned(),
            Unit::Char(character) => character.to_string(),
        };
        units.iter().map(show).collect()
    }

    #[test]
    fn values_are_put_in_literally() {
        let cases = [
            ("", ""),
            ("a*b?", "a<*>b<?>"),
            ("$", "$"),
            ("$a{b}", "$a{b}"),
            ("${*}${?}${$}{aws:username}", "*?${aws:username}"),
            ("x/${aws:username}/*", "x/al*ce/<*>"),
            ("${AWS:UserName}", "al*ce"),
            ("${ aws:username }", "al*ce"),
            ("${aws:PrincipalTag/Team, 'x'}", ""),
            ("${aws:userid}", "unresolved"),
            ("a${aws:userid}b${aws:username}", "unresolved"),
            ("${aws:userid, 'no, } one*'}", "no, } one*"),
            ("${aws:userid,''}", ""),
            ("${aws:TagKeys}", "unresolved"),
            ("${aws:TagKeys, 'd'}", "d"),
            ("${oidc.example.com:groups}", "unresolved"),
            ("é${aws:username}é", "éal*ceé"),
        ];
        for (text, expected) in cases {
            assert_eq!(resolved(text), expected, "{text}");
        }
    }

    #[test]
    fn malformed_variables() {
        for text in [
            "${",
            "${}",
            "${ }",
            "${aws:username",
            "a${b${c}",
            "${a, b}",
            "${a, 'b}",
            "${a, b'}",
            "${a, }",
            "${, 'b'}",
            "${a*}",
            "${a, '}",
            "${**}",
        ] {
            assert_eq!(
                Template::parse(text, true),
                Err(MalformedVariable),
                "{text}"
            );
        }
    }

    #[test]
    fn colons_within_variables_do_not_split() {
        let split = |text| split_outside_variables(text, 3).unwrap().join(" | ");
        assert_eq!(split("a:b:c:d"), "a | b | c:d");
        assert_eq!(
            split("${a:b}:${c:d, 'e:f'}:g"),
            "${a:b} | ${c:d, 'e:f'} | g"
        );
        assert_eq!(split("a"), "a");
        assert_eq!(split("::"), " |  | ");
        assert_eq!(split("é:${x}é:ü"), "é | ${x}é | ü");
        assert!(split_outside_variables("a:${b", 3).is_err());
    }
}
