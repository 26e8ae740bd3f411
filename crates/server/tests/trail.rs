//! The audit trail of a node: what CloudTrail's operations tell of it, and how its files are read by
//! S3's.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use http::Method;
use keystead_server::audit::trail::verify::{PublicKeys, Request, own_list, verify};
use keystead_testkit::node::{ACCOUNT, JsonService, OTHER_ACCOUNT, REGION};
use keystead_testkit::{Answer, NodeOptions, TestNode};
use serde_json::{Value, json};
use tempfile::TempDir;

const BUCKET: &str = "keystead-audit-111122223333";

/// A node whose clock is at 03:04:05, with some calls in its log.
async fn start(options: NodeOptions) -> (TempDir, TestNode) {
    let folder = tempfile::tempdir().unwrap();
    let node = restart(options, folder.path()).await;
    (folder, node)
}

async fn restart(options: NodeOptions, folder: &Path) -> TestNode {
    let options = options.admin("ada").foreign_admin("eve").trail();
    options.start(folder).await
}

async fn deliver(node: &TestNode) {
    let trail = node.node.corridor().trail.clone();
    trail.unwrap().deliver().await;
}

/// Has an hour go by, and its digests made.
async fn pass_an_hour(node: &TestNode) {
    node.clock.advance_seconds(3600);
    deliver(node).await;
}

async fn cloudtrail(node: &TestNode, user: &str, operation: &str, input: &Value) -> Answer {
    let service = JsonService::CLOUDTRAIL;
    node.call_json(service, user, &[], operation, input).await
}

async fn told(node: &TestNode, operation: &str, input: &Value) -> Value {
    let answer = cloudtrail(node, "ada", operation, input).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

async fn get(node: &TestNode, user: &str, path: &str) -> Answer {
    node.call_s3(user, Method::GET, path, &[]).await
}

/// What stands in the elements of this name in an XML text.
fn elements(answer: &Answer, name: &str) -> Vec<String> {
    let text = answer.text();
    let (start, end) = (format!("<{name}>"), format!("</{name}>"));
    text.split(&start)
        .skip(1)
        .map(|rest| rest.split(&end).next().unwrap().to_owned())
        .collect()
}

fn code(answer: &Answer) -> String {
    elements(answer, "Code").concat()
}

async fn keys(node: &TestNode, parameters: &str) -> Vec<String> {
    let answer = get(node, "ada", &format!("/{BUCKET}?{parameters}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    elements(&answer, "Key")
}

/// The records of the log.
fn records(folder: &Path) -> Vec<Value> {
    let log = std::fs::read_to_string(folder.join("audit/segment-00000001.jsonl")).unwrap();
    let lines = log.lines().map(serde_json::from_str);
    lines.collect::<Result<_, _>>().unwrap()
}

#[tokio::test]
async fn every_account_has_a_trail() {
    let (_folder, node) = start(NodeOptions::new()).await;
    let arn = "arn:aws:cloudtrail:us-east-1:111122223333:trail/keystead";
    let all = told(&node, "DescribeTrails", &json!({})).await;
    let trail = json!({
        "Name": "keystead", "S3BucketName": BUCKET, "IncludeGlobalServiceEvents": true,
        "IsMultiRegionTrail": true, "HomeRegion": REGION, "TrailARN": arn,
        "LogFileValidationEnabled": true, "HasCustomEventSelectors": false,
        "HasInsightSelectors": false, "IsOrganizationTrail": false,
    });
    assert_eq!(all, json!({ "trailList": [trail] }));
    for name in ["keystead", arn] {
        let found = told(&node, "GetTrail", &json!({ "Name": name })).await;
        assert_eq!(found, json!({ "Trail": trail }));
        let listed = told(&node, "DescribeTrails", &json!({ "trailNameList": [name] })).await;
        assert_eq!(listed, all);
    }
    let listed = told(&node, "ListTrails", &json!({})).await;
    let info = json!({ "Name": "keystead", "TrailARN": arn, "HomeRegion": REGION });
    assert_eq!(listed, json!({ "Trails": [info] }));
    let none = told(
        &node,
        "DescribeTrails",
        &json!({ "trailNameList": ["other"] }),
    )
    .await;
    assert_eq!(none, json!({ "trailList": [] }));

    let of_other = "arn:aws:cloudtrail:us-east-1:444455556666:trail/keystead";
    for (name, error, message) in [
        (
            "other",
            "TrailNotFoundException",
            "Unknown trail: arn:aws:cloudtrail:us-east-1:111122223333:trail/other for the user: 111122223333",
        ),
        (
            of_other,
            "TrailNotFoundException",
            "Unknown trail: arn:aws:cloudtrail:us-east-1:444455556666:trail/keystead for the user: 111122223333",
        ),
        (
            "arn:aws:kms:us-east-1:111122223333:key/k",
            "CloudTrailARNInvalidException",
            "The ARN arn:aws:kms:us-east-1:111122223333:key/k is not the ARN of a trail.",
        ),
        (
            "a b c",
            "InvalidTrailNameException",
            "Trail name or ARN can only contain uppercase letters, lowercase letters, numbers, periods (.), hyphens (-), and underscores (_).",
        ),
    ] {
        for operation in ["GetTrail", "GetTrailStatus"] {
            let refused = cloudtrail(&node, "ada", operation, &json!({ "Name": name })).await;
            assert_eq!(refused.error(), error, "{name}");
            assert_eq!(refused.message(), message);
        }
    }
}

#[tokio::test]
async fn the_status_tells_of_the_last_delivery_and_digest() {
    let (_folder, node) = start(NodeOptions::new()).await;
    let name = json!({ "Name": "keystead" });
    let before = told(&node, "GetTrailStatus", &name).await;
    assert_eq!(before["IsLogging"], true);
    assert_eq!(before.get("LatestDeliveryTime"), None);
    node.clock.advance_seconds(300);
    deliver(&node).await;
    let hour = 1_767_322_800;
    let after = told(&node, "GetTrailStatus", &name).await;
    assert_eq!(after["LatestDeliveryTime"], hour + 245 + 300);
    assert_eq!(after["StartLoggingTime"], hour);
    assert_eq!(after["TimeLoggingStarted"], "2026-01-02T03:00:00Z");
    assert_eq!(after.get("LatestDigestDeliveryTime"), None);
    pass_an_hour(&node).await;
    let after = told(&node, "GetTrailStatus", &name).await;
    assert_eq!(after["LatestDigestDeliveryTime"], hour + 3600);
    assert_eq!(after.get("LatestDeliveryError"), None);
}

#[tokio::test]
async fn public_keys_are_told_of_for_a_time() {
    let (_folder, node) = start(NodeOptions::new()).await;
    let none = told(&node, "ListPublicKeys", &json!({})).await;
    assert_eq!(none, json!({ "PublicKeyList": [] }));
    node.key("ada", None).await;
    pass_an_hour(&node).await;
    let list = told(&node, "ListPublicKeys", &json!({})).await;
    let [key] = &list["PublicKeyList"].as_array().unwrap()[..] else {
        panic!("{list}")
    };
    let fingerprint = key["Fingerprint"].as_str().unwrap();
    assert_eq!(fingerprint.len(), 32);
    let hour = 1_767_322_800;
    assert_eq!(key["ValidityStartTime"], hour);
    assert_eq!(key["ValidityEndTime"], hour + 86_400);
    // Whoever checks from before the first key on is told of it too.
    for (start, end) in [(0, 1), (hour, hour + 7200), (hour - 10, hour)] {
        let input = json!({ "StartTime": start, "EndTime": end });
        let found = told(&node, "ListPublicKeys", &input).await;
        assert_eq!(found, list, "{start} {end}");
    }
    let backwards = json!({ "StartTime": hour, "EndTime": hour - 1 });
    let refused = cloudtrail(&node, "ada", "ListPublicKeys", &backwards).await;
    assert_eq!(refused.error(), "InvalidTimeRangeException");

    // A day later another key signs, and the first is still told of to whoever asks for its time.
    node.clock.advance_days(1);
    deliver(&node).await;
    pass_an_hour(&node).await;
    let now = told(&node, "ListPublicKeys", &json!({})).await;
    let now = now["PublicKeyList"].as_array().unwrap();
    assert_eq!(now.len(), 1);
    assert_ne!(now[0]["Fingerprint"], fingerprint);
    let whole = json!({ "StartTime": hour, "EndTime": hour + 2 * 86_400 });
    let whole = told(&node, "ListPublicKeys", &whole).await;
    assert_eq!(whole["PublicKeyList"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn the_file_of_public_keys_has_all_of_them() {
    let (folder, node) = start(NodeOptions::new()).await;
    node.key("ada", None).await;
    node.clock.advance_seconds(300);
    deliver(&node).await;
    let trail = folder.path().join("audit/trail");
    let digests = trail.join(format!("{BUCKET}/AWSLogs/{ACCOUNT}/CloudTrail-Digest"));
    std::fs::write(&digests, "in the way").unwrap();
    let keys = || own_list(&trail).unwrap();
    assert_eq!(keys(), None);

    // The key is made, and then the digest can't be written.
    pass_an_hour(&node).await;
    let error = node.node.corridor().trail.clone().unwrap().last_error();
    assert!(error.unwrap().contains(BUCKET));
    let shown = keys().unwrap();
    assert!(!PublicKeys::read(&shown).unwrap().is_empty());
    let status = told(&node, "GetTrailStatus", &json!({ "Name": "keystead" })).await;
    let told = "The trail is not delivered as it should be; the log of the server says why.";
    assert_eq!(status["LatestDeliveryError"], told);
    assert_eq!(status["LatestDigestDeliveryError"], told);
    std::fs::remove_file(digests).unwrap();
    deliver(&node).await;
    let error = node.node.corridor().trail.clone().unwrap().last_error();
    assert_eq!(error, None);

    // A process that died had made a key, and not written it down yet.
    let now = keystead_server::clock::Clock::now(node.clock.as_ref());
    node.node.stop().await.unwrap();
    std::fs::write(trail.join("public-keys.json"), r#"{"PublicKeyList":[]}"#).unwrap();
    let node = restart(NodeOptions::new().at(now), folder.path()).await;
    deliver(&node).await;
    assert_eq!(keys().unwrap(), shown);
}

#[tokio::test]
async fn the_files_are_read_by_their_names() {
    let (folder, node) = start(NodeOptions::new()).await;
    node.key("ada", None).await;
    let location = get(&node, "ada", &format!("/{BUCKET}?location")).await;
    assert_eq!(location.status, 200);
    assert!(location.text().ends_with("></LocationConstraint>"));
    assert_eq!(keys(&node, "").await, [] as [String; 0]);
    pass_an_hour(&node).await;
    let all = keys(&node, "").await;
    let [digest, log, ..] = &all[..] else {
        panic!("{all:?}")
    };
    let folder_of_digests = "prefix=AWSLogs/111122223333/CloudTrail-Digest/us-east-1";
    let digests = keys(&node, &format!("encoding-type=url&{folder_of_digests}")).await;
    assert_eq!(digests, [digest.as_str()]);
    assert_eq!(keys(&node, &format!("marker={digest}")).await, all[1..]);
    assert_eq!(keys(&node, "list-type=2").await, all);

    let object = get(&node, "ada", &format!("/{BUCKET}/{digest}")).await;
    assert_eq!(object.status, 200, "{}", object.text());
    let path = folder.path().join("audit/trail").join(BUCKET).join(digest);
    assert_eq!(object.body, std::fs::read(&path).unwrap());
    let signature = object.header("x-amz-meta-signature").unwrap();
    assert_eq!(signature.len(), 512);
    let header = |name: &str| object.header(name).unwrap_or_default();
    assert_eq!(header("x-amz-meta-signature-algorithm"), "SHA256withRSA");
    assert_eq!(header("content-type"), "application/gzip");
    assert_eq!(header("content-length"), object.body.len().to_string());
    assert!(header("last-modified").ends_with(" GMT"));
    assert!(header("etag").starts_with('"') && header("etag").ends_with("-1\""));
    assert_eq!(header("x-amz-request-id"), object.request_id());
    let head = node
        .call_s3("ada", Method::HEAD, &format!("/{BUCKET}/{digest}"), &[])
        .await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(
        head.header("content-length"),
        object.header("content-length")
    );
    assert_eq!(head.header("etag"), object.header("etag"));
    assert_eq!(head.header("x-amz-meta-signature"), Some(signature));

    let part = node
        .call_s3(
            "ada",
            Method::GET,
            &format!("/{BUCKET}/{log}"),
            &[("range", "bytes=2-4")],
        )
        .await;
    assert_eq!((part.status, part.body.len()), (206, 3));
    assert!(
        part.header("content-range")
            .unwrap()
            .starts_with("bytes 2-4/")
    );
    let beyond = node
        .call_s3(
            "ada",
            Method::GET,
            &format!("/{BUCKET}/{log}"),
            &[("range", "bytes=99999999-")],
        )
        .await;
    assert_eq!(
        (beyond.status, code(&beyond)),
        (416, "InvalidRange".to_owned())
    );
}

#[tokio::test]
async fn nothing_but_what_was_delivered_is_read() {
    let (folder, node) = start(NodeOptions::new()).await;
    pass_an_hour(&node).await;
    assert!(folder.path().join("audit/trail/state.json").exists());
    for path in [
        "AWSLogs/../../state.json",
        "../state.json",
        "%2E%2E/state.json",
        "..%2Fstate.json",
        "/state.json",
        "AWSLogs",
        "AWSLogs/",
        "AWSLogs/111122223333/CloudTrail/us-east-1/2026/01/02/111122223333_CloudTrail_us-east-1_20260102T0304Z_AAAAAAAAAAAAAAAA.json.gz",
    ] {
        let refused = get(&node, "ada", &format!("/{BUCKET}/{path}")).await;
        assert_eq!(
            (refused.status, code(&refused)),
            (404, "NoSuchKey".to_owned()),
            "{path}"
        );
    }
    for bucket in [
        "keystead-audit-..",
        "..",
        "%2E%2E",
        "other",
        "keystead-audit-1",
    ] {
        for path in ["?location", "", "/AWSLogs/k"] {
            let refused = get(&node, "ada", &format!("/{bucket}{path}")).await;
            assert_eq!(
                (refused.status, code(&refused)),
                (404, "NoSuchBucket".to_owned()),
                "{bucket}{path}"
            );
        }
    }
    for (method, path, error) in [
        (Method::PUT, format!("/{BUCKET}/k"), "MethodNotAllowed"),
        (Method::DELETE, format!("/{BUCKET}/k"), "MethodNotAllowed"),
        (Method::GET, format!("/{BUCKET}?acl"), "NotImplemented"),
        (Method::GET, "/".to_owned(), "NotImplemented"),
    ] {
        let refused = node.call_s3("ada", method, &path, &[]).await;
        assert_eq!(code(&refused), error, "{path}");
    }
}

#[tokio::test]
async fn only_the_account_that_owns_a_bucket_reads_it() {
    let (_folder, node) = start(NodeOptions::new()).await;
    node.key("ada", None).await;
    pass_an_hour(&node).await;
    let object = format!("/{BUCKET}/{}", keys(&node, "").await[0]);
    for path in [
        &object,
        &format!("/{BUCKET}"),
        &format!("/{BUCKET}?location"),
    ] {
        let refused = get(&node, "eve", path).await;
        assert_eq!(
            (refused.status, code(&refused)),
            (403, "AccessDenied".to_owned()),
            "{path}"
        );
    }
    let own = get(&node, "eve", &format!("/keystead-audit-{OTHER_ACCOUNT}")).await;
    assert_eq!(own.status, 200);
}

const READ_ONE: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::keystead-audit-111122223333/AWSLogs/111122223333/CloudTrail-Digest/*"}]}"#;
const LIST_PREFIX: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::keystead-audit-111122223333","Condition":{"StringLike":{"s3:prefix":"AWSLogs/111122223333/CloudTrail/*"}}}]}"#;

#[tokio::test]
async fn identity_policies_decide_on_buckets_and_objects() {
    let options = NodeOptions::new()
        .user("reader", Some(READ_ONE))
        .user("lister", Some(LIST_PREFIX))
        .user("nobody", None);
    let (_folder, node) = start(options).await;
    node.key("ada", None).await;
    pass_an_hour(&node).await;
    let all = keys(&node, "").await;
    let (digest, log) = (
        format!("/{BUCKET}/{}", all[0]),
        format!("/{BUCKET}/{}", all[1]),
    );
    let list = |prefix: &str| format!("/{BUCKET}?prefix={prefix}");
    let logs = list("AWSLogs/111122223333/CloudTrail/");
    for (user, path, status) in [
        ("reader", &digest, 200),
        ("reader", &log, 403),
        ("reader", &logs, 403),
        // Who may not list is not told what is not there.
        ("reader", &digest.replace("0000Z", "0001Z"), 403),
        ("lister", &logs, 200),
        ("lister", &list(""), 403),
        ("lister", &digest, 403),
        ("nobody", &digest, 403),
        ("nobody", &format!("/{BUCKET}?location"), 403),
    ] {
        let answer = get(&node, user, path).await;
        assert_eq!(answer.status, status, "{user} {path}: {}", answer.text());
    }
    let denied = cloudtrail(&node, "nobody", "GetTrail", &json!({ "Name": "keystead" })).await;
    let message = "User: arn:aws:iam::111122223333:user/nobody is not authorized to perform: cloudtrail:GetTrail on resource: arn:aws:cloudtrail:us-east-1:111122223333:trail/keystead because no identity-based policy allows the cloudtrail:GetTrail action";
    assert_eq!(
        (denied.error().as_str(), denied.message().as_str()),
        ("AccessDeniedException", message)
    );
}

#[tokio::test]
async fn reading_is_recorded_as_data_events() {
    let (folder, node) = start(NodeOptions::new()).await;
    node.key("ada", None).await;
    pass_an_hour(&node).await;
    let key = &keys(&node, "max-keys=5").await[0];
    let answer = get(&node, "ada", &format!("/{BUCKET}/{key}")).await;
    let _ = get(&node, "ada", &format!("/{BUCKET}?location")).await;
    let records = records(folder.path());
    let last: Vec<_> = records.iter().rev().take(3).rev().collect();
    let [listed, read, located] = last[..] else {
        panic!("{records:?}")
    };
    assert_eq!(listed["eventName"], "ListObjects");
    assert_eq!(listed["eventCategory"], "Data");
    assert_eq!(
        listed["requestParameters"],
        json!({ "bucketName": BUCKET, "max-keys": "5" })
    );
    assert_eq!(read["eventName"], "GetObject");
    assert_eq!(read["eventSource"], "s3.amazonaws.com");
    assert_eq!(read["requestID"], answer.request_id());
    assert_eq!(
        (&read["eventCategory"], &read["managementEvent"]),
        (&json!("Data"), &json!(false))
    );
    assert_eq!(
        read["requestParameters"],
        json!({ "bucketName": BUCKET, "key": key })
    );
    let arn = format!("arn:aws:s3:::{BUCKET}");
    let resources = json!([
        { "accountId": ACCOUNT, "type": "AWS::S3::Object", "ARN": format!("{arn}/{key}") },
        { "accountId": ACCOUNT, "type": "AWS::S3::Bucket", "ARN": arn },
    ]);
    assert_eq!(read["resources"], resources);
    assert_eq!(located["eventName"], "GetBucketLocation");
    assert_eq!(
        (&located["eventCategory"], &located["managementEvent"]),
        (&json!("Management"), &json!(true))
    );
}

#[tokio::test]
async fn a_node_that_was_down_catches_up_and_all_is_proven() {
    let folder = tempfile::tempdir().unwrap();
    let node = restart(NodeOptions::new(), folder.path()).await;
    node.key("ada", None).await;
    node.clock.advance_seconds(300);
    deliver(&node).await;
    node.key("ada", None).await;
    let now = keystead_server::clock::Clock::now(node.clock.as_ref());
    node.node.stop().await.unwrap();

    let later = NodeOptions::new().at(now.plus_hours(5));
    let node = restart(later, folder.path()).await;
    let _ = told(&node, "ListTrails", &json!({})).await;
    pass_an_hour(&node).await;
    let digests = keys(&node, "prefix=AWSLogs/111122223333/CloudTrail-Digest").await;
    assert_eq!(digests.len(), 6);
    let trail = folder.path().join("audit/trail");
    let public = PublicKeys::read(&own_list(&trail).unwrap().unwrap()).unwrap();
    let report = verify(&Request {
        directory: &trail,
        account: None,
        region: None,
        start: None,
        end: None,
        keys: &public,
    });
    let report = report.unwrap();
    assert!(report.is_valid(), "{report:#?}");
    assert_eq!(report.chains[0].digests, 6);
}

/// Without a trail there is nothing to tell of, and no bucket.
#[tokio::test]
async fn a_node_without_a_trail_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let node = NodeOptions::new().admin("ada").start(folder.path()).await;
    let all = told(&node, "DescribeTrails", &json!({})).await;
    assert_eq!(all, json!({ "trailList": [] }));
    let name = json!({ "Name": "keystead" });
    let refused = cloudtrail(&node, "ada", "GetTrail", &name).await;
    assert_eq!(refused.error(), "TrailNotFoundException");
    for path in ["", "?location", "/AWSLogs/k"] {
        let refused = get(&node, "ada", &format!("/{BUCKET}{path}")).await;
        assert_eq!(code(&refused), "NoSuchBucket", "{path}");
    }
}
