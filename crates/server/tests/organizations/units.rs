//! Organizational units, and what stands in them.

use keystead_testkit::node::{ACCOUNT, OTHER_ACCOUNT};
use serde_json::json;

use crate::Deployment;
use crate::deployment::{all, arn, text};

#[tokio::test]
async fn a_unit_from_its_making_to_its_end() {
    let deployment = Deployment::new().await;
    let root = deployment.root().await;
    let described = deployment.ok("DescribeOrganization", json!({})).await;
    let organization = text(&described, "/Organization/Id");
    let unit = deployment.unit(&root, "Sandbox").await;
    let name = json!({ "OrganizationalUnitId": unit });
    let found = deployment
        .ok("DescribeOrganizationalUnit", name.clone())
        .await;
    assert_eq!(
        found["OrganizationalUnit"],
        json!({
            "Id": unit, "Arn": arn(&format!("ou/{organization}/{unit}")), "Name": "Sandbox",
            "Path": format!("{organization}/{root}/{unit}/"),
        })
    );
    let renamed = json!({ "OrganizationalUnitId": unit, "Name": "Playground" });
    let renamed = deployment.ok("UpdateOrganizationalUnit", renamed).await;
    assert_eq!(renamed["OrganizationalUnit"]["Name"], "Playground");
    let found = deployment
        .ok("DescribeOrganizationalUnit", name.clone())
        .await;
    assert_eq!(found, renamed);
    let _ = deployment
        .ok("DeleteOrganizationalUnit", name.clone())
        .await;
    for operation in [
        "DescribeOrganizationalUnit",
        "UpdateOrganizationalUnit",
        "DeleteOrganizationalUnit",
    ] {
        let error = deployment.err(operation, name.clone()).await;
        assert_eq!(error, "OrganizationalUnitNotFoundException", "{operation}");
    }
}

#[tokio::test]
async fn names_are_unique_under_one_parent() {
    let deployment = Deployment::new().await;
    let root = deployment.root().await;
    let one = deployment.unit(&root, "One").await;
    let other = deployment.unit(&root, "Other").await;
    let again = json!({ "ParentId": root, "Name": "One" });
    assert_eq!(
        deployment.err("CreateOrganizationalUnit", again).await,
        "DuplicateOrganizationalUnitException"
    );
    let _ = deployment.unit(&one, "One").await;
    let rename = |name: &str| json!({ "OrganizationalUnitId": other, "Name": name });
    assert_eq!(
        deployment
            .err("UpdateOrganizationalUnit", rename("One"))
            .await,
        "DuplicateOrganizationalUnitException"
    );
    let _ = deployment
        .ok("UpdateOrganizationalUnit", rename("Other"))
        .await;
}

#[tokio::test]
async fn five_deep_and_no_deeper() {
    let deployment = Deployment::new().await;
    let mut parent = deployment.root().await;
    for _ in 0..5 {
        parent = deployment.unit(&parent, "Down").await;
    }
    let below = json!({ "ParentId": parent, "Name": "Down" });
    assert_eq!(
        deployment.err("CreateOrganizationalUnit", below).await,
        "ConstraintViolationException OU_DEPTH_LIMIT_EXCEEDED"
    );
}

#[tokio::test]
async fn parents_and_children() {
    let deployment = Deployment::new().await;
    let root = deployment.root().await;
    let unit = deployment.unit(&root, "Sandbox").await;
    deployment.shift(&root, &unit).await;
    let children = |parent: &str, kind: &str| json!({ "ParentId": parent, "ChildType": kind });
    for (parent, kind, expected) in [
        (&root, "ACCOUNT", vec![ACCOUNT.to_owned()]),
        (&root, "ORGANIZATIONAL_UNIT", vec![unit.clone()]),
        (&unit, "ACCOUNT", vec![OTHER_ACCOUNT.to_owned()]),
        (&unit, "ORGANIZATIONAL_UNIT", vec![]),
    ] {
        let found = deployment.ok("ListChildren", children(parent, kind)).await;
        assert_eq!(all(&found, "Children", "Id"), expected, "{parent} {kind}");
    }
    for (child, id, kind) in [
        (OTHER_ACCOUNT, &unit, "ORGANIZATIONAL_UNIT"),
        (&unit, &root, "ROOT"),
        (ACCOUNT, &root, "ROOT"),
    ] {
        let parents = deployment
            .ok("ListParents", json!({ "ChildId": child }))
            .await;
        assert_eq!(
            parents["Parents"],
            json!([{ "Id": id, "Type": kind }]),
            "{child}"
        );
    }
    let below = json!({ "ParentId": unit });
    let accounts = deployment.ok("ListAccountsForParent", below).await;
    assert_eq!(all(&accounts, "Accounts", "Id"), [OTHER_ACCOUNT]);
    let full = json!({ "OrganizationalUnitId": unit });
    assert_eq!(
        deployment.err("DeleteOrganizationalUnit", full).await,
        "OrganizationalUnitNotEmptyException"
    );
}

#[tokio::test]
async fn what_is_not_there() {
    let deployment = Deployment::new().await;
    let unit = "ou-abcd-12345678";
    for (operation, input, error) in [
        (
            "ListChildren",
            json!({ "ParentId": unit, "ChildType": "ACCOUNT" }),
            "ParentNotFoundException",
        ),
        (
            "ListAccountsForParent",
            json!({ "ParentId": unit }),
            "ParentNotFoundException",
        ),
        (
            "ListOrganizationalUnitsForParent",
            json!({ "ParentId": "r-nope" }),
            "ParentNotFoundException",
        ),
        (
            "CreateOrganizationalUnit",
            json!({ "ParentId": unit, "Name": "n" }),
            "ParentNotFoundException",
        ),
        (
            "ListParents",
            json!({ "ChildId": unit }),
            "ChildNotFoundException",
        ),
        (
            "ListParents",
            json!({ "ChildId": "123456789012" }),
            "ChildNotFoundException",
        ),
        (
            "ListParents",
            json!({ "ChildId": "nonsense" }),
            "InvalidInputException INVALID_PATTERN",
        ),
        (
            "ListParents",
            json!({}),
            "InvalidInputException INPUT_REQUIRED",
        ),
    ] {
        assert_eq!(
            deployment.err(operation, input.clone()).await,
            error,
            "{operation} {input}"
        );
    }
}

#[tokio::test]
async fn lists_go_on_where_they_left_off() {
    let deployment = Deployment::new().await;
    let root = deployment.root().await;
    let mut made = Vec::new();
    for number in 0..5 {
        made.push(deployment.unit(&root, &format!("Unit {number}")).await);
    }
    made.sort();
    let mut found = Vec::new();
    let mut token = json!(null);
    loop {
        let input = json!({ "ParentId": root, "MaxResults": 2, "NextToken": token });
        let page = deployment
            .ok("ListOrganizationalUnitsForParent", input)
            .await;
        found.extend(all(&page, "OrganizationalUnits", "Id"));
        token = page["NextToken"].clone();
        if token.is_null() {
            break;
        }
        assert!(found.len() % 2 == 0);
    }
    assert_eq!(found, made);
    let foreign = json!({ "ParentId": root, "NextToken": "nonsense" });
    assert_eq!(
        deployment
            .err("ListOrganizationalUnitsForParent", foreign)
            .await,
        "InvalidInputException INVALID_NEXT_TOKEN"
    );
}
