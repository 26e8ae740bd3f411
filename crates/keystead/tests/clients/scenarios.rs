//! What the field does with key policies, IAM, grants and organizations, with boto3. The scripts
//! check what they are answered.

use std::fs;

use keystead_testkit::node::JsonService;
use keystead_testkit::{Server, ServerOptions};
use serde_json::json;

use crate::boto3::run;
use crate::server;

const CONFIG: &str = r#"
[[vpc_endpoint]]
id = "vpce-app"
vpc = "vpc-1"
listen = "127.0.0.1:0"
policy = "app.json"

[[vpc_endpoint]]
id = "vpce-guests"
vpc = "vpc-2"
listen = "127.0.0.1:0"
policy = "guests.json"
"#;

/// The access key of a new service.
fn service(server: &Server, name: &str) -> [String; 2] {
    let (admin, name) = (server.client(), json!({"ServiceName": name}));
    let _ = admin.json_ok(JsonService::KEYSTEAD, "PutService", &name);
    let made = admin.json_ok(JsonService::KEYSTEAD, "CreateServiceAccessKey", &name);
    ["AccessKeyId", "SecretAccessKey"]
        .map(|member| made["AccessKey"][member].as_str().unwrap().to_owned())
}

/// The policy of an endpoint that lets these actions through.
fn passes(actions: &[&str]) -> String {
    let statement =
        json!({"Effect": "Allow", "Principal": "*", "Action": actions, "Resource": "*"});
    json!({"Version": "2012-10-17", "Statement": statement}).to_string()
}

#[test]
fn who_keeps_and_who_uses_a_key() {
    run(&server(), "scenarios_people.py", &[]);
}

#[test]
fn keys_that_other_accounts_use() {
    run(&server(), "scenarios_sharing.py", &[]);
}

#[test]
fn keys_that_look_at_how_they_are_used() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("keystead.toml");
    for (name, text) in [
        ("keystead.toml", CONFIG),
        ("app.json", &passes(&["kms:Encrypt", "kms:Decrypt"])),
        ("guests.json", &passes(&["kms:DescribeKey"])),
    ] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let server = ServerOptions::new(env!("CARGO_BIN_EXE_keystead"))
        .arg("--config")
        .arg(config.to_str().unwrap())
        .start_in(folder);
    let [s3_id, s3_secret] = service(&server, "s3.us-east-1.amazonaws.com");
    let [sqs_id, sqs_secret] = service(&server, "sqs.us-east-1.amazonaws.com");
    let url = |id: &str| format!("http://{}", server.endpoint(id));
    let arguments = [
        s3_id,
        s3_secret,
        sqs_id,
        sqs_secret,
        url("vpce-app"),
        url("vpce-guests"),
    ];
    let arguments = arguments.each_ref().map(String::as_str);
    run(&server, "scenarios_conditions.py", &arguments);
}

#[test]
fn what_terraform_calls() {
    run(&server(), "terraform_calls.py", &[]);
}
