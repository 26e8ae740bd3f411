//! Making, describing and dissolving the organization.

use keystead_testkit::node::{ACCOUNT, OTHER_ACCOUNT};
use serde_json::json;

use crate::Deployment;
use crate::deployment::{all, arn, text};

#[tokio::test]
async fn the_callers_account_manages_it() {
    let deployment = Deployment::bare().await;
    let made = deployment
        .ok("CreateOrganization", json!({ "FeatureSet": "ALL" }))
        .await;
    let organization = &made["Organization"];
    let id = text(&made, "/Organization/Id");
    assert!(id.starts_with("o-"), "{id}");
    assert_eq!(organization["Arn"], arn(&format!("organization/{id}")));
    assert_eq!(organization["MasterAccountId"], ACCOUNT);
    let master = arn(&format!("account/{id}/{ACCOUNT}"));
    assert_eq!(organization["MasterAccountArn"], master);
    assert_eq!(organization["FeatureSet"], "ALL");
    assert_eq!(deployment.ok("DescribeOrganization", json!({})).await, made);

    let roots = deployment.ok("ListRoots", json!({})).await;
    let root = text(&roots, "/Roots/0/Id");
    assert_eq!(roots["Roots"][0]["Arn"], arn(&format!("root/{id}/{root}")));
    assert_eq!(roots["Roots"][0]["PolicyTypes"], json!([]));
    let accounts = deployment.ok("ListAccounts", json!({})).await;
    assert_eq!(all(&accounts, "Accounts", "Id"), [ACCOUNT]);
    assert_eq!(accounts["Accounts"][0]["JoinedMethod"], "INVITED");
    let path = format!("{id}/{root}/{ACCOUNT}/");
    assert_eq!(accounts["Accounts"][0]["Paths"], json!([path]));
}

#[tokio::test]
async fn there_is_one_at_most() {
    let deployment = Deployment::bare().await;
    let create = |features: &str| json!({ "FeatureSet": features });
    assert_eq!(
        deployment
            .err("CreateOrganization", create("CONSOLIDATED_BILLING"))
            .await,
        "InvalidInputException INVALID_ENUM"
    );
    let _ = deployment.ok("CreateOrganization", create("ALL")).await;
    assert_eq!(
        deployment.err("CreateOrganization", create("ALL")).await,
        "AlreadyInOrganizationException"
    );
    let other = deployment
        .call("fay", "CreateOrganization", create("ALL"))
        .await;
    assert_eq!(other.error(), "AlreadyInOrganizationException");
}

#[tokio::test]
async fn without_one_nothing_is_found() {
    let deployment = Deployment::bare().await;
    for (operation, input) in [
        ("DescribeOrganization", json!({})),
        ("ListRoots", json!({})),
        ("DeleteOrganization", json!({})),
        ("DescribeAccount", json!({ "AccountId": ACCOUNT })),
    ] {
        let error = deployment.err(operation, input).await;
        assert_eq!(error, "AWSOrganizationsNotInUseException", "{operation}");
    }
}

#[tokio::test]
async fn it_is_dissolved_once_it_is_empty() {
    let deployment = Deployment::with_policies().await;
    let root = deployment.root().await;
    let unit = deployment.unit(&root, "Sandbox").await;
    let _ = deployment.unit(&unit, "Inner").await;
    assert_eq!(
        deployment.err("DeleteOrganization", json!({})).await,
        "OrganizationNotEmptyException"
    );
    let leaving = json!({ "AccountId": OTHER_ACCOUNT });
    let _ = deployment
        .ok("RemoveAccountFromOrganization", leaving)
        .await;
    let _ = deployment.ok("DeleteOrganization", json!({})).await;
    assert_eq!(
        deployment.err("DescribeOrganization", json!({})).await,
        "AWSOrganizationsNotInUseException"
    );

    // Nothing is left of it that a next one could stumble over.
    let deployment = deployment.restarted().await;
    let _ = deployment.ok("CreateOrganization", json!({})).await;
    let root = deployment.root().await;
    let input = json!({ "ParentId": root, "ChildType": "ORGANIZATIONAL_UNIT" });
    assert_eq!(
        deployment.ok("ListChildren", input).await["Children"],
        json!([])
    );
    let _ = deployment.unit(&root, "Sandbox").await;
}

#[tokio::test]
async fn a_restart_keeps_it() {
    let deployment = Deployment::with_policies().await;
    let root = deployment.root().await;
    let unit = deployment.unit(&root, "Sandbox").await;
    deployment.shift(&root, &unit).await;
    let queries = [
        ("DescribeOrganization", json!({})),
        ("ListRoots", json!({})),
        ("ListAccounts", json!({})),
        (
            "DescribeOrganizationalUnit",
            json!({ "OrganizationalUnitId": unit }),
        ),
        (
            "ListTargetsForPolicy",
            json!({ "PolicyId": "p-FullAWSAccess" }),
        ),
    ];
    let mut before = Vec::new();
    for (operation, input) in &queries {
        before.push(deployment.ok(operation, input.clone()).await);
    }
    let deployment = deployment.restarted().await;
    for ((operation, input), before) in queries.into_iter().zip(before) {
        assert_eq!(deployment.ok(operation, input).await, before, "{operation}");
    }
}
