//! What must hold after each crash, of a server that was started again.

use std::collections::{HashMap, HashSet};

use keystead_testkit::node::JsonService;
use keystead_testkit::{Client, Seeded, Server};
use serde_json::{Value, json};

use crate::load::Acknowledged;

/// How many ciphertexts are tried after each crash.
const SAMPLE: usize = 10;

/// Everything that was acknowledged is there, recorded once, and found.
pub(crate) fn check(
    server: &Server,
    client: &Client,
    acknowledged: &Acknowledged,
    seeded: &mut Seeded,
) {
    let records = server.audit_events();
    check_records(&records, acknowledged);
    check_resources(client, &records, acknowledged);
    check_index(client, &records);
    let all = acknowledged.ciphertexts();
    let sample = (0..SAMPLE).filter_map(|_| {
        let index = seeded.below(all.len().max(1) as u64);
        all.get(usize::try_from(index).unwrap()).copied()
    });
    check_ciphertexts(client, sample);
}

/// Every answered call is in the audit log, once.
fn check_records(records: &[Value], acknowledged: &Acknowledged) {
    let ids = |member: &str| -> HashSet<&str> {
        let texts = records.iter().filter_map(|record| record[member].as_str());
        texts.collect()
    };
    assert_eq!(ids("eventID").len(), records.len(), "no record twice");
    let requests = ids("requestID");
    assert_eq!(requests.len(), records.len(), "no call twice");
    for request in acknowledged.requests() {
        assert!(
            requests.contains(request),
            "the record of {request} is lost"
        );
    }
}

/// Every acknowledged key and alias is there; and whatever is there, acknowledged or not, has a
/// record of how it came about.
fn check_resources(client: &Client, records: &[Value], acknowledged: &Acknowledged) {
    let keys = list(client, "ListKeys", "Keys");
    let key_ids: HashSet<&str> = keys
        .iter()
        .map(|key| key["KeyId"].as_str().unwrap())
        .collect();
    for key in acknowledged.keys() {
        assert!(key_ids.contains(key), "{key} is lost");
    }
    let aliases = list(client, "ListAliases", "Aliases");
    let text = |alias: &Value, member: &str| alias[member].as_str().unwrap().to_owned();
    let targets: HashMap<String, String> = aliases
        .iter()
        .map(|alias| (text(alias, "AliasName"), text(alias, "TargetKeyId")))
        .collect();
    for (alias, key) in acknowledged.aliases() {
        let found = targets.get(alias).map(String::as_str);
        assert_eq!(found, Some(key), "{alias} is lost");
    }
    let made = |operation: &str| -> HashSet<&str> {
        let records = records
            .iter()
            .filter(|record| record["eventName"] == operation);
        let resources = records.flat_map(|record| record["resources"].as_array().unwrap());
        resources
            .map(|resource| resource["ARN"].as_str().unwrap())
            .collect()
    };
    let (keys_made, aliases_made) = (made("CreateKey"), made("CreateAlias"));
    for key in &keys {
        assert!(
            keys_made.contains(key["KeyArn"].as_str().unwrap()),
            "{key} has no record"
        );
    }
    for alias in &aliases {
        assert!(
            aliases_made.contains(alias["AliasArn"].as_str().unwrap()),
            "{alias} has no record"
        );
    }
}

/// What is looked up is what the log has.
fn check_index(client: &Client, records: &[Value]) {
    for name in ["CreateKey", "CreateAlias"] {
        let logged: HashSet<&str> = records
            .iter()
            .filter(|record| record["eventName"] == name)
            .map(|record| record["eventID"].as_str().unwrap())
            .collect();
        let mut input = json!({
            "LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": name}],
        });
        let mut found = Vec::new();
        loop {
            let page = client.json_ok(JsonService::CLOUDTRAIL, "LookupEvents", &input);
            let events = page["Events"].as_array().unwrap().iter();
            found.extend(events.map(|event| event["EventId"].as_str().unwrap().to_owned()));
            match page.get("NextToken") {
                Some(token) => input["NextToken"] = token.clone(),
                None => break,
            }
        }
        let once: HashSet<&str> = found.iter().map(String::as_str).collect();
        assert_eq!(once.len(), found.len(), "{name}: no event is found twice");
        assert_eq!(once, logged, "{name}: found, and in the log");
    }
}

fn list(client: &Client, operation: &str, list: &str) -> Vec<Value> {
    let mut all = Vec::new();
    let mut input = json!({});
    loop {
        let page = client.ok(operation, &input);
        all.extend(page[list].as_array().unwrap().iter().cloned());
        match page.get("NextMarker") {
            Some(marker) => input["Marker"] = marker.clone(),
            None => return all,
        }
    }
}

pub(crate) fn check_ciphertexts<'a>(
    client: &Client,
    ciphertexts: impl Iterator<Item = (&'a str, &'a str)>,
) {
    for (ciphertext, plaintext) in ciphertexts {
        let opened = client.ok("Decrypt", &json!({"CiphertextBlob": ciphertext}));
        assert_eq!(opened["Plaintext"], *plaintext);
    }
}
