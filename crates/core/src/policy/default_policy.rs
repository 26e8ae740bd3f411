//! The key policy of a key that was created without one.

/// The default key policy: all rights to the account, which leaves access to its identity policies.
///
/// Takes a partition such as `aws` and an account of 12 digits. The text is laid out as AWS lays it
/// out, and its words are those of "Default key policy" in the KMS developer guide.
#[must_use]
pub fn default_key_policy(partition: &str, account: &str) -> String {
    format!(
        r#"{{
  "Version" : "2012-10-17",
  "Id" : "key-default-1",
  "Statement" : [ {{
    "Sid" : "Enable IAM User Permissions",
    "Effect" : "Allow",
    "Principal" : {{
      "AWS" : "arn:{partition}:iam::{account}:root"
    }},
    "Action" : "kms:*",
    "Resource" : "*"
  }} ]
}}"#
    )
}

#[cfg(test)]
mod tests {
    use super::super::document::{Document, Version};
    use super::super::kind::PolicyKind;
    use super::super::named::NamedPrincipal;
    use super::super::statement::{Effect, Listed, ResourcePattern, Statement};
    use super::*;

    fn any_resource() -> Listed<ResourcePattern> {
        let text = r#"{"Statement":{"Effect":"Deny","Action":"*","Resource":["*"]}}"#;
        let mut document = Document::parse(text, PolicyKind::Identity).unwrap();
        document.statements.remove(0).resources.unwrap()
    }

    #[test]
    fn gives_the_account_all_rights() {
        let text = default_key_policy("aws-cn", "111122223333");
        let expected = Document {
            version: Version::V2012,
            id: Some("key-default-1".to_owned()),
            statements: vec![Statement {
                sid: Some("Enable IAM User Permissions".to_owned()),
                effect: Effect::Allow,
                principals: Some(Listed::Only(vec![NamedPrincipal::Account {
                    partition: Some("aws-cn".to_owned()),
                    account: "111122223333".to_owned(),
                }])),
                actions: Listed::Only(vec!["kms:*".to_owned()]),
                resources: Some(any_resource()),
                conditions: Vec::new(),
            }],
        };
        assert_eq!(Document::parse(&text, PolicyKind::Key).unwrap(), expected);
        assert!(text.starts_with("{\n  \"Version\" : \"2012-10-17\",\n  \"Id\" : "));
        assert!(!text.ends_with('\n'));
    }
}
