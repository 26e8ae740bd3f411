//! A second evaluator, short and slow, for the tests to compare with. It works on the JSON itself
//! and shares nothing with the first.

mod condition;

use std::collections::BTreeMap;

use serde_json::Value;

pub(super) use self::condition::glob;

/// The values of a request, by the condition keys in lower case.
pub(super) type Values = BTreeMap<String, Vec<String>>;

/// What is asked, as texts.
pub(super) struct Request<'a> {
    pub(super) caller: Caller<'a>,
    pub(super) action: &'a str,
    pub(super) resource: &'a str,
    pub(super) resource_account: &'a str,
    pub(super) context: &'a Values,
    pub(super) encryption_context: Option<&'a BTreeMap<String, String>>,
    pub(super) source_arn: Option<&'a str>,
}

/// Who asks, as the texts that name it.
#[derive(Clone, Copy)]
pub(super) struct Caller<'a> {
    /// What names it itself: ARN, unique id, the name of a service, the account of a root user.
    pub(super) own: [&'a str; 3],
    /// What names its role, or the user behind a federated user.
    pub(super) over: [&'a str; 2],
    /// Its account; empty for who has none.
    pub(super) account: &'a str,
    /// A root user, or a session of one.
    pub(super) root: bool,
    pub(super) service_linked: bool,
    pub(super) web_identity: bool,
}

/// Everything that bears on it: policies as JSON, a list for each kind, levels as lists of lists.
#[derive(Clone, Debug, Default)]
pub(super) struct Policies {
    /// Of a key or a role; without, the action is one of IAM's alone.
    pub(super) resource: Option<Value>,
    /// Whom the ARNs of users and roles meant when that policy was written: their unique ids.
    pub(super) bound: BTreeMap<String, String>,
    pub(super) identity: Vec<Value>,
    pub(super) boundary: Option<Value>,
    pub(super) session: Option<Vec<Value>>,
    pub(super) service_controls: Vec<Vec<Value>>,
    pub(super) resource_controls: Vec<Vec<Value>>,
    pub(super) endpoint: Option<Value>,
    /// `{grantee, id?, operations, equals?, subset?, source?}`.
    pub(super) grants: Vec<Value>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Allow,
    ImplicitDeny,
    ExplicitDeny,
}

/// How closely a statement names the caller; the smaller, the closer.
const OWN: u8 = 0;
const OVER: u8 = 1;
const ACCOUNT: u8 = 2;

/// Decides by well-formed policies.
pub(super) fn evaluate(p: &Policies, r: &Request<'_>) -> Verdict {
    let scps = !r.caller.account.is_empty() && !r.caller.service_linked;
    let rcps = r.action != "kms:RetireGrant" && !r.caller.service_linked;
    let scp_levels: &[_] = if scps { &p.service_controls } else { &[] };
    let rcp_levels: &[_] = if rcps { &p.resource_controls } else { &[] };
    let resource = p.resource.as_ref().map(|policy| bind(policy, &p.bound));
    let limits = || p.boundary.iter().chain(p.session.iter().flatten());
    let controls = || scp_levels.iter().chain(rcp_levels).flatten();
    let mut all = (resource.iter().chain(&p.identity).chain(limits()))
        .chain(controls())
        .chain(&p.endpoint);
    if all.any(|policy| says("Deny", policy, r).is_some()) {
        return Verdict::ExplicitDeny;
    }

    let allows = |policy: &Value| says("Allow", policy, r).is_some();
    let some_allow = |level: &Vec<Value>| level.iter().any(allows);
    let within_limits = p.boundary.iter().all(allows) && p.session.iter().all(some_allow);
    let identity = r.caller.root || p.identity.iter().any(allows);
    let foreign = !r.caller.account.is_empty() && r.caller.account != r.resource_account;
    let enough = |closeness: u8, foreign: bool| match closeness {
        _ if foreign => identity && within_limits,
        OWN => true,
        OVER => within_limits && !r.caller.web_identity,
        _ => identity && within_limits,
    };
    let access = match &resource {
        None => !foreign && identity && within_limits,
        Some(policy) => {
            let by_grant = p.grants.iter().filter_map(|grant| granted(grant, r)).min();
            says("Allow", policy, r).is_some_and(|closeness| enough(closeness, foreign))
                || by_grant.is_some_and(|closeness| enough(closeness, false))
        }
    };
    let past_controls = scp_levels.iter().chain(rcp_levels).all(some_allow);
    if access && past_controls && p.endpoint.iter().all(allows) {
        Verdict::Allow
    } else {
        Verdict::ImplicitDeny
    }
}

/// The policy with unique ids in place of the ARNs by which it names principals.
fn bind(policy: &Value, ids: &BTreeMap<String, String>) -> Value {
    let mut bound = policy.clone();
    let statements = match &mut bound["Statement"] {
        Value::Array(statements) => statements.as_mut_slice(),
        single => std::slice::from_mut(single),
    };
    for statement in statements {
        for element in ["Principal", "NotPrincipal"] {
            statement
                .get_mut(element)
                .into_iter()
                .for_each(|names| bind_names(names, ids));
        }
    }
    bound
}

fn bind_names(names: &mut Value, ids: &BTreeMap<String, String>) {
    match names {
        Value::String(name) => *name = ids.get(name).unwrap_or(name).clone(),
        Value::Array(names) => names.iter_mut().for_each(|name| bind_names(name, ids)),
        Value::Object(types) => types.values_mut().for_each(|names| bind_names(names, ids)),
        _ => {}
    }
}

/// Whether a policy has a statement of this effect, and how closely one names the caller.
fn says(effect: &str, policy: &Value, r: &Request<'_>) -> Option<u8> {
    let variables = policy["Version"] == "2012-10-17";
    let covering = one_or_many(&policy["Statement"]).filter(|statement| {
        statement["Effect"] == effect
            && covers_action(statement, r)
            && covers_resource(statement, variables, r)
            && condition::holds(&statement["Condition"], effect == "Deny", variables, r)
    });
    covering
        .filter_map(|statement| closeness(statement, effect, r))
        .min()
}

fn covers_action(statement: &Value, r: &Request<'_>) -> bool {
    let is_it = |p: &str| glob(&p.to_lowercase(), &r.action.to_lowercase());
    match &statement["NotAction"] {
        Value::Null => texts(&statement["Action"]).any(is_it),
        not => !texts(not).any(is_it),
    }
}

fn covers_resource(statement: &Value, variables: bool, r: &Request<'_>) -> bool {
    let is_it = |p: &str| condition::arn_matches(p, r.resource, variables, r);
    match (&statement["NotResource"], &statement["Resource"]) {
        // A trust policy has neither; a key policy without either covers nothing.
        (Value::Null, Value::Null) => r.action.starts_with("sts:"),
        (Value::Null, only) => texts(only).any(is_it),
        (not, _) => !texts(not).any(is_it),
    }
}

fn closeness(statement: &Value, effect: &str, r: &Request<'_>) -> Option<u8> {
    match (&statement["Principal"], &statement["NotPrincipal"]) {
        (Value::Null, Value::Null) => Some(OWN),
        (Value::Null, not) => {
            let exempt = match effect {
                "Allow" => names(not).any(|name| named(name, r).is_some()),
                _ => layers(r).all(|layer| {
                    names(not).any(|name| name == "*" || named(name, r) == Some(layer))
                }),
            };
            (!exempt).then_some(OVER)
        }
        (only, _) => names(only).filter_map(|name| named(name, r)).min(),
    }
}

/// Who has to be excepted for the caller to be.
fn layers(r: &Request<'_>) -> impl Iterator<Item = u8> {
    let c = &r.caller;
    let is_root_user = c.own.contains(&c.account);
    let account = (!c.account.is_empty() && !is_root_user).then_some(ACCOUNT);
    let over = (!c.over[0].is_empty() && !c.root).then_some(OVER);
    account.into_iter().chain(over).chain([OWN])
}

fn named(name: &str, r: &Request<'_>) -> Option<u8> {
    let c = &r.caller;
    let root = format!("arn:aws:iam::{}:root", c.account);
    match name {
        "" => None,
        "*" => Some(OVER),
        _ if c.own.contains(&name) => Some(OWN),
        _ if c.over.contains(&name) && !c.root => Some(OVER),
        _ if name == c.account || name == root => Some(ACCOUNT),
        _ => None,
    }
}

fn granted(grant: &Value, r: &Request<'_>) -> Option<u8> {
    let operation = r.action.strip_prefix("kms:")?;
    let manages = ["CreateGrant", "DescribeKey", "RetireGrant"].contains(&operation);
    let found = serde_json::to_value(r.encryption_context).unwrap();
    let context = match (grant.get("equals"), grant.get("subset")) {
        _ if manages => true,
        (Some(equals), _) => *equals == found,
        (_, Some(subset)) => {
            let mut pairs = subset.as_object().unwrap().iter();
            found.is_object() && pairs.all(|(name, value)| found.get(name) == Some(value))
        }
        _ => true,
    };
    let source = grant
        .get("source")
        .is_none_or(|source| operation == "RetireGrant" || source.as_str() == r.source_arn);
    let listed = texts(&grant["operations"]).any(|listed| listed == operation);
    let grantee = grant.get("id").unwrap_or(&grant["grantee"]).as_str()?;
    let grantee = named(grantee, r).filter(|_| !r.caller.web_identity)?;
    (context && source && listed).then_some(grantee)
}

fn names(principals: &Value) -> Box<dyn Iterator<Item = &str> + '_> {
    match principals {
        Value::Object(types) => Box::new(types.values().flat_map(texts)),
        other => texts(other),
    }
}

fn texts(value: &Value) -> Box<dyn Iterator<Item = &str> + '_> {
    Box::new(one_or_many(value).filter_map(Value::as_str))
}

fn one_or_many(value: &Value) -> Box<dyn Iterator<Item = &Value> + '_> {
    match value {
        Value::Array(items) => Box::new(items.iter()),
        Value::Null => Box::new(std::iter::empty()),
        single => Box::new(std::iter::once(single)),
    }
}
