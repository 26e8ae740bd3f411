//! What the organization's policies do to calls of KMS, at once.

use keystead_testkit::node::{ACCOUNT, OTHER_ACCOUNT};
use serde_json::{Value, json};

use crate::{ALLOW_DESCRIBE, DENY_KMS, Deployment};

/// What fay gets: an empty text if she may, and otherwise how the refusal ends.
async fn refusal(deployment: &Deployment, operation: &str, input: &Value) -> String {
    let answer = deployment.node.call("fay", operation, input).await;
    match answer.status {
        200 => String::new(),
        _ => {
            assert_eq!(answer.error(), "AccessDeniedException", "{}", answer.text());
            let message = answer.message();
            let clause = message.find(" because ").or_else(|| message.find(" with "));
            message[clause.unwrap() + 1..].to_owned()
        }
    }
}

#[tokio::test]
async fn a_deny_on_a_unit_stops_everybody_below_it() {
    let deployment = Deployment::with_policies().await;
    let root = deployment.root().await;
    let unit = deployment.unit(&root, "Unit").await;
    let policy = deployment.scp("NoKms", DENY_KMS).await;
    deployment.attach(&policy, &unit).await;
    let list = json!({});
    assert_eq!(refusal(&deployment, "ListKeys", &list).await, "");
    assert_eq!(
        deployment.as_member_root("ListKeys", &list).await.status,
        200
    );

    deployment.shift(&root, &unit).await;
    let denied = refusal(&deployment, "ListKeys", &list).await;
    assert!(
        denied.starts_with("with an explicit deny in a service control policy"),
        "{denied}"
    );
    let by_root = deployment.as_member_root("ListKeys", &list).await;
    assert_eq!(by_root.error(), "AccessDeniedException");
    assert!(
        by_root.message().contains("service control policy"),
        "{}",
        by_root.text()
    );
    let _ = deployment.node.ok("ada", "ListKeys", &list).await;

    deployment.shift(&unit, &root).await;
    assert_eq!(refusal(&deployment, "ListKeys", &list).await, "");
}

#[tokio::test]
async fn every_level_must_allow() {
    let deployment = Deployment::with_policies().await;
    let key = deployment.node.key("fay", None).await;
    let describe = json!({ "KeyId": key });
    let encrypt = json!({ "KeyId": key, "Plaintext": "aGk=" });
    let policy = deployment.scp("Describe", ALLOW_DESCRIBE).await;
    deployment.attach(&policy, OTHER_ACCOUNT).await;
    assert_eq!(refusal(&deployment, "Encrypt", &encrypt).await, "");
    deployment.detach("p-FullAWSAccess", OTHER_ACCOUNT).await;
    assert_eq!(refusal(&deployment, "DescribeKey", &describe).await, "");
    assert_eq!(
        refusal(&deployment, "Encrypt", &encrypt).await,
        "because no service control policy allows the kms:Encrypt action"
    );
    let widened =
        json!({ "PolicyId": policy, "Content": ALLOW_DESCRIBE.replace("DescribeKey", "*") });
    let _ = deployment.ok("UpdatePolicy", widened).await;
    assert_eq!(refusal(&deployment, "Encrypt", &encrypt).await, "");
}

#[tokio::test]
async fn the_management_account_is_not_concerned() {
    let deployment = Deployment::with_policies().await;
    let root = deployment.root().await;
    let policy = deployment.scp("NoKms", DENY_KMS).await;
    for target in [root.as_str(), ACCOUNT] {
        deployment.attach(&policy, target).await;
    }
    let _ = deployment.node.key("ada", None).await;
    assert_ne!(refusal(&deployment, "ListKeys", &json!({})).await, "");
}

#[tokio::test]
async fn a_resource_control_policy_keeps_others_from_the_members_keys() {
    let deployment = Deployment::with_policies().await;
    let policy = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Principal": { "AWS": format!("arn:aws:iam::{OTHER_ACCOUNT}:root") },
          "Action": "kms:*", "Resource": "*" },
        { "Effect": "Allow", "Principal": { "AWS": format!("arn:aws:iam::{ACCOUNT}:root") },
          "Action": "kms:*", "Resource": "*" },
    ]});
    let key = deployment.node.key("fay", Some(&policy.to_string())).await;
    let arn = format!("arn:aws:kms:us-east-1:{OTHER_ACCOUNT}:key/{key}");
    let encrypt = json!({ "KeyId": arn, "Plaintext": "aGk=" });
    let _ = deployment.node.ok("ada", "Encrypt", &encrypt).await;

    let own_only = json!({ "Version": "2012-10-17", "Statement": {
        "Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*",
        "Condition": { "StringNotEquals": { "aws:PrincipalAccount": OTHER_ACCOUNT } },
    }});
    let policy = deployment
        .policy("RESOURCE_CONTROL_POLICY", "OwnOnly", &own_only.to_string())
        .await;
    deployment.attach(&policy, OTHER_ACCOUNT).await;
    let answer = deployment.node.call("ada", "Encrypt", &encrypt).await;
    assert_eq!(answer.error(), "AccessDeniedException");
    assert_eq!(refusal(&deployment, "Encrypt", &encrypt).await, "");

    let deployment = deployment.restarted().await;
    let answer = deployment.node.call("ada", "Encrypt", &encrypt).await;
    assert_eq!(answer.error(), "AccessDeniedException");
    deployment.detach(&policy, OTHER_ACCOUNT).await;
    let _ = deployment.node.ok("ada", "Encrypt", &encrypt).await;
}

#[tokio::test]
async fn a_kind_that_is_not_in_force_does_nothing() {
    let deployment = Deployment::with_policies().await;
    let root = deployment.root().await;
    let policy = deployment.scp("NoKms", DENY_KMS).await;
    deployment.attach(&policy, OTHER_ACCOUNT).await;
    assert_ne!(refusal(&deployment, "ListKeys", &json!({})).await, "");
    let kind = json!({ "RootId": root, "PolicyType": "SERVICE_CONTROL_POLICY" });
    let _ = deployment.ok("DisablePolicyType", kind).await;
    assert_eq!(refusal(&deployment, "ListKeys", &json!({})).await, "");
}
