//! Trust policies: who may become a role.
//!
//! The users and roles that one names are bound to their unique ids when it is written, so that
//! nobody who is made again under the same name is trusted. Where the one who was meant is gone,
//! the policy shows that id ("AWS JSON policy elements: Principal" in the IAM guide).

use keystead_core::identity::RoleRecord;
use keystead_core::policy::{PrincipalIds, TrustPolicy};
use serde_json::Value;

use super::{error, quota};
use crate::fault::Fault;
use crate::identities::Identities;

/// Accepts a trust policy that can be read and names principals that exist; gives their unique ids.
///
/// # Errors
/// `MalformedPolicyDocument`, `LimitExceeded`.
pub(super) fn accept(text: &str, identities: &Identities) -> Result<PrincipalIds, Fault> {
    let policy = TrustPolicy::parse(text)?;
    if quota::length(text) > quota::TRUST_POLICY {
        return Err(error::quota("ACLSizePerRole", quota::TRUST_POLICY));
    }
    identities
        .resolve_principals(policy.principals())
        .map_err(|unknown| {
            let name = unknown.name;
            error::malformed_policy(format!("Invalid principal in policy: \"AWS\":\"{name}\""))
        })
}

/// A role's trust policy as answers show it: as it was written, but for principals whose ARN has
/// changed since, or who are gone.
pub(super) fn shown(role: &RoleRecord, identities: &Identities) -> String {
    let mut renamed = PrincipalIds::new();
    for (arn, id) in &role.trust_principals {
        match identities.arn_of_unique_id(id) {
            Some(now) if now == *arn => {}
            Some(now) => drop(renamed.insert(arn.clone(), now)),
            None => drop(renamed.insert(arn.clone(), id.clone())),
        }
    }
    if renamed.is_empty() {
        return role.trust_policy.clone();
    }
    with_principals(&role.trust_policy, &renamed).unwrap_or_else(|| role.trust_policy.clone())
}

/// A policy with other names for some of its principals; `None` if it is not JSON.
fn with_principals(text: &str, names: &PrincipalIds) -> Option<String> {
    let mut policy: Value = serde_json::from_str(text).ok()?;
    let statements = match policy.get_mut("Statement")? {
        Value::Array(statements) => statements.as_mut_slice(),
        one => std::slice::from_mut(one),
    };
    for statement in statements {
        match statement.pointer_mut("/Principal/AWS") {
            Some(Value::Array(principals)) => principals.iter_mut().for_each(|p| rename(p, names)),
            Some(one) => rename(one, names),
            None => {}
        }
    }
    Some(policy.to_string())
}

fn rename(principal: &mut Value, names: &PrincipalIds) {
    let name = principal.as_str().and_then(|name| names.get(name));
    if let Some(name) = name.cloned() {
        *principal = Value::String(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_principals_are_renamed() {
        let names = PrincipalIds::from([("arn:a".to_owned(), "AIDAGONE".to_owned())]);
        let cases = [
            (
                r#"{"Statement":{"Principal":{"AWS":"arn:a"}}}"#,
                r#"{"Statement":{"Principal":{"AWS":"AIDAGONE"}}}"#,
            ),
            (
                r#"{"Statement":[{"Principal":{"AWS":["arn:b","arn:a"]}},{"Principal":"*"}]}"#,
                r#"{"Statement":[{"Principal":{"AWS":["arn:b","AIDAGONE"]}},{"Principal":"*"}]}"#,
            ),
            (
                r#"{"Statement":{"Condition":{"ArnEquals":{"aws:PrincipalArn":"arn:a"}},"Principal":{"Service":"arn:a"}}}"#,
                r#"{"Statement":{"Condition":{"ArnEquals":{"aws:PrincipalArn":"arn:a"}},"Principal":{"Service":"arn:a"}}}"#,
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(with_principals(text, &names).as_deref(), Some(expected));
        }
        assert_eq!(with_principals("no JSON", &names), None);
        assert_eq!(with_principals("{}", &names), None);
    }
}
