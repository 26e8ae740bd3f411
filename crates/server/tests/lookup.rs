//! Looking events up at a running node, and clearing the log of old ones.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use keystead_server::clock::Clock as _;
use keystead_server::jobs;
use keystead_testkit::node::{ACCOUNT, JsonService};
use keystead_testkit::{Answer, NodeOptions, TestNode};
use serde_json::{Value, json};

const ONLY_KMS: &str = r#"{"Version":"2012-10-17","Statement":{
    "Effect":"Allow","Action":"kms:*","Resource":"*"}}"#;

/// Ada administers one account, and fay another. Bob may use KMS.
async fn node(folder: &Path) -> TestNode {
    options().start(folder).await
}

fn options() -> NodeOptions {
    NodeOptions::new()
        .admin("ada")
        .foreign_admin("fay")
        .user("bob", Some(ONLY_KMS))
}

async fn call(node: &TestNode, who: &str, input: &Value) -> Answer {
    node.call_json(JsonService::CLOUDTRAIL, who, &[], "LookupEvents", input)
        .await
}

async fn lookup(node: &TestNode, who: &str, input: &Value) -> Value {
    let answer = call(node, who, input).await;
    assert_eq!(answer.status, 200, "{input}: {}", answer.text());
    answer.json()
}

async fn refused(node: &TestNode, input: &Value) -> String {
    let answer = call(node, "ada", input).await;
    assert_eq!(answer.status, 400, "{input}: {}", answer.text());
    answer.error()
}

fn with(key: &str, value: &str) -> Value {
    json!({"LookupAttributes": [{"AttributeKey": key, "AttributeValue": value}]})
}

/// The names of the events, newest first.
fn names(answer: &Value) -> Vec<&str> {
    let events = answer["Events"].as_array().unwrap().iter();
    events
        .map(|event| event["EventName"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn events_are_found_at_once_by_every_attribute() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(folder.path()).await;
    let key = node.key("ada", None).await;
    node.clock.advance_seconds(1);
    let encrypt = json!({"KeyId": key, "Plaintext": "aGk="});
    let _ = node.ok("bob", "Encrypt", &encrypt).await;
    let _ = node
        .err("fay", "DescribeKey", &json!({"KeyId": "nonsense"}))
        .await;

    let all = lookup(&node, "ada", &json!({})).await;
    assert_eq!(names(&all), ["Encrypt", "CreateKey"]);
    assert!(all.get("NextToken").is_none());
    let event = &all["Events"][0];
    let record: Value = serde_json::from_str(event["CloudTrailEvent"].as_str().unwrap()).unwrap();
    assert_eq!(record["eventID"], event["EventId"]);
    let arn = format!("arn:aws:kms:us-east-1:{ACCOUNT}:key/{key}");
    let expected = json!({
        "EventId": record["eventID"], "EventName": "Encrypt", "ReadOnly": "true",
        "AccessKeyId": "AKIABOB", "EventTime": 1_767_323_046, "EventSource": "kms.amazonaws.com",
        "Username": "bob", "CloudTrailEvent": event["CloudTrailEvent"],
        "Resources": [{"ResourceType": "AWS::KMS::Key", "ResourceName": arn}],
    });
    assert_eq!(*event, expected);

    let id = event["EventId"].as_str().unwrap();
    for (attribute, value, expected) in [
        ("EventId", id, vec!["Encrypt"]),
        ("EventId", "none", vec![]),
        ("EventName", "CreateKey", vec!["CreateKey"]),
        ("EventName", "createkey", vec![]),
        ("ReadOnly", "false", vec!["CreateKey"]),
        ("Username", "bob", vec!["Encrypt"]),
        ("Username", "fay", vec![]),
        (
            "ResourceType",
            "AWS::KMS::Key",
            vec!["Encrypt", "CreateKey"],
        ),
        ("ResourceName", &arn, vec!["Encrypt", "CreateKey"]),
        ("ResourceName", &key, vec![]),
        ("EventSource", "iam.amazonaws.com", vec![]),
        ("AccessKeyId", "AKIAADA", vec!["LookupEvents"; 12]),
    ] {
        let found = lookup(&node, "ada", &with(attribute, value)).await;
        let mut found = names(&found);
        if attribute == "AccessKeyId" {
            assert_eq!(found.pop(), Some("CreateKey"));
        }
        assert_eq!(found, expected, "{attribute} {value}");
    }
    let insights = lookup(&node, "ada", &json!({"EventCategory": "insight"})).await;
    assert_eq!(insights, json!({"Events": []}));
}

#[tokio::test]
async fn the_record_of_a_lookup_says_what_was_looked_for() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(folder.path()).await;
    let input = json!({"MaxResults": 5, "StartTime": 1_767_323_045,
        "LookupAttributes": [{"AttributeKey": "Username", "AttributeValue": "bob"}]});
    let _ = lookup(&node, "ada", &input).await;
    let found = lookup(&node, "ada", &with("EventName", "LookupEvents")).await;
    let record = found["Events"][0]["CloudTrailEvent"].as_str().unwrap();
    let record: Value = serde_json::from_str(record).unwrap();
    assert_eq!(record["eventSource"], "cloudtrail.amazonaws.com");
    assert_eq!(record["readOnly"], true);
    assert_eq!(record["responseElements"], Value::Null);
    let parameters = json!({"maxResults": 5, "startTime": "Jan 2, 2026, 3:04:05 AM",
        "lookupAttributes": [{"attributeKey": "Username", "attributeValue": "bob"}]});
    assert_eq!(record["requestParameters"], parameters);
    let denied = call(&node, "bob", &json!({})).await;
    assert_eq!(denied.error(), "AccessDeniedException");
}

#[tokio::test]
async fn pages_lead_through_all_events_and_restarts() {
    let folder = tempfile::tempdir().unwrap();
    let mut node = node(folder.path()).await;
    for _ in 0..7 {
        let _ = node
            .ok("bob", "GenerateRandom", &json!({"NumberOfBytes": 1}))
            .await;
        node.clock.advance_seconds(1);
    }
    let mut input = with("Username", "bob");
    input["MaxResults"] = 3.into();
    let (mut times, mut pages) = (Vec::new(), Vec::new());
    loop {
        let page = lookup(&node, "ada", &input).await;
        let events = page["Events"].as_array().unwrap();
        pages.push(events.len());
        times.extend(
            events
                .iter()
                .map(|event| event["EventTime"].as_i64().unwrap()),
        );
        match page.get("NextToken") {
            Some(token) => input["NextToken"] = token.clone(),
            None => break,
        }
        let now = node.clock.now();
        node.node.stop().await.unwrap();
        node = options().at(now).start(folder.path()).await;
        // What comes later is not among them.
        let _ = node
            .ok("bob", "GenerateRandom", &json!({"NumberOfBytes": 1}))
            .await;
    }
    let expected: Vec<_> = (0..7).map(|second| 1_767_323_045 + second).rev().collect();
    assert_eq!((times, pages), (expected, vec![3, 3, 1]));
}

#[tokio::test]
async fn tokens_are_worth_nothing_to_other_lookups() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(folder.path()).await;
    for _ in 0..3 {
        let _ = node
            .ok("bob", "GenerateRandom", &json!({"NumberOfBytes": 1}))
            .await;
    }
    let first = lookup(&node, "ada", &json!({"MaxResults": 1})).await;
    let token = &first["NextToken"];
    assert!(token.is_string());
    let mut other = with("Username", "bob");
    other["NextToken"] = token.clone();
    let nonsense = json!({"NextToken": "nonsense"});
    let later = json!({"StartTime": 5, "NextToken": token});
    for input in [&other, &nonsense, &later, &json!({"NextToken": ""})] {
        assert_eq!(refused(&node, input).await, "InvalidNextTokenException");
    }
    let foreign = call(&node, "fay", &json!({"NextToken": token})).await;
    assert_eq!(foreign.error(), "InvalidNextTokenException");
    let more = lookup(&node, "ada", &json!({"MaxResults": 50, "NextToken": token})).await;
    assert_eq!(names(&more), ["GenerateRandom"; 2]);
}

#[tokio::test]
async fn times_are_from_one_to_another_and_of_the_last_ninety_days() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(folder.path()).await;
    let start = node.clock.now().as_seconds();
    for _ in 0..5 {
        let _ = node
            .ok("bob", "GenerateRandom", &json!({"NumberOfBytes": 1}))
            .await;
        node.clock.advance_seconds(10);
    }
    let seconds = |answer: &Value| -> Vec<i64> {
        let events = answer["Events"].as_array().unwrap().iter();
        let times = events.map(|event| event["EventTime"].as_i64().unwrap() - start);
        times.collect()
    };
    for (from, to, expected) in [
        (10.0, 30.0, vec![30, 20, 10]),
        (10.5, 29.9, vec![20]),
        (20.0, 20.0, vec![20]),
        (41.0, 45.0, vec![]),
    ] {
        #[expect(clippy::cast_precision_loss, reason = "the test is of this century")]
        let at = |seconds: f64| start as f64 + seconds;
        let mut input = with("Username", "bob");
        input["StartTime"] = at(from).into();
        input["EndTime"] = at(to).into();
        let found = lookup(&node, "ada", &input).await;
        assert_eq!(seconds(&found), expected, "{from} to {to}");
    }
    let backwards = json!({"StartTime": start + 1, "EndTime": start});
    assert_eq!(
        refused(&node, &backwards).await,
        "InvalidTimeRangeException"
    );

    // The clock stands at 50 seconds.
    node.clock.advance_days(89);
    node.clock.advance_seconds(24 * 60 * 60 - 25);
    for since in [json!(null), json!(0), json!(start)] {
        let mut input = with("Username", "bob");
        input["StartTime"] = since;
        let found = lookup(&node, "ada", &input).await;
        assert_eq!(seconds(&found), [40, 30], "events of up to 90 days ago");
    }
}

#[tokio::test]
async fn other_faults_have_their_exceptions() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(folder.path()).await;
    let one = json!({"AttributeKey": "EventName", "AttributeValue": "Encrypt"});
    for (input, expected) in [
        (
            json!({"LookupAttributes": [one, one]}),
            "InvalidLookupAttributesException",
        ),
        (with("Colour", "red"), "InvalidLookupAttributesException"),
        (json!({"MaxResults": 51}), "InvalidMaxResultsException"),
        (
            json!({"EventCategory": "data"}),
            "InvalidEventCategoryException",
        ),
    ] {
        assert_eq!(refused(&node, &input).await, expected, "{input}");
    }
}

/// The numbers of the log's segments, and of their indexes.
fn files(folder: &Path) -> (Vec<String>, Vec<String>) {
    let of = |folder: &Path, extension: &str| {
        let files = std::fs::read_dir(folder).unwrap();
        let mut found: Vec<_> = files
            .map(|file| file.unwrap().path())
            .filter(|path| path.extension().is_some_and(|found| found == extension))
            .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
            .collect();
        found.sort();
        found
    };
    let audit = folder.join("audit");
    let index = of(&audit.join("index"), "idx");
    (of(&audit, "jsonl"), index)
}

#[tokio::test]
async fn old_records_are_removed_day_by_day() {
    let folder = tempfile::tempdir().unwrap();
    let node = options().retention_days(3).start(folder.path()).await;
    let audit = &node.node.corridor().audit;
    let history = audit.history().unwrap();
    // Somebody reads slowly.
    let need = audit.needs().register("a test", history.reader().end());
    let caught_up = async || {
        loop {
            let lag = history.lag().unwrap();
            if (lag.bytes, lag.segments) == (0, 0) {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    for _ in 0..6 {
        let _ = node
            .ok("bob", "GenerateRandom", &json!({"NumberOfBytes": 1}))
            .await;
        caught_up().await;
        node.clock.advance_days(1);
        jobs::run_once(node.node.corridor()).await;
    }
    let names = |numbers: std::ops::RangeInclusive<u32>| -> Vec<String> {
        numbers
            .map(|number| format!("segment-{number:08}"))
            .collect()
    };
    assert_eq!(files(folder.path()), (names(1..=6), names(1..=5)));
    need.advance(history.reader().end());
    jobs::run_once(node.node.corridor()).await;
    assert_eq!(files(folder.path()), (names(4..=6), names(4..=5)));
    let found = lookup(&node, "ada", &with("Username", "bob")).await;
    assert_eq!(self::names(&found).len(), 3);
}

/// The caller's own record names what it was denied only as far as it named it itself, and not how
/// that was decided.
#[tokio::test]
async fn what_was_denied_tells_nothing_of_what_belongs_to_others() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(folder.path()).await;
    let key = node.key("ada", None).await;
    let alias = json!({"AliasName": "alias/there", "TargetKeyId": key});
    let _ = node.ok("ada", "CreateAlias", &alias).await;
    let mut told = Vec::new();
    for name in ["there", "gone"] {
        let arn = format!("arn:aws:kms:us-east-1:{ACCOUNT}:alias/{name}");
        let encrypt = json!({"KeyId": arn, "Plaintext": "aGk="});
        let _ = node.err("fay", "Encrypt", &encrypt).await;
        let found = lookup(&node, "fay", &with("EventName", "Encrypt")).await;
        let event = &found["Events"][0];
        assert_eq!(event["Resources"], json!([]));
        let text = event["CloudTrailEvent"].as_str().unwrap();
        assert!(!text.contains(&key), "{text}");
        let record: Value = serde_json::from_str(text).unwrap();
        let names = record.as_object().unwrap().keys().cloned();
        told.push(names.collect::<Vec<_>>());
    }
    assert_eq!(told[0], told[1], "there or not is not to be told apart");
    assert!(!told[0].contains(&"additionalEventData".to_owned()));
}
