//! LookupEvents, with the AWS CLI and boto3.

use keystead_testkit::clients;
use serde_json::{Value, json};

use crate::machine::{Machine, Outcome};
use crate::{boto3, server};

fn lookup(machine: &Machine, words: &[&str]) -> Outcome {
    let words = [&["cloudtrail", "lookup-events"], words].concat();
    machine.run(&clients::program("aws"), &words)
}

#[test]
fn the_cli_looks_events_up() {
    let server = server();
    let machine = Machine::of(&server);
    let found = |words: &[&str]| -> Value {
        serde_json::from_str(&lookup(&machine, words).success()).unwrap()
    };
    let made = server.client().ok("CreateKey", &json!({}));
    let arn = made["KeyMetadata"]["Arn"].as_str().unwrap();
    let _ = server.client().ok("ListKeys", &json!({}));
    let by_name = format!("AttributeKey=ResourceName,AttributeValue={arn}");
    let about_key = found(&["--lookup-attributes", &by_name]);
    let [event] = about_key["Events"].as_array().unwrap().as_slice() else {
        panic!("{about_key}");
    };
    assert_eq!(event["EventName"], "CreateKey");
    assert_eq!(event["Username"], "admin");
    // Pages of one, put together by the CLI; its own calls come first.
    let all = found(&[
        "--page-size",
        "1",
        "--max-items",
        "100",
        "--start-time",
        "2026-01-01",
    ]);
    let events = all["Events"].as_array().unwrap().iter();
    let names: Vec<_> = events
        .map(|event| event["EventName"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["LookupEvents", "ListKeys", "CreateKey"]);
    let refused = lookup(&machine, &["--next-token", "nonsense", "--no-paginate"]);
    assert!(refused.failure(255).contains("InvalidNextTokenException"));
    let twice = ["AttributeKey=EventName,AttributeValue=a"; 2];
    let refused = lookup(&machine, &[&["--lookup-attributes"][..], &twice].concat());
    assert!(
        refused
            .failure(255)
            .contains("InvalidLookupAttributesException")
    );
}

#[test]
fn boto3_looks_events_up() {
    boto3::run(&server(), "boto3_lookup_events.py", &[]);
}
