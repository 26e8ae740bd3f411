//! `Keystead.WhoCan` at a running node: who is listed, under which conditions and why, page by page,
//! and that whoever is listed without conditions really may.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use keystead_testkit::node::{ACCOUNT, JsonService, OTHER_ACCOUNT};
use keystead_testkit::{Answer, NodeOptions, TestNode};
use serde_json::{Value, json};

const DECRYPT: &str = r#"{"Version":"2012-10-17","Statement":[
    {"Effect":"Allow","Action":"kms:Decrypt","Resource":"*"}]}"#;
const DECRYPT_AT_HOME: &str = r#"{"Version":"2012-10-17","Statement":[
    {"Effect":"Allow","Action":"kms:Decrypt","Resource":"*",
     "Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}]}"#;
const NO_DECRYPT: &str = r#"{"Version":"2012-10-17","Statement":[
    {"Effect":"Allow","Action":"*","Resource":"*"},
    {"Effect":"Deny","Action":"kms:Decrypt","Resource":"*"}]}"#;
const ASK: &str = r#"{"Version":"2012-10-17","Statement":[
    {"Effect":"Allow","Action":"keystead:WhoCan","Resource":"*"}]}"#;

/// Ada administers and bob asks; cat decrypts, eve decrypts at home, dan is denied, fay administers
/// another account.
async fn node(folder: &tempfile::TempDir) -> TestNode {
    let trust = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"sts:AssumeRole",
        "Principal":{{"AWS":"{ACCOUNT}"}}}}]}}"#
    );
    NodeOptions::new()
        .admin("ada")
        .user("bob", Some(ASK))
        .user("cat", Some(DECRYPT))
        .user("eve", Some(DECRYPT_AT_HOME))
        .user("dan", Some(NO_DECRYPT))
        .user("nil", None)
        .role("worker", &trust, Some(DECRYPT))
        .foreign_admin("fay")
        .start(folder.path())
        .await
}

async fn ask(node: &TestNode, user: &str, input: &Value) -> Answer {
    let keystead = JsonService::KEYSTEAD;
    node.call_json(keystead, user, &[], "WhoCan", input).await
}

/// Everybody who is listed, and whether certainly, page by page.
async fn listed(node: &TestNode, input: &Value) -> Vec<Value> {
    let (mut input, mut all) = (input.clone(), Vec::new());
    loop {
        let answer = ask(node, "bob", &input).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let page = answer.json();
        assert_eq!(page["Truncated"], page.get("NextMarker").is_some());
        all.extend(page["Accesses"].as_array().unwrap().clone());
        match page.get("NextMarker") {
            Some(marker) => input["Marker"] = marker.clone(),
            None => return all,
        }
    }
}

/// Names without their ARNs, with a question mark if there are conditions.
fn short(accesses: &[Value]) -> Vec<String> {
    let name = |access: &Value| {
        let name = access["Principal"].as_str().unwrap();
        let name = name.rsplit([':', '/']).next().unwrap();
        let mark = if access["Certainty"] == "Certain" {
            ""
        } else {
            "?"
        };
        format!("{name}{mark}")
    };
    accesses.iter().map(name).collect()
}

fn policy(statements: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[
        {{"Effect":"Allow","Principal":{{"AWS":"{ACCOUNT}"}},"Action":"kms:*","Resource":"*"}}{statements}]}}"#
    )
}

#[tokio::test]
async fn a_key_of_the_account_is_for_whom_its_policies_allow() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder).await;
    let key = node.key("ada", None).await;
    let found = listed(&node, &json!({"KeyId": key, "Action": "Decrypt"})).await;
    assert_eq!(short(&found), ["root", "ada", "cat", "eve?", "worker"]);
    let eve = &found[3];
    assert_eq!(eve["Kind"], "User");
    assert_eq!(eve["ConditionKeys"], json!(["aws:SourceIp"]));
    let condition = json!([{"Effect": "Allow", "Operator": "IpAddress", "Key": "aws:SourceIp",
        "Values": ["10.0.0.0/8"]}]);
    assert_eq!(eve["Conditions"], condition);
    let because = eve["Because"].to_string();
    assert!(
        because.contains("the key policy") && because.contains("identity policy"),
        "{because}"
    );
    let worker = &found[4];
    assert_eq!(worker["Kind"], "Role");
    assert_eq!(
        worker["Principal"],
        format!("arn:aws:iam::{ACCOUNT}:role/worker")
    );
    assert!(found.iter().all(|access| access["Local"] == true));
}

#[tokio::test]
async fn who_is_listed_may_and_who_is_not_may_not() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder).await;
    let key = node.key("ada", None).await;
    let sealed = node
        .ok(
            "ada",
            "Encrypt",
            &json!({"KeyId": key, "Plaintext": "aGk="}),
        )
        .await;
    let found = short(&listed(&node, &json!({"KeyId": key, "Action": "kms:decrypt"})).await);
    for user in ["ada", "bob", "cat", "dan", "eve", "nil"] {
        let input = json!({"CiphertextBlob": sealed["CiphertextBlob"]});
        let answer = node.call(user, "Decrypt", &input).await;
        // Nobody calls from 10.0.0.0/8 here, so that conditions do not hold.
        assert_eq!(
            answer.status == 200,
            found.contains(&user.to_owned()),
            "{user}"
        );
    }
}

#[tokio::test]
async fn a_condition_key_that_no_call_of_the_action_has_is_no_open_question() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder).await;
    let user = |name: &str| format!("arn:aws:iam::{ACCOUNT}:user/{name}");
    let (nil, eve) = (user("nil"), user("eve"));
    let both = r#""Action":["kms:Decrypt","kms:DescribeKey"],"Resource":"*""#;
    let context = r#"{"kms:EncryptionContext:team":"a"}"#;
    let statements = format!(
        r#",{{"Effect":"Allow","Principal":{{"AWS":"{nil}"}},{both},
            "Condition":{{"StringEquals":{context}}}}},
        {{"Effect":"Allow","Principal":{{"AWS":"{eve}"}},{both}}},
        {{"Effect":"Deny","Principal":{{"AWS":"{eve}"}},{both},
            "Condition":{{"StringNotEquals":{context}}}}}"#
    );
    let key = node.key("ada", Some(&policy(&statements))).await;
    let found = listed(&node, &json!({"KeyId": key, "Action": "Decrypt"})).await;
    assert_eq!(
        short(&found),
        ["root", "ada", "cat", "eve?", "nil?", "worker"]
    );
    // It is not in a call of DescribeKey: the allowance never applies, the denial always.
    let found = listed(&node, &json!({"KeyId": key, "Action": "DescribeKey"})).await;
    assert_eq!(short(&found), ["root", "ada", "dan"]);
    for who in ["nil", "eve"] {
        let _ = node.err(who, "DescribeKey", &json!({"KeyId": key})).await;
    }
}

#[tokio::test]
async fn names_of_a_key_policy_that_are_not_of_here() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder).await;
    let statement = format!(
        r#",{{"Effect":"Allow","Principal":{{"AWS":"{OTHER_ACCOUNT}","Service":"logs.amazonaws.com"}},
        "Action":"kms:Decrypt","Resource":"*","Condition":{{"StringEquals":{{"kms:KeyUsage":"ENCRYPT_DECRYPT"}}}}}},
        {{"Effect":"Allow","Principal":"*","Action":"kms:Encrypt","Resource":"*",
        "Condition":{{"StringEquals":{{"kms:CallerAccount":"999988887777"}}}}}}"#
    );
    let key = node.key("ada", Some(&policy(&statement))).await;
    let found = listed(&node, &json!({"KeyId": key, "Action": "Decrypt"})).await;
    let expected = [
        "root",
        "ada",
        "cat",
        "eve?",
        "worker",
        "root?",
        "logs.amazonaws.com",
    ];
    assert_eq!(short(&found), expected);
    let logs = found.last().unwrap();
    assert_eq!(
        (&logs["Kind"], &logs["Local"]),
        (&json!("Service"), &json!(false))
    );
    let found = listed(&node, &json!({"KeyId": key, "Action": "Encrypt"})).await;
    let everyone = found.last().unwrap();
    assert_eq!(everyone["Kind"], "Everyone");
    assert_eq!(everyone["Certainty"], "Conditional");
    assert!(
        everyone["AlsoNeeds"]
            .as_str()
            .unwrap()
            .contains("its own account")
    );
    // What works within an account alone is for nobody else.
    let found = listed(&node, &json!({"KeyId": key, "Action": "DisableKey"})).await;
    assert_eq!(short(&found), ["root", "ada", "dan"]);
}

#[tokio::test]
async fn of_other_accounts_only_those_are_told_of_whom_the_key_names() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder).await;
    let fay = format!("arn:aws:iam::{OTHER_ACCOUNT}:user/fay");
    let named = |principal: &str| {
        policy(&format!(
            r#",{{"Effect":"Allow","Principal":{{"AWS":"{principal}"}},"Action":"kms:Decrypt","Resource":"*"}}"#
        ))
    };
    // Fay may by her own policies, which is for her account to know.
    for (principal, kind, needs) in [
        (&*fay, "User", "an identity policy of its own account"),
        (OTHER_ACCOUNT, "Account", "an identity policy that allows"),
    ] {
        let key = node.key("ada", Some(&named(principal))).await;
        let found = listed(&node, &json!({"KeyId": key, "Action": "Decrypt"})).await;
        let foreign = |access: &&Value| {
            let name = access["Principal"].as_str();
            name.is_some_and(|name| name.contains(OTHER_ACCOUNT))
        };
        let found: Vec<&Value> = found.iter().filter(foreign).collect();
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(
            (&found[0]["Kind"], &found[0]["Local"]),
            (&json!(kind), &json!(false))
        );
        assert!(found[0]["AlsoNeeds"].as_str().unwrap().starts_with(needs));
        assert!(!found[0]["Because"].to_string().contains("Administrator"));
    }
    let key = node.key("ada", None).await;
    let grant = json!({"KeyId": key, "GranteePrincipal": fay, "Operations": ["Decrypt"]});
    let _ = node.ok("ada", "CreateGrant", &grant).await;
    let found = listed(&node, &json!({"KeyId": key, "Action": "Decrypt"})).await;
    let last = found.last().unwrap();
    assert_eq!(
        (&last["Principal"], &last["Local"]),
        (&json!(fay), &json!(false))
    );
    // Whom a grant names needs nothing else, but what her own account says is not known.
    assert_eq!(last["Certainty"], "Conditional");
    assert_eq!(
        last["AlsoNeeds"],
        "no policy of its own account that denies it"
    );
    assert_eq!(last["Conditions"], json!([]));

    // Nor does a marker lead into the other account.
    use base64::Engine as _;
    let begun = format!("WhoCan:root:{OTHER_ACCOUNT}");
    let marker = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(begun);
    let key = node.key("ada", Some(&named(OTHER_ACCOUNT))).await;
    let input = json!({"KeyId": key, "Action": "Decrypt", "Marker": marker});
    let found = listed(&node, &input).await;
    assert!(
        found.iter().all(|access| access["Local"] == false),
        "{found:?}"
    );
}

#[tokio::test]
async fn who_manages_the_organization_sees_its_accounts() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder).await;
    let organizations = JsonService::ORGANIZATIONS;
    let manage = async |operation: &str, input: Value| {
        let answer = node
            .call_json(organizations, "ada", &[], operation, &input)
            .await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    };
    let _ = manage("CreateOrganization", json!({})).await;
    let member = json!({"AccountName": "Member", "Email": "member@example.com"});
    let made = manage("CreateAccount", member).await;
    let member = made["CreateAccountStatus"]["AccountId"]
        .as_str()
        .unwrap()
        .to_owned();
    let statement = format!(
        r#",{{"Effect":"Allow","Principal":{{"AWS":["{member}","{OTHER_ACCOUNT}"]}},"Action":"kms:Decrypt","Resource":"*"}}"#
    );
    let key = node.key("ada", Some(&policy(&statement))).await;
    let found = listed(&node, &json!({"KeyId": key, "Action": "Decrypt"})).await;
    let is_of = |access: &&Value, account: &str| {
        let name = access["Principal"].as_str();
        name.is_some_and(|name| name.contains(account))
    };
    let of = |account: &str| {
        let found = found.iter().filter(|access| is_of(access, account));
        found.cloned().collect::<Vec<_>>()
    };
    let theirs = of(&member);
    assert_eq!(short(&theirs), ["root", "OrganizationAccountAccessRole"]);
    assert!(theirs.iter().all(|access| access["Local"] == true));
    // An account of the deployment that is not of the organization stays a stranger.
    let strangers = of(OTHER_ACCOUNT);
    assert_eq!(short(&strangers), ["root?"]);
    assert_eq!(strangers[0]["Local"], false);
}

#[tokio::test]
async fn grants_are_listed_with_their_constraints() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder).await;
    let key = node.key("ada", None).await;
    let grantee = format!("arn:aws:iam::{ACCOUNT}:user/nil");
    let made = node
        .ok(
            "ada",
            "CreateGrant",
            &json!({
                "KeyId": key, "GranteePrincipal": grantee, "Operations": ["Decrypt", "DescribeKey"],
                "Constraints": {"EncryptionContextSubset": {"team": "a"}},
            }),
        )
        .await;
    let found = listed(&node, &json!({"KeyId": key, "Action": "Decrypt"})).await;
    let last = found.last().unwrap();
    assert_eq!(last["Principal"], grantee.as_str());
    assert_eq!(last["GrantId"], made["GrantId"]);
    assert_eq!(last["Certainty"], "Conditional");
    assert_eq!(last["AlsoNeeds"], "an encryption context with team=a");
    let found = listed(&node, &json!({"KeyId": key, "Action": "DescribeKey"})).await;
    assert_eq!(found.last().unwrap()["Certainty"], "Certain");
    let found = listed(&node, &json!({"KeyId": key, "Action": "Encrypt"})).await;
    assert!(found.iter().all(|access| access.get("GrantId").is_none()));
}

#[tokio::test]
async fn pages_are_as_long_as_asked_and_lose_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder).await;
    let statement = r#",{"Effect":"Allow","Principal":{"Service":["a.amazonaws.com","b.amazonaws.com"]},
        "Action":"kms:Decrypt","Resource":"*"}"#;
    let key = node.key("ada", Some(&policy(statement))).await;
    let whole = listed(&node, &json!({"KeyId": key, "Action": "Decrypt"})).await;
    assert_eq!(whole.len(), 7);
    for limit in [1, 2, 3, 7, 100] {
        let input = json!({"KeyId": key, "Action": "Decrypt", "Limit": limit});
        let first = ask(&node, "bob", &input).await.json();
        assert!(first["Accesses"].as_array().unwrap().len() <= limit);
        assert_eq!(listed(&node, &input).await, whole, "{limit}");
    }
    let input = json!({"KeyId": key, "Action": "Decrypt", "Marker": "bm9uc2Vuc2U"});
    assert_eq!(ask(&node, "bob", &input).await.status, 400);
}

#[tokio::test]
async fn asking_takes_a_permission_and_a_key_of_the_account() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder).await;
    let key = node.key("ada", None).await;
    let input = json!({"KeyId": key, "Action": "Decrypt"});
    let refused = |answer: Answer| (answer.status, answer.error());
    let denied = (400, "AccessDeniedException".to_owned());
    assert_eq!(refused(ask(&node, "cat", &input).await), denied);
    let arn = format!("arn:aws:kms:us-east-1:{ACCOUNT}:key/{key}");
    let foreign = json!({"KeyId": arn, "Action": "Decrypt"});
    assert_eq!(refused(ask(&node, "fay", &foreign).await), denied);
    for action in [
        "Decrpt",
        "kms:CreateKey",
        "ReEncrypt",
        "s3:GetObject",
        "kms:RetireGrant",
    ] {
        let input = json!({"KeyId": key, "Action": action});
        let found = refused(ask(&node, "bob", &input).await);
        assert_eq!(found, (400, "ValidationException".to_owned()), "{action}");
    }
    let missing = json!({"KeyId": "alias/none", "Action": "Decrypt"});
    assert_eq!(
        refused(ask(&node, "bob", &missing).await).1,
        "NotFoundException"
    );
}
