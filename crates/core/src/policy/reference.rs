//! A second evaluator, short and slow, for the tests to compare with. It works on the JSON itself
//! and shares nothing with the first.

use serde_json::Value;

/// What is asked, as texts.
pub(super) struct Request<'a> {
    /// The caller's ARN, or a service's name.
    pub(super) caller: &'a str,
    /// The caller's unique id, where it has one.
    pub(super) caller_id: &'a str,
    /// The caller's account; empty for a service.
    pub(super) caller_account: &'a str,
    pub(super) action: &'a str,
    pub(super) resource: &'a str,
    pub(super) resource_account: &'a str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Allow,
    ImplicitDeny,
    ExplicitDeny,
}

/// Decides by well-formed policies; without `key`, the action is one of IAM's alone.
pub(super) fn evaluate(key: Option<&Value>, identity: &[Value], r: &Request<'_>) -> Verdict {
    let root = format!("arn:aws:iam::{}:root", r.caller_account);
    let oneself = ["*", r.caller, r.caller_id];
    let account = [r.caller_account, &root];

    let key_says = |effect, names: &[&str]| {
        statements(key.unwrap_or(&Value::Null)).any(|s| {
            s["Effect"] == effect && covers(s, r) && principals(s).any(|p| names.contains(&p))
        })
    };
    let identity_says = |effect| {
        let mut all = identity.iter().flat_map(statements);
        all.any(|s| s["Effect"] == effect && covers(s, r))
    };

    if key_says("Deny", &oneself) || key_says("Deny", &account) || identity_says("Deny") {
        return Verdict::ExplicitDeny;
    }
    let is_root = r.caller == root;
    let is_home = r.caller_account.is_empty() || r.caller_account == r.resource_account;
    let allows = match (key, is_root, is_home) {
        (None, _, false) => false,
        (None, _, true) => is_root || identity_says("Allow"),
        (Some(_), true, _) => key_says("Allow", &oneself) || key_says("Allow", &account),
        (Some(_), false, true) => {
            key_says("Allow", &oneself) || key_says("Allow", &account) && identity_says("Allow")
        }
        (Some(_), false, false) => {
            (key_says("Allow", &oneself) || key_says("Allow", &account)) && identity_says("Allow")
        }
    };
    if allows {
        Verdict::Allow
    } else {
        Verdict::ImplicitDeny
    }
}

/// Matches by trying everything.
pub(super) fn glob(pattern: &str, text: &str) -> bool {
    let Some(first) = pattern.chars().next() else {
        return text.is_empty();
    };
    let rest = &pattern[first.len_utf8()..];
    let after_one = text.chars().next().map(|c| (c, &text[c.len_utf8()..]));
    match (first, after_one) {
        ('*', None) => glob(rest, text),
        ('*', Some((_, tail))) => glob(rest, text) || glob(pattern, tail),
        (_, None) => false,
        (c, Some((found, tail))) => (c == '?' || c == found) && glob(rest, tail),
    }
}

fn covers(statement: &Value, r: &Request<'_>) -> bool {
    texts(&statement["Action"]).any(|p| glob(&p.to_lowercase(), &r.action.to_lowercase()))
        && texts(&statement["Resource"]).any(|p| glob(p, r.resource))
}

fn principals(statement: &Value) -> Box<dyn Iterator<Item = &str> + '_> {
    match &statement["Principal"] {
        Value::Object(types) => Box::new(types.values().flat_map(texts)),
        other => texts(other),
    }
}

fn statements(policy: &Value) -> Box<dyn Iterator<Item = &Value> + '_> {
    one_or_many(&policy["Statement"])
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
