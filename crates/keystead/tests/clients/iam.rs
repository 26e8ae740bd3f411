//! IAM, with the AWS CLI: people and their keys.

use keystead_testkit::clients;
use serde_json::Value;

use crate::machine::Machine;
use crate::server;

const EVERYTHING: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;

/// Runs `aws iam …`, in words without spaces, and returns what it prints.
fn iam(machine: &Machine, line: &str) -> Value {
    let words: Vec<&str> = ["iam"].into_iter().chain(line.split(' ')).collect();
    let printed = machine.run(&clients::program("aws"), &words).success();
    if printed.is_empty() {
        return Value::Null;
    }
    serde_json::from_str(&printed).unwrap()
}

#[test]
fn a_user_with_a_key_and_a_policy() {
    let server = server();
    let machine = Machine::of(&server);
    machine.write("policy.json", EVERYTHING);
    let made = iam(
        &machine,
        "create-user --user-name ada --tags Key=team,Value=a",
    );
    assert_eq!(made["User"]["Arn"], "arn:aws:iam::000000000000:user/ada");
    let put =
        "put-user-policy --user-name ada --policy-name all --policy-document file://policy.json";
    iam(&machine, put);
    let found = iam(
        &machine,
        "get-user-policy --user-name ada --policy-name all",
    );
    assert_eq!(
        found["PolicyDocument"],
        serde_json::from_str::<Value>(EVERYTHING).unwrap()
    );
    let made = iam(&machine, "create-access-key --user-name ada");

    let mut of_ada = Machine::of(&server);
    for (variable, member) in [
        ("AWS_ACCESS_KEY_ID", "AccessKeyId"),
        ("AWS_SECRET_ACCESS_KEY", "SecretAccessKey"),
    ] {
        of_ada.set(variable, made["AccessKey"][member].as_str().unwrap());
    }
    assert_eq!(iam(&of_ada, "get-user")["User"]["UserName"], "ada");
    let id = made["AccessKey"]["AccessKeyId"].as_str().unwrap();
    iam(
        &machine,
        &format!("update-access-key --user-name ada --access-key-id {id} --status Inactive"),
    );
    let words = ["iam", "get-user"];
    let refused = of_ada.run(&clients::program("aws"), &words).failure(255);
    assert!(refused.contains("InvalidClientTokenId"), "{refused}");

    iam(
        &machine,
        &format!("delete-access-key --user-name ada --access-key-id {id}"),
    );
    iam(
        &machine,
        "delete-user-policy --user-name ada --policy-name all",
    );
    iam(&machine, "delete-user --user-name ada");
    let refused = machine.run(
        &clients::program("aws"),
        &["iam", "get-user", "--user-name", "ada"],
    );
    let refused = refused.failure(255);
    let message = "The user with name ada cannot be found.";
    assert!(
        refused.contains("NoSuchEntity") && refused.contains(message),
        "{refused}"
    );
}
