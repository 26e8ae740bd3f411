//! Quotas at a running node: how much there can be, how often can be called, and what Service Quotas
//! tells of both.

use std::fs;

use keystead_server::jobs;
use keystead_testkit::node::{ACCOUNT, JsonService, OTHER_ACCOUNT};
use keystead_testkit::{NodeOptions, TestNode};
use serde_json::{Value, json};

const THROTTLED: &str =
    "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.";
const ONLY_LISTS: &str = r#"{"Version":"2012-10-17","Statement":{
    "Effect":"Allow","Action":["kms:ListKeys","servicequotas:List*"],"Resource":"*"}}"#;

/// Ada administers one account, and fay another. Lin may list.
async fn node(folder: &tempfile::TempDir, quotas: &[(&str, &str)]) -> TestNode {
    NodeOptions::new()
        .admin("ada")
        .foreign_admin("fay")
        .user("lin", Some(ONLY_LISTS))
        .quotas(quotas)
        .start(folder.path())
        .await
}

async fn limited(node: &TestNode, operation: &str, input: Value, message: &str) {
    let refused = node.err("ada", operation, &input).await;
    assert_eq!(refused, ("LimitExceededException".into(), message.into()));
}

async fn throttled(node: &TestNode, who: &str, operation: &str, input: &Value) {
    let answer = node.call(who, operation, input).await;
    let found = (answer.status, answer.error(), answer.message());
    let expected = (400, "ThrottlingException".to_owned(), THROTTLED.to_owned());
    assert_eq!(found, expected, "{operation}");
}

#[tokio::test]
async fn an_account_has_so_many_keys_in_a_region() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder, &[("keys", "2")]).await;
    let doomed = node.key("ada", None).await;
    let _ = node.key("ada", None).await;
    let full =
        format!("The account {ACCOUNT} has 2 keys in us-east-1, the most that it can have there.");
    limited(&node, "CreateKey", json!({}), &full).await;
    // Others have keys of their own.
    let _ = node.key("fay", None).await;
    // A key counts until it is destroyed.
    let schedule = json!({ "KeyId": doomed, "PendingWindowInDays": 7 });
    let _ = node.ok("ada", "ScheduleKeyDeletion", &schedule).await;
    limited(&node, "CreateKey", json!({}), &full).await;
    node.clock.advance_days(7);
    jobs::run_once(node.node.corridor()).await;
    let _ = node.key("ada", None).await;
    limited(&node, "CreateKey", json!({}), &full).await;
    // So it does after a restart.
    node.node.stop().await.unwrap();
    let node = self::node(&folder, &[("keys", "2")]).await;
    limited(&node, "CreateKey", json!({}), &full).await;
}

#[tokio::test]
async fn a_key_has_so_many_aliases_and_grants() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(
        &folder,
        &[("aliases_per_key", "1"), ("grants_per_key", "1")],
    )
    .await;
    let key = node.key("ada", None).await;
    let arn = format!("arn:aws:kms:us-east-1:{ACCOUNT}:key/{key}");
    let alias = |name| json!({ "AliasName": name, "TargetKeyId": key });
    let _ = node.ok("ada", "CreateAlias", &alias("alias/a")).await;
    let full = format!("{arn} has 1 aliases, the most that a key can have.");
    limited(&node, "CreateAlias", alias("alias/b"), &full).await;
    let grant = |name| {
        json!({
            "KeyId": key, "Name": name, "Operations": ["Decrypt"],
            "GranteePrincipal": format!("arn:aws:iam::{ACCOUNT}:user/lin"),
        })
    };
    let _ = node.ok("ada", "CreateGrant", &grant("a")).await;
    let full = format!("{arn} has 1 grants, the most that a key can have.");
    limited(&node, "CreateGrant", grant("b"), &full).await;
    // An identical request makes no grant.
    let _ = node.ok("ada", "CreateGrant", &grant("a")).await;
}

/// Sends calls at once, in turn to two nodes; returns how many succeeded. All others must be told
/// that there is no room.
async fn at_once(nodes: &[TestNode; 2], operation: &str, inputs: &[Value; 6]) -> usize {
    let ([one, other], [a, b, c, d, e, f]) = (nodes, inputs);
    let (a, b, c, d, e, f) = tokio::join!(
        one.call("ada", operation, a),
        other.call("ada", operation, b),
        one.call("ada", operation, c),
        other.call("ada", operation, d),
        one.call("ada", operation, e),
        other.call("ada", operation, f),
    );
    let answers = [a, b, c, d, e, f];
    for refused in answers.iter().filter(|answer| answer.status != 200) {
        assert_eq!(refused.error(), "LimitExceededException");
    }
    answers.iter().filter(|answer| answer.status == 200).count()
}

#[tokio::test]
async fn calls_at_once_exceed_no_quota() {
    let folder = tempfile::tempdir().unwrap();
    let nodes = NodeOptions::new()
        .admin("ada")
        .quotas(&[
            ("keys", "4"),
            ("aliases_per_key", "2"),
            ("grants_per_key", "3"),
        ])
        .start_two(folder.path())
        .await;
    let key = nodes[0].key("ada", None).await;
    nodes[1].catch_up().await;
    let inputs = std::array::from_fn(|i| json!({ "Description": i.to_string() }));
    assert_eq!(at_once(&nodes, "CreateKey", &inputs).await, 3);
    let inputs =
        std::array::from_fn(|i| json!({ "AliasName": format!("alias/{i}"), "TargetKeyId": key }));
    assert_eq!(at_once(&nodes, "CreateAlias", &inputs).await, 2);
    let inputs = std::array::from_fn(|i| {
        json!({
            "KeyId": key, "Name": i.to_string(), "Operations": ["Decrypt"],
            "GranteePrincipal": format!("arn:aws:iam::{ACCOUNT}:root"),
        })
    });
    assert_eq!(at_once(&nodes, "CreateGrant", &inputs).await, 3);
}

#[tokio::test]
async fn calls_beyond_the_rate_are_throttled_and_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(
        &folder,
        &[("create_key_rate", "2"), ("list_keys_rate", "0.5")],
    )
    .await;
    for _ in 0..2 {
        let _ = node.key("ada", None).await;
    }
    throttled(&node, "ada", "CreateKey", &json!({})).await;
    // Each quota and each account counts for itself.
    let _ = node.ok("ada", "ListKeys", &json!({})).await;
    let _ = node.key("fay", None).await;
    // All users of an account share its quotas.
    throttled(&node, "lin", "ListKeys", &json!({})).await;
    node.clock.advance_seconds(1);
    throttled(&node, "lin", "ListKeys", &json!({})).await;
    let _ = node.key("ada", None).await;
    node.clock.advance_seconds(1);
    let _ = node.ok("lin", "ListKeys", &json!({})).await;
    // What is refused for what it asks is not counted.
    for _ in 0..3 {
        let (code, _) = node.err("lin", "CreateKey", &json!({})).await;
        assert_eq!(code, "AccessDeniedException");
    }
    for _ in 0..2 {
        let _ = node.key("ada", None).await;
    }
    node.node.stop().await.unwrap();
    let text = fs::read_to_string(folder.path().join("audit/segment-00000001.jsonl")).unwrap();
    let events = text.lines().map(|line| serde_json::from_str(line).unwrap());
    let recorded: Vec<Value> = events
        .filter(|event: &Value| event["errorCode"] == "ThrottlingException")
        .collect();
    let names: Vec<_> = recorded
        .iter()
        .map(|event| event["eventName"].clone())
        .collect();
    assert_eq!(names, ["CreateKey", "ListKeys", "ListKeys"]);
    assert!(
        recorded
            .iter()
            .all(|event| event["errorMessage"] == THROTTLED)
    );
}

#[tokio::test]
async fn cryptographic_calls_share_a_quota() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder, &[("symmetric_rate", "2")]).await;
    let key = node.key("ada", None).await;
    let encrypt = json!({ "KeyId": key, "Plaintext": "aGk=" });
    let mut dry = encrypt.clone();
    dry["DryRun"] = json!(true);
    // A dry run counts.
    let blob = node.ok("ada", "Encrypt", &encrypt).await["CiphertextBlob"].clone();
    let (code, _) = node.err("ada", "Encrypt", &dry).await;
    assert_eq!(code, "DryRunOperationException");
    let decrypt = json!({ "CiphertextBlob": blob });
    throttled(&node, "ada", "Encrypt", &dry).await;
    throttled(&node, "ada", "Decrypt", &decrypt).await;
    throttled(
        &node,
        "ada",
        "GenerateRandom",
        &json!({ "NumberOfBytes": 1 }),
    )
    .await;
    // Two keys of a kind count once.
    node.clock.advance_seconds(1);
    let again = json!({ "CiphertextBlob": blob, "DestinationKeyId": key });
    let _ = node.ok("ada", "ReEncrypt", &again).await;
    let _ = node.ok("ada", "ReEncrypt", &again).await;
    throttled(&node, "ada", "ReEncrypt", &again).await;
}

#[tokio::test]
async fn keys_of_another_kind_have_a_quota_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder, &[("symmetric_rate", "2"), ("rsa_rate", "1")]).await;
    let key = node.key("ada", None).await;
    let rsa = json!({ "KeySpec": "RSA_2048", "KeyUsage": "ENCRYPT_DECRYPT" });
    let rsa = node.ok("ada", "CreateKey", &rsa).await;
    let rsa = rsa["KeyMetadata"]["KeyId"].as_str().unwrap();
    let algorithm = "RSAES_OAEP_SHA_256";
    let encrypt = json!({ "KeyId": rsa, "Plaintext": "aGk=", "EncryptionAlgorithm": algorithm });
    let _ = node.ok("ada", "Encrypt", &encrypt).await;
    throttled(&node, "ada", "Encrypt", &encrypt).await;
    let symmetric = json!({ "KeyId": key, "Plaintext": "aGk=" });
    let blob = node.ok("ada", "Encrypt", &symmetric).await["CiphertextBlob"].clone();
    // A call with keys of two kinds counts for each.
    node.clock.advance_seconds(1);
    let across = json!({
        "CiphertextBlob": blob, "DestinationKeyId": rsa,
        "DestinationEncryptionAlgorithm": algorithm,
    });
    let _ = node.ok("ada", "ReEncrypt", &across).await;
    throttled(&node, "ada", "ReEncrypt", &across).await;
    throttled(&node, "ada", "Encrypt", &encrypt).await;
}

#[tokio::test]
async fn the_calling_account_is_charged() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder, &[("symmetric_rate", "1")]).await;
    let shared = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"kms:*","Resource":"*",
            "Principal":{{"AWS":["arn:aws:iam::{ACCOUNT}:root","arn:aws:iam::{OTHER_ACCOUNT}:root"]}}}}}}"#
    );
    let key = node.key("ada", Some(&shared)).await;
    let key = format!("arn:aws:kms:us-east-1:{ACCOUNT}:key/{key}");
    let encrypt = json!({ "KeyId": key, "Plaintext": "aGk=" });
    let _ = node.ok("fay", "Encrypt", &encrypt).await;
    throttled(&node, "fay", "Encrypt", &encrypt).await;
    let _ = node.ok("ada", "Encrypt", &encrypt).await;
}

/// A call that is decided anew because others were faster counts once.
#[tokio::test]
async fn a_call_counts_once_however_often_it_is_decided() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder, &[("tag_resource_rate", "6")]).await;
    let key = node.key("ada", None).await;
    let tag = |i: usize| {
        let (node, key) = (&node, &key);
        async move {
            let tags = json!([{ "TagKey": format!("k{i}"), "TagValue": "v" }]);
            let input = json!({ "KeyId": key, "Tags": tags });
            let _ = node.ok("ada", "TagResource", &input).await;
        }
    };
    tokio::join!(tag(0), tag(1), tag(2), tag(3), tag(4), tag(5));
    let tags = json!([{ "TagKey": "one-more", "TagValue": "v" }]);
    throttled(
        &node,
        "ada",
        "TagResource",
        &json!({ "KeyId": key, "Tags": tags }),
    )
    .await;
}

async fn service_quotas(node: &TestNode, who: &str, operation: &str, input: Value) -> Value {
    let service = JsonService::SERVICE_QUOTAS;
    let answer = node.call_json(service, who, &[], operation, &input).await;
    match answer.status {
        200 => answer.json(),
        _ => json!([answer.error(), answer.message()]),
    }
}

#[tokio::test]
async fn service_quotas_tells_what_is_in_force() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder, &[("keys", "7"), ("create_key_rate", "0.5")]).await;
    let call = |operation, input| service_quotas(&node, "ada", operation, input);
    let services = call("ListServices", json!({})).await;
    assert_eq!(services["Services"][0]["ServiceCode"], "kms");

    let input = json!({ "ServiceCode": "kms", "QuotaCode": "L-C2F1777E" });
    let keys = call("GetServiceQuota", input.clone()).await;
    assert_eq!(
        keys["Quota"],
        json!({
            "ServiceCode": "kms", "ServiceName": "AWS Key Management Service (AWS KMS)",
            "QuotaArn": format!("arn:aws:servicequotas:us-east-1:{ACCOUNT}:kms/L-C2F1777E"),
            "QuotaCode": "L-C2F1777E", "QuotaName": "Customer Master Keys (CMKs)",
            "Value": 7.0, "Unit": "None", "Adjustable": true, "GlobalQuota": false,
            "QuotaAppliedAtLevel": "ACCOUNT",
        })
    );
    let default = call("GetAWSDefaultServiceQuota", input).await;
    assert_eq!(default["Quota"]["Value"], 100_000.0);
    assert_eq!(
        default["Quota"]["QuotaArn"],
        "arn:aws:servicequotas:us-east-1::kms/L-C2F1777E"
    );
    let input = json!({ "ServiceCode": "kms", "QuotaCode": "L-32B67F4A" });
    let rate = call("GetServiceQuota", input).await;
    assert_eq!(rate["Quota"]["Value"], 0.5);
    let second = json!({ "PeriodValue": 1, "PeriodUnit": "SECOND" });
    assert_eq!(rate["Quota"]["Period"], second);
    let input = json!({ "ServiceCode": "kms", "QuotaCode": "L-6E3AF000" });
    let unlimited = call("GetServiceQuota", input.clone()).await;
    assert_eq!(unlimited["Quota"]["Value"], 10_000_000_000.0);
    let default = call("GetAWSDefaultServiceQuota", input).await;
    assert_eq!(default["Quota"]["Value"], 100_000.0);
}

#[tokio::test]
async fn lists_of_quotas_have_pages() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder, &[]).await;
    for operation in ["ListServiceQuotas", "ListAWSDefaultServiceQuotas"] {
        let all = service_quotas(&node, "lin", operation, json!({ "ServiceCode": "kms" })).await;
        let all = all["Quotas"].as_array().unwrap().clone();
        assert!(all.len() > 50);
        let mut found = Vec::new();
        let mut input = json!({ "ServiceCode": "kms", "MaxResults": 25 });
        loop {
            let page = service_quotas(&node, "lin", operation, input.clone()).await;
            found.extend(page["Quotas"].as_array().unwrap().clone());
            match page.get("NextToken") {
                Some(token) => input["NextToken"] = token.clone(),
                None => break,
            }
        }
        assert_eq!(found, all);
    }
    let one = json!({ "ServiceCode": "kms", "QuotaCode": "L-C2F1777E" });
    let one = service_quotas(&node, "ada", "ListServiceQuotas", one).await;
    assert_eq!(one["Quotas"].as_array().unwrap().len(), 1);
    let none = json!({ "ServiceCode": "kms", "QuotaAppliedAtLevel": "RESOURCE" });
    let none = service_quotas(&node, "ada", "ListServiceQuotas", none).await;
    assert_eq!(none["Quotas"], json!([]));
}

#[tokio::test]
async fn what_service_quotas_refuses() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder, &[]).await;
    let no_quota = json!([
        "NoSuchResourceException",
        "The request failed because the specified quota and service do not exist."
    ]);
    let no_service = json!([
        "NoSuchResourceException",
        "The request failed because the specified service does not exist."
    ]);
    let bad_token = json!([
        "InvalidPaginationTokenException",
        "You specified an invalid value for nextToken. You must get the value from the response to the previous API call."
    ]);
    let other = json!({ "ServiceCode": "ec2" });
    let unknown = json!({ "ServiceCode": "kms", "QuotaCode": "L-00000000" });
    for (operation, input, expected) in [
        ("ListServiceQuotas", other.clone(), &no_service),
        ("ListAWSDefaultServiceQuotas", other, &no_service),
        (
            "GetServiceQuota",
            json!({ "ServiceCode": "ec2", "QuotaCode": "L-C2F1777E" }),
            &no_service,
        ),
        ("GetServiceQuota", unknown.clone(), &no_quota),
        ("GetAWSDefaultServiceQuota", unknown.clone(), &no_quota),
        ("ListServiceQuotas", unknown, &no_quota),
        (
            "ListServiceQuotas",
            json!({ "ServiceCode": "kms", "NextToken": "aGk=" }),
            &bad_token,
        ),
        ("ListServices", json!({ "NextToken": "aGk=" }), &bad_token),
    ] {
        let found = service_quotas(&node, "ada", operation, input).await;
        assert_eq!(found, *expected, "{operation}");
    }
    let denied = json!({ "ServiceCode": "kms", "QuotaCode": "L-C2F1777E" });
    let denied = service_quotas(&node, "lin", "GetServiceQuota", denied).await;
    assert_eq!(denied[0], "AccessDeniedException");
    let message = denied[1].as_str().unwrap();
    assert!(
        message.contains("servicequotas:GetServiceQuota"),
        "{message}"
    );
}
