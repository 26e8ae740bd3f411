//! Generated policies.

use serde_json::{Map, Value, json};

use super::super::reference::Policies;
use super::conditions::conditions;
use super::dice::Dice;
use super::grants;
use super::people::{self, principals};

pub(super) const KEY_1: &str = "arn:aws:kms:us-east-1:111122223333:key/1a";
pub(super) const KEY_2: &str = "arn:aws:kms:us-east-1:111122223333:key/alice";

const ACTIONS: [&str; 12] = [
    "*",
    "*",
    "kms:*",
    "kms:Encrypt",
    "KMS:encrypt",
    "kms:?ncrypt",
    "kms:*Grant",
    "kms:De*",
    "kms:CreateKey",
    "s3:*",
    "sts:Assume*",
    "sts:AssumeRole",
];

const RESOURCES: [&str; 10] = [
    "*",
    "*",
    KEY_1,
    KEY_2,
    "arn:aws:kms:*:111122223333:key/*",
    "arn:aws:kms:us-east-1:*:*/1?",
    "arn:aws:kms:*:444455556666:key/*",
    "arn:*:*:*:*:*",
    "arn:aws:kms:us-east-1:111122223333:key/${aws:username}",
    "arn:aws:kms:us-east-1:111122223333:key/${aws:PrincipalTag/team, 'alice'}",
];

/// Policies of every kind.
#[derive(Clone, Debug)]
pub(super) struct World {
    /// The resource is a role, and its policy a trust policy.
    pub(super) is_about_role: bool,
    pub(super) policies: Policies,
}

/// Which elements the statements of a kind of policy have.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Key,
    Trust,
    Identity,
    ResourceControl,
    Endpoint,
}

impl World {
    pub(super) fn roll(dice: &mut Dice) -> Self {
        let is_about_role = dice.once_in(6);
        let kind = if is_about_role {
            Kind::Trust
        } else {
            Kind::Key
        };
        let has_policy = is_about_role || !dice.once_in(6);
        let organized = dice.once_in(3);
        let levels = |dice: &mut Dice, kind| match organized {
            true => dice.some(3, |dice| level(dice, kind)),
            false => Vec::new(),
        };
        let policies = Policies {
            resource: has_policy.then(|| policy(dice, kind)),
            bound: people::bearers(dice),
            identity: dice.some(4, |dice| policy(dice, Kind::Identity)),
            boundary: dice.once_in(4).then(|| policy(dice, Kind::Identity)),
            session: (dice.once_in(4)).then(|| dice.some(3, |dice| policy(dice, Kind::Identity))),
            service_controls: levels(dice, Kind::Identity),
            resource_controls: levels(dice, Kind::ResourceControl),
            endpoint: dice.once_in(6).then(|| policy(dice, Kind::Endpoint)),
            grants: match kind {
                Kind::Key if has_policy => dice.some(5, grants::roll),
                _ => Vec::new(),
            },
        };
        Self {
            is_about_role,
            policies,
        }
    }
}

/// A level of an organization, which as a rule has a policy that allows everything.
fn level(dice: &mut Dice, kind: Kind) -> Vec<Value> {
    let mut policies = dice.some(2, |dice| policy(dice, kind));
    if !dice.once_in(4) {
        let mut all = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
        if kind == Kind::ResourceControl {
            all["Principal"] = json!("*");
        }
        policies.push(json!({"Version": "2012-10-17", "Statement": all}));
    }
    policies
}

fn policy(dice: &mut Dice, kind: Kind) -> Value {
    let mut statements = dice.some(4, |dice| statement(dice, kind));
    statements.push(statement(dice, kind));
    // Without a version there are no variables.
    match statements.as_slice() {
        [single] if dice.once_in(2) => json!({"Statement": single}),
        _ => json!({"Version": "2012-10-17", "Statement": statements}),
    }
}

fn statement(dice: &mut Dice, kind: Kind) -> Value {
    let mut elements = Map::new();
    let effect = if dice.once_in(7) { "Deny" } else { "Allow" };
    elements.insert("Effect".to_owned(), json!(effect));
    if kind != Kind::Identity {
        let not = matches!(kind, Kind::Key | Kind::Endpoint) && dice.once_in(8);
        let principals = match kind {
            Kind::ResourceControl => json!("*"),
            _ => principals(dice, not),
        };
        elements.insert(element("Principal", not), principals);
    }
    let lacks = |dice: &mut Dice| kind == Kind::Key && dice.once_in(20);
    if !lacks(dice) {
        let may_not = !matches!(kind, Kind::Trust | Kind::ResourceControl);
        let not = may_not && dice.once_in(8);
        elements.insert(element("Action", not), list(dice, &ACTIONS));
    }
    if kind != Kind::Trust && !lacks(dice) {
        elements.insert(element("Resource", dice.once_in(8)), list(dice, &RESOURCES));
    }
    if dice.once_in(3) {
        elements.insert("Condition".to_owned(), conditions(dice));
    }
    elements.into()
}

fn element(name: &str, not: bool) -> String {
    format!("{}{name}", if not { "Not" } else { "" })
}

fn list(dice: &mut Dice, texts: &[&str]) -> Value {
    match dice.below(3) {
        0 => json!(dice.pick(texts)),
        count => json!((0..=count).map(|_| *dice.pick(texts)).collect::<Vec<_>>()),
    }
}
