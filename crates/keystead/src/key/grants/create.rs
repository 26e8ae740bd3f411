//! `keystead key grants create`.

use clap::Args;
use keystead_wire::kms::GrantOperation;
use serde_json::{Map, Value, json};

use crate::client::answer::text;
use crate::key::error::KeyError;
use crate::key::named::{self, Pair};
use crate::key::session::Session;

/// Who may do what.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The key: its id, its ARN, or alias/NAME
    key: String,

    /// Who may: an ARN, or a service such as backup.example.com
    #[arg(long, value_name = "PRINCIPAL")]
    grantee: String,

    /// What they may, such as Decrypt
    #[arg(long = "operation", value_name = "OPERATION", required = true, num_args = 1.., value_parser = operation)]
    operations: Vec<&'static str>,

    /// Who may end the grant besides
    #[arg(long, value_name = "PRINCIPAL")]
    retiring: Option<String>,

    /// A name, by which the same request is known again
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,

    /// Only with an encryption context that has this pair; may be repeated
    #[arg(long, value_name = "NAME=VALUE", value_parser = named::pair)]
    context: Vec<Pair>,

    /// Only with an encryption context of these pairs and no others; may be repeated
    #[arg(long, value_name = "NAME=VALUE", value_parser = named::pair, conflicts_with = "context")]
    context_equals: Vec<Pair>,

    /// Only in calls for this resource of a service
    #[arg(long, value_name = "ARN")]
    source_arn: Option<String>,
}

/// An operation that can be granted.
fn operation(text: &str) -> Result<&'static str, String> {
    let names: Vec<_> = GrantOperation::ALL.iter().map(|one| one.as_str()).collect();
    named::one_of(&names, text)
}

/// Makes the grant.
pub(super) fn run(arguments: &Arguments, session: &Session) -> Result<(), KeyError> {
    let key = session.key(&arguments.key)?;
    let answer = session.call("CreateGrant", &arguments.input(&key))?;
    session.say(&answer, || {
        let id = text(&answer, "GrantId");
        format!(
            "Made grant {id}.\n`keystead key grants revoke {} {id}` takes it back.\n",
            arguments.key
        )
    });
    Ok(())
}

impl Arguments {
    fn input(&self, key: &str) -> Value {
        let (grantee, retiring) = (Some(&self.grantee), self.retiring.as_ref());
        json!({
            "KeyId": key,
            "Operations": self.operations,
            "Name": self.name,
            "Constraints": self.constraints(),
            "GranteePrincipal": grantee.filter(|one| is_arn(one)),
            "GranteeServicePrincipal": grantee.filter(|one| !is_arn(one)),
            "RetiringPrincipal": retiring.filter(|one| is_arn(one)),
            "RetiringServicePrincipal": retiring.filter(|one| !is_arn(one)),
        })
    }

    fn constraints(&self) -> Option<Value> {
        let pairs = |pairs: &[Pair]| -> Value {
            let pair = |pair: &Pair| (pair.name.clone(), json!(pair.value));
            Value::Object(pairs.iter().map(pair).collect())
        };
        let mut constraints = Map::new();
        for (name, given) in [
            ("EncryptionContextSubset", &self.context),
            ("EncryptionContextEquals", &self.context_equals),
        ] {
            if !given.is_empty() {
                constraints.insert(name.to_owned(), pairs(given));
            }
        }
        if let Some(arn) = &self.source_arn {
            constraints.insert("SourceArn".to_owned(), json!(arn));
        }
        (!constraints.is_empty()).then_some(Value::Object(constraints))
    }
}

/// Services have no ARN.
fn is_arn(principal: &str) -> bool {
    principal.starts_with("arn:")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_and_others_are_told_apart() {
        let arguments = Arguments {
            key: "k".to_owned(),
            grantee: "backup.example.com".to_owned(),
            operations: vec!["Decrypt"],
            retiring: Some("arn:aws:iam::111122223333:root".to_owned()),
            name: None,
            context: vec![named::pair("a=1").unwrap()],
            context_equals: Vec::new(),
            source_arn: None,
        };
        assert_eq!(
            arguments.input("k"),
            json!({
                "KeyId": "k", "Operations": ["Decrypt"], "Name": null,
                "GranteePrincipal": null,
                "GranteeServicePrincipal": "backup.example.com",
                "RetiringPrincipal": "arn:aws:iam::111122223333:root",
                "RetiringServicePrincipal": null,
                "Constraints": {"EncryptionContextSubset": {"a": "1"}},
            })
        );
    }

    #[test]
    fn operations_by_their_names() {
        assert_eq!(operation("generate-data-key"), Ok("GenerateDataKey"));
        assert!(operation("ScheduleKeyDeletion").is_err());
    }
}
