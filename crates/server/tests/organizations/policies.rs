//! Policies, and the kinds of them that are in force.

use serde_json::{Value, json};

use crate::deployment::{all, arn, text};
use crate::{ALLOW_DESCRIBE, DENY_KMS, Deployment};

fn request(kind: &str, name: &str, content: &str) -> Value {
    json!({ "Type": kind, "Name": name, "Description": "why", "Content": content })
}

const SCP: &str = "SERVICE_CONTROL_POLICY";
const RCP: &str = "RESOURCE_CONTROL_POLICY";

#[tokio::test]
async fn a_policy_from_its_making_to_its_end() {
    let deployment = Deployment::new().await;
    let described = deployment.ok("DescribeOrganization", json!({})).await;
    let organization = text(&described, "/Organization/Id");
    let made = deployment
        .ok("CreatePolicy", request(SCP, "NoKms", DENY_KMS))
        .await;
    let id = text(&made, "/Policy/PolicySummary/Id");
    assert_eq!(
        made["Policy"],
        json!({
            "Content": DENY_KMS,
            "PolicySummary": {
                "Id": id, "Name": "NoKms", "Description": "why", "Type": SCP, "AwsManaged": false,
                "Arn": arn(&format!("policy/{organization}/service_control_policy/{id}")),
            },
        })
    );
    let name = json!({ "PolicyId": id });
    assert_eq!(deployment.ok("DescribePolicy", name.clone()).await, made);
    let change =
        json!({ "PolicyId": id, "Name": "Other", "Description": "", "Content": ALLOW_DESCRIBE });
    let changed = deployment.ok("UpdatePolicy", change).await;
    assert_eq!(changed["Policy"]["Content"], ALLOW_DESCRIBE);
    assert_eq!(changed["Policy"]["PolicySummary"]["Name"], "Other");
    assert_eq!(deployment.ok("DescribePolicy", name.clone()).await, changed);
    let _ = deployment.ok("DeletePolicy", name.clone()).await;
    for operation in [
        "DescribePolicy",
        "UpdatePolicy",
        "DeletePolicy",
        "ListTargetsForPolicy",
    ] {
        let error = deployment.err(operation, name.clone()).await;
        assert_eq!(error, "PolicyNotFoundException", "{operation}");
    }
}

#[tokio::test]
async fn what_is_no_policy() {
    let deployment = Deployment::new().await;
    let long = DENY_KMS.replace("kms:*", &format!("kms:{}", "a".repeat(5120)));
    let allow = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}}"#;
    for (kind, content, error) in [
        (SCP, "{", "MalformedPolicyDocumentException"),
        (SCP, "", "InvalidInputException MIN_LENGTH_EXCEEDED"),
        // An SCP names nobody, an RCP everybody, and it may only deny.
        (SCP, allow, "MalformedPolicyDocumentException"),
        (RCP, DENY_KMS, "MalformedPolicyDocumentException"),
        (RCP, allow, "MalformedPolicyDocumentException"),
        (
            SCP,
            &long,
            "ConstraintViolationException POLICY_CONTENT_LIMIT_EXCEEDED",
        ),
        (
            "TAG_POLICY",
            "{}",
            "PolicyTypeNotAvailableForOrganizationException",
        ),
        ("NONSENSE", "{}", "InvalidInputException INVALID_ENUM"),
    ] {
        let input = request(kind, "P", content);
        assert_eq!(
            deployment.err("CreatePolicy", input).await,
            error,
            "{kind} {content}"
        );
    }
    let id = deployment.scp("P", DENY_KMS).await;
    let change = json!({ "PolicyId": id, "Content": "[]" });
    assert_eq!(
        deployment.err("UpdatePolicy", change).await,
        "MalformedPolicyDocumentException"
    );
}

#[tokio::test]
async fn names_are_unique_within_a_kind() {
    let deployment = Deployment::new().await;
    let deny = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"*"}}"#;
    let _ = deployment.scp("P", DENY_KMS).await;
    let _ = deployment.policy(RCP, "P", deny).await;
    let other = deployment.scp("Q", DENY_KMS).await;
    for (operation, input) in [
        ("CreatePolicy", request(SCP, "P", DENY_KMS)),
        ("CreatePolicy", request(SCP, "FullAWSAccess", DENY_KMS)),
        ("UpdatePolicy", json!({ "PolicyId": other, "Name": "P" })),
    ] {
        assert_eq!(
            deployment.err(operation, input).await,
            "DuplicatePolicyException"
        );
    }
}

#[tokio::test]
async fn awss_own_can_be_read_and_no_more() {
    let deployment = Deployment::new().await;
    for (kind, id, name) in [
        (SCP, "p-FullAWSAccess", "FullAWSAccess"),
        (RCP, "p-RCPFullAWSAccess", "RCPFullAWSAccess"),
    ] {
        let listed = deployment
            .ok("ListPolicies", json!({ "Filter": kind }))
            .await;
        let found = deployment
            .ok("DescribePolicy", json!({ "PolicyId": id }))
            .await;
        assert_eq!(
            listed["Policies"],
            json!([found["Policy"]["PolicySummary"]])
        );
        let summary = &found["Policy"]["PolicySummary"];
        assert_eq!(summary["Name"], name);
        assert_eq!(summary["AwsManaged"], true);
        for (operation, input) in [
            ("UpdatePolicy", json!({ "PolicyId": id, "Name": "Mine" })),
            ("DeletePolicy", json!({ "PolicyId": id })),
            (
                "TagResource",
                json!({ "ResourceId": id, "Tags": [{ "Key": "a", "Value": "b" }] }),
            ),
        ] {
            let error = deployment.err(operation, input).await;
            assert_eq!(
                error, "InvalidInputException IMMUTABLE_POLICY",
                "{operation}"
            );
        }
    }
    let none = deployment
        .ok("ListPolicies", json!({ "Filter": "TAG_POLICY" }))
        .await;
    assert_eq!(none["Policies"], json!([]));
}

#[tokio::test]
async fn a_kind_is_put_in_force_and_out_of_it() {
    let deployment = Deployment::new().await;
    let root = deployment.root().await;
    let unit = deployment.unit(&root, "Unit").await;
    let kind = |root: &str, kind: &str| json!({ "RootId": root, "PolicyType": kind });
    let enabled = deployment.ok("EnablePolicyType", kind(&root, SCP)).await;
    let in_force = json!([{ "Type": SCP, "Status": "ENABLED" }]);
    assert_eq!(enabled["Root"]["PolicyTypes"], in_force);
    let targets = json!({ "PolicyId": "p-FullAWSAccess" });
    let attached = deployment.ok("ListTargetsForPolicy", targets.clone()).await;
    assert_eq!(attached["Targets"].as_array().unwrap().len(), 4);
    let mut kinds = all(&attached, "Targets", "Type");
    kinds.dedup();
    assert_eq!(kinds, ["ACCOUNT", "ORGANIZATIONAL_UNIT", "ROOT"]);

    let own = deployment.scp("P", ALLOW_DESCRIBE).await;
    deployment.attach(&own, &unit).await;
    assert_eq!(
        deployment
            .err("DeletePolicy", json!({ "PolicyId": own }))
            .await,
        "PolicyInUseException"
    );
    let disabled = deployment.ok("DisablePolicyType", kind(&root, SCP)).await;
    assert_eq!(disabled["Root"]["PolicyTypes"], json!([]));
    for policy in ["p-FullAWSAccess", &own] {
        let input = json!({ "PolicyId": policy });
        let attached = deployment.ok("ListTargetsForPolicy", input).await;
        assert_eq!(attached["Targets"], json!([]), "{policy}");
    }
    let _ = deployment
        .ok("DeletePolicy", json!({ "PolicyId": own }))
        .await;

    let _ = deployment.ok("EnablePolicyType", kind(&root, SCP)).await;
    for (operation, input, error) in [
        (
            "EnablePolicyType",
            kind(&root, SCP),
            "PolicyTypeAlreadyEnabledException",
        ),
        (
            "EnablePolicyType",
            kind("r-nope", SCP),
            "RootNotFoundException",
        ),
        (
            "EnablePolicyType",
            kind(&root, "TAG_POLICY"),
            "PolicyTypeNotAvailableForOrganizationException",
        ),
        (
            "DisablePolicyType",
            kind(&root, RCP),
            "PolicyTypeNotEnabledException",
        ),
        (
            "DisablePolicyType",
            kind(&root, "TAG_POLICY"),
            "PolicyTypeNotEnabledException",
        ),
        (
            "DisablePolicyType",
            kind("r-nope", SCP),
            "RootNotFoundException",
        ),
    ] {
        assert_eq!(
            deployment.err(operation, input.clone()).await,
            error,
            "{operation} {input}"
        );
    }
}
