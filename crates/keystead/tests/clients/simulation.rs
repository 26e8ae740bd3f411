//! The policy simulator, with the AWS CLI.

use keystead_testkit::clients;
use serde_json::Value;

use crate::machine::Machine;
use crate::server;

/// Denies in one Region; without spaces, as it is a word of a command.
const DENY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"kms:Decrypt","Resource":"*","Condition":{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}}]}"#;
const ADMIN: &str = "arn:aws:iam::000000000000:user/admin";

/// Runs `aws iam …`, in words without spaces, and returns what it prints.
fn iam(machine: &Machine, line: &str) -> Value {
    let words: Vec<&str> = ["iam"].into_iter().chain(line.split(' ')).collect();
    let printed = machine.run(&clients::program("aws"), &words).success();
    serde_json::from_str(&printed).unwrap()
}

#[test]
fn the_admins_policies_and_a_given_one() {
    let server = server();
    let machine = Machine::of(&server);
    let asked = format!(
        "simulate-principal-policy --policy-source-arn {ADMIN} --action-names kms:Decrypt kms:Encrypt \
         --policy-input-list {DENY} --context-entries \
         ContextKeyName=aws:RequestedRegion,ContextKeyType=string,ContextKeyValues=eu-west-1"
    );
    let answer = iam(&machine, &asked);
    let results = answer["EvaluationResults"].as_array().unwrap();
    let decisions: Vec<_> = results
        .iter()
        .map(|result| &result["EvalDecision"])
        .collect();
    assert_eq!(decisions, ["explicitDeny", "allowed"]);
    let denying = &results[0]["MatchedStatements"][0];
    assert_eq!(denying["SourcePolicyId"], "PolicyInputList.1");
    assert_eq!(denying["StartPosition"]["Line"], 1);
    assert_eq!(
        results[1]["MatchedStatements"][0]["SourcePolicyType"],
        "user"
    );

    let keys = iam(
        &machine,
        &format!("get-context-keys-for-custom-policy --policy-input-list {DENY}"),
    );
    assert_eq!(keys["ContextKeyNames"][0], "aws:RequestedRegion");
}
