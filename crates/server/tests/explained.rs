//! What the audit record says of how a call was decided: `additionalEventData`.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::Path;

use keystead_testkit::node::{ACCOUNT, OTHER_ACCOUNT};
use keystead_testkit::{NodeOptions, TestNode};
use serde_json::{Value, json};

const FOR_A: &str = r#"{"Version":"2012-10-17","Statement":[
    {"Sid":"team","Effect":"Allow","Action":"kms:Encrypt","Resource":"*",
     "Condition":{"StringEquals":{"kms:EncryptionContext:team":["a","b"]},
                  "Bool":{"aws:SecureTransport":false}}},
    {"Effect":"Deny","Action":"kms:DescribeKey","Resource":"*"},
    {"Effect":"Allow","Action":"kms:DescribeKey","Resource":"*",
     "Condition":{"StringLike":{"kms:ViaService":"s3.*"}}}]}"#;
const RETIRE_EQUALS: &str = r#"{"Version":"2012-10-17","Statement":[
    {"Effect":"Allow","Action":"kms:RetireGrant","Resource":"*",
     "Condition":{"StringEquals":{"kms:GrantConstraintType":"EncryptionContextEquals"}}}]}"#;
const SERVICE: &str = "s3.us-east-1.amazonaws.com";

/// Ada administers; bob encrypts for some teams; ret retires some grants; fay is of another account.
async fn node(folder: &tempfile::TempDir) -> TestNode {
    NodeOptions::new()
        .admin("ada")
        .user("bob", Some(FOR_A))
        .user("ret", Some(RETIRE_EQUALS))
        .foreign_admin("fay")
        .service(SERVICE)
        .start(folder.path())
        .await
}

/// What is recorded besides of the last call of an operation.
fn recorded(folder: &Path, name: &str) -> Value {
    let text = fs::read_to_string(folder.join("audit/segment-00000001.jsonl")).unwrap();
    let mut events = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let last = events.rfind(|event| event["eventName"] == name);
    last.unwrap()["additionalEventData"].clone()
}

fn decision(folder: &Path, name: &str) -> Value {
    recorded(folder, name)["authorization"][0].clone()
}

#[tokio::test]
async fn a_denial_tells_which_condition_did_not_hold() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder).await;
    let key = node.key("ada", None).await;
    let encrypt =
        |context: Value| json!({"KeyId": key, "Plaintext": "aGk=", "EncryptionContext": context});
    let long = "é".repeat(300);
    for (context, found) in [
        (json!({"team": "c"}), vec!["c".to_owned()]),
        (json!({}), vec![]),
        (json!({"team": long}), vec![format!("{}…", "é".repeat(256))]),
    ] {
        let _ = node.err("bob", "Encrypt", &encrypt(context)).await;
        let near = json!([{
            "statement": "statement \"team\" of identity policy inline",
            "operator": "StringEquals", "key": "kms:EncryptionContext:team",
            "wanted": ["a", "b"], "found": found,
        }]);
        let decided = decision(folder.path(), "Encrypt");
        assert_eq!(decided["decision"], "denied");
        assert_eq!(decided["nearMisses"], near);
        assert!(!decided.to_string().contains("aGk="));
    }
}

#[tokio::test]
async fn neither_an_allowance_nor_an_explicit_denial_tells_near_misses() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder).await;
    let key = node.key("ada", None).await;
    let encrypt = json!({"KeyId": key, "Plaintext": "aGk=", "EncryptionContext": {"team": "a"}});
    let _ = node.ok("bob", "Encrypt", &encrypt).await;
    let _ = node.err("bob", "DescribeKey", &json!({"KeyId": key})).await;
    for (name, expected) in [("Encrypt", "allowed"), ("DescribeKey", "denied")] {
        let decided = decision(folder.path(), name);
        assert_eq!(decided["decision"], expected);
        assert_eq!(decided.get("nearMisses"), None, "{decided}");
    }
}

#[tokio::test]
async fn retirement_is_told_by_right_and_not_by_a_key_policy() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder).await;
    let key = node.key("ada", None).await;
    let user = |name: &str| format!("arn:aws:iam::{ACCOUNT}:user/{name}");
    let constraint = |kind: &str| {
        let constraint = format!("EncryptionContext{kind}");
        json!({"KeyId": key, "GranteePrincipal": user("bob"), "Operations": ["Encrypt"],
            "RetiringPrincipal": user("bob"), "Constraints": {constraint: {"a": "b"}}})
    };
    let of_key = "the account of its key may retire grant";
    for (kind, who, may, expected) in [
        (
            "Equals",
            "bob",
            true,
            "its retiring principal may retire grant",
        ),
        ("Equals", "ada", true, of_key),
        // The condition reads the constraint of the grant that is to be retired.
        ("Equals", "ret", true, of_key),
        ("Subset", "ret", false, "no identity policy allows it"),
    ] {
        let made = node.ok("ada", "CreateGrant", &constraint(kind)).await;
        let retire = json!({"GrantToken": made["GrantToken"]});
        let answer = node.call(who, "RetireGrant", &retire).await;
        assert_eq!(answer.status == 200, may, "{kind} {who}: {}", answer.text());
        let decided = decision(folder.path(), "RetireGrant");
        let because = decided["because"][0].as_str().unwrap();
        assert!(because.starts_with(expected), "{kind} {who}: {because}");
        assert!(!decided.to_string().contains("key policy"), "{decided}");
    }
    let near = decision(folder.path(), "RetireGrant")["nearMisses"][0].clone();
    assert_eq!(near["key"], "kms:GrantConstraintType");
    assert_eq!(near["found"], json!(["EncryptionContextSubset"]));
}

#[tokio::test]
async fn nothing_is_told_of_another_accounts_policy() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder).await;
    let fay = |rest: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[
            {{"Sid":"own","Effect":"Allow","Principal":{{"AWS":"{ACCOUNT}"}},"Action":"kms:*","Resource":"*"}},
            {{"Sid":"secret","Principal":{{"AWS":"{OTHER_ACCOUNT}"}},"Resource":"*",{rest}}}]}}"#
        )
    };
    let near =
        r#""Effect":"Allow","Action":"kms:*","Condition":{"Bool":{"aws:SecureTransport":true}}"#;
    let denied = "the resource's policies, which are another account's, do not allow it";
    let allowed = "allowed by the resource's policies, which are another account's";
    let identity = "allowed by statement 1 of identity policy inline";
    for (rest, expected) in [
        (
            r#""Effect":"Allow","Action":"kms:DescribeKey""#,
            vec![denied],
        ),
        (r#""Effect":"Deny","Action":"kms:*""#, vec![denied]),
        (near, vec![denied]),
        (
            r#""Effect":"Allow","Action":"kms:*""#,
            vec![allowed, identity],
        ),
    ] {
        let key = node.key("ada", Some(&fay(rest))).await;
        let arn = format!("arn:aws:kms:us-east-1:{ACCOUNT}:key/{key}");
        let encrypt = json!({"KeyId": arn, "Plaintext": "aGk="});
        let _ = node.call("fay", "Encrypt", &encrypt).await;
        let decided = decision(folder.path(), "Encrypt");
        assert_eq!(decided["because"], json!(expected), "{rest}");
        assert!(!decided.to_string().contains("secret"), "{decided}");
    }
    // Nor where the operation works on no keys of others.
    let key = node
        .key("ada", Some(&fay(r#""Effect":"Allow","Action":"kms:*""#)))
        .await;
    let arn = format!("arn:aws:kms:us-east-1:{ACCOUNT}:key/{key}");
    let _ = node.err("fay", "DisableKey", &json!({"KeyId": arn})).await;
    let because = decision(folder.path(), "DisableKey")["because"].clone();
    assert_eq!(because[0], denied);
}

#[tokio::test]
async fn a_grant_tells_its_grantee_what_it_lacked_but_no_other_account() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder).await;
    let key = node.key("ada", None).await;
    let grant = |account: &str, who: &str| {
        json!({"KeyId": key, "GranteePrincipal": format!("arn:aws:iam::{account}:user/{who}"),
            "Name": "some", "Operations": ["GenerateDataKey", "DescribeKey"],
            "Constraints": {"EncryptionContextSubset": {"a": "b"}}})
    };
    let made = node.ok("ada", "CreateGrant", &grant(ACCOUNT, "ret")).await;
    let of_grant = |part: &str, wanted: Value, found: Value| {
        json!([{"grant": made["GrantId"], "grantName": "some", "part": part,
            "wanted": wanted, "found": found}])
    };
    let context = json!({"a": "c"});
    let generate = json!({"KeyId": key, "KeySpec": "AES_256", "EncryptionContext": context});
    let _ = node.err("ret", "GenerateDataKey", &generate).await;
    assert_eq!(
        decision(folder.path(), "GenerateDataKey")["nearMisses"],
        of_grant("EncryptionContextSubset", json!(["a=b"]), json!(["a=c"]))
    );
    let encrypt = json!({"KeyId": key, "Plaintext": "aGk=", "EncryptionContext": {"a": "b"}});
    let _ = node.err("ret", "Encrypt", &encrypt).await;
    assert_eq!(
        decision(folder.path(), "Encrypt")["nearMisses"],
        of_grant(
            "Operations",
            json!(["GenerateDataKey", "DescribeKey"]),
            json!(["Encrypt"])
        )
    );

    let _ = node
        .ok("ada", "CreateGrant", &grant(OTHER_ACCOUNT, "fay"))
        .await;
    let arn = format!("arn:aws:kms:us-east-1:{ACCOUNT}:key/{key}");
    let encrypt = json!({"KeyId": arn, "Plaintext": "aGk="});
    let _ = node.err("fay", "Encrypt", &encrypt).await;
    let decided = decision(folder.path(), "Encrypt");
    assert_eq!(decided["decision"], "denied");
    assert_eq!(decided.get("nearMisses"), None, "{decided}");
}

#[tokio::test]
async fn it_is_recorded_whom_a_refused_policy_names_in_vain() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder).await;
    let key = node.key("ada", None).await;
    let ghost = format!("arn:aws:iam::{ACCOUNT}:user/ghost");
    let policy = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":
        {{"AWS":["{ACCOUNT}","{ghost}"]}},"Action":"kms:*","Resource":"*"}}]}}"#
    );
    for (name, input) in [
        ("PutKeyPolicy", json!({"KeyId": key, "Policy": policy})),
        ("CreateKey", json!({"Policy": policy})),
    ] {
        let refused = node.err("ada", name, &input).await;
        assert_eq!(
            refused.1,
            "Policy contains a statement with one or more invalid principals."
        );
        let data = recorded(folder.path(), name);
        assert_eq!(data["unknownPrincipal"], ghost);
        assert_eq!(data["authorization"][0]["decision"], "allowed");
    }
}

#[tokio::test]
async fn it_is_recorded_for_which_resource_a_service_calls() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder).await;
    let policy = format!(
        r#"{{"Version":"2012-10-17","Statement":[
        {{"Effect":"Allow","Principal":{{"AWS":"{ACCOUNT}"}},"Action":"kms:*","Resource":"*"}},
        {{"Effect":"Allow","Principal":{{"Service":"{SERVICE}"}},"Action":"kms:Encrypt","Resource":"*"}}]}}"#
    );
    let key = node.key("ada", Some(&policy)).await;
    let arn = format!("arn:aws:kms:us-east-1:{ACCOUNT}:key/{key}");
    let encrypt = json!({"KeyId": arn, "Plaintext": "aGk="});
    let bucket = "arn:aws:s3:::bucket";
    let sources = [
        ("x-amz-source-arn", bucket),
        ("x-amz-source-account", ACCOUNT),
    ];
    for (headers, source) in [
        (&sources[..], [json!(bucket), json!(ACCOUNT)]),
        (&sources[..1], [json!(bucket), Value::Null]),
        (&[], [Value::Null, Value::Null]),
    ] {
        let answer = node.call_with(SERVICE, headers, "Encrypt", &encrypt).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let data = recorded(folder.path(), "Encrypt");
        assert_eq!(
            [data["sourceArn"].clone(), data["sourceAccount"].clone()],
            source
        );
    }
}
