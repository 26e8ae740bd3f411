//! The operations of Organizations.

use keystead_testkit::node::ACCOUNT;
use serde_json::{Value, json};

use crate::world::{ORGANIZATIONS, World, text};

const POLICY: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"kms:Sign","Resource":"*"}}"#;

async fn call(world: &World, operation: &str, input: Value) -> Value {
    world.json(ORGANIZATIONS, operation, input).await
}

pub(crate) async fn accounts(world: &World) {
    call(world, "CreateOrganization", json!({"FeatureSet": "ALL"})).await;
    call(world, "DescribeOrganization", json!({})).await;
    let roots = call(world, "ListRoots", json!({})).await;
    let root = text(&roots, "/Roots/0/Id");
    let unit = json!({"ParentId": root, "Name": "Engines", "Tags": [{"Key": "a", "Value": "1"}]});
    let unit = call(world, "CreateOrganizationalUnit", unit).await;
    let unit = text(&unit, "/OrganizationalUnit/Id");
    let named = json!({"OrganizationalUnitId": unit});
    call(world, "DescribeOrganizationalUnit", named.clone()).await;
    let renamed = json!({"OrganizationalUnitId": unit, "Name": "Difference"});
    call(world, "UpdateOrganizationalUnit", renamed).await;

    let wanted = json!({"AccountName": "Team", "Email": "team@example.com", "RoleName": "Entry"});
    let made = call(world, "CreateAccount", wanted).await;
    let account = text(&made, "/CreateAccountStatus/AccountId");
    let request = json!({"CreateAccountRequestId": made["CreateAccountStatus"]["Id"]});
    for (operation, input) in [
        ("DescribeCreateAccountStatus", request),
        ("ListCreateAccountStatus", json!({"States": ["SUCCEEDED"]})),
        ("DescribeAccount", json!({"AccountId": account})),
        (
            "MoveAccount",
            json!({"AccountId": account, "SourceParentId": root, "DestinationParentId": unit}),
        ),
        ("ListAccounts", json!({"MaxResults": 5})),
        ("ListAccountsForParent", json!({"ParentId": unit})),
        (
            "ListChildren",
            json!({"ParentId": root, "ChildType": "ORGANIZATIONAL_UNIT"}),
        ),
        (
            "ListOrganizationalUnitsForParent",
            json!({"ParentId": root}),
        ),
        ("ListParents", json!({"ChildId": unit})),
        (
            "TagResource",
            json!({"ResourceId": account, "Tags": [{"Key": "a", "Value": "1"}]}),
        ),
        ("ListTagsForResource", json!({"ResourceId": account})),
        (
            "UntagResource",
            json!({"ResourceId": account, "TagKeys": ["a"]}),
        ),
        (
            "RemoveAccountFromOrganization",
            json!({"AccountId": account}),
        ),
        ("DeleteOrganizationalUnit", named),
        // It is empty again.
        ("DeleteOrganization", json!({})),
        ("CreateOrganization", json!({})),
    ] {
        call(world, operation, input).await;
    }
}

pub(crate) async fn policies(world: &World) {
    let roots = call(world, "ListRoots", json!({})).await;
    let root = text(&roots, "/Roots/0/Id");
    let kind = "SERVICE_CONTROL_POLICY";
    let of_root = json!({"RootId": root, "PolicyType": kind});
    call(world, "EnablePolicyType", of_root.clone()).await;
    let wanted = json!({"Type": kind, "Name": "No signing", "Description": "", "Content": POLICY});
    let made = call(world, "CreatePolicy", wanted).await;
    let policy = text(&made, "/Policy/PolicySummary/Id");
    let attachment = json!({"PolicyId": policy, "TargetId": ACCOUNT});
    for (operation, input) in [
        ("DescribePolicy", json!({"PolicyId": policy})),
        (
            "UpdatePolicy",
            json!({"PolicyId": policy, "Name": "None may sign"}),
        ),
        ("ListPolicies", json!({"Filter": kind})),
        ("AttachPolicy", attachment.clone()),
        (
            "ListPoliciesForTarget",
            json!({"TargetId": ACCOUNT, "Filter": kind}),
        ),
        ("ListTargetsForPolicy", json!({"PolicyId": policy})),
        ("DetachPolicy", attachment),
        ("DeletePolicy", json!({"PolicyId": policy})),
        ("DisablePolicyType", of_root),
    ] {
        call(world, operation, input).await;
    }
    let closed = json!({"AccountName": "Closed", "Email": "closed@example.com"});
    let made = call(world, "CreateAccount", closed).await;
    let account = text(&made, "/CreateAccountStatus/AccountId");
    call(world, "CloseAccount", json!({"AccountId": account})).await;
}
