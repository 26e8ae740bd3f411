//! How many records there are: one for each call of a known caller, none for a stranger's.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::{created, start};

#[test]
fn rejected_requests_leave_none() {
    let server = start();
    let client = server.client();
    let (id, _) = server.credentials();
    let mut late = client.clone();
    late.skew_seconds = -1000;
    for (stranger, operation) in [
        (client.with_credentials(&id, "wrong"), "ListKeys"),
        (
            client.with_credentials("AKIAAAAAAAAAAAAAAAAA", "any"),
            "ListKeys",
        ),
        (late, "ListKeys"),
        (client.clone(), "Frobnicate"),
    ] {
        assert_ne!(stranger.call(operation, &json!({})).status, 200);
    }
    assert_eq!(server.audit_events(), Vec::<Value>::new());
}

#[test]
fn every_call_of_many_clients_has_one() {
    const CLIENTS: usize = 8;
    const CALLS: usize = 40;
    let server = start();
    let key = created(&server.client());
    let ids: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..CLIENTS)
            .map(|number| {
                let (client, key) = (server.client(), &key);
                scope.spawn(move || {
                    (0..CALLS)
                        .map(|call| {
                            let answer = match (number + call) % 4 {
                                0 => client.call("CreateKey", &json!({})),
                                1 => client
                                    .call("Encrypt", &json!({"KeyId": key, "Plaintext": "AAAA"})),
                                2 => client.call("Encrypt", &json!({"KeyId": "absent"})),
                                _ => client.call(
                                    "UpdateKeyDescription",
                                    &json!({"KeyId": key, "Description": call.to_string()}),
                                ),
                            };
                            assert!(answer.status < 500, "{}", answer.text());
                            answer.request_id().to_owned()
                        })
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect()
    });
    let records = server.audit_events();
    assert_eq!(records.len(), CLIENTS * CALLS + 1);
    let recorded: HashSet<&str> = records
        .iter()
        .map(|record| record["requestID"].as_str().unwrap())
        .collect();
    assert_eq!(recorded.len(), records.len());
    assert!(ids.iter().all(|id| recorded.contains(id.as_str())));
    let events: HashSet<&str> = records
        .iter()
        .map(|record| record["eventID"].as_str().unwrap())
        .collect();
    assert_eq!(events.len(), records.len());
}
