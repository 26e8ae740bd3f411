//! Where policies are attached.

use keystead_testkit::node::{ACCOUNT, OTHER_ACCOUNT};
use serde_json::{Value, json};

use crate::deployment::all;
use crate::{DENY_KMS, Deployment};

fn attachment(policy: &str, target: &str) -> Value {
    json!({ "PolicyId": policy, "TargetId": target })
}

#[tokio::test]
async fn attached_and_detached() {
    let deployment = Deployment::with_policies().await;
    let root = deployment.root().await;
    let unit = deployment.unit(&root, "Unit").await;
    let policy = deployment.scp("P", DENY_KMS).await;
    for target in [root.as_str(), &unit, ACCOUNT, OTHER_ACCOUNT] {
        deployment.attach(&policy, target).await;
        let input = json!({ "TargetId": target, "Filter": "SERVICE_CONTROL_POLICY" });
        let attached = deployment.ok("ListPoliciesForTarget", input).await;
        let attached = all(&attached, "Policies", "Id");
        assert!(
            attached.contains(&policy) && attached.len() == 2,
            "{target}"
        );
        let again = deployment
            .err("AttachPolicy", attachment(&policy, target))
            .await;
        assert_eq!(again, "DuplicatePolicyAttachmentException");
    }
    deployment.detach(&policy, &unit).await;
    let error = deployment
        .err("DetachPolicy", attachment(&policy, &unit))
        .await;
    assert_eq!(error, "PolicyNotAttachedException");
    let targets = deployment
        .ok("ListTargetsForPolicy", json!({ "PolicyId": policy }))
        .await;
    assert_eq!(
        all(&targets, "Targets", "TargetId"),
        [ACCOUNT, OTHER_ACCOUNT, root.as_str()]
    );
    assert_eq!(targets["Targets"][1]["Name"], "Member");
}

#[tokio::test]
async fn one_stays_and_five_are_the_most() {
    let deployment = Deployment::with_policies().await;
    let root = deployment.root().await;
    for (policy, error) in [
        (
            "p-FullAWSAccess",
            "ConstraintViolationException MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
        ),
        (
            "p-RCPFullAWSAccess",
            "InvalidInputException NON_DETACHABLE_POLICY",
        ),
    ] {
        assert_eq!(
            deployment
                .err("DetachPolicy", attachment(policy, &root))
                .await,
            error
        );
    }
    for number in 1..5 {
        let policy = deployment.scp(&number.to_string(), DENY_KMS).await;
        deployment.attach(&policy, &root).await;
    }
    let sixth = deployment.scp("6", DENY_KMS).await;
    assert_eq!(
        deployment
            .err("AttachPolicy", attachment(&sixth, &root))
            .await,
        "ConstraintViolationException MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED"
    );
    deployment.detach("p-FullAWSAccess", &root).await;
    deployment.attach(&sixth, &root).await;
}

#[tokio::test]
async fn of_two_that_detach_the_last_policies_at_once_one_is_refused() {
    let deployment = Deployment::with_policies().await;
    let root = deployment.root().await;
    let policy = deployment.scp("P", DENY_KMS).await;
    deployment.attach(&policy, &root).await;
    let detach = |policy| deployment.call("ada", "DetachPolicy", attachment(policy, &root));
    let (one, other) = tokio::join!(detach("p-FullAWSAccess"), detach(&policy));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400], "{} {}", one.text(), other.text());
}

#[tokio::test]
async fn what_can_not_be_attached() {
    let deployment = Deployment::new().await;
    let root = deployment.root().await;
    let policy = deployment.scp("P", DENY_KMS).await;
    for (operation, policy, target, error) in [
        (
            "AttachPolicy",
            policy.as_str(),
            root.as_str(),
            "PolicyTypeNotEnabledException",
        ),
        (
            "AttachPolicy",
            "p-12345678",
            &root,
            "PolicyNotFoundException",
        ),
        (
            "AttachPolicy",
            &policy,
            "123456789012",
            "TargetNotFoundException",
        ),
        (
            "AttachPolicy",
            &policy,
            "nonsense",
            "InvalidInputException INVALID_PATTERN",
        ),
        (
            "DetachPolicy",
            "p-12345678",
            &root,
            "PolicyNotFoundException",
        ),
        (
            "DetachPolicy",
            &policy,
            "ou-abcd-12345678",
            "TargetNotFoundException",
        ),
        ("DetachPolicy", &policy, &root, "PolicyNotAttachedException"),
    ] {
        let found = deployment.err(operation, attachment(policy, target)).await;
        assert_eq!(found, error, "{operation} {policy} {target}");
    }
    let input = json!({ "TargetId": "123456789012", "Filter": "SERVICE_CONTROL_POLICY" });
    assert_eq!(
        deployment.err("ListPoliciesForTarget", input).await,
        "TargetNotFoundException"
    );
}
