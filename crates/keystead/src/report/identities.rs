//! The policies of users, groups and roles, and what they must not give.

use keystead_core::policy::{Document, PolicyKind, open_on_all};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::findings::Limits;
use super::reading::{Reading, Unread, read_pages};
use crate::api::{Service, list, text};
use crate::client::{Client, ClientError};

const OPERATION: &str = "GetAccountAuthorizationDetails";

/// What nobody needs on every key (Security Hub's controls KMS.1 and KMS.2).
const BLOCKED: [&str; 2] = ["kms:Decrypt", "kms:ReEncryptFrom"];

/// Key ids at both ends of all that there can be: a policy on every key covers both.
const ENDS: [&str; 2] = [
    "00000000-0000-0000-0000-000000000000",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
];

/// Who has an inline policy, and the members of the answer that say so.
const HOLDERS: [(&str, &str); 3] = [
    ("UserDetailList", "UserPolicyList"),
    ("GroupDetailList", "GroupPolicyList"),
    ("RoleDetailList", "RolePolicyList"),
];

/// A policy of an identity: an inline one, or one that customers manage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct IdentityPolicy {
    pub(super) is_inline: bool,
    /// The ARN of its user, group or role, or its own.
    pub(super) arn: String,
    /// Its name.
    pub(super) name: String,
    pub(super) document: String,
}

/// Reads the policies of the account.
///
/// # Errors
/// All of [`ClientError`] but refusals.
pub(super) fn read_all(client: &Client) -> Result<Reading<Vec<IdentityPolicy>>, ClientError> {
    let input = json!({"Filter": ["User", "Group", "Role", "LocalManagedPolicy"]});
    let mut all = Vec::new();
    let taken = read_pages(client, Service::Iam, OPERATION, input, |page| {
        all.extend(policies(&page));
    })?;
    Ok(taken.map(|()| all))
}

/// Whether a policy gives what it must not, in words.
///
/// # Errors
/// [`Unread`] if it does not parse.
pub(super) fn check(policy: &IdentityPolicy, limits: &Limits) -> Reading<Vec<String>> {
    let document = Document::parse(&policy.document, PolicyKind::Identity);
    let document = document.map_err(|_| Unread {
        action: format!("iam:{OPERATION}"),
        code: "MalformedPolicyDocument".to_owned(),
    })?;
    let Limits {
        region, account, ..
    } = limits;
    let keys = ENDS.map(|id| format!("arn:aws:kms:{region}:{account}:key/{id}"));
    let keys = keys.each_ref().map(String::as_str);
    let blocked = BLOCKED.into_iter();
    let found: Vec<_> = blocked
        .filter(|action| open_on_all(&document, &[action], &keys))
        .collect();
    Ok(match found.is_empty() {
        true => Vec::new(),
        false => vec![format!(
            "policy {} allows {} on all keys",
            policy.name,
            found.join(" and ")
        )],
    })
}

fn policies(page: &Value) -> Vec<IdentityPolicy> {
    let mut all = Vec::new();
    for (holders, member) in HOLDERS {
        for holder in list(page, holders) {
            let of_holder = |policy: &Value| IdentityPolicy {
                is_inline: true,
                arn: text(holder, "Arn").to_owned(),
                name: text(policy, "PolicyName").to_owned(),
                document: decoded(text(policy, "PolicyDocument")),
            };
            all.extend(list(holder, member).iter().map(of_holder));
        }
    }
    for policy in list(page, "Policies") {
        let versions = list(policy, "PolicyVersionList").iter();
        let mut in_force = versions.filter(|one| text(one, "IsDefaultVersion") == "true");
        all.extend(in_force.next().map(|version| IdentityPolicy {
            is_inline: false,
            arn: text(policy, "Arn").to_owned(),
            name: text(policy, "PolicyName").to_owned(),
            document: decoded(text(version, "Document")),
        }));
    }
    all
}

/// IAM answers with documents that are percent-encoded (RFC 3986).
fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::super::findings::tests::limits;
    use super::*;

    #[test]
    fn policies_of_a_page() {
        let page = json!({
            "UserDetailList": [{"Arn": "arn:u", "UserPolicyList": [
                {"PolicyName": "p", "PolicyDocument": "%7B%22a%22%7D"}]}],
            "GroupDetailList": Value::Null,
            "Policies": [{"Arn": "arn:m", "PolicyName": "m", "PolicyVersionList": [
                {"IsDefaultVersion": "false", "Document": "old"},
                {"IsDefaultVersion": "true", "Document": "new"}]}],
        });
        let policy = |is_inline, arn: &str, name: &str, document: &str| IdentityPolicy {
            is_inline,
            arn: arn.to_owned(),
            name: name.to_owned(),
            document: document.to_owned(),
        };
        let expected = [
            policy(true, "arn:u", "p", r#"{"a"}"#),
            policy(false, "arn:m", "m", "new"),
        ];
        assert_eq!(policies(&page), expected);
    }

    #[test]
    fn what_policies_must_not_give() {
        let found = |action: &str, resource: &str| {
            let document = format!(
                r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": {action}, "Resource": "{resource}"}}]}}"#
            );
            let policy = IdentityPolicy {
                is_inline: true,
                arn: String::new(),
                name: "p".to_owned(),
                document,
            };
            check(&policy, &limits())
        };
        let both = "policy p allows kms:Decrypt and kms:ReEncryptFrom on all keys";
        for (action, resource, expected) in [
            (r#""kms:*""#, "*", Some(both)),
            (
                r#"["kms:Decrypt"]"#,
                "*",
                Some("policy p allows kms:Decrypt on all keys"),
            ),
            (r#""kms:Encrypt""#, "*", None),
            (
                r#""kms:*""#,
                "arn:aws:kms:us-east-1:111122223333:key/0abc",
                None,
            ),
        ] {
            let found = found(action, resource).unwrap();
            assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{action}");
        }
        assert_eq!(found("7", "*").unwrap_err().code, "MalformedPolicyDocument");
    }
}
