//! Who may call Organizations: identity policies decide, and then which account it is.

use keystead_testkit::node::{JsonService, OTHER_ACCOUNT};
use keystead_testkit::query::QueryService;
use keystead_testkit::{Credentials, NodeOptions};
use serde_json::json;

use crate::Deployment;

#[tokio::test]
async fn members_see_the_organization_and_no_more() {
    let deployment = Deployment::with_policies().await;
    let seen = deployment
        .call("fay", "DescribeOrganization", json!({}))
        .await;
    assert_eq!(seen.status, 200, "{}", seen.text());
    let root = deployment.root().await;
    for (operation, input) in [
        ("ListAccounts", json!({})),
        ("ListRoots", json!({})),
        ("DescribeAccount", json!({ "AccountId": OTHER_ACCOUNT })),
        (
            "CreateAccount",
            json!({ "AccountName": "n", "Email": "n@example.com" }),
        ),
        (
            "CreateOrganizationalUnit",
            json!({ "ParentId": root, "Name": "n" }),
        ),
        (
            "DetachPolicy",
            json!({ "PolicyId": "p-FullAWSAccess", "TargetId": OTHER_ACCOUNT }),
        ),
        (
            "DisablePolicyType",
            json!({ "RootId": root, "PolicyType": "SERVICE_CONTROL_POLICY" }),
        ),
        (
            "RemoveAccountFromOrganization",
            json!({ "AccountId": OTHER_ACCOUNT }),
        ),
        ("DeleteOrganization", json!({})),
    ] {
        let refused = deployment.call("fay", operation, input).await;
        assert_eq!(refused.error(), "AccessDeniedException", "{operation}");
        assert_eq!(
            refused.message(),
            "You don't have permissions to access this resource.",
            "{operation}"
        );
    }
}

#[tokio::test]
async fn without_a_permission_nothing_is_told() {
    let deployment = Deployment::new().await;
    let seen = deployment
        .call("bob", "DescribeOrganization", json!({}))
        .await;
    assert_eq!(seen.status, 200);
    for (operation, input) in [
        ("ListAccounts", json!({})),
        ("DeletePolicy", json!({ "PolicyId": "p-FullAWSAccess" })),
        ("DeletePolicy", json!({ "PolicyId": "p-12345678" })),
    ] {
        let refused = deployment.call("bob", operation, input).await;
        assert_eq!(refused.error(), "AccessDeniedException", "{operation}");
        let action = format!("organizations:{operation}");
        assert!(refused.message().contains(&action), "{}", refused.text());
    }
}

#[tokio::test]
async fn members_are_not_told_the_tags_of_parts() {
    let deployment = Deployment::new().await;
    let unit = deployment.unit(&deployment.root().await, "A").await;
    let iam = async |operation: &str, parameters: &[(&str, &str)]| {
        let by = Credentials::of("fay");
        let service = QueryService::IAM;
        let answer = deployment.node.query(service, &by, operation, parameters);
        let answer = answer.await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    };
    let policy = json!({ "Version": "2012-10-17", "Statement": {
        "Effect": "Deny", "Resource": "*", "Action": "organizations:*",
        "Condition": { "StringEquals": { "aws:ResourceTag/team": "secret" } },
    }})
    .to_string();
    let put = [
        ("UserName", "fay"),
        ("PolicyName", "guess"),
        ("PolicyDocument", policy.as_str()),
    ];
    iam("PutUserPolicy", &put).await;
    let describe = json!({ "OrganizationalUnitId": unit });
    let before = deployment
        .call("fay", "DescribeOrganizationalUnit", describe.clone())
        .await;
    let tag = json!({ "ResourceId": unit, "Tags": [{ "Key": "team", "Value": "secret" }] });
    let _ = deployment.ok("TagResource", tag).await;
    let after = deployment
        .call("fay", "DescribeOrganizationalUnit", describe)
        .await;
    assert_eq!(before.message(), after.message());
}

#[tokio::test]
async fn permissions_are_for_parts_of_the_organization() {
    let folder = tempfile::tempdir().unwrap();
    let policy = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Resource": "*",
          "Action": ["organizations:Create*", "organizations:List*", "organizations:TagResource"] },
        { "Effect": "Deny", "Resource": "*", "Action": "organizations:TagResource",
          "Condition": { "StringEquals": { "aws:RequestTag/team": "other" } } },
        { "Effect": "Allow", "Resource": "arn:aws:organizations::*:ou/o-*/ou-*",
          "Action": "organizations:DeleteOrganizationalUnit",
          "Condition": { "StringEquals": { "aws:ResourceTag/team": "mine" } } },
    ]});
    let node = NodeOptions::new()
        .user("pat", Some(&policy.to_string()))
        .start(folder.path())
        .await;
    let call = async |operation: &str, input: serde_json::Value| {
        let service = JsonService::ORGANIZATIONS;
        node.call_json(service, "pat", &[], operation, &input).await
    };
    let _ = call("CreateOrganization", json!({})).await;
    let roots = call("ListRoots", json!({})).await.json();
    let root = &roots["Roots"][0]["Id"];
    let unit = |name: &str, team: &str| json!({ "ParentId": root, "Name": name, "Tags": [{ "Key": "team", "Value": team }] });
    let refused = call("CreateOrganizationalUnit", unit("A", "other")).await;
    assert_eq!(
        refused.error(),
        "AccessDeniedException",
        "{}",
        refused.text()
    );
    for (name, team, status) in [("A", "mine", 200), ("B", "theirs", 400)] {
        let made = call("CreateOrganizationalUnit", unit(name, team))
            .await
            .json();
        let id = &made["OrganizationalUnit"]["Id"];
        let deleted = call(
            "DeleteOrganizationalUnit",
            json!({ "OrganizationalUnitId": id }),
        )
        .await;
        assert_eq!(deleted.status, status, "{name}: {}", deleted.text());
    }
}
