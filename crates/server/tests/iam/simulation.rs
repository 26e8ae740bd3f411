//! The policy simulator: what it decides, which statements it names and where they stand.

use keystead_testkit::NodeOptions;
use keystead_testkit::node::{ACCOUNT, OTHER_ACCOUNT};

use crate::World;

const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/1";
const FOREIGN_KEY: &str = "arn:aws:kms:us-east-1:444455556666:key/1";
/// Two statements, the second of which denies.
const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[
  {"Effect":"Allow","Action":"kms:*","Resource":"*"},
  {"Effect":"Deny","Action":"kms:Decrypt","Resource":"*",
   "Condition":{"StringNotEquals":{"aws:PrincipalTag/team":"a"}}}]}"#;
const ENCRYPT: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:Encrypt","Resource":"*"}}"#;

fn decisions(answer: &keystead_testkit::Answer) -> Vec<String> {
    answer.xml_all("EvalDecision")
}

#[tokio::test]
async fn given_policies_decide_each_action_on_each_resource() {
    let world = World::open().await;
    let answer = world
        .ok(
            "SimulateCustomPolicy",
            &[
                ("PolicyInputList.member.1", POLICY),
                ("ActionNames.member.1", "kms:Encrypt"),
                ("ActionNames.member.2", "kms:Decrypt"),
                ("ActionNames.member.3", "s3:GetObject"),
            ],
        )
        .await;
    assert_eq!(
        decisions(&answer),
        ["allowed", "explicitDeny", "implicitDeny"]
    );
    assert_eq!(
        answer.xml_all("EvalActionName"),
        ["kms:Encrypt", "kms:Decrypt", "s3:GetObject"]
    );
    assert_eq!(answer.xml_all("EvalResourceName"), ["*", "*", "*"]);
    assert_eq!(
        answer.xml_all("SourcePolicyId"),
        ["PolicyInputList.1", "PolicyInputList.1"]
    );
    assert_eq!(answer.xml_all("Line"), ["2", "2", "3", "4"]);
    assert_eq!(answer.xml_all("Column"), ["3", "53", "3", "66"]);
    assert!(
        answer
            .text()
            .contains("<member>aws:PrincipalTag/team</member>")
    );
    assert_eq!(answer.xml("IsTruncated"), "false");
}

#[tokio::test]
async fn context_entries_have_the_values_of_condition_keys() {
    let world = World::open().await;
    for (team, expected) in [("a", "allowed"), ("b", "explicitDeny")] {
        let answer = world
            .ok(
                "SimulateCustomPolicy",
                &[
                    ("PolicyInputList.member.1", POLICY),
                    ("ActionNames.member.1", "kms:Decrypt"),
                    (
                        "ContextEntries.member.1.ContextKeyName",
                        "aws:principaltag/TEAM",
                    ),
                    ("ContextEntries.member.1.ContextKeyType", "string"),
                    ("ContextEntries.member.1.ContextKeyValues.member.1", team),
                ],
            )
            .await;
        assert_eq!(decisions(&answer), [expected]);
        assert!(!answer.text().contains("aws:PrincipalTag/team"));
    }
}

#[tokio::test]
async fn a_users_policies_and_boundary_decide_as_they_do_in_earnest() {
    let options = NodeOptions::new().user("ada", Some(ENCRYPT));
    let world = World::with(options).await;
    let ada = format!("arn:aws:iam::{ACCOUNT}:user/ada");
    let asked = [
        ("PolicySourceArn", ada.as_str()),
        ("ActionNames.member.1", "kms:Encrypt"),
        ("ActionNames.member.2", "kms:Decrypt"),
        ("ResourceArns.member.1", KEY),
    ];
    let answer = world.ok("SimulatePrincipalPolicy", &asked).await;
    assert_eq!(decisions(&answer), ["allowed", "implicitDeny"]);
    assert_eq!(answer.xml("SourcePolicyType"), "user");
    assert_eq!(
        answer.xml_all("EvalResourceDecision"),
        ["allowed", "implicitDeny"]
    );

    let mut more = asked.to_vec();
    more.push(("PolicyInputList.member.1", POLICY));
    more.push(("PermissionsBoundaryPolicyInputList.member.1", ENCRYPT));
    more.push((
        "ContextEntries.member.1.ContextKeyName",
        "aws:PrincipalTag/team",
    ));
    more.push(("ContextEntries.member.1.ContextKeyValues.member.1", "a"));
    let answer = world.ok("SimulatePrincipalPolicy", &more).await;
    assert_eq!(decisions(&answer), ["allowed", "implicitDeny"]);
    let boundary = answer.xml_all("AllowedByPermissionsBoundary");
    assert!(boundary.contains(&"true".to_owned()) && boundary.contains(&"false".to_owned()));

    let keys = world
        .ok(
            "GetContextKeysForPrincipalPolicy",
            &[
                ("PolicySourceArn", &ada),
                ("PolicyInputList.member.1", POLICY),
            ],
        )
        .await;
    assert!(
        keys.text()
            .contains("<member>aws:PrincipalTag/team</member>")
    );
}

#[tokio::test]
async fn a_key_policy_decides_for_the_caller_that_is_named() {
    let world = World::open().await;
    let user = format!("arn:aws:iam::{ACCOUNT}:user/ada");
    let policy = format!(
        r#"{{"Statement":[{{"Effect":"Allow","Principal":{{"AWS":"{user}"}},"Action":"kms:Decrypt","Resource":"*"}}]}}"#
    );
    let asked = |key: &'static str, input: &'static str| {
        [
            ("PolicyInputList.member.1", input.to_owned()),
            ("ActionNames.member.1", "kms:Decrypt".to_owned()),
            ("ResourceArns.member.1", key.to_owned()),
            ("ResourcePolicy", policy.clone()),
            ("CallerArn", user.clone()),
        ]
    };
    // In the account the key policy is enough, across accounts both sides must allow.
    for (key, input, expected, details) in [
        (KEY, ENCRYPT, "allowed", false),
        (FOREIGN_KEY, ENCRYPT, "implicitDeny", true),
        (FOREIGN_KEY, crate::EVERYTHING, "allowed", true),
    ] {
        let asked = asked(key, input);
        let asked: Vec<_> = asked
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let answer = world.ok("SimulateCustomPolicy", &asked).await;
        assert_eq!(decisions(&answer), [expected], "{key}");
        assert_eq!(
            answer.text().contains("Resource Policy"),
            details,
            "{}",
            answer.text()
        );
    }
    assert_ne!(ACCOUNT, OTHER_ACCOUNT);
}

#[tokio::test]
async fn a_long_simulation_comes_in_pages() {
    let world = World::open().await;
    let mut asked = vec![
        ("PolicyInputList.member.1", ENCRYPT),
        ("ActionNames.member.1", "kms:Encrypt"),
        ("ActionNames.member.2", "kms:Decrypt"),
        ("ActionNames.member.3", "kms:Sign"),
        ("MaxItems", "2"),
    ];
    let first = world.ok("SimulateCustomPolicy", &asked).await;
    assert_eq!(
        first.xml_all("EvalActionName"),
        ["kms:Encrypt", "kms:Decrypt"]
    );
    assert_eq!(first.xml("IsTruncated"), "true");
    let marker = first.xml("Marker");
    asked.push(("Marker", &marker));
    let second = world.ok("SimulateCustomPolicy", &asked).await;
    assert_eq!(second.xml_all("EvalActionName"), ["kms:Sign"]);
    assert_eq!(second.xml("IsTruncated"), "false");
}

#[tokio::test]
async fn long_policies_come_in_short_pages_that_lose_nothing() {
    let world = World::open().await;
    // 60 questions of 100 kB of policy each are more than a page affords, though not more than it
    // may have.
    let policy = ENCRYPT.replace("kms:Encrypt", &format!("kms:{}", "a".repeat(100_000)));
    let names: Vec<_> = (1..=60)
        .map(|n| format!("ActionNames.member.{n}"))
        .collect();
    let actions: Vec<_> = (1..=60).map(|n| format!("kms:Action{n}")).collect();
    let (mut found, mut pages, mut marker) = (Vec::new(), 0, String::new());
    loop {
        let mut asked = vec![("PolicyInputList.member.1", policy.as_str())];
        asked.extend(
            names
                .iter()
                .map(String::as_str)
                .zip(actions.iter().map(String::as_str)),
        );
        if !marker.is_empty() {
            asked.push(("Marker", &marker));
        }
        let page = world.ok("SimulateCustomPolicy", &asked).await;
        found.extend(page.xml_all("EvalActionName"));
        pages += 1;
        if page.xml("IsTruncated") == "false" {
            break;
        }
        marker = page.xml("Marker");
    }
    assert_eq!(found, actions);
    assert_eq!(pages, 2);
}

#[tokio::test]
async fn what_cannot_be_simulated_is_refused() {
    let world = World::open().await;
    let base = [
        ("PolicyInputList.member.1", ENCRYPT),
        ("ActionNames.member.1", "kms:Encrypt"),
    ];
    let invalid = |message: &'static str| (400, "InvalidInput", message);
    for (more, message) in [
        (
            ("ActionNames.member.2", "Encrypt"),
            "Encrypt is not the name of an action.",
        ),
        (
            ("ResourcePolicy", "{\"Statement\":[]}"),
            "CallerArn is needed with ResourcePolicy.",
        ),
        (
            ("CallerArn", "arn:aws:iam::111122223333:role/r"),
            "CallerArn arn:aws:iam::111122223333:role/r is not the ARN of a user.",
        ),
        (
            ("ResourceOwner", "nobody"),
            "ResourceOwner nobody is not the ARN of an account.",
        ),
        (
            ("PolicyInputList.member.2", "{}"),
            "The policy PolicyInputList.2 is not valid: Statement is missing",
        ),
    ] {
        let mut asked = base.to_vec();
        asked.push(more);
        world
            .refused("SimulateCustomPolicy", &asked, invalid(message))
            .await;
    }
    let nobody = format!("arn:aws:iam::{ACCOUNT}:user/nobody");
    let asked = [
        ("PolicySourceArn", nobody.as_str()),
        ("ActionNames.member.1", "kms:Encrypt"),
    ];
    let missing = (
        404,
        "NoSuchEntity",
        "The user with name nobody cannot be found.",
    );
    world
        .refused("SimulatePrincipalPolicy", &asked, missing)
        .await;
}
