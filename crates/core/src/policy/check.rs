//! What the kinds of policy ask of whoever writes one, beyond the grammar.

use super::condition::{Condition, Quantifier};
use super::context::{ConditionKey, KeyFamily};
use super::document::Document;
use super::error::PolicyError;
use super::flaws::{Flaws, PolicyErrors};
use super::kind::PolicyKind;
use super::path::Path;
use super::statement::Effect;

/// Parses the text of a policy that somebody is about to write, and tells everything for which it
/// would be refused. Whether the principals exist that it names is not known here.
///
/// # Errors
///
/// All [`PolicyErrors`]; those of the grammar alone, if there are some.
pub fn check_policy(text: &str, kind: PolicyKind) -> Result<Document, PolicyErrors> {
    let document = Document::parse_all(text, kind)?;
    let mut flaws = Flaws::default();
    for (index, statement) in document.statements.iter().enumerate() {
        let broken: Vec<_> = match kind {
            PolicyKind::Key => overly_permissive(index, &statement.conditions).collect(),
            PolicyKind::ResourceControl => only_denies(index, statement.effect)
                .err()
                .into_iter()
                .collect(),
            _ => Vec::new(),
        };
        for error in broken {
            flaws.add(error.into());
        }
    }
    flaws.none_in(document)
}

/// The conditions of a statement of a key policy that AWS KMS refuses when it is written, and not
/// when it is read: `ForAllValues` on a key of the encryption context or on a tag of the request,
/// which has one value at most, so that a request without it would pass.
pub(super) fn overly_permissive(
    index: usize,
    conditions: &[Condition],
) -> impl Iterator<Item = PolicyError> {
    const SINGLE: [KeyFamily; 2] = [KeyFamily::EncryptionContext, KeyFamily::RequestTag];
    let is_refused = |condition: &&Condition| {
        let is_single = matches!(condition.key(),
            ConditionKey::Named(family, _) if SINGLE.contains(family));
        is_single && condition.operator().quantifier() == Quantifier::ForAllValues
    };
    let refused = conditions.iter().filter(is_refused);
    refused.map(move |condition| PolicyError::OverlyPermissiveCondition {
        path: Path::Item(&Path::Root.member("Statement"), index).to_string(),
        key: condition.key().to_string(),
    })
}

/// Refuses a statement that allows, in a resource control policy that is not AWS's own.
pub(super) fn only_denies(index: usize, effect: Effect) -> Result<(), PolicyError> {
    match effect {
        Effect::Deny => Ok(()),
        Effect::Allow => Err(PolicyError::AllowInResourceControlPolicy {
            path: Path::Item(&Path::Root.member("Statement"), index).member_text("Effect"),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everything that is wrong, a line each.
    fn refusals(text: &str, kind: PolicyKind) -> Vec<String> {
        match check_policy(text, kind) {
            Ok(_) => Vec::new(),
            Err(errors) => errors.iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn everything_that_is_wrong_is_told() {
        let text = r#"{"Version":"2012","Id":7,"Statement":[
            {"Efect":"Allow","Sid":"a","Sid":"b"},
            {"Effect":"allow","Principal":{"AWS":["ada","bob"],"Service":1},
             "Action":["kms:Encrypt","encrypt","kms:"],"NotResource":[],
             "Condition":{"StringEqual":{"a":"b"},"Bool":{"a":"maybe","b":["true","no"]},"bool":{}}},
            {"Effect":"Allow","Principal":"*","Action":"kms:*","NotAction":"kms:*"}]}"#;
        let expected = [
            r#"Version: "2012" is not a version of the policy language"#,
            "Id: expected a string, found a number",
            "Statement[0].Efect is not an element of the policy language",
            "Statement[0].Sid occurs more than once",
            r#"Statement[1].Effect: "allow" is neither "Allow" nor "Deny""#,
            r#"Statement[1].Principal.AWS[0]: "ada" is not a valid principal"#,
            r#"Statement[1].Principal.AWS[1]: "bob" is not a valid principal"#,
            "Statement[1].Principal.Service: expected a string, found a number",
            r#"Statement[1].Action[1]: "encrypt" is not a valid action"#,
            r#"Statement[1].Action[2]: "kms:" is not a valid action"#,
            "Statement[1].NotResource lists nothing",
            "Statement[1].Condition.StringEqual is not a condition operator",
            r#"Statement[1].Condition.Bool.a: "maybe" is not true or false"#,
            r#"Statement[1].Condition.Bool.b[1]: "no" is not true or false"#,
            "Statement[1].Condition.bool occurs more than once",
            "Statement[2] has both Action and NotAction; it may have only one of them",
        ];
        assert_eq!(refusals(text, PolicyKind::Key), expected);
        let first = Document::parse(text, PolicyKind::Key).unwrap_err();
        assert_eq!(first.to_string(), expected[0]);
    }

    #[test]
    fn what_a_kind_asks_besides_is_told_of_every_statement() {
        let condition = r#""Condition":{"ForAllValues:StringEquals":{"kms:EncryptionContext:a":"1","aws:RequestTag/b":"2","aws:TagKeys":"c"}}"#;
        let statement = format!(
            r#"{{"Effect":"Allow","Principal":"*","Action":"a:b","Resource":"*",{condition}}}"#
        );
        let text = format!(r#"{{"Statement":[{statement},{statement}]}}"#);
        let found = refusals(&text, PolicyKind::Key);
        assert_eq!(found.len(), 4);
        let all = found.iter();
        assert!(
            all.clone()
                .all(|text| text.starts_with("OverlyPermissiveCondition: "))
        );
        assert!(
            found[3].ends_with("aws:RequestTag/b, matches requests without the key: Statement[1]")
        );
        let found = refusals(&text, PolicyKind::ResourceControl);
        assert_eq!(found.len(), 2);
        assert!(
            found[1].starts_with("Statement[1].Effect may only be"),
            "{found:?}"
        );
        assert!(refusals(&text, PolicyKind::Endpoint).is_empty());
    }

    #[test]
    fn a_sid_that_is_there_twice_is_told_beside_other_errors() {
        let deny = r#"{"Sid":"a","Effect":"Deny","Action":"*","Resource":"*"}"#;
        let partial = r#"{"Sid":"a","Effect":"Deny","Action":"*"}"#;
        let text = format!(r#"{{"Statement":[{deny},{partial},{deny}]}}"#);
        let expected = [
            "Statement[1].Resource is missing",
            r#"Statement[1].Sid: "a" is the Sid of an earlier statement"#,
            r#"Statement[2].Sid: "a" is the Sid of an earlier statement"#,
        ];
        assert_eq!(refusals(&text, PolicyKind::Identity), expected);
    }
}
