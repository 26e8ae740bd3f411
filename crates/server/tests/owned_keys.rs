//! AWS owned keys: a service's own, in an account that is nobody's, and that nobody else sees.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::path::Path;

use keystead_core::identity::{AccountRecord, IdentityPlace, ServiceRecord};
use keystead_core::time::Timestamp;
use keystead_server::directory::record::encode;
use keystead_store::Commit;
use keystead_testkit::node::{ACCOUNT, JsonService};
use keystead_testkit::{NodeOptions, TestNode};
use serde_json::{Value, json};

const S3: &str = "s3.us-east-1.amazonaws.com";
const LOGS: &str = "logs.amazonaws.com";
/// The account of S3's keys, which is made of its name.
const S3_ACCOUNT: &str = "094421462093";

fn options() -> NodeOptions {
    NodeOptions::new().admin("ada").service(S3).service(LOGS)
}

async fn start(folder: &Path) -> TestNode {
    options().start(folder).await
}

/// Makes a key as the service; returns its ARN.
async fn owned(node: &TestNode) -> String {
    let made = node.ok(S3, "CreateKey", &json!({})).await;
    made["KeyMetadata"]["Arn"].as_str().unwrap().to_owned()
}

fn id(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap()
}

async fn done(node: &TestNode, who: &str, operation: &str, input: &Value) {
    let answer = node.call(who, operation, input).await;
    assert_eq!(answer.status, 200, "{operation}: {}", answer.text());
}

async fn keys(node: &TestNode, who: &str) -> Vec<String> {
    let listed = node.ok(who, "ListKeys", &json!({})).await;
    let keys = listed["Keys"].as_array().unwrap().iter();
    keys.map(|key| key["KeyArn"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_service_lives_with_keys_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let node = start(folder.path()).await;
    let key = owned(&node).await;
    let name = json!({ "KeyId": id(&key) });
    let described = node.ok(S3, "DescribeKey", &name).await;
    let metadata = &described["KeyMetadata"];
    assert_eq!(metadata["AWSAccountId"], S3_ACCOUNT);
    assert_eq!(metadata["KeyManager"], "AWS");
    assert_eq!(keys(&node, S3).await, [key.as_str()]);

    for name in ["alias/default", "alias/other"] {
        let alias = json!({ "AliasName": name, "TargetKeyId": id(&key) });
        done(&node, S3, "CreateAlias", &alias).await;
    }
    let other = json!({ "AliasName": "alias/other" });
    done(&node, S3, "DeleteAlias", &other).await;
    let aliases = node.ok(S3, "ListAliases", &json!({})).await;
    assert_eq!(aliases["Aliases"].as_array().unwrap().len(), 1);
    assert_eq!(aliases["Aliases"][0]["AliasName"], "alias/default");

    let encrypt = json!({ "KeyId": "alias/default", "Plaintext": "aGk=" });
    let blob = node.ok(S3, "Encrypt", &encrypt).await["CiphertextBlob"].clone();
    done(&node, S3, "EnableKeyRotation", &name).await;
    done(&node, S3, "RotateKeyOnDemand", &name).await;
    let decrypt = json!({ "CiphertextBlob": blob });
    let plain = node.ok(S3, "Decrypt", &decrypt).await;
    assert_eq!(
        (&plain["Plaintext"], &plain["KeyId"]),
        (&json!("aGk="), &json!(key))
    );

    let tags = json!({ "KeyId": id(&key), "Tags": [{ "TagKey": "a", "TagValue": "b" }] });
    done(&node, S3, "TagResource", &tags).await;
    done(&node, S3, "DisableKey", &name).await;
    done(&node, S3, "ScheduleKeyDeletion", &name).await;
    done(&node, S3, "CancelKeyDeletion", &name).await;
}

#[tokio::test]
async fn nobody_else_sees_them() {
    let folder = tempfile::tempdir().unwrap();
    let node = start(folder.path()).await;
    let key = owned(&node).await;
    let alias = json!({ "AliasName": "alias/mine", "TargetKeyId": id(&key) });
    done(&node, S3, "CreateAlias", &alias).await;
    // Not even if the key's policy and a grant let them.
    let policy = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}}"#;
    let put = json!({ "KeyId": key, "Policy": policy });
    done(&node, S3, "PutKeyPolicy", &put).await;
    let ada = format!("arn:aws:iam::{ACCOUNT}:user/ada");
    let grant = json!({ "KeyId": key, "GranteePrincipal": ada, "Operations": ["Decrypt"] });
    done(&node, S3, "CreateGrant", &grant).await;
    let encrypt = json!({ "KeyId": key, "Plaintext": "aGk=" });
    let blob = node.ok(S3, "Encrypt", &encrypt).await["CiphertextBlob"].clone();

    let absent = format!("arn:aws:kms:us-east-1:{S3_ACCOUNT}:key/{}", "0".repeat(8));
    let absent = format!("{absent}-0000-4000-8000-000000000000");
    for who in ["ada", LOGS] {
        // In the words that they have of a key that is not there.
        for operation in ["DescribeKey", "GetPublicKey", "ListGrants", "GetKeyPolicy"] {
            let told = node.err(who, operation, &json!({ "KeyId": key })).await;
            let not_there = node.err(who, operation, &json!({ "KeyId": absent })).await;
            assert_eq!(told, not_there, "{who} {operation}");
            assert_eq!(told.0, "AccessDeniedException");
        }
        let bare = json!({ "KeyId": id(&key) });
        assert_eq!(
            node.err(who, "DescribeKey", &bare).await.0,
            "NotFoundException"
        );
        let by_alias = json!({ "KeyId": "alias/mine" });
        assert_eq!(
            node.err(who, "DescribeKey", &by_alias).await.0,
            "NotFoundException"
        );
        let decrypt = json!({ "CiphertextBlob": blob });
        assert_eq!(
            node.err(who, "Decrypt", &decrypt).await.0,
            "AccessDeniedException"
        );
        assert!(keys(&node, who).await.is_empty());
        let aliases = node.ok(who, "ListAliases", &json!({})).await;
        assert!(!aliases.to_string().contains("alias/mine"));
    }
    let whom = [("x-keystead-on-behalf-of", ada.as_str())];
    let answer = node.call_with(S3, &whom, "Encrypt", &encrypt).await;
    assert_eq!(answer.error(), "AccessDeniedException");
    let who_can = json!({ "KeyId": key, "Action": "kms:Decrypt" });
    let answer = node.call_json(JsonService::KEYSTEAD, "ada", &[], "WhoCan", &who_can);
    assert_eq!(answer.await.error(), "AccessDeniedException");
}

#[tokio::test]
async fn they_count_against_nobodys_quota() {
    let folder = tempfile::tempdir().unwrap();
    let node = options()
        .quotas(&[("keys", "1")])
        .start(folder.path())
        .await;
    let _ = (owned(&node).await, owned(&node).await);
    let _ = node.key("ada", None).await;
    let (code, _) = node.err("ada", "CreateKey", &json!({})).await;
    assert_eq!(code, "LimitExceededException");
}

#[tokio::test]
async fn a_service_that_is_registered_again_finds_its_keys() {
    let folder = tempfile::tempdir().unwrap();
    let node = start(folder.path()).await;
    let key = owned(&node).await;
    let service = ServiceRecord {
        name: S3.to_owned(),
        account: ACCOUNT.parse().unwrap(),
        created: Timestamp::from_millis(0),
    };
    let path = IdentityPlace::Service {
        name: service.name.clone(),
    }
    .path();
    let removed = Commit::new().delete(path.clone());
    node.identity_store.commit(removed).await.unwrap();
    node.catch_up().await;
    let (code, _) = node.err(S3, "ListKeys", &json!({})).await;
    assert_eq!(code, "UnrecognizedClientException");
    let registered = Commit::new().put(path, encode(&service).unwrap());
    node.identity_store.commit(registered).await.unwrap();
    node.catch_up().await;
    assert_eq!(keys(&node, S3).await, [key]);
}

#[tokio::test]
async fn no_two_services_and_no_account_share_a_number() {
    let folder = tempfile::tempdir().unwrap();
    let account = S3_ACCOUNT.parse().unwrap();
    let options = options().record(AccountRecord::new(account, Timestamp::from_millis(0)).into());
    let node = options.start(folder.path()).await;
    let (code, _) = node.err(S3, "CreateKey", &json!({})).await;
    assert_eq!(code, "AccessDeniedException");

    let folder = tempfile::tempdir().unwrap();
    let node = NodeOptions::new().admin("ada").start(folder.path()).await;
    let organization = json!({ "FeatureSet": "ALL" });
    let made = JsonService::ORGANIZATIONS;
    let made = node.call_json(made, "ada", &[], "CreateOrganization", &organization);
    assert_eq!(made.await.status, 200);
    let register = |name: &str| {
        let (node, input) = (&node, json!({ "ServiceName": name }));
        let service = JsonService::KEYSTEAD;
        async move {
            node.call_json(service, "ada", &[], "PutService", &input)
                .await
        }
    };
    // Two of the few names that have a number in common.
    let first = register("s6571.amazonaws.com").await;
    assert_eq!(first.json()["Service"]["KeyAccountId"], "029405908811");
    let again = register("s6571.amazonaws.com").await;
    assert_eq!(again.json(), first.json());
    let second = register("s107439.amazonaws.com").await;
    assert_eq!(
        (second.status, second.error().as_str()),
        (409, "EntityAlreadyExists")
    );
}

#[tokio::test]
async fn its_calls_stand_in_the_log_of_who_registered_it() {
    let folder = tempfile::tempdir().unwrap();
    let node = start(folder.path()).await;
    let key = owned(&node).await;
    node.node.stop().await.unwrap();
    let log = std::fs::read_to_string(folder.path().join("audit/segment-00000001.jsonl"));
    let event: Value = serde_json::from_str(log.unwrap().lines().next().unwrap()).unwrap();
    assert_eq!(event["recipientAccountId"], ACCOUNT);
    assert_eq!(event["userIdentity"]["invokedBy"], S3);
    assert_eq!(event["resources"][0]["ARN"], key);
    assert_eq!(event["resources"][0]["accountId"], S3_ACCOUNT);
}
