//! What an auditor asks of a policy: who is let in, and to how much.
//!
//! Each answer reads the statements that allow. None weighs what another statement denies, so that
//! what is found is what the policy says, and may be more than what it comes to. [`decide`] alone
//! tells what a request comes to.
//!
//! [`decide`]: super::decide

use std::collections::{BTreeMap, BTreeSet};

use super::condition::Condition;
use super::context::{ConditionKey, KnownKey};
use super::document::Document;
use super::lint::actions;
use super::lint::allowance::is_open_to_everyone;
use super::named::NamedPrincipal;
use super::statement::{Effect, Listed, Statement};
use crate::arn::IamArn;

/// Whether a key policy lets in everybody, of any account: by `*` without a condition on who that
/// is, or by `NotPrincipal`.
///
/// Rule: AWS Config's `kms-key-policy-no-public-access`.
#[must_use]
pub fn is_public(document: &Document) -> bool {
    allowing(document).any(|statement| {
        let names_some_not = matches!(statement.principals, Some(Listed::AllBut(_)));
        covers_something(statement) && (names_some_not || is_open_to_everyone(statement))
    })
}

/// Who of other accounts a key policy lets in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outsiders {
    /// The accounts that it names, or of which it names somebody.
    pub accounts: BTreeSet<String>,
    /// Whether it lets in everybody on conditions that somebody of another account may fulfil.
    pub on_conditions: bool,
}

impl Outsiders {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.accounts.is_empty() && !self.on_conditions
    }
}

/// Who of other accounts than `own` (12 digits) a key policy lets in. Services, and providers and
/// unique ids that tell no account, are not among them; nor is everybody without a condition, which
/// [`is_public`] tells.
#[must_use]
pub fn outsiders(document: &Document, own: &str) -> Outsiders {
    let mut found = Outsiders::default();
    for statement in allowing(document).filter(|statement| covers_something(statement)) {
        if statement
            .conditions
            .iter()
            .any(|one| keeps_within(one, own))
        {
            continue;
        }
        let Some(Listed::Only(principals)) = &statement.principals else {
            continue;
        };
        for principal in principals {
            match account(principal) {
                Some(account) if account != own => drop(found.accounts.insert(account)),
                None if *principal == NamedPrincipal::Everyone => {
                    found.on_conditions |= !is_open_to_everyone(statement);
                }
                _ => {}
            }
        }
    }
    found
}

/// The principals, as the policy names them, whom a key policy gives both the administration of the
/// key and its use, in one statement or in several. The account `own` (12 digits), which only
/// delegates, is not one of them.
#[must_use]
pub fn combined_duties(document: &Document, own: &str) -> Vec<String> {
    let mut duties: BTreeMap<&str, [bool; 2]> = BTreeMap::new();
    for statement in allowing(document) {
        let Some(Listed::Only(principals)) = &statement.principals else {
            continue;
        };
        let given = [
            actions::cover_any(&statement.actions, &actions::ADMINISTRATION),
            actions::cover_any(&statement.actions, &actions::USE),
        ];
        for principal in principals.iter().filter(|one| !is_account(one, own)) {
            let all = duties.entry(name(principal)).or_default();
            for (one, given) in all.iter_mut().zip(given) {
                *one |= given;
            }
        }
    }
    let both = duties.into_iter().filter(|(_, given)| *given == [true; 2]);
    both.map(|(name, _)| name.to_owned()).collect()
}

/// Whether a policy of an identity allows one of `actions`, such as `kms:Decrypt`, on each of
/// `resources`, ARNs that stand for all there may be. Conditions do not count.
///
/// Rule: AWS Config's `iam-customer-policy-blocked-kms-actions`, which looks at `Resource` alone
/// (Security Hub's control KMS.1).
#[must_use]
pub fn open_on_all(document: &Document, actions: &[&str], resources: &[&str]) -> bool {
    allowing(document).any(|statement| {
        let covers = |resource: &&str| {
            let listed = statement.resources.as_ref();
            listed.is_some_and(|listed| listed.covers(|pattern| pattern.matches(resource)))
        };
        actions::cover_any(&statement.actions, actions) && resources.iter().all(covers)
    })
}

fn allowing(document: &Document) -> impl Iterator<Item = &Statement> {
    let statements = document.statements.iter();
    statements.filter(|statement| statement.effect == Effect::Allow)
}

/// A statement of a key policy may name no action, or no resource, and then does nothing.
fn covers_something(statement: &Statement) -> bool {
    let is_nothing = matches!(&statement.resources, Some(Listed::Only(items)) if items.is_empty());
    !is_nothing && !matches!(&statement.actions, Listed::Only(items) if items.is_empty())
}

/// Whether a condition holds for callers of this account alone.
fn keeps_within(condition: &Condition, own: &str) -> bool {
    let operator = condition.operator();
    let key = matches!(
        condition.key(),
        ConditionKey::Known(KnownKey::CallerAccount | KnownKey::PrincipalAccount)
    );
    let asks = !operator.is_negated() && !operator.is_if_exists() && !operator.is_null_check();
    key && asks && condition.written().all(|value| value == own)
}

fn is_account(principal: &NamedPrincipal, own: &str) -> bool {
    matches!(principal, NamedPrincipal::Account { account, .. } if account == own)
}

/// What a principal is called: `*`, an account's 12 digits, an ARN, a unique id, or a domain name.
fn name(principal: &NamedPrincipal) -> &str {
    match principal {
        NamedPrincipal::Everyone => "*",
        NamedPrincipal::Account { account, .. } => account,
        NamedPrincipal::User { arn, .. }
        | NamedPrincipal::Role { arn, .. }
        | NamedPrincipal::RoleSession { arn }
        | NamedPrincipal::FederatedUser { arn } => arn,
        NamedPrincipal::UniqueId { id } => id,
        NamedPrincipal::Service { name } => name,
        NamedPrincipal::Federated { provider } => provider,
    }
}

/// The account that a principal is or belongs to, if its name tells.
fn account(principal: &NamedPrincipal) -> Option<String> {
    match principal {
        NamedPrincipal::Account { account, .. } => Some(account.clone()),
        named => Some(IamArn::parse(name(named))?.account.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::kind::PolicyKind;
    use super::*;

    const OWN: &str = "111122223333";

    fn statement(principal: &str, action: &str, condition: &str) -> String {
        format!(
            r#"{{"Effect": "Allow", "Principal": {principal}, "Action": {action}, "Resource": "*" {condition}}}"#
        )
    }

    fn key(statements: &[String]) -> Document {
        let text = format!(r#"{{"Statement": [{}]}}"#, statements.join(","));
        Document::parse(&text, PolicyKind::Key).unwrap()
    }

    const ORGANIZATION: &str = r#", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a"}}"#;
    const HERE: &str = r#", "Condition": {"StringEquals": {"kms:CallerAccount": "111122223333"}}"#;

    #[test]
    fn who_is_let_in() {
        let cases: [(&str, &str, bool, &[&str], bool); 9] = [
            (r#""*""#, "", true, &[], false),
            (r#""*""#, ORGANIZATION, false, &[], true),
            (r#""*""#, HERE, false, &[], false),
            (r#"{"AWS": "111122223333"}"#, "", false, &[], false),
            (
                r#"{"AWS": "444455556666"}"#,
                "",
                false,
                &["444455556666"],
                false,
            ),
            (
                r#"{"AWS": ["arn:aws:iam::444455556666:user/a", "arn:aws:iam::111122223333:role/r"]}"#,
                ORGANIZATION,
                false,
                &["444455556666"],
                false,
            ),
            (
                r#"{"AWS": "arn:aws:sts::444455556666:assumed-role/r/s"}"#,
                "",
                false,
                &["444455556666"],
                false,
            ),
            (r#"{"Service": "s3.amazonaws.com"}"#, "", false, &[], false),
            (r#"{"AWS": "AIDAEXAMPLEEXAMPLE12"}"#, "", false, &[], false),
        ];
        for (principal, condition, public, accounts, on_conditions) in cases {
            let document = key(&[statement(principal, r#""kms:Decrypt""#, condition)]);
            let case = format!("{principal}{condition}");
            assert_eq!(is_public(&document), public, "{case}");
            let found = outsiders(&document, OWN);
            assert_eq!(
                found.accounts.iter().collect::<Vec<_>>(),
                accounts,
                "{case}"
            );
            assert_eq!(found.on_conditions, on_conditions, "{case}");
            assert_eq!(found.is_empty(), accounts.is_empty() && !on_conditions);
        }
        let others = statement(r#"{"AWS": "111122223333"}"#, r#""kms:*""#, "");
        let others = others.replace("\"Principal\"", "\"NotPrincipal\"");
        assert!(is_public(&key(&[others])));
        let denial = statement(r#""*""#, r#""kms:*""#, "").replace("Allow", "Deny");
        assert!(!is_public(&key(&[denial])));
        assert!(!is_public(&key(&[statement(r#""*""#, "[]", "")])));
    }

    #[test]
    fn duties_in_one_hand() {
        let user = r#"{"AWS": "arn:aws:iam::111122223333:user/a"}"#;
        let root = r#"{"AWS": "arn:aws:iam::111122223333:root"}"#;
        for (first, second, expected) in [
            ((user, r#""kms:*""#), None, true),
            ((root, r#""kms:*""#), None, false),
            ((user, r#""kms:PutKeyPolicy""#), None, false),
            (
                (user, r#""kms:PutKeyPolicy""#),
                Some((user, r#""kms:Decrypt""#)),
                true,
            ),
            (
                (user, r#""kms:PutKeyPolicy""#),
                Some((root, r#""kms:Decrypt""#)),
                false,
            ),
            (
                (user, r#""kms:DescribeKey""#),
                Some((user, r#""kms:Sign""#)),
                false,
            ),
        ] {
            let all = [Some(first), second];
            let all = all.into_iter().flatten();
            let statements: Vec<_> = all.map(|(who, what)| statement(who, what, "")).collect();
            let found = combined_duties(&key(&statements), OWN);
            let all = ["arn:aws:iam::111122223333:user/a"];
            assert_eq!(
                found,
                if expected { &all[..] } else { &[] },
                "{statements:?}"
            );
        }
    }

    #[test]
    fn actions_on_all_keys() {
        let all = [
            "arn:aws:kms:us-east-1:111122223333:key/00000000-0000-0000-0000-000000000000",
            "arn:aws:kms:us-east-1:111122223333:key/ffffffff-ffff-ffff-ffff-ffffffffffff",
        ];
        for (action, resource, expected) in [
            ("kms:Decrypt", "*", true),
            ("*", "*", true),
            ("kms:*", "arn:aws:kms:*:111122223333:key/*", true),
            ("kms:ReEncrypt*", "arn:aws:kms:*:*:*", true),
            ("kms:Encrypt", "*", false),
            ("s3:*", "*", false),
            (
                "kms:Decrypt",
                "arn:aws:kms:us-east-1:111122223333:key/0*",
                false,
            ),
            (
                "kms:Decrypt",
                "arn:aws:kms:us-east-1:111122223333:alias/*",
                false,
            ),
            (
                "kms:Decrypt",
                "arn:aws:kms:eu-west-1:111122223333:key/*",
                false,
            ),
        ] {
            let text = format!(
                r#"{{"Statement": {{"Effect": "Allow", "Action": "{action}", "Resource": "{resource}",
                    "Condition": {{"Bool": {{"aws:SecureTransport": "true"}}}}}}}}"#
            );
            let open = |text: &str| {
                let document = Document::parse(text, PolicyKind::Identity).unwrap();
                open_on_all(&document, &["kms:Decrypt", "kms:ReEncryptFrom"], &all)
            };
            assert_eq!(open(&text), expected, "{action} {resource}");
            assert!(!open(&text.replace("Allow", "Deny")));
        }
    }
}
