//! Conditions, patterns and variables of the second evaluator.

use std::cmp::Ordering;
use std::net::IpAddr;

use serde_json::Value;

use super::{Request, one_or_many};

/// Whether all conditions hold. What cannot be compared holds if the statement denies.
pub(super) fn holds(conditions: &Value, denies: bool, variables: bool, r: &Request<'_>) -> bool {
    let operators = conditions.as_object().into_iter().flatten();
    let mut single = operators.flat_map(|(operator, keys)| {
        let keys = keys.as_object().unwrap().iter();
        keys.map(move |(key, wanted)| (operator.to_lowercase(), key.to_lowercase(), wanted))
    });
    single.all(|(operator, key, wanted)| {
        let found = r.context.get(&key).map_or(&[][..], Vec::as_slice);
        let wanted: Vec<_> = one_or_many(wanted).map(text).collect();
        holds_one(&operator, found, &wanted, denies, variables, r).unwrap_or(denies)
    })
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn holds_one(
    operator: &str,
    found: &[String],
    wanted: &[String],
    denies: bool,
    variables: bool,
    r: &Request<'_>,
) -> Option<bool> {
    let is_null = found.iter().all(String::is_empty);
    if operator == "null" {
        return Some(wanted.iter().any(|wanted| *wanted == is_null.to_string()));
    }
    let (set, base) = operator.split_once(':').unwrap_or(("", operator));
    let plain = base.strip_suffix("ifexists").unwrap_or(base);
    let positive = plain.replacen("not", "", 1);
    let negated = positive != plain;
    if found.is_empty() {
        return Some(base != plain || set == "forallvalues" || set.is_empty() && negated);
    }
    if set == "forallvalues" && is_null {
        return Some(true);
    }
    let passes: Vec<_> = found
        .iter()
        .map(|found| Some(matches_any(&positive, found, wanted, variables, r)? != negated))
        .collect();
    let decisive = set == "foranyvalue" || set.is_empty() && denies;
    if passes.contains(&Some(decisive)) {
        Some(decisive)
    } else if passes.contains(&None) {
        None
    } else {
        Some(!decisive)
    }
}

fn matches_any(
    operator: &str,
    found: &str,
    wanted: &[String],
    variables: bool,
    r: &Request<'_>,
) -> Option<bool> {
    let mut matches = wanted.iter().map(|wanted| match operator {
        "stringequals" => Some(literally(wanted, variables, r).as_deref() == Some(found)),
        "stringequalsignorecase" => {
            let wanted = literally(wanted, variables, r);
            Some(wanted.is_some_and(|wanted| wanted.to_lowercase() == found.to_lowercase()))
        }
        "stringlike" => Some(like(wanted, found, variables, r)),
        "arnequals" | "arnlike" => {
            (found.splitn(6, ':').count() == 6).then(|| arn_matches(wanted, found, variables, r))
        }
        "bool" => Some(truth(found)? == truth(wanted)?),
        "ipaddress" => Some(in_range(found.parse().ok()?, wanted)),
        "binaryequals" => Some(found == wanted),
        _ => {
            let (kind, relation) = operator.split_at(if operator.starts_with('d') { 4 } else { 7 });
            let number = |text: &str| match kind {
                "date" => seconds(text),
                _ => text.parse::<f64>().ok(),
            };
            let ordering = number(found)?.partial_cmp(&number(wanted)?)?;
            Some(match relation {
                "equals" => ordering == Ordering::Equal,
                "lessthan" => ordering == Ordering::Less,
                "lessthanequals" => ordering != Ordering::Greater,
                "greaterthan" => ordering == Ordering::Greater,
                "greaterthanequals" => ordering != Ordering::Less,
                other => panic!("{other}"),
            })
        }
    });
    matches.try_fold(false, |any, one| Some(any | one?))
}

fn truth(text: &str) -> Option<bool> {
    text.to_lowercase().parse().ok()
}

/// Dates that the tests use: seconds since 1970, or the first days of January 2026.
fn seconds(text: &str) -> Option<f64> {
    let day = text
        .strip_prefix("2026-01-0")
        .and_then(|rest| rest.strip_suffix("T00:00:00Z"));
    match day {
        Some(day) => Some(1_767_225_600.0 + 86_400.0 * (day.parse::<f64>().ok()? - 1.0)),
        None => text.parse().ok(),
    }
}

/// Ranges that end at a byte, of IPv4.
fn in_range(address: IpAddr, range: &str) -> bool {
    let (base, bits) = range.split_once('/').unwrap_or((range, "32"));
    let (IpAddr::V4(address), Ok(IpAddr::V4(base))) = (address, base.parse()) else {
        return false;
    };
    let bytes = bits.parse::<usize>().unwrap() / 8;
    address.octets()[..bytes] == base.octets()[..bytes]
}

/// A character of a pattern, and whether it stands for itself.
type Token = (char, bool);

/// Puts variables in; `None` if one has no value.
fn tokens(pattern: &str, variables: bool, r: &Request<'_>) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = pattern;
    while let Some(first) = rest.chars().next() {
        match rest.strip_prefix("${").filter(|_| variables) {
            None => {
                tokens.push((first, false));
                rest = &rest[first.len_utf8()..];
            }
            Some(variable) => {
                let (name, after) = variable.split_once('}').unwrap();
                tokens.extend(value(name, r)?.chars().map(|c| (c, true)));
                rest = after;
            }
        }
    }
    Some(tokens)
}

fn value(variable: &str, r: &Request<'_>) -> Option<String> {
    if ["*", "?", "$"].contains(&variable) {
        return Some(variable.to_owned());
    }
    let (name, default) = match variable.split_once(", '") {
        Some((name, default)) => (name, Some(default.trim_end_matches('\'').to_owned())),
        None => (variable, None),
    };
    let key = name.to_lowercase();
    let has_several = ["aws:tagkeys", "kms:encryptioncontextkeys"].contains(&&*key);
    match r.context.get(&key).map(Vec::as_slice) {
        Some([single]) if !has_several => Some(single.clone()),
        _ => default,
    }
}

fn literally(pattern: &str, variables: bool, r: &Request<'_>) -> Option<String> {
    Some(
        tokens(pattern, variables, r)?
            .iter()
            .map(|(c, _)| *c)
            .collect(),
    )
}

fn like(pattern: &str, text: &str, variables: bool, r: &Request<'_>) -> bool {
    tokens(pattern, variables, r).is_some_and(|tokens| glob_tokens(&tokens, text))
}

/// Six parts, each for itself; a variable that is a whole ARN is compared as a whole.
pub(super) fn arn_matches(pattern: &str, arn: &str, variables: bool, r: &Request<'_>) -> bool {
    if pattern == "*" {
        return true;
    }
    let Some(tokens) = tokens(pattern, variables, r) else {
        return false;
    };
    let wanted: Vec<_> = tokens.splitn(6, |token| *token == (':', false)).collect();
    if wanted.len() < 6 {
        return glob_tokens(&tokens, arn);
    }
    let found: Vec<_> = arn.splitn(6, ':').collect();
    found.len() == 6
        && wanted
            .iter()
            .zip(found)
            .all(|(wanted, found)| glob_tokens(wanted, found))
}

/// Matches by trying everything.
pub(in super::super) fn glob(pattern: &str, text: &str) -> bool {
    let tokens: Vec<_> = pattern.chars().map(|c| (c, false)).collect();
    glob_tokens(&tokens, text)
}

fn glob_tokens(pattern: &[Token], text: &str) -> bool {
    let Some((first, rest)) = pattern.split_first() else {
        return text.is_empty();
    };
    let after_one = text.chars().next().map(|c| (c, &text[c.len_utf8()..]));
    match (*first, after_one) {
        (('*', false), None) => glob_tokens(rest, text),
        (('*', false), Some((_, tail))) => glob_tokens(rest, text) || glob_tokens(pattern, tail),
        (_, None) => false,
        (token, Some((found, tail))) => {
            (token == ('?', false) || token.0 == found) && glob_tokens(rest, tail)
        }
    }
}
