//! The key policy of an AWS managed key.

/// The key policy of the key that a service uses in an account unless told otherwise: the service
/// may use it for whoever of the account may use the service, and the account may look at it. Nobody
/// may change it.
///
/// Takes a partition such as `aws`, an account of 12 digits, the service's short name (`s3`) and its
/// name in `kms:ViaService` (`s3.us-east-1.amazonaws.com`). Source: "AWS managed keys" in the KMS
/// developer guide, and the policies that it shows of some.
#[must_use]
pub fn managed_key_policy(partition: &str, account: &str, name: &str, service: &str) -> String {
    format!(
        r#"{{
  "Version" : "2012-10-17",
  "Id" : "auto-{name}-1",
  "Statement" : [ {{
    "Sid" : "Allow use through {name} by all principals of the account that may use {name}",
    "Effect" : "Allow",
    "Principal" : {{
      "AWS" : "*"
    }},
    "Action" : [ "kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:CreateGrant", "kms:DescribeKey" ],
    "Resource" : "*",
    "Condition" : {{
      "StringEquals" : {{
        "kms:CallerAccount" : "{account}",
        "kms:ViaService" : "{service}"
      }}
    }}
  }}, {{
    "Sid" : "Allow the account to look at the key",
    "Effect" : "Allow",
    "Principal" : {{
      "AWS" : "arn:{partition}:iam::{account}:root"
    }},
    "Action" : [ "kms:Describe*", "kms:Get*", "kms:List*", "kms:RevokeGrant" ],
    "Resource" : "*"
  }} ]
}}"#
    )
}

#[cfg(test)]
mod tests {
    use super::super::KeyPolicy;
    use super::*;

    #[test]
    fn it_is_a_key_policy() {
        let text = managed_key_policy("aws", "111122223333", "s3", "s3.us-east-1.amazonaws.com");
        assert!(KeyPolicy::parse(&text).is_ok());
        assert!(!text.contains("kms:*"));
    }
}
