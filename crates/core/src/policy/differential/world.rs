//! Generated policies, and questions to them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::super::Principal;
use super::super::reference::{Caller, Policies, Request, Values};
use super::dice::Dice;
use crate::grant::{ContextConstraint, GrantConstraints, GrantPrincipal, GrantRecord};
use crate::key_id::KeyId;
use crate::time::Timestamp;

pub(super) const HOME: &str = "111122223333";
const AWAY: &str = "444455556666";
const HOME_ROOT: &str = "arn:aws:iam::111122223333:root";
const AWAY_ROOT: &str = "arn:aws:iam::444455556666:root";
const ALICE: &str = "arn:aws:iam::111122223333:user/alice";
const ALICE_ID: &str = "AIDAALICEALICEALICEAL";
const BOB: &str = "arn:aws:iam::444455556666:user/team/bob";
const BOB_ID: &str = "AIDABOBBOBBOBBOBBOBBO";
const ROLE: &str = "arn:aws:iam::111122223333:role/ops/R";
const ROLE_ID: &str = "AROARRRRRRRRRRRRRRRRR";
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/R/s";
const LINKED: &str = "arn:aws:iam::111122223333:role/aws-service-role/a.amazonaws.com/L";
const LINKED_ID: &str = "AROALLLLLLLLLLLLLLLLL";
const LINKED_SESSION: &str = "arn:aws:sts::111122223333:assumed-role/L/s";
const AWAY_ROLE: &str = "arn:aws:iam::444455556666:role/R";
const AWAY_ROLE_ID: &str = "AROAFFFFFFFFFFFFFFFFF";
const AWAY_SESSION: &str = "arn:aws:sts::444455556666:assumed-role/R/s";
const GUEST: &str = "arn:aws:sts::111122223333:federated-user/guest";
const PROVIDER: &str = "arn:aws:iam::111122223333:oidc-provider/id.example.com";
const LOGS: &str = "logs.amazonaws.com";
const KEY_1: &str = "arn:aws:kms:us-east-1:111122223333:key/1a";
const KEY_2: &str = "arn:aws:kms:us-east-1:111122223333:key/alice";

const fn session(
    account: &'static str,
    arn: &'static str,
    role_arn: &'static str,
    role_id: &'static str,
) -> Principal<'static> {
    Principal::RoleSession {
        account,
        arn,
        role_arn,
        role_id,
        service_linked: false,
    }
}

const CALLERS: [Principal<'static>; 11] = [
    Principal::Root {
        account: HOME,
        arn: HOME_ROOT,
    },
    Principal::User {
        account: HOME,
        arn: ALICE,
        user_id: ALICE_ID,
    },
    session(HOME, SESSION, ROLE, ROLE_ID),
    session(AWAY, AWAY_SESSION, AWAY_ROLE, AWAY_ROLE_ID),
    Principal::RoleSession {
        account: HOME,
        arn: LINKED_SESSION,
        role_arn: LINKED,
        role_id: LINKED_ID,
        service_linked: true,
    },
    Principal::FederatedUser {
        account: HOME,
        arn: GUEST,
        user_arn: ALICE,
        user_id: ALICE_ID,
    },
    Principal::FederatedUser {
        account: HOME,
        arn: GUEST,
        user_arn: HOME_ROOT,
        user_id: HOME,
    },
    Principal::Root {
        account: AWAY,
        arn: AWAY_ROOT,
    },
    Principal::User {
        account: AWAY,
        arn: BOB,
        user_id: BOB_ID,
    },
    Principal::Service { name: LOGS },
    Principal::WebIdentity { provider: PROVIDER },
];

const AWS_NAMES: [&str; 20] = [
    "*",
    "*",
    HOME,
    HOME_ROOT,
    HOME,
    AWAY,
    AWAY_ROOT,
    ALICE,
    ALICE_ID,
    BOB,
    BOB_ID,
    ROLE,
    ROLE_ID,
    SESSION,
    LINKED,
    LINKED_SESSION,
    AWAY_ROLE,
    AWAY_SESSION,
    GUEST,
    "arn:aws:iam::111122223333:role/alice",
];

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

/// Operators with a key and values, which may be of another type than the request's.
const CONDITIONS: [(&str, &str, &[&str]); 24] = [
    ("StringEquals", "aws:username", &["alice", "bob"]),
    ("StringNotEquals", "aws:username", &["alice"]),
    ("stringequalsignorecase", "AWS:UserName", &["ALICE"]),
    ("StringLike", "aws:PrincipalTag/team", &["r*", "b?ue"]),
    (
        "StringNotLikeIfExists",
        "aws:PrincipalTag/team",
        &["${aws:username}*"],
    ),
    (
        "StringEqualsIfExists",
        "aws:PrincipalTag/team",
        &["${aws:username}", "red"],
    ),
    (
        "StringLike",
        "aws:PrincipalTag/team",
        &["${aws:PrincipalTag/none, 'r'}*", "${*}"],
    ),
    ("ForAnyValue:StringEquals", "aws:TagKeys", &["a", "b"]),
    ("ForAllValues:StringLike", "aws:TagKeys", &["a*"]),
    ("ForAllValues:StringNotEquals", "aws:TagKeys", &["b"]),
    ("ForAnyValue:StringNotEqualsIfExists", "aws:TagKeys", &["a"]),
    ("StringEquals", "aws:TagKeys", &["a"]),
    ("NumericLessThan", "aws:MultiFactorAuthAge", &["300"]),
    (
        "NumericNotEquals",
        "aws:MultiFactorAuthAge",
        &["60", "60.0"],
    ),
    (
        "NumericGreaterThanEqualsIfExists",
        "aws:MultiFactorAuthAge",
        &["300"],
    ),
    (
        "DateGreaterThan",
        "aws:CurrentTime",
        &["2026-01-02T00:00:00Z"],
    ),
    ("DateLessThanEquals", "aws:CurrentTime", &["1767312000"]),
    ("Bool", "aws:SecureTransport", &["true"]),
    ("BoolIfExists", "aws:SecureTransport", &["FALSE"]),
    ("IpAddress", "aws:SourceIp", &["10.0.0.0/8", "192.0.2.7"]),
    ("NotIpAddress", "aws:SourceIp", &["10.0.0.0/16"]),
    (
        "ArnLike",
        "aws:SourceArn",
        &["arn:aws:logs:*:111122223333:*"],
    ),
    (
        "ArnNotEquals",
        "aws:SourceArn",
        &["arn:aws:logs:us-east-1:*:g:a"],
    ),
    ("Null", "aws:PrincipalTag/team", &["true"]),
];

/// The values that a request can have of a key, one list at a time; nothing is as likely as each.
const VALUES: [(&str, &[&[&str]]); 8] = [
    ("aws:username", &[&["alice"], &["bob"], &["al*"], &[""]]),
    (
        "aws:principaltag/team",
        &[&["red"], &["blue"], &["alice"], &["*"], &[""]],
    ),
    (
        "aws:tagkeys",
        &[&[], &["a"], &["a", "b"], &["ab", "a"], &[""]],
    ),
    (
        "aws:multifactorauthage",
        &[&["60"], &["300"], &["3000"], &["long"]],
    ),
    (
        "aws:currenttime",
        &[
            &["2026-01-01T00:00:00Z"],
            &["2026-01-03T00:00:00Z"],
            &["now"],
        ],
    ),
    ("aws:securetransport", &[&["true"], &["false"], &["maybe"]]),
    (
        "aws:sourceip",
        &[
            &["10.0.9.9"],
            &["10.1.0.1"],
            &["192.0.2.7"],
            &["2001:db8::1"],
            &["?"],
        ],
    ),
    (
        "aws:sourcearn",
        &[
            &["arn:aws:logs:us-east-1:111122223333:g:a"],
            &["arn:aws:s3:::b"],
            &["b"],
        ],
    ),
];

const ASKED: [&str; 5] = [
    "kms:Encrypt",
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:CreateGrant",
    "kms:RetireGrant",
];
const SOURCES: [&str; 2] = ["arn:aws:logs:::log-group-a", "arn:aws:logs:::log-group-b"];

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
            identity: dice.some(4, |dice| policy(dice, Kind::Identity)),
            boundary: dice.once_in(4).then(|| policy(dice, Kind::Identity)),
            session: (dice.once_in(4)).then(|| dice.some(3, |dice| policy(dice, Kind::Identity))),
            service_controls: levels(dice, Kind::Identity),
            resource_controls: levels(dice, Kind::ResourceControl),
            endpoint: dice.once_in(6).then(|| policy(dice, Kind::Endpoint)),
            grants: match kind {
                Kind::Key if has_policy => dice.some(5, roll_grant),
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

fn principals(dice: &mut Dice, not: bool) -> Value {
    let names = |dice: &mut Dice, end| match not {
        // To be exempt it takes several names.
        true => json!(
            (0..8)
                .map(|_| *dice.pick(&AWS_NAMES[2..]))
                .collect::<Vec<_>>()
        ),
        false => json!(
            (0..=dice.below(end))
                .map(|_| *dice.pick(&AWS_NAMES))
                .collect::<Vec<_>>()
        ),
    };
    match dice.below(8) {
        0 => json!({"Service": LOGS}),
        1 => json!({"AWS": names(dice, 2), "Service": [LOGS], "Federated": PROVIDER}),
        2 if !not => json!("*"),
        _ => json!({"AWS": names(dice, 4)}),
    }
}

fn list(dice: &mut Dice, texts: &[&str]) -> Value {
    match dice.below(3) {
        0 => json!(dice.pick(texts)),
        count => json!((0..=count).map(|_| *dice.pick(texts)).collect::<Vec<_>>()),
    }
}

fn conditions(dice: &mut Dice) -> Value {
    let mut operators = Map::new();
    for _ in 0..=dice.below(2) {
        let (operator, key, values) = dice.pick(&CONDITIONS);
        let values = match values {
            [single] => json!(single),
            several => json!(several),
        };
        operators.insert((*operator).to_owned(), json!({ *key: values }));
    }
    operators.into()
}

fn roll_grant(dice: &mut Dice) -> Value {
    let operations = ["Encrypt", "Decrypt", "CreateGrant", "RetireGrant"];
    let operations: Vec<_> = (0..2).map(|_| *dice.pick(&operations)).collect();
    let mut grant = json!({"grantee": dice.pick(&GRANTEES), "operations": operations});
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

fn pairs(dice: &mut Dice) -> BTreeMap<String, String> {
    let pair = |dice: &mut Dice| {
        (
            dice.pick(&["a", "b"]).to_string(),
            dice.pick(&["1", "2"]).to_string(),
        )
    };
    dice.some(3, pair).into_iter().collect()
}

/// A grant as the fast evaluator wants it.
pub(super) fn grant(number: usize, grant: &Value) -> GrantRecord {
    let pairs = |name| -> Option<BTreeMap<String, String>> {
        grant
            .get(name)
            .map(|pairs| serde_json::from_value(pairs.clone()).unwrap())
    };
    let equals = pairs("equals").map(ContextConstraint::Equals);
    let name = grant["grantee"].as_str().unwrap().to_owned();
    GrantRecord {
        id: number.to_string(),
        account: HOME.parse().unwrap(),
        key: KeyId::from_random([1; 16]),
        name: None,
        created: Timestamp::from_millis(0),
        grantee: match name.starts_with("arn:") {
            true => GrantPrincipal::Aws {
                arn: name,
                unique_id: None,
            },
            false => GrantPrincipal::Service { name },
        },
        retiring: None,
        issuing_account: HOME.parse().unwrap(),
        operations: serde_json::from_value(grant["operations"].clone()).unwrap(),
        constraints: GrantConstraints {
            context: equals.or(pairs("subset").map(ContextConstraint::Subset)),
            source_arn: grant.get("source").map(|s| s.as_str().unwrap().to_owned()),
        },
    }
}

/// A question to a world.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) caller: Principal<'static>,
    pub(super) action: &'static str,
    pub(super) resource: &'static str,
    pub(super) context: Values,
    pub(super) encryption_context: Option<BTreeMap<String, String>>,
    pub(super) source_arn: Option<&'static str>,
}

impl Asked {
    pub(super) fn roll(dice: &mut Dice, world: &World) -> Self {
        let (action, resource) = match &world.policies.resource {
            _ if world.is_about_role => ("sts:AssumeRole", ROLE),
            None => ("kms:CreateKey", "*"),
            Some(_) => (*dice.pick(&ASKED), *dice.pick(&[KEY_1, KEY_2])),
        };
        let mut context = Values::new();
        for (key, choices) in VALUES {
            // One more than there are is nothing.
            if let Some(values) = choices.get(dice.below(choices.len() + 1)) {
                let values = values.iter().map(|&value| value.to_owned());
                context.insert(key.to_owned(), values.collect());
            }
        }
        Self {
            caller: *dice.pick(&CALLERS),
            action,
            resource,
            context,
            encryption_context: (!dice.once_in(6)).then(|| pairs(dice)),
            source_arn: dice.once_in(2).then(|| *dice.pick(&SOURCES)),
        }
    }

    pub(super) fn by_text(&self) -> Request<'_> {
        Request {
            caller: caller(&self.caller),
            action: self.action,
            resource: self.resource,
            resource_account: HOME,
            context: &self.context,
            encryption_context: self.encryption_context.as_ref(),
            source_arn: self.source_arn,
        }
    }
}

fn caller<'a>(principal: &Principal<'a>) -> Caller<'a> {
    let nobody = Caller {
        own: [principal.arn(), "", ""],
        over: ["", ""],
        account: principal.account().unwrap_or_default(),
        root: false,
        service_linked: false,
        web_identity: false,
    };
    match *principal {
        Principal::Root { account, arn } => Caller {
            own: [arn, account, ""],
            root: true,
            ..nobody
        },
        Principal::User { arn, user_id, .. } => Caller {
            own: [arn, user_id, ""],
            ..nobody
        },
        Principal::RoleSession {
            role_arn,
            role_id,
            service_linked,
            ..
        } => Caller {
            over: [role_arn, role_id],
            service_linked,
            ..nobody
        },
        Principal::FederatedUser {
            user_arn: HOME_ROOT,
            ..
        } => Caller {
            root: true,
            ..nobody
        },
        Principal::FederatedUser {
            user_arn, user_id, ..
        } => Caller {
            over: [user_arn, user_id],
            ..nobody
        },
        Principal::Service { .. } => nobody,
        Principal::WebIdentity { .. } => Caller {
            web_identity: true,
            ..nobody
        },
    }
}
