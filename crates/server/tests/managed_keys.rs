//! AWS managed keys: made on first use of a service, and nobody's to change.
#![expect(clippy::indexing_slicing, reason = "a test fails by panicking")]

use keystead_testkit::node::ACCOUNT;
use keystead_testkit::{NodeOptions, TestNode};
use serde_json::{Value, json};

const SERVICE: &str = "s3.us-east-1.amazonaws.com";
const ALIAS: &str = "alias/aws/s3";
const ENCRYPT: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:Encrypt","Resource":"*"}}"#;

async fn node(folder: &tempfile::TempDir) -> TestNode {
    NodeOptions::new()
        .admin("ada")
        .user("bob", Some(ENCRYPT))
        .service(SERVICE)
        .start(folder.path())
        .await
}

/// What the service is answered when it calls for a user.
async fn through_s3(node: &TestNode, user: &str, operation: &str, input: &Value) -> (u16, Value) {
    let whom = format!("arn:aws:iam::{ACCOUNT}:user/{user}");
    let header = [("x-keystead-on-behalf-of", whom.as_str())];
    let answer = node.call_with(SERVICE, &header, operation, input).await;
    (answer.status, answer.json())
}

async fn metadata(node: &TestNode) -> Value {
    let input = json!({ "KeyId": ALIAS });
    node.ok("ada", "DescribeKey", &input).await["KeyMetadata"].take()
}

#[tokio::test]
async fn the_first_use_of_a_service_makes_its_key() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder).await;
    let encrypt = json!({ "KeyId": ALIAS, "Plaintext": "aGk=" });
    let (status, first) = through_s3(&node, "bob", "Encrypt", &encrypt).await;
    assert_eq!(status, 200, "{first}");
    let (_, second) = through_s3(&node, "bob", "Encrypt", &encrypt).await;
    assert_eq!(first["KeyId"], second["KeyId"]);

    let key = metadata(&node).await;
    assert_eq!(key["Arn"], first["KeyId"]);
    assert_eq!(key["KeyManager"], "AWS");
    assert_eq!(key["KeyState"], "Enabled");
    let aliases = node.ok("ada", "ListAliases", &json!({})).await;
    assert_eq!(aliases["Aliases"][0]["AliasName"], ALIAS);
    assert_eq!(aliases["Aliases"][0]["TargetKeyId"], key["KeyId"]);
    let status = node
        .ok(
            "ada",
            "GetKeyRotationStatus",
            &json!({ "KeyId": key["KeyId"] }),
        )
        .await;
    assert_eq!(status["KeyRotationEnabled"], true);
    assert_eq!(status["RotationPeriodInDays"], 365);
}

#[tokio::test]
async fn whoever_looks_at_it_has_it_made() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder).await;
    let key = metadata(&node).await;
    assert_eq!(key["KeyManager"], "AWS");
    assert_eq!(metadata(&node).await, key);
    node.node.stop().await.unwrap();
    let node = self::node(&folder).await;
    assert_eq!(metadata(&node).await, key);
}

#[tokio::test]
async fn first_uses_at_once_make_one_key() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder).await;
    let (one, other, third) = tokio::join!(metadata(&node), metadata(&node), metadata(&node));
    assert_eq!(one, other);
    assert_eq!(one, third);
    let keys = node.ok("ada", "ListKeys", &json!({})).await;
    assert_eq!(keys["Keys"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn nobody_is_told_of_a_key_that_they_may_not_have_made() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder).await;
    let cases = [
        // Not a service that is registered here.
        ("ada", "DescribeKey", json!({ "KeyId": "alias/aws/ebs" })),
        // Used directly, and not through the service.
        (
            "bob",
            "Encrypt",
            json!({ "KeyId": ALIAS, "Plaintext": "aGk=" }),
        ),
        // Nobody's to look at without permission.
        ("bob", "DescribeKey", json!({ "KeyId": ALIAS })),
    ];
    for (user, operation, input) in cases {
        let (code, _) = node.err(user, operation, &input).await;
        assert_eq!(code, "NotFoundException", "{user} {operation}");
    }
    let keys = node.ok("ada", "ListKeys", &json!({})).await;
    assert!(keys["Keys"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn the_aliases_of_services_are_listed_before_they_have_keys() {
    let folder = tempfile::tempdir().unwrap();
    let node = NodeOptions::new()
        .admin("ada")
        .foreign_admin("fay")
        .service(SERVICE)
        .service("ec2.us-east-1.amazonaws.com")
        .service("s3.eu-west-1.amazonaws.com")
        .service("logs.amazonaws.com")
        .start(folder.path())
        .await;
    let key = metadata(&node).await["KeyId"].take();
    for name in ["alias/a", "alias/b"] {
        let input = json!({ "AliasName": name, "TargetKeyId": node.key("ada", None).await });
        let _ = node.ok("ada", "CreateAlias", &input).await;
    }
    let entry = |alias: &Value| {
        let name = alias["AliasName"].as_str().unwrap().to_owned();
        (name, alias.get("TargetKeyId").is_some())
    };
    let has_key = |name: &str, has_key| (name.to_owned(), has_key);
    let expected = [
        has_key("alias/a", true),
        has_key("alias/aws/ebs", false),
        has_key("alias/aws/s3", true),
        has_key("alias/b", true),
    ];
    for limit in 1..=5 {
        let (mut found, mut marker) = (Vec::new(), Value::Null);
        loop {
            let input = json!({ "Limit": limit, "Marker": marker });
            let page = node.ok("ada", "ListAliases", &input).await;
            let aliases = page["Aliases"].as_array().unwrap();
            assert!(aliases.len() <= limit);
            found.extend(aliases.iter().map(entry));
            if page["Truncated"] == false {
                break;
            }
            marker = page["NextMarker"].clone();
        }
        assert_eq!(found, expected, "{limit} at a time");
    }
    let listed = node.ok("ada", "ListAliases", &json!({})).await;
    assert_eq!(
        listed["Aliases"][1],
        json!({
            "AliasName": "alias/aws/ebs",
            "AliasArn": format!("arn:aws:kms:us-east-1:{ACCOUNT}:alias/aws/ebs"),
        })
    );
    // Each account has keys of its own, and one key has its own aliases alone.
    let theirs = node.ok("fay", "ListAliases", &json!({})).await;
    let theirs: Vec<_> = theirs["Aliases"]
        .as_array()
        .unwrap()
        .iter()
        .map(entry)
        .collect();
    let none = ["alias/aws/ebs", "alias/aws/s3"].map(|name| has_key(name, false));
    assert_eq!(theirs, none);
    let of_key = node
        .ok("ada", "ListAliases", &json!({ "KeyId": key }))
        .await;
    assert_eq!(of_key["Aliases"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_dry_run_makes_no_key() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder).await;
    let encrypt = json!({ "KeyId": ALIAS, "Plaintext": "aGk=", "DryRun": true });
    let generate = json!({ "KeyId": ALIAS, "KeySpec": "AES_256", "DryRun": true });
    for (operation, input) in [("Encrypt", &encrypt), ("GenerateDataKey", &generate)] {
        let (status, answer) = through_s3(&node, "bob", operation, input).await;
        let told = answer["__type"].as_str().unwrap();
        assert_eq!((status, told), (400, "DryRunOperationException"));
    }
    let (code, _) = node.err("bob", "Encrypt", &encrypt).await;
    assert_eq!(code, "NotFoundException");
    let keys = node.ok("ada", "ListKeys", &json!({})).await;
    assert!(keys["Keys"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn it_is_nobodys_to_change() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder).await;
    let key = metadata(&node).await["KeyId"].take();
    let policy = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}}"#;
    for (operation, more) in [
        ("DisableKey", json!({})),
        ("EnableKey", json!({})),
        ("ScheduleKeyDeletion", json!({})),
        ("DisableKeyRotation", json!({})),
        ("EnableKeyRotation", json!({})),
        ("RotateKeyOnDemand", json!({})),
        ("PutKeyPolicy", json!({ "Policy": policy })),
        ("UpdateKeyDescription", json!({ "Description": "mine" })),
        (
            "TagResource",
            json!({ "Tags": [{ "TagKey": "a", "TagValue": "b" }] }),
        ),
        ("Encrypt", json!({ "Plaintext": "aGk=" })),
    ] {
        let mut input = more;
        input["KeyId"] = key.clone();
        let (code, message) = node.err("ada", operation, &input).await;
        assert_eq!(code, "AccessDeniedException", "{operation}: {message}");
    }
    for operation in ["CreateAlias", "UpdateAlias"] {
        let input = json!({ "AliasName": "alias/aws/mine", "TargetKeyId": key });
        let (code, _) = node.err("ada", operation, &input).await;
        assert_eq!(code, "NotAuthorizedException", "{operation}");
    }
    let policy = node
        .ok("ada", "GetKeyPolicy", &json!({ "KeyId": key }))
        .await;
    assert!(
        policy["Policy"]
            .as_str()
            .unwrap()
            .contains("kms:ViaService")
    );
}
