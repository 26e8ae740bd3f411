//! Accounts: making, moving, closing and removing them.

use keystead_testkit::Credentials;
use keystead_testkit::node::{ACCOUNT, OTHER_ACCOUNT};
use keystead_testkit::query::QueryService;
use serde_json::{Value, json};

use crate::Deployment;
use crate::deployment::{all, text};

fn request(name: &str, email: &str) -> Value {
    json!({ "AccountName": name, "Email": email })
}

#[tokio::test]
async fn an_account_is_there_when_the_call_is_answered() {
    let deployment = Deployment::with_policies().await;
    let made = deployment
        .ok("CreateAccount", request("Team", "team@example.com"))
        .await;
    let status = &made["CreateAccountStatus"];
    assert_eq!(status["State"], "SUCCEEDED");
    assert_eq!(status["AccountName"], "Team");
    let account = text(&made, "/CreateAccountStatus/AccountId");
    let asked = json!({ "CreateAccountRequestId": status["Id"] });
    assert_eq!(
        deployment.ok("DescribeCreateAccountStatus", asked).await,
        made
    );

    let found = deployment
        .ok("DescribeAccount", json!({ "AccountId": account }))
        .await;
    let found = &found["Account"];
    for (member, expected) in [
        ("Id", account.as_str()),
        ("Name", "Team"),
        ("Email", "team@example.com"),
        ("Status", "ACTIVE"),
        ("State", "ACTIVE"),
        ("JoinedMethod", "CREATED"),
    ] {
        assert_eq!(found[member], expected, "{member}");
    }
    for (kind, policy) in [
        ("SERVICE_CONTROL_POLICY", "p-FullAWSAccess"),
        ("RESOURCE_CONTROL_POLICY", "p-RCPFullAWSAccess"),
    ] {
        let input = json!({ "TargetId": account, "Filter": kind });
        let attached = deployment.ok("ListPoliciesForTarget", input).await;
        assert_eq!(all(&attached, "Policies", "Id"), [policy]);
    }
}

#[tokio::test]
async fn the_way_in_is_a_role() {
    let deployment = Deployment::new().await;
    for (role, expected) in [
        (None, "organizationaccountaccessrole"),
        (Some("Entry"), "entry"),
    ] {
        let mut input = request("Team", &format!("{expected}@example.com"));
        input["RoleName"] = json!(role);
        let made = deployment.ok("CreateAccount", input).await;
        let account = text(&made, "/CreateAccountStatus/AccountId");
        let path = format!("/iam/role/{account}/{expected}");
        let stored = deployment
            .node
            .identity_store
            .get(&path)
            .await
            .unwrap()
            .unwrap();
        let record = String::from_utf8(stored.value.to_vec()).unwrap();
        assert!(record.contains("arn:aws:iam::aws:policy/AdministratorAccess"));
        assert!(
            record.contains(&format!("arn:aws:iam::{ACCOUNT}:root")),
            "{record}"
        );
    }
    let mut input = request("Team", "t@example.com");
    input["RoleName"] = json!("AWSServiceRoleForMe");
    assert_eq!(
        deployment.err("CreateAccount", input).await,
        "InvalidInputException INVALID_ROLE_NAME"
    );
}

#[tokio::test]
async fn an_address_belongs_to_one_account() {
    let deployment = Deployment::new().await;
    let made = deployment
        .ok("CreateAccount", request("Team", "MEMBER@example.com"))
        .await;
    let status = &made["CreateAccountStatus"];
    assert_eq!(status["State"], "FAILED");
    assert_eq!(status["FailureReason"], "EMAIL_ALREADY_EXISTS");
    assert_eq!(status["AccountId"], json!(null));
    let asked = json!({ "CreateAccountRequestId": status["Id"] });
    assert_eq!(
        deployment.ok("DescribeCreateAccountStatus", asked).await,
        made
    );
    let _ = deployment
        .ok("CreateAccount", request("Team", "team@example.com"))
        .await;
    for (states, count) in [
        (json!([]), 2),
        (json!(["FAILED"]), 1),
        (json!(["SUCCEEDED"]), 1),
        (json!(["IN_PROGRESS"]), 0),
    ] {
        let input = json!({ "States": states });
        let listed = deployment.ok("ListCreateAccountStatus", input).await;
        let found = listed["CreateAccountStatuses"].as_array().unwrap();
        assert_eq!(found.len(), count, "{states}");
    }
    let unknown = json!({ "CreateAccountRequestId": "car-12345678" });
    assert_eq!(
        deployment.err("DescribeCreateAccountStatus", unknown).await,
        "CreateAccountStatusNotFoundException"
    );
    let accounts = deployment.ok("ListAccounts", json!({})).await;
    assert_eq!(accounts["Accounts"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn moving_names_where_from_and_where_to() {
    let deployment = Deployment::new().await;
    let root = deployment.root().await;
    let unit = deployment.unit(&root, "Unit").await;
    let other = deployment.unit(&root, "Other").await;
    let way = |account: &str, source: &str, destination: &str| json!({ "AccountId": account, "SourceParentId": source, "DestinationParentId": destination });
    let nowhere = "ou-abcd-12345678";
    for (input, error) in [
        (
            way("123456789012", &root, &unit),
            "AccountNotFoundException",
        ),
        (
            way(OTHER_ACCOUNT, nowhere, &unit),
            "SourceParentNotFoundException",
        ),
        (
            way(OTHER_ACCOUNT, &root, nowhere),
            "DestinationParentNotFoundException",
        ),
        (
            way(OTHER_ACCOUNT, &root, &root),
            "DuplicateAccountException",
        ),
        (
            way(OTHER_ACCOUNT, &other, &unit),
            "AccountNotFoundException",
        ),
    ] {
        assert_eq!(
            deployment.err("MoveAccount", input.clone()).await,
            error,
            "{input}"
        );
    }
    deployment.shift(&root, &unit).await;
    deployment.shift(&unit, &other).await;
}

#[tokio::test]
async fn a_closed_account_does_nothing_any_more() {
    let deployment = Deployment::new().await;
    let _ = deployment.node.ok("fay", "ListKeys", &json!({})).await;
    let close = |account: &str| json!({ "AccountId": account });
    let _ = deployment.ok("CloseAccount", close(OTHER_ACCOUNT)).await;
    let refused = deployment.node.call("fay", "ListKeys", &json!({})).await;
    assert_eq!(refused.error(), "UnrecognizedClientException");
    let found = deployment.ok("DescribeAccount", close(OTHER_ACCOUNT)).await;
    assert_eq!(found["Account"]["Status"], "SUSPENDED");
    for (operation, account, error) in [
        (
            "CloseAccount",
            OTHER_ACCOUNT,
            "AccountAlreadyClosedException",
        ),
        ("CloseAccount", "123456789012", "AccountNotFoundException"),
        (
            "CloseAccount",
            ACCOUNT,
            "ConstraintViolationException CANNOT_CLOSE_MANAGEMENT_ACCOUNT",
        ),
        (
            "RemoveAccountFromOrganization",
            OTHER_ACCOUNT,
            "ConstraintViolationException ACCOUNT_CANNOT_LEAVE_ORGANIZATION",
        ),
        (
            "RemoveAccountFromOrganization",
            ACCOUNT,
            "MasterCannotLeaveOrganizationException",
        ),
        (
            "RemoveAccountFromOrganization",
            "123456789012",
            "AccountNotFoundException",
        ),
    ] {
        assert_eq!(
            deployment.err(operation, close(account)).await,
            error,
            "{operation} {account}"
        );
    }
}

/// Whoever is named by a key policy, a grant or a trust policy of the account has it no more.
#[tokio::test]
async fn nobody_uses_what_a_closed_account_has() {
    let deployment = Deployment::new().await;
    let node = &deployment.node;
    let anybody = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"*","Resource":"*"}}"#;
    let key = node.key("fay", Some(anybody)).await;
    let arn = format!("arn:aws:kms:us-east-1:{OTHER_ACCOUNT}:key/{key}");
    let input = json!({ "KeyId": arn, "Plaintext": "AAAA" });
    let made = node.ok("ada", "Encrypt", &input).await;
    let ciphertext = json!({ "CiphertextBlob": made["CiphertextBlob"] });
    let grantee = format!("arn:aws:iam::{ACCOUNT}:user/ada");
    let grant = json!({
        "KeyId": arn, "GranteePrincipal": grantee, "RetiringPrincipal": grantee,
        "Operations": ["Encrypt"],
    });
    let grant = node.ok("fay", "CreateGrant", &grant).await;
    let trust = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}}"#;
    let parameters = [("RoleName", "open"), ("AssumeRolePolicyDocument", trust)];
    let fay = Credentials::of("fay");
    let role = node.query(QueryService::IAM, &fay, "CreateRole", &parameters);
    assert_eq!(role.await.status, 200);
    let become_it = || async {
        let role = format!("arn:aws:iam::{OTHER_ACCOUNT}:role/open");
        let parameters = [("RoleArn", role.as_str()), ("RoleSessionName", "session")];
        let ada = Credentials::of("ada");
        node.query(QueryService::STS, &ada, "AssumeRole", &parameters)
            .await
    };
    assert_eq!(become_it().await.status, 200);

    let closed = json!({ "AccountId": OTHER_ACCOUNT });
    let _ = deployment.ok("CloseAccount", closed).await;
    for (operation, input) in [
        ("Encrypt", input),
        ("Decrypt", ciphertext),
        ("DescribeKey", json!({ "KeyId": arn })),
        ("RetireGrant", json!({ "GrantToken": grant["GrantToken"] })),
    ] {
        let (code, _) = node.err("ada", operation, &input).await;
        assert_eq!(code, "AccessDeniedException", "{operation}");
    }
    assert_eq!(become_it().await.xml("Code"), "AccessDenied");
}

#[tokio::test]
async fn a_removed_account_stands_alone() {
    let deployment = Deployment::with_policies().await;
    let leaving = json!({ "AccountId": OTHER_ACCOUNT });
    let _ = deployment
        .ok("RemoveAccountFromOrganization", leaving.clone())
        .await;
    assert_eq!(
        deployment.err("DescribeAccount", leaving).await,
        "AccountNotFoundException"
    );
    let targets = json!({ "PolicyId": "p-FullAWSAccess" });
    let targets = deployment.ok("ListTargetsForPolicy", targets).await;
    assert!(!all(&targets, "Targets", "TargetId").contains(&OTHER_ACCOUNT.to_owned()));
    let alone = deployment
        .call("fay", "DescribeOrganization", json!({}))
        .await;
    assert_eq!(alone.error(), "AWSOrganizationsNotInUseException");
    let _ = deployment.node.ok("fay", "ListKeys", &json!({})).await;
}
