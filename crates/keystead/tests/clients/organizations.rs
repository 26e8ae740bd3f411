//! Organizations, with the AWS CLI and boto3.

use keystead_testkit::clients;
use serde_json::{Value, json};

use crate::machine::Machine;
use crate::{boto3, server};

const MANAGEMENT: &str = "000000000000";

/// Runs `aws organizations …`, in words without spaces, and returns what it prints.
fn organizations(machine: &Machine, line: &str) -> Value {
    let words: Vec<&str> = ["organizations"]
        .into_iter()
        .chain(line.split(' '))
        .collect();
    let printed = machine.run(&clients::program("aws"), &words).success();
    if printed.is_empty() {
        return Value::Null;
    }
    serde_json::from_str(&printed).unwrap()
}

fn text<'a>(answer: &'a Value, place: &str) -> &'a str {
    answer.pointer(place).unwrap().as_str().unwrap()
}

#[test]
fn an_organization_from_its_making_to_its_end() {
    let server = server();
    let machine = Machine::of(&server);
    let run = |line: String| organizations(&machine, &line);
    let made = run("create-organization --feature-set ALL".into());
    assert_eq!(made["Organization"]["MasterAccountId"], MANAGEMENT);
    let roots = run("list-roots".into());
    let root = text(&roots, "/Roots/0/Id");
    for kind in ["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"] {
        run(format!(
            "enable-policy-type --root-id {root} --policy-type {kind}"
        ));
    }
    let unit = run(format!(
        "create-organizational-unit --parent-id {root} --name Sandbox"
    ));
    let unit = text(&unit, "/OrganizationalUnit/Id");
    let account = run("create-account --email team@example.com --account-name Team".into());
    let account = text(&account, "/CreateAccountStatus/AccountId");
    run(format!(
        "move-account --account-id {account} --source-parent-id {root} --destination-parent-id {unit}"
    ));
    let below = run(format!("list-accounts-for-parent --parent-id {unit}"));
    assert_eq!(text(&below, "/Accounts/0/Id"), account);

    machine.write(
        "no-kms.json",
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"kms:*","Resource":"*"}}"#,
    );
    let policy = run(
        "create-policy --type SERVICE_CONTROL_POLICY --name NoKms --description none --content file://no-kms.json"
            .into(),
    );
    let policy = text(&policy, "/Policy/PolicySummary/Id");
    run(format!(
        "attach-policy --policy-id {policy} --target-id {unit}"
    ));
    let attached = run(format!(
        "list-policies-for-target --target-id {unit} --filter SERVICE_CONTROL_POLICY"
    ));
    let ids: Vec<&Value> = attached["Policies"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| &p["Id"])
        .collect();
    assert!(ids.contains(&&json!(policy)) && ids.contains(&&json!("p-FullAWSAccess")));

    run(format!(
        "detach-policy --policy-id {policy} --target-id {unit}"
    ));
    run(format!("delete-policy --policy-id {policy}"));
    run(format!(
        "remove-account-from-organization --account-id {account}"
    ));
    run(format!(
        "delete-organizational-unit --organizational-unit-id {unit}"
    ));
    run("delete-organization".into());
}

#[test]
fn a_member_is_entered_by_its_role_and_stopped_by_policies() {
    boto3::run(&server(), "boto3_organizations.py", &[]);
}
