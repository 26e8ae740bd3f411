//! One statement of a policy, read strictly.

use super::condition::Condition;
use super::context::NoContext;
use super::document::Version;
use super::error::PolicyError;
use super::flaws::{Flaws, PolicyErrors};
use super::json::{Json, optional_string, required};
use super::kind::{PolicyKind, Principals, Rules};
use super::named::NamedPrincipal;
use super::path::Path;
use super::pattern::{ArnPattern, MalformedArn};

/// One statement of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The statement's name. Key and endpoint policies may repeat one.
    pub sid: Option<String>,
    /// Whether it allows or denies.
    pub effect: Effect,
    /// Whom it is about, from `Principal` or `NotPrincipal`; `None` in policies that are about
    /// whoever they are attached to.
    pub principals: Option<Listed<NamedPrincipal>>,
    /// The actions, `*` or `service:Name` with wildcards, from `Action` or `NotAction`.
    pub actions: Listed<String>,
    /// The resources, `*` or ARNs with wildcards and variables, from `Resource` or `NotResource`;
    /// `None` in trust policies, whose resource is the role.
    pub resources: Option<Listed<ResourcePattern>>,
    /// The conditions, all of which must hold.
    pub conditions: Vec<Condition>,
}

/// What a statement does to the requests it covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Allows them, unless something denies them.
    Allow,
    /// Denies them, whatever allows them.
    Deny,
}

/// A resource as a statement names it: `*`, or an ARN with wildcards and variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourcePattern {
    text: String,
    pattern: ArnPattern,
}

impl ResourcePattern {
    /// The text in the policy.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it means a resource, of a request that nothing is known of: a variable matches
    /// nothing.
    pub(super) fn matches(&self, arn: &str) -> bool {
        self.pattern.matches(arn, &NoContext)
    }

    pub(super) fn into_pattern(self) -> ArnPattern {
        self.pattern
    }
}

/// An element, or its opposite with `Not`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listed<T> {
    /// Only what is listed; an empty list is nothing.
    Only(Vec<T>),
    /// Everything but what is listed, which is at least one.
    AllBut(Vec<T>),
}

impl<T> Listed<T> {
    /// What is listed, on either side.
    #[must_use]
    pub fn items(&self) -> &[T] {
        match self {
            Self::Only(items) | Self::AllBut(items) => items,
        }
    }

    /// Whether it covers something that the items that `is_it` admits are about.
    pub(super) fn covers(&self, is_it: impl FnMut(&T) -> bool) -> bool {
        match self {
            Self::Only(items) => items.iter().any(is_it),
            Self::AllBut(items) => !items.iter().any(is_it),
        }
    }

    pub(super) fn map<U>(self, into: impl FnMut(T) -> U) -> Listed<U> {
        match self {
            Self::Only(items) => Listed::Only(items.into_iter().map(into).collect()),
            Self::AllBut(items) => Listed::AllBut(items.into_iter().map(into).collect()),
        }
    }
}

/// The elements of a statement.
const ELEMENTS: [&str; 9] = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

impl Statement {
    /// Parses one item of `Statement`.
    pub(super) fn parse(
        json: &Json,
        path: Path<'_>,
        kind: PolicyKind,
        version: Version,
    ) -> Result<Self, PolicyErrors> {
        let rules = &kind.rules();
        let [
            sid,
            effect,
            principal,
            not_principal,
            action,
            not_action,
            rest @ ..,
        ] = json.members(path, ELEMENTS)?;
        let [resource, not_resource, condition] = rest;
        let pair = |element, negated, plain, opposite| Pair {
            path,
            names: [element, negated],
            values: [plain, opposite],
        };
        let principals = pair("Principal", "NotPrincipal", principal, not_principal);
        let actions = pair("Action", "NotAction", action, not_action);
        let resources = pair("Resource", "NotResource", resource, not_resource);
        let conditions = condition.map_or(Ok(Vec::new()), |json| {
            Condition::parse_all(json, path.member("Condition"), version.has_variables())
        });
        let mut flaws = Flaws::default();
        let sid = flaws.keep(parse_sid(sid, path.member("Sid"), rules));
        let effect = flaws.keep(parse_effect(effect, path.member("Effect")));
        let principals = flaws.keep(parse_principals(&principals, rules));
        let actions = flaws.keep(parse_actions(&actions, rules));
        let resources = flaws.keep(parse_resources(&resources, rules, version));
        let conditions = flaws.keep(conditions);
        flaws.none_in(Self {
            sid: sid.flatten(),
            // What is wrong is never looked at: it denies, and covers nothing.
            effect: effect.unwrap_or(Effect::Deny),
            principals: principals.flatten(),
            actions: actions.unwrap_or(Listed::Only(Vec::new())),
            resources: resources.flatten(),
            conditions: conditions.unwrap_or_default(),
        })
    }
}

fn parse_sid(
    sid: Option<&Json>,
    path: Path<'_>,
    rules: &Rules,
) -> Result<Option<String>, PolicyError> {
    let sid = optional_string(sid, path)?;
    match sid {
        Some(found)
            if rules.strict_sid && !found.bytes().all(|byte| byte.is_ascii_alphanumeric()) =>
        {
            let path = path.to_string();
            Err(PolicyError::BadSid { path, found })
        }
        sid => Ok(sid),
    }
}

fn parse_effect(effect: Option<&Json>, path: Path<'_>) -> Result<Effect, PolicyError> {
    match required(effect, path)?.string(path)? {
        "Allow" => Ok(Effect::Allow),
        "Deny" => Ok(Effect::Deny),
        other => Err(PolicyError::BadEffect {
            path: path.to_string(),
            found: other.to_owned(),
        }),
    }
}

/// An element and its opposite, of which a statement has one at most.
struct Pair<'a> {
    path: Path<'a>,
    names: [&'static str; 2],
    values: [Option<&'a Json>; 2],
}

impl<'a> Pair<'a> {
    /// Reads the one that is there with `read`.
    fn read<T>(
        &self,
        read: impl Fn(&'a Json, Path<'_>) -> Result<Vec<T>, PolicyErrors>,
    ) -> Result<Option<Listed<T>>, PolicyErrors> {
        let [element, negated] = self.names;
        match self.values {
            [None, None] => Ok(None),
            [Some(json), None] => Ok(Some(Listed::Only(read(json, self.path.member(element))?))),
            [None, Some(json)] => {
                let path = self.path.member(negated);
                let items = read(json, path)?;
                if items.is_empty() {
                    let path = path.to_string();
                    return Err(PolicyError::EmptyException { path }.into());
                }
                Ok(Some(Listed::AllBut(items)))
            }
            [Some(_), Some(_)] => Err(PolicyError::BothPresent {
                path: self.path.to_string(),
                element,
            }
            .into()),
        }
    }

    /// Refuses the element, its opposite, or both, where they do not belong.
    fn refuse(&self, refused: [bool; 2], rules: &Rules) -> Result<(), PolicyError> {
        let present = self.values.map(|json| json.is_some());
        for ((name, present), refused) in self.names.into_iter().zip(present).zip(refused) {
            if present && refused {
                return Err(PolicyError::Misplaced {
                    path: self.path.member_text(name),
                    kind: rules.name,
                });
            }
        }
        Ok(())
    }

    fn missing(&self) -> PolicyError {
        let [element, _] = self.names;
        PolicyError::Missing {
            path: self.path.member_text(element),
        }
    }
}

fn parse_principals(
    pair: &Pair<'_>,
    rules: &Rules,
) -> Result<Option<Listed<NamedPrincipal>>, PolicyErrors> {
    let refused = match rules.principals {
        Principals::Nobody => [true, true],
        Principals::Any => [false, false],
        Principals::Named | Principals::Everyone => [false, true],
    };
    pair.refuse(refused, rules)?;
    let Some(principals) = pair.read(named_principals)? else {
        return match rules.principals {
            Principals::Nobody => Ok(None),
            _ => Err(pair.missing().into()),
        };
    };
    let is_everyone = |principal: &NamedPrincipal| *principal == NamedPrincipal::Everyone;
    if rules.principals == Principals::Everyone && !principals.items().iter().all(is_everyone) {
        return Err(PolicyError::NotEveryone {
            path: pair.path.member_text("Principal"),
        }
        .into());
    }
    Ok(Some(principals))
}

type ParseName = fn(&str) -> Option<NamedPrincipal>;

/// The types of principal, each with the form of its names. Amazon S3 alone gives accounts canonical
/// ids; which account is meant cannot be known here, so that no such name is valid.
const PRINCIPAL_TYPES: [(&str, ParseName); 4] = [
    ("AWS", NamedPrincipal::parse_aws),
    ("Service", NamedPrincipal::parse_service),
    ("Federated", NamedPrincipal::parse_federated),
    ("CanonicalUser", |_| None),
];

fn named_principals(json: &Json, path: Path<'_>) -> Result<Vec<NamedPrincipal>, PolicyErrors> {
    if let Json::String(text) = json {
        return match text.as_str() {
            "*" => Ok(vec![NamedPrincipal::Everyone]),
            _ => Err(bad_principal(text, path).into()),
        };
    }
    let lists = json.members(path, PRINCIPAL_TYPES.map(|(name, _)| name))?;
    let (mut principals, mut flaws) = (Vec::new(), Flaws::default());
    for ((name, parse), json) in PRINCIPAL_TYPES.into_iter().zip(lists) {
        let Some(json) = json else { continue };
        let named = json.one_or_many(path.member(name), |json, path| {
            let text = json.string(path)?;
            parse(text).ok_or_else(|| bad_principal(text, path))
        });
        principals.extend(flaws.keep(named).into_iter().flatten());
    }
    let principals = flaws.none_in(principals)?;
    if principals.is_empty() {
        let path = path.to_string();
        return Err(PolicyError::EmptyPrincipal { path }.into());
    }
    Ok(principals)
}

fn bad_principal(found: &str, path: Path<'_>) -> PolicyError {
    PolicyError::BadPrincipal {
        path: path.to_string(),
        found: found.to_owned(),
    }
}

fn parse_actions(pair: &Pair<'_>, rules: &Rules) -> Result<Listed<String>, PolicyErrors> {
    pair.refuse([false, !rules.not_action], rules)?;
    let read = |json: &Json, path: Path<'_>| {
        json.one_or_many(path, |json, path| parse_action(json.string(path)?, path))
    };
    Ok(or_nothing(pair.read(read)?, pair, rules)?)
}

fn parse_resources(
    pair: &Pair<'_>,
    rules: &Rules,
    version: Version,
) -> Result<Option<Listed<ResourcePattern>>, PolicyErrors> {
    if !rules.resources {
        pair.refuse([true, true], rules)?;
        return Ok(None);
    }
    let read = |json: &Json, path: Path<'_>| {
        json.one_or_many(path, |json, path| {
            parse_resource(json.string(path)?, path, version)
        })
    };
    Ok(Some(or_nothing(pair.read(read)?, pair, rules)?))
}

/// A key policy may lack actions or resources, with the effect of an empty list: the KMS API accepts
/// such a statement, and it covers nothing.
fn or_nothing<T>(
    listed: Option<Listed<T>>,
    pair: &Pair<'_>,
    rules: &Rules,
) -> Result<Listed<T>, PolicyError> {
    match listed {
        Some(listed) => Ok(listed),
        None if rules.complete => Err(pair.missing()),
        None => Ok(Listed::Only(Vec::new())),
    }
}

fn parse_action(text: &str, path: Path<'_>) -> Result<String, PolicyError> {
    let is_word = |word: &str, others: &[u8]| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || others.contains(&byte))
    };
    let is_action = text.split_once(':').is_some_and(|(service, name)| {
        (service == "*" || is_word(service, b"-")) && is_word(name, b"*?-_")
    });
    if text == "*" || is_action {
        Ok(text.to_owned())
    } else {
        Err(PolicyError::BadAction {
            path: path.to_string(),
            found: text.to_owned(),
        })
    }
}

fn parse_resource(
    text: &str,
    path: Path<'_>,
    version: Version,
) -> Result<ResourcePattern, PolicyError> {
    let (path, text) = (|| path.to_string(), text.to_owned());
    match ArnPattern::of_resource(&text, version.has_variables()) {
        Ok(pattern) => Ok(ResourcePattern { text, pattern }),
        Err(MalformedArn::NotAnArn) => Err(PolicyError::BadResource {
            path: path(),
            found: text,
        }),
        Err(MalformedArn::Variable) => Err(PolicyError::BadVariable {
            path: path(),
            found: text,
        }),
    }
}

#[cfg(test)]
mod tests;
