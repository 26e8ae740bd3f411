//! boto3: what Python programs do. The scripts check what they are answered; whether the audit log
//! tells the same is checked here.

use std::collections::HashMap;

use keystead_testkit::Server;
use serde_json::Value;

use crate::machine::Machine;
use crate::server;

/// The variable by which a script is told where to write down its calls.
const CALLS_VARIABLE: &str = "KEYSTEAD_TEST_CALLS";

/// Runs a script as the server's admin.
pub(crate) fn run(server: &Server, script: &str, arguments: &[&str]) {
    run_on(&mut Machine::of(server), server, script, arguments);
}

/// Runs a script on a machine of its own.
pub(crate) fn run_on(machine: &mut Machine, server: &Server, script: &str, arguments: &[&str]) {
    let calls = machine.home().join("calls.json");
    machine.set(CALLS_VARIABLE, calls.to_str().unwrap());
    machine.run_python(script, arguments);
    check_audit(
        server,
        &serde_json::from_str(&machine.read("calls.json")).unwrap(),
    );
}

/// Each call that the script made has the one record that it must have: under the request id that
/// the client was told, and with the client's error.
fn check_audit(server: &Server, calls: &Value) {
    let events = server.audit_events();
    let mut by_request: HashMap<&str, Vec<&Value>> = HashMap::new();
    for event in &events {
        // The copies for the owners of others' keys are told apart by who is said to call.
        let is_copy = event["userIdentity"]["type"] == "AWSAccount";
        if let Some(id) = event["requestID"].as_str().filter(|_| !is_copy) {
            by_request.entry(id).or_default().push(event);
        }
    }
    let calls = calls.as_array().unwrap();
    assert!(!calls.is_empty());
    for call in calls {
        let id = call["request_id"].as_str().unwrap();
        let [event] = by_request[id].as_slice() else {
            panic!("not one record of {call}");
        };
        assert_eq!(event["eventName"], call["operation"]);
        let code = match call["error"].as_str() {
            // CloudTrail's name of it.
            Some("AccessDeniedException") => Some("AccessDenied"),
            code => code,
        };
        assert_eq!(
            event.get("errorCode").and_then(Value::as_str),
            code,
            "{call} {event}"
        );
    }
}

#[test]
fn round_trips() {
    run(&server(), "boto3_round_trips.py", &[]);
}

#[test]
fn every_error_is_the_typed_one() {
    run(&server(), "boto3_errors.py", &[]);
}

#[test]
fn keys_that_sign() {
    run(&server(), "boto3_keys.py", &["signatures"]);
}

#[test]
fn keys_that_sign_elsewhere_too() {
    run(&server(), "boto3_keys.py", &["elsewhere"]);
}

#[test]
fn keys_that_authenticate() {
    run(&server(), "boto3_keys.py", &["macs"]);
}

#[test]
fn keys_that_encrypt() {
    run(&server(), "boto3_keys.py", &["encryption"]);
}

#[test]
fn keys_that_agree() {
    run(&server(), "boto3_keys.py", &["secrets"]);
}

#[test]
fn data_key_pairs() {
    run(&server(), "boto3_keys.py", &["pairs"]);
}

#[test]
fn quotas() {
    run(&server(), "boto3_quotas.py", &[]);
}

#[test]
fn paginators() {
    run(&server(), "boto3_pages.py", &[]);
}

#[test]
fn policies() {
    run(&server(), "boto3_policies.py", &[]);
}

#[test]
fn identities() {
    run(&server(), "boto3_identity.py", &[]);
}

#[test]
fn people_and_what_they_may_do() {
    run(&server(), "boto3_iam.py", &[]);
}

#[test]
fn key_material_of_ones_own() {
    run(&server(), "boto3_import.py", &[]);
}

#[test]
fn everything_is_still_there_after_a_kill_and_a_restart() {
    let server = server();
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state.json");
    let state = state.to_str().unwrap();
    run(&server, "boto3_restart.py", &["write", state]);
    let server = server.restart();
    run(&server, "boto3_restart.py", &["read", state]);
}
