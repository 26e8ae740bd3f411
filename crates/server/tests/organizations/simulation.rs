//! What the organization's policies do to a simulation.

use keystead_testkit::Credentials;
use keystead_testkit::node::{ACCOUNT, OTHER_ACCOUNT};
use keystead_testkit::query::QueryService;
use serde_json::json;

use crate::Deployment;

const EVERYTHING: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;

/// What the simulator decides for fay on a key of an account, with and without a key policy.
async fn simulated(deployment: &Deployment, user: &str, account: &str) -> [String; 2] {
    let fay = format!("arn:aws:iam::{OTHER_ACCOUNT}:user/fay");
    let key = format!("arn:aws:kms:us-east-1:{account}:key/1");
    let policy = json!({ "Statement": {
        "Effect": "Allow", "Principal": { "AWS": fay }, "Action": "kms:*", "Resource": "*",
    }})
    .to_string();
    let with_policy = [
        ("PolicyInputList.member.1", EVERYTHING),
        ("ActionNames.member.1", "kms:Decrypt"),
        ("ResourceArns.member.1", &*key),
        ("CallerArn", &*fay),
        ("ResourcePolicy", &*policy),
    ];
    let (without_policy, _) = with_policy.split_at(4);
    let mut decisions = [String::new(), String::new()];
    for (decision, asked) in decisions.iter_mut().zip([&with_policy[..], without_policy]) {
        let credentials = Credentials::of(user);
        let node = &deployment.node;
        let answer = node
            .query(
                QueryService::IAM,
                &credentials,
                "SimulateCustomPolicy",
                asked,
            )
            .await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        *decision = answer.xml("EvalDecision");
    }
    decisions
}

#[tokio::test]
async fn resource_control_policies_are_told_to_the_account_that_they_are_above() {
    let deployment = Deployment::with_policies().await;
    let none = json!({ "Version": "2012-10-17", "Statement": {
        "Effect": "Deny", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*",
    }});
    let policy = deployment
        .policy("RESOURCE_CONTROL_POLICY", "None", &none.to_string())
        .await;
    deployment.attach(&policy, OTHER_ACCOUNT).await;
    // They are about resources that have a policy, as in earnest.
    assert_eq!(
        simulated(&deployment, "fay", OTHER_ACCOUNT).await,
        ["explicitDeny", "allowed"]
    );
    assert_eq!(
        simulated(&deployment, "ada", OTHER_ACCOUNT).await,
        ["allowed", "allowed"]
    );
    let [own, _] = simulated(&deployment, "fay", ACCOUNT).await;
    assert_eq!(own, "allowed");
}
