//! Why a call was denied, sealed: who is denied may carry the details, and whoever has the
//! permission to may read them (`sts:DecodeAuthorizationMessage`).
//!
//! The form is that of AWS's messages ("DecodeAuthorizationMessage" in the STS API reference).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use keystead_core::identity::{Identity, IdentityKind};
use keystead_crypto::ciphertext::MAX_PLAINTEXT_LEN;
use serde::Serialize;

use super::keys::{SessionKeys, Use};
use crate::fault::Internal;

/// The details of a denial.
#[derive(Debug)]
pub struct DenialFacts<'a> {
    /// Who was denied.
    pub caller: &'a Identity,
    /// What, such as `kms:Decrypt`.
    pub action: &'a str,
    /// On which ARN.
    pub resource: &'a str,
    /// Whether a statement denies it, as opposed to none allowing it.
    pub explicit_deny: bool,
    /// The statements that deny it.
    pub matched: Vec<MatchedDenial<'a>>,
    /// The values that condition keys had.
    pub conditions: Vec<(String, Vec<String>)>,
}

/// A statement that denies.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MatchedDenial<'a> {
    /// Its `Sid`; empty without one.
    pub statement_id: &'a str,
    /// The kind and name of its policy.
    pub policy: String,
}

/// Seals the details. What makes them too long for a message is left out: first the values of
/// condition keys, then the statements.
pub(super) fn encode(keys: &SessionKeys, facts: &DenialFacts<'_>) -> Result<String, Internal> {
    for [matched, conditions] in [[true, true], [true, false], [false, false]] {
        let text = serde_json::to_vec(&Message::of(facts, matched, conditions))?;
        if text.len() <= MAX_PLAINTEXT_LEN {
            return Ok(URL_SAFE_NO_PAD.encode(keys.seal(Use::Message, &text)?));
        }
    }
    Err(keystead_crypto::CryptoError::PlaintextTooLong {
        length: facts.resource.len(),
        limit: MAX_PLAINTEXT_LEN,
    }
    .into())
}

/// Opens a message; `None` for whatever is not one of ours.
pub(super) fn decode(keys: &SessionKeys, message: &str) -> Option<String> {
    let sealed = URL_SAFE_NO_PAD.decode(message).ok()?;
    let text = keys.open(Use::Message, &sealed)?;
    String::from_utf8(text.expose().to_vec()).ok()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Message<'a> {
    allowed: bool,
    explicit_deny: bool,
    matched_statements: Items<&'a MatchedDenial<'a>>,
    failures: Items<()>,
    context: RequestContext<'a>,
}

#[derive(Serialize)]
struct Items<T> {
    items: Vec<T>,
}

#[derive(Serialize)]
struct RequestContext<'a> {
    principal: Principal<'a>,
    action: &'a str,
    resource: &'a str,
    conditions: Items<Condition<'a>>,
}

#[derive(Serialize)]
struct Principal<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    arn: &'a str,
}

#[derive(Serialize)]
struct Condition<'a> {
    key: &'a str,
    values: Items<Value<'a>>,
}

#[derive(Serialize)]
struct Value<'a> {
    value: &'a str,
}

impl<'a> Message<'a> {
    fn of(facts: &'a DenialFacts<'a>, matched: bool, conditions: bool) -> Self {
        let matched = facts.matched.iter().filter(|_| matched);
        let conditions = facts.conditions.iter().filter(|_| conditions);
        let conditions = conditions.map(|(key, values)| Condition {
            key,
            values: Items {
                items: values.iter().map(|value| Value { value }).collect(),
            },
        });
        Self {
            allowed: false,
            explicit_deny: facts.explicit_deny,
            matched_statements: Items {
                items: matched.collect(),
            },
            failures: Items { items: Vec::new() },
            context: RequestContext {
                principal: Principal::of(facts.caller),
                action: facts.action,
                resource: facts.resource,
                conditions: Items {
                    items: conditions.collect(),
                },
            },
        }
    }
}

impl<'a> Principal<'a> {
    fn of(caller: &'a Identity) -> Self {
        let name = match caller.kind() {
            IdentityKind::User { name, .. } => Some(name.as_str()),
            _ => None,
        };
        Self {
            id: caller.unique_id(),
            name,
            arn: caller.arn(),
        }
    }
}
