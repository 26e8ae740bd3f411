//! AWS's own managed policies, as far as they are about something that is here.
//!
//! Their names and ARNs are AWS's ("AWS managed policies" reference); their documents are reduced
//! to the services of this endpoint.

use std::collections::BTreeMap;
use std::sync::Arc;

use keystead_core::arn::{AccountId, PARTITION};
use keystead_core::identity::{ManagedPolicyRecord, PolicyVersion, ROOT_PATH};
use keystead_core::tag::Tags;
use keystead_core::time::Timestamp;

use super::entry::PolicyEntry;

/// 2015-02-06T18:39:46Z, when AWS made the first of them.
const CREATED: Timestamp = Timestamp::from_millis(1_423_247_986_000);

struct AwsManaged {
    name: &'static str,
    path: &'static str,
    policy_id: &'static str,
    description: &'static str,
    /// The statements of its document.
    statements: &'static str,
}

const ALL: [AwsManaged; 8] = [
    AwsManaged {
        name: "AdministratorAccess",
        path: ROOT_PATH,
        policy_id: "ANPAKEYSTEADADMINACCE",
        description: "Provides full access to AWS services and resources.",
        statements: r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#,
    },
    AwsManaged {
        name: "PowerUserAccess",
        path: ROOT_PATH,
        policy_id: "ANPAKEYSTEADPOWERUSER",
        description: "Provides full access to AWS services and resources, but does not allow management of Users and groups.",
        statements: r#"{"Effect":"Allow","Action":["kms:*","sts:*","keystead:WhoCan"],"Resource":"*"},{"Effect":"Allow","Action":["iam:ListRoles","organizations:DescribeOrganization"],"Resource":"*"}"#,
    },
    AwsManaged {
        name: "ReadOnlyAccess",
        path: ROOT_PATH,
        policy_id: "ANPAKEYSTEADREADONLYA",
        description: "Provides read-only access to AWS services and resources.",
        statements: r#"{"Effect":"Allow","Action":["kms:Describe*","kms:Get*","kms:List*","iam:Get*","iam:List*","iam:Generate*","iam:Simulate*","organizations:Describe*","organizations:List*","sts:GetAccessKeyInfo","sts:GetCallerIdentity","sts:GetSessionToken"],"Resource":"*"}"#,
    },
    AwsManaged {
        name: "IAMFullAccess",
        path: ROOT_PATH,
        policy_id: "ANPAKEYSTEADIAMFULLAC",
        description: "Provides full access to IAM.",
        statements: r#"{"Effect":"Allow","Action":["iam:*","organizations:DescribeAccount","organizations:DescribeOrganization","organizations:DescribeOrganizationalUnit","organizations:DescribePolicy","organizations:ListChildren","organizations:ListParents","organizations:ListPoliciesForTarget","organizations:ListRoots","organizations:ListPolicies","organizations:ListTargetsForPolicy"],"Resource":"*"}"#,
    },
    AwsManaged {
        name: "IAMReadOnlyAccess",
        path: ROOT_PATH,
        policy_id: "ANPAKEYSTEADIAMREADON",
        description: "Provides read-only access to IAM.",
        statements: r#"{"Effect":"Allow","Action":["iam:GenerateCredentialReport","iam:GenerateServiceLastAccessedDetails","iam:Get*","iam:List*","iam:SimulateCustomPolicy","iam:SimulatePrincipalPolicy"],"Resource":"*"}"#,
    },
    AwsManaged {
        name: "AWSKeyManagementServicePowerUser",
        path: ROOT_PATH,
        policy_id: "ANPAKEYSTEADKMSPOWERU",
        description: "Provides access to AWS Key Management Service (KMS).",
        statements: r#"{"Effect":"Allow","Action":["kms:CreateAlias","kms:CreateKey","kms:DeleteAlias","kms:Describe*","kms:GenerateRandom","kms:Get*","kms:List*","kms:TagResource","kms:UntagResource","iam:ListGroups","iam:ListRoles","iam:ListUsers"],"Resource":"*"}"#,
    },
    AwsManaged {
        name: "SecurityAudit",
        path: ROOT_PATH,
        policy_id: "ANPAKEYSTEADSECAUDITX",
        description: "The security audit template grants access to read security configuration metadata.",
        statements: r#"{"Effect":"Allow","Action":["kms:Describe*","kms:Get*","kms:List*","iam:GenerateCredentialReport","iam:GenerateServiceLastAccessedDetails","iam:Get*","iam:List*","iam:SimulateCustomPolicy","iam:SimulatePrincipalPolicy","organizations:Describe*","organizations:List*","sts:GetAccessKeyInfo"],"Resource":"*"}"#,
    },
    AwsManaged {
        name: "ViewOnlyAccess",
        path: "/job-function/",
        policy_id: "ANPAKEYSTEADVIEWONLYA",
        description: "This policy grants permissions to view resources and basic metadata across all AWS services.",
        statements: r#"{"Effect":"Allow","Action":["kms:ListAliases","kms:ListKeys","iam:List*","iam:GetAccountSummary","organizations:List*"],"Resource":"*"}"#,
    },
];

/// All of them, by their ARNs.
pub(super) fn aws_managed() -> BTreeMap<String, Arc<PolicyEntry>> {
    let entry = |policy: &AwsManaged| {
        let arn = format!(
            "arn:{PARTITION}:iam::aws:policy{}{}",
            policy.path, policy.name
        );
        let entry = PolicyEntry::built_in(policy.record(), arn.clone());
        (arn, Arc::new(entry))
    };
    ALL.iter().map(entry).collect()
}

impl AwsManaged {
    fn record(&self) -> ManagedPolicyRecord {
        let document = format!(
            r#"{{"Version":"2012-10-17","Statement":[{}]}}"#,
            self.statements
        );
        ManagedPolicyRecord {
            account: AccountId::ZEROS,
            path: self.path.to_owned(),
            name: self.name.to_owned(),
            policy_id: self.policy_id.to_owned(),
            created: CREATED,
            updated: CREATED,
            description: self.description.to_owned(),
            versions: vec![PolicyVersion {
                number: 1,
                document,
                created: CREATED,
            }],
            default_version: 1,
            next_version: 2,
            tags: Tags::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_of_them_parse_and_have_ids_of_their_own() {
        let all = aws_managed();
        assert_eq!(all.len(), ALL.len());
        let ids: std::collections::BTreeSet<_> =
            ALL.iter().map(|policy| policy.policy_id).collect();
        assert_eq!(ids.len(), ALL.len());
        for (arn, entry) in all {
            assert!(entry.is_aws_managed(), "{arn}");
            assert!(entry.attached().policy.is_ok(), "{arn}");
            assert_eq!(entry.record.policy_id.len(), 21, "{arn}");
        }
    }
}
