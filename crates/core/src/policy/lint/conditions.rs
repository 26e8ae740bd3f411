//! Conditions that hold too often, or never.

use super::super::carried::can_carry;
use super::super::condition::{Condition, Quantifier};
use super::super::context::{ConditionKey, KnownKey, NoContext};
use super::super::path::Path;
use super::super::pattern::Pattern;
use super::super::statement::{Effect, Listed, Statement};
use super::{Report, WarningKind, actions};

/// The keys that AWS supplies to operations that Keystead serves, and Keystead does not. Those of
/// other operations are left out: a statement about them waits for its operation.
const UNSUPPLIED: [KnownKey; 3] = [
    KnownKey::MultiFactorAuthAge,
    KnownKey::SourceVpcArn,
    KnownKey::IamPassedToService,
];

/// What the keys of the services begin with that are here.
const SERVED: [&str; 5] = ["aws:", "iam:", "kms:", "organizations:", "sts:"];

/// The keys of AWS's IAM, STS and Organizations that only other operations have, in lower case; one
/// ends in a name of the user's choice. They are spelled well, and wait for their operations.
///
/// Source: "Actions, resources, and condition keys" in the Service Authorization Reference.
const OF_OTHER_OPERATIONS: [&str; 16] = [
    "iam:associatedresourcearn",
    "iam:fido-certification",
    "iam:fido-fips-140-2-certification",
    "iam:fido-fips-140-3-certification",
    "iam:organizationspolicyid",
    "iam:registersecuritykey",
    "iam:servicespecificcredentialagedays",
    "iam:servicespecificcredentialservicename",
    "organizations:serviceprincipal",
    "organizations:transferdirection",
    "sts:awsservicename",
    "sts:identitytokenaudience",
    "sts:requestcontext/",
    "sts:requestcontextproviders",
    "sts:signingalgorithm",
    "sts:taskpolicyarn",
];

/// The keys whose values are names of aliases.
const ALIASES: [KnownKey; 2] = [KnownKey::RequestAlias, KnownKey::ResourceAliases];

/// A kind of warning, and its text.
type Found = (WarningKind, String);

/// What is looked for in a condition of a statement.
const CHECKS: [fn(&Condition, &Statement) -> Option<Found>; 6] = [
    unguarded,
    unknown,
    unsupplied,
    of_other_actions,
    without_set_operator,
    alias_without_prefix,
];

/// Checks the conditions of a statement.
pub(super) fn check(statement: &Statement, path: Path<'_>, report: Report<'_>) {
    let conditions = path.member("Condition");
    for condition in &statement.conditions {
        let found = CHECKS.iter().filter_map(|look| look(condition, statement));
        for (kind, text) in found {
            let operator = condition.operator().to_string();
            report(kind, conditions.member(&operator), text);
        }
    }
}

fn unguarded(condition: &Condition, statement: &Statement) -> Option<Found> {
    let guards =
        |other: &Condition| other.is_presence_check() && is_same_key(other.key(), condition.key());
    let is_unguarded = statement.effect == Effect::Allow
        && condition.operator().quantifier() == Quantifier::ForAllValues
        && !statement.conditions.iter().any(guards);
    is_unguarded.then(|| {
        let key = condition.key();
        let text = format!(
            "A request without {key} passes this condition too. Add {{\"Null\": {{\"{key}\": \
             \"false\"}}}} to the conditions, or use ForAnyValue."
        );
        (WarningKind::UnguardedForAllValues, text)
    })
}

fn is_same_key(one: &ConditionKey, other: &ConditionKey) -> bool {
    match (one, other) {
        (ConditionKey::Named(family, name), ConditionKey::Named(other, other_name)) => {
            family == other && name.eq_ignore_ascii_case(other_name)
        }
        _ => one == other,
    }
}

fn unknown(condition: &Condition, _: &Statement) -> Option<Found> {
    let unknown = condition.keys().filter_map(|key| match key {
        ConditionKey::Other(name) => Some(&**name),
        ConditionKey::Known(_) | ConditionKey::Named(..) => None,
    });
    let names: Vec<_> = unknown.filter(|name| is_misspelled(name)).collect();
    (!names.is_empty()).then(|| {
        let names = names.join(" or ");
        let text = format!("No request has the condition key {names}. Check the spelling.");
        (WarningKind::UnknownConditionKey, text)
    })
}

/// Whether an unknown key looks like one of AWS's.
fn is_misspelled(name: &str) -> bool {
    let is_it = |known: &&str| name == *known || known.ends_with('/') && name.starts_with(known);
    SERVED.iter().any(|service| name.starts_with(service)) && !OF_OTHER_OPERATIONS.iter().any(is_it)
}

fn unsupplied(condition: &Condition, statement: &Statement) -> Option<Found> {
    is_about_any(condition, &UNSUPPLIED).then(|| {
        let key = condition.key();
        let how_often = how_often(condition, statement);
        let text = format!(
            "No request here has a value of {key}, so that this condition {how_often} holds."
        );
        (WarningKind::UnsuppliedConditionKey, text)
    })
}

/// How often a condition holds whose key no request has.
fn how_often(condition: &Condition, statement: &Statement) -> &'static str {
    match condition.holds(&NoContext, statement.effect) {
        true => "always",
        false => "never",
    }
}

fn of_other_actions(condition: &Condition, statement: &Statement) -> Option<Found> {
    let Listed::Only(patterns) = &statement.actions else {
        return None;
    };
    // What other services' requests have is not known here.
    if !patterns.iter().all(|pattern| actions::is_of_kms(pattern)) {
        return None;
    }
    let is_covered = |action: &&&str| {
        statement
            .actions
            .covers(|one| actions::matches(one, action))
    };
    let key = condition.key();
    let mut covered = actions::ALL.iter().filter(is_covered).peekable();
    let is_mistaken = covered.peek().is_some() && !covered.any(|action| can_carry(action, key));
    is_mistaken.then(|| {
        let how_often = how_often(condition, statement);
        let text = format!(
            "No call of this statement's actions has a value of {key}, so that this condition \
             {how_often} holds."
        );
        (WarningKind::ConditionKeyOfOtherActions, text)
    })
}

fn without_set_operator(condition: &Condition, _: &Statement) -> Option<Found> {
    let (key, operator) = (condition.key(), condition.operator());
    let takes_several_as_one = key.is_multivalued()
        && operator.quantifier() == Quantifier::None
        && !operator.is_null_check();
    takes_several_as_one.then(|| {
        let text = format!(
            "A request can have several values of {key}. Say with ForAnyValue:{operator} or \
             ForAllValues:{operator} how many of them are to pass."
        );
        (WarningKind::MultivaluedKeyWithoutSetOperator, text)
    })
}

fn alias_without_prefix(condition: &Condition, _: &Statement) -> Option<Found> {
    let is_no_alias = |pattern: &Pattern| !pattern.can_begin_with("alias/");
    let is_mistaken =
        is_about_any(condition, &ALIASES) && condition.texts().iter().any(is_no_alias);
    is_mistaken.then(|| {
        let text = format!(
            "The values of {} begin with alias/, as in alias/my-key. Add it.",
            condition.key()
        );
        (WarningKind::AliasWithoutPrefix, text)
    })
}

fn is_about_any(condition: &Condition, keys: &[KnownKey]) -> bool {
    matches!(condition.key(), ConditionKey::Known(key) if keys.contains(key))
}
