//! Grants, with the AWS CLI.

use keystead_testkit::{Server, clients};
use serde_json::{Value, json};

use crate::machine::Machine;
use crate::server;

const ADMIN: &str = "arn:aws:iam::000000000000:user/admin";

/// Runs `aws kms …`, in words without spaces, and returns what it prints.
fn kms(machine: &Machine, line: &str) -> Value {
    let words: Vec<&str> = ["kms"].into_iter().chain(line.split(' ')).collect();
    let printed = machine.run(&clients::program("aws"), &words).success();
    if printed.is_empty() {
        return Value::Null;
    }
    serde_json::from_str(&printed).unwrap()
}

fn key(server: &Server) -> String {
    let made = server.client().ok("CreateKey", &json!({}));
    made["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned()
}

#[test]
fn a_grant_from_its_creation_to_its_end() {
    let server = server();
    let machine = Machine::of(&server);
    let key = key(&server);
    let create = format!(
        "create-grant --key-id {key} --grantee-principal {ADMIN} --retiring-principal {ADMIN} \
         --operations Encrypt Decrypt --name app --constraints EncryptionContextSubset={{app=billing}}"
    );
    let made = kms(&machine, &create);
    let (id, token) = (
        made["GrantId"].as_str().unwrap(),
        made["GrantToken"].as_str().unwrap(),
    );
    assert_eq!(kms(&machine, &create)["GrantId"], id);

    let listed = kms(&machine, &format!("list-grants --key-id {key}"));
    let grant = &listed["Grants"][0];
    assert_eq!(listed["Grants"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&grant["GrantId"], &grant["Name"]),
        (&json!(id), &json!("app"))
    );
    assert_eq!(grant["GranteePrincipal"], ADMIN);
    assert_eq!(grant["Operations"], json!(["Decrypt", "Encrypt"]));
    let constraints = json!({ "EncryptionContextSubset": { "app": "billing" } });
    assert_eq!(grant["Constraints"], constraints);
    let retirable = kms(
        &machine,
        &format!("list-retirable-grants --retiring-principal {ADMIN}"),
    );
    assert_eq!(retirable["Grants"], listed["Grants"]);

    let describe = format!("describe-key --key-id {key} --grant-tokens {token}");
    assert_eq!(kms(&machine, &describe)["KeyMetadata"]["KeyId"], key);
    assert_eq!(
        kms(&machine, &format!("retire-grant --grant-token {token}")),
        Value::Null
    );

    let other = kms(&machine, &create.replace("--name app ", ""));
    let other = other["GrantId"].as_str().unwrap();
    let revoke = format!("revoke-grant --key-id {key} --grant-id {other}");
    assert_eq!(kms(&machine, &revoke), Value::Null);
    let listed = kms(&machine, &format!("list-grants --key-id {key}"));
    assert_eq!(listed["Grants"], json!([]));

    let words: Vec<&str> = ["kms"].into_iter().chain(revoke.split(' ')).collect();
    let refused = machine.run(&clients::program("aws"), &words).failure(255);
    let expected = format!(
        "An error occurred (NotFoundException) when calling the RevokeGrant operation: Grant ID {other} not found"
    );
    assert_eq!(refused.trim(), expected);
}
