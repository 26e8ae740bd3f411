//! Limits and markers of lists.

use keystead_testkit::Client;
use serde_json::{Value, json};

use super::{assert_errors, create_key, start};

fn pages(client: &Client, operation: &str, list: &str, input: &Value) -> Vec<Value> {
    let mut input = input.clone();
    let mut all = Vec::new();
    loop {
        let page = client.ok(operation, &input);
        all.extend(page[list].as_array().unwrap().iter().cloned());
        assert_eq!(page["Truncated"], json!(page.get("NextMarker").is_some()));
        match page.get("NextMarker") {
            Some(marker) => input["Marker"] = marker.clone(),
            None => return all,
        }
    }
}

#[test]
fn pages_add_up() {
    let server = start();
    let client = server.client();
    let keys: Vec<String> = (0..5).map(|_| create_key(&client)).collect();
    for (index, key) in keys.iter().enumerate() {
        let alias = json!({"AliasName": format!("alias/a{index}"), "TargetKeyId": key});
        assert_eq!(client.ok("CreateAlias", &alias), Value::Null);
        let tags =
            json!({"KeyId": keys[0], "Tags": [{"TagKey": format!("t{index}"), "TagValue": ""}]});
        assert_eq!(client.ok("TagResource", &tags), Value::Null);
    }
    for limit in [1, 2, 4, 5, 6, 1000] {
        for (operation, list, input) in [
            ("ListKeys", "Keys", json!({"Limit": limit})),
            ("ListAliases", "Aliases", json!({"Limit": limit})),
            (
                "ListResourceTags",
                "Tags",
                json!({"Limit": limit, "KeyId": keys[0]}),
            ),
        ] {
            let found = pages(&client, operation, list, &input);
            assert_eq!(found.len(), 5, "{operation} by {limit}");
            let mut distinct: Vec<String> = found.iter().map(Value::to_string).collect();
            distinct.sort();
            distinct.dedup();
            assert_eq!(distinct.len(), 5, "{operation} by {limit}");
        }
    }
    let policies = client.ok("ListKeyPolicies", &json!({"KeyId": keys[0], "Limit": 1}));
    assert_eq!(
        policies,
        json!({"PolicyNames": ["default"], "Truncated": false})
    );
}

#[test]
fn bad_limits_and_markers() {
    let server = start();
    let client = server.client();
    let key = create_key(&client);
    let _ = create_key(&client);
    let of_keys = client.ok("ListKeys", &json!({"Limit": 1}))["NextMarker"].clone();
    for (operation, base) in [
        ("ListKeys", json!({})),
        ("ListAliases", json!({})),
        ("ListKeyPolicies", json!({"KeyId": key})),
        ("ListResourceTags", json!({"KeyId": key})),
    ] {
        let with = |name: &str, value: Value| {
            let mut input = base.clone();
            input[name] = value;
            input
        };
        assert_errors(
            &client,
            operation,
            "ValidationException",
            &[
                (
                    with("Limit", json!(0)),
                    "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
                ),
                (
                    with("Limit", json!(1001)),
                    "1 validation error detected: Value '1001' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 1000",
                ),
                (
                    with("Limit", json!(-1)),
                    "1 validation error detected: Value '-1' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
                ),
                (
                    with("Marker", json!("")),
                    "1 validation error detected: Value '' at 'marker' failed to satisfy constraint: Member must have length greater than or equal to 1",
                ),
            ],
        );
        let mut bad = vec![json!("nonsense"), json!("AAAA"), json!("é")];
        if operation != "ListKeys" {
            bad.push(of_keys.clone());
        }
        for marker in bad {
            assert_eq!(
                client.err(operation, &with("Marker", marker)),
                "InvalidMarkerException",
                "{operation}"
            );
        }
    }
}
