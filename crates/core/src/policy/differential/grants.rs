//! Grants, as JSON and as records.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::dice::Dice;
use super::people::{
    ALICE, AWAY_ROLE, AWAY_ROOT, AWAY_SESSION, BEARERS, BOB, GUEST, HOME, HOME_ROOT, LINKED, LOGS,
    ROLE, SESSION,
};
use crate::grant::{ContextConstraint, GrantConstraints, GrantPrincipal, GrantRecord};
use crate::key_id::KeyId;
use crate::time::Timestamp;

/// The resources for which services call, and which grants ask for.
pub(super) const SOURCES: [&str; 2] = ["arn:aws:logs:::log-group-a", "arn:aws:logs:::log-group-b"];

const GRANTEES: [&str; 12] = [
    HOME_ROOT,
    AWAY_ROOT,
    ALICE,
    BOB,
    ROLE,
    SESSION,
    LINKED,
    AWAY_ROLE,
    AWAY_SESSION,
    GUEST,
    LOGS,
    "arn:aws:iam::111122223333:role/alice",
];

/// `{grantee, id?, operations, equals?, subset?, source?}`.
pub(super) fn roll(dice: &mut Dice) -> Value {
    let operations = ["Encrypt", "Decrypt", "CreateGrant", "RetireGrant"];
    let operations: Vec<_> = (0..2).map(|_| *dice.pick(&operations)).collect();
    let grantee = *dice.pick(&GRANTEES);
    let mut grant = json!({"grantee": grantee, "operations": operations});
    let bearers = BEARERS.iter().find(|(arn, _)| *arn == grantee);
    if let Some((_, ids)) = bearers.filter(|_| dice.once_in(2)) {
        grant["id"] = json!(dice.pick(ids));
    }
    match dice.below(4) {
        0 => grant["equals"] = json!(pairs(dice)),
        1 => grant["subset"] = json!(pairs(dice)),
        _ => {}
    }
    if dice.once_in(5) {
        grant["source"] = json!(dice.pick(&SOURCES));
    }
    grant
}

/// An encryption context.
pub(super) fn pairs(dice: &mut Dice) -> BTreeMap<String, String> {
    let pair = |dice: &mut Dice| {
        (
            dice.pick(&["a", "b"]).to_string(),
            dice.pick(&["1", "2"]).to_string(),
        )
    };
    dice.some(3, pair).into_iter().collect()
}

/// A grant as the fast evaluator wants it.
pub(super) fn record(number: usize, grant: &Value) -> GrantRecord {
    let pairs = |name| -> Option<BTreeMap<String, String>> {
        grant
            .get(name)
            .map(|pairs| serde_json::from_value(pairs.clone()).unwrap())
    };
    let equals = pairs("equals").map(ContextConstraint::Equals);
    let text = |name: &str| {
        grant
            .get(name)
            .map(|text| text.as_str().unwrap().to_owned())
    };
    let name = text("grantee").unwrap();
    GrantRecord {
        id: number.to_string(),
        account: HOME.parse().unwrap(),
        key: KeyId::from_random([1; 16]),
        name: None,
        created: Timestamp::from_millis(0),
        grantee: match name.starts_with("arn:") {
            true => GrantPrincipal::Aws {
                arn: name,
                unique_id: text("id"),
            },
            false => GrantPrincipal::Service { name },
        },
        retiring: None,
        issuing_account: HOME.parse().unwrap(),
        operations: serde_json::from_value(grant["operations"].clone()).unwrap(),
        constraints: GrantConstraints {
            context: equals.or(pairs("subset").map(ContextConstraint::Subset)),
            source_arn: text("source"),
        },
    }
}
