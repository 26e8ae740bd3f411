//! Whom a refused policy names in vain. AWS's answer does not tell, and neither does the server:
//! its log does. Whoever may read the identities of the account can find out.

use std::collections::BTreeSet;

use keystead_core::arn::IamArn;
use keystead_core::identity::EntityKind;
use keystead_core::policy::{KeyPolicy, NamedPrincipal};
use serde_json::{Value, json};

use crate::api::{is_not_found, text};
use crate::client::ClientError;

/// How AWS KMS begins when it refuses a policy for whom it names.
pub(crate) const REFUSAL: &str = "Policy contains a statement with one or more invalid principals";

/// How many users and roles are looked for.
const MAX_LOOKED_FOR: usize = 50;

/// Whether a policy was refused because it names somebody who does not exist.
pub(crate) fn are_refused(error: &ClientError) -> bool {
    matches!(error, ClientError::Refused(refusal) if refusal.message.starts_with(REFUSAL))
}

/// The users and roles of an account that a key policy names and that are not there, or stand under
/// another path; `ask` calls an operation of IAM in that account. Those of other accounts are not
/// looked for, nor is anybody told whom the caller may not read.
pub(crate) fn missing(
    policy: &str,
    account: &str,
    ask: &dyn Fn(&str, &Value) -> Result<Value, ClientError>,
) -> Vec<String> {
    let Ok(policy) = KeyPolicy::parse(policy) else {
        return Vec::new();
    };
    let named: BTreeSet<&str> = policy.principals().filter_map(arn).collect();
    let is_missing = |arn: &&str| {
        let Some((kind, name)) = user_or_role(arn, account) else {
            return false;
        };
        let input = json!({format!("{kind}Name"): name});
        match ask(&format!("Get{kind}"), &input) {
            Ok(answer) => answer
                .get(kind)
                .is_some_and(|found| text(found, "Arn") != *arn),
            Err(error) => is_not_found(&error),
        }
    };
    let looked_for = named.into_iter().take(MAX_LOOKED_FOR);
    looked_for.filter(is_missing).map(str::to_owned).collect()
}

fn arn(principal: &NamedPrincipal) -> Option<&str> {
    match principal {
        NamedPrincipal::User { arn, .. } | NamedPrincipal::Role { arn, .. } => Some(arn),
        _ => None,
    }
}

/// What an ARN names in an account, and how IAM calls its kind.
fn user_or_role<'a>(arn: &'a str, account: &str) -> Option<(&'static str, &'a str)> {
    let parsed = IamArn::parse(arn)?;
    let kinds = [(EntityKind::User, "User"), (EntityKind::Role, "Role")];
    kinds.into_iter().find_map(|(kind, word)| {
        let (found, name) = parsed.entity(kind)?;
        (found.as_str() == account).then_some((word, name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::Refusal;

    #[test]
    fn users_and_roles_of_the_account_are_looked_for() {
        let own = "arn:aws:iam::111122223333";
        let policy = format!(
            r#"{{"Statement":{{"Effect":"Allow","Action":"kms:*","Resource":"*","Principal":
            {{"AWS":["111122223333","{own}:user/ada","{own}:user/team/bob","{own}:role/ghost",
            "{own}:user/ghost","{own}:user/secret","arn:aws:iam::444455556666:user/ghost","*"]}}}}}}"#
        );
        let refused = |code: &str| {
            Err(ClientError::from(Refusal {
                code: code.to_owned(),
                message: String::new(),
                request_id: String::new(),
            }))
        };
        let ask = |operation: &str, input: &Value| match (operation, input) {
            ("GetUser", input) if input["UserName"] == "ada" => {
                Ok(json!({"User": {"Arn": format!("{own}:user/ada")}}))
            }
            // Bob is there, and not where the policy has him.
            ("GetUser", input) if input["UserName"] == "bob" => {
                Ok(json!({"User": {"Arn": format!("{own}:user/bob")}}))
            }
            ("GetUser", input) if input["UserName"] == "secret" => refused("AccessDenied"),
            ("GetUser", input) if input["UserName"] == "ghost" => refused("NoSuchEntity"),
            ("GetRole", input) if input["RoleName"] == "ghost" => refused("NoSuchEntity"),
            other => panic!("{other:?}"),
        };
        assert_eq!(
            missing(&policy, "111122223333", &ask),
            [
                format!("{own}:role/ghost"),
                format!("{own}:user/ghost"),
                format!("{own}:user/team/bob"),
            ]
        );
        assert!(missing("{", "111122223333", &ask).is_empty());
    }
}
