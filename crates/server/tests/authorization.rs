//! Key policies and identity policies decide every call, at a running node.

use keystead_testkit::node::ACCOUNT;
use keystead_testkit::{NodeOptions, TestNode};
use serde_json::json;

const ENCRYPT_ONLY: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:Encrypt","Resource":"*"}}"#;
const ALL_BUT_DECRYPT: &str = r#"{"Version":"2012-10-17","Statement":[
    {"Effect":"Allow","Action":"kms:*","Resource":"*"},
    {"Effect":"Deny","Action":"kms:Decrypt","Resource":"*"}]}"#;
const CREATE_ONLY: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:CreateKey","Resource":"*"}}"#;

async fn node(folder: &tempfile::TempDir) -> TestNode {
    NodeOptions::new()
        .admin("ada")
        .user("bob", Some(ENCRYPT_ONLY))
        .user("eve", None)
        .user("dan", Some(ALL_BUT_DECRYPT))
        .user("cat", Some(CREATE_ONLY))
        .start(folder.path())
        .await
}

fn user(name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:user/{name}")
}

fn denied(name: &str, action: &str, key: &str, clause: &str) -> (String, String) {
    let arn = format!("arn:aws:kms:us-east-1:{ACCOUNT}:key/{key}");
    let message = format!(
        "User: {} is not authorized to perform: {action} on resource: {arn} {clause}",
        user(name)
    );
    ("AccessDeniedException".to_owned(), message)
}

#[tokio::test]
async fn the_default_policy_leaves_it_to_identity_policies() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder).await;
    let key = node.key("ada", None).await;
    let encrypt = json!({ "KeyId": key, "Plaintext": "aGk=" });
    let blob = node.ok("bob", "Encrypt", &encrypt).await["CiphertextBlob"].clone();
    let decrypt = json!({ "CiphertextBlob": blob, "KeyId": key });

    assert_eq!(
        node.err("bob", "Decrypt", &decrypt).await,
        denied(
            "bob",
            "kms:Decrypt",
            &key,
            "because no identity-based policy allows the kms:Decrypt action"
        )
    );
    assert_eq!(
        node.err("eve", "Encrypt", &encrypt).await,
        denied(
            "eve",
            "kms:Encrypt",
            &key,
            "because no identity-based policy allows the kms:Encrypt action"
        )
    );
    assert_eq!(
        node.err("dan", "Decrypt", &decrypt).await,
        denied(
            "dan",
            "kms:Decrypt",
            &key,
            "with an explicit deny in an identity-based policy"
        )
    );
    assert_eq!(
        node.ok("ada", "Decrypt", &decrypt).await["Plaintext"],
        "aGk="
    );
}

#[tokio::test]
async fn a_ciphertext_does_not_tell_the_unauthorized_whose_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder).await;
    let key = node.key("ada", None).await;
    let encrypt = json!({ "KeyId": key, "Plaintext": "aGk=" });
    let blob = node.ok("bob", "Encrypt", &encrypt).await["CiphertextBlob"].clone();
    let (code, message) = node
        .err("bob", "Decrypt", &json!({ "CiphertextBlob": blob }))
        .await;
    assert_eq!(code, "AccessDeniedException");
    assert!(
        message.starts_with("The ciphertext refers to a customer master key that does not exist")
    );
    assert!(!message.contains(&key));
}

#[tokio::test]
async fn a_key_policy_can_name_its_users_itself() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder).await;
    let policy = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Principal": { "AWS": user("eve") }, "Action": "kms:*", "Resource": "*" },
        { "Effect": "Deny", "Principal": { "AWS": user("eve") }, "Action": "kms:Encrypt", "Resource": "*" },
    ]});
    let key = node.key("ada", Some(&policy.to_string())).await;

    // Nothing delegates to the account, so that even the admin's own policy counts for nothing.
    assert_eq!(
        node.err("ada", "DescribeKey", &json!({ "KeyId": key }))
            .await,
        denied(
            "ada",
            "kms:DescribeKey",
            &key,
            "because no resource-based policy allows the kms:DescribeKey action"
        )
    );
    let _ = node
        .ok("eve", "DescribeKey", &json!({ "KeyId": key }))
        .await;
    assert_eq!(
        node.err(
            "eve",
            "Encrypt",
            &json!({ "KeyId": key, "Plaintext": "aGk=" })
        )
        .await,
        denied(
            "eve",
            "kms:Encrypt",
            &key,
            "with an explicit deny in a resource-based policy"
        )
    );
}

#[tokio::test]
async fn a_policy_must_name_who_exists_and_must_not_lock_its_author_out() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder).await;
    let key = node.key("ada", None).await;
    let allow = |who: &str, action: &str| {
        let statement = json!({ "Effect": "Allow", "Principal": { "AWS": who }, "Action": action, "Resource": "*" });
        json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string()
    };
    let put = |policy: String, bypass: bool| json!({ "KeyId": key, "Policy": policy, "BypassPolicyLockoutSafetyCheck": bypass });
    let (code, message) = node
        .err(
            "ada",
            "PutKeyPolicy",
            &put(allow(&user("eve"), "kms:*"), false),
        )
        .await;
    assert_eq!(code, "MalformedPolicyDocumentException");
    assert_eq!(
        message,
        "The new key policy will not allow you to update the key policy in the future."
    );
    for nobody in [
        user("nobody"),
        "arn:aws:iam::999999999999:root".into(),
        format!("arn:aws:iam::{ACCOUNT}:role/r"),
    ] {
        let (code, message) = node
            .err("ada", "PutKeyPolicy", &put(allow(&nobody, "kms:*"), true))
            .await;
        assert_eq!(code, "MalformedPolicyDocumentException");
        assert_eq!(
            message,
            "Policy contains a statement with one or more invalid principals."
        );
    }
    let _ = node
        .ok(
            "ada",
            "PutKeyPolicy",
            &put(allow(&user("eve"), "kms:*"), true),
        )
        .await;
    let _ = node
        .ok("eve", "PutKeyPolicy", &put(allow(ACCOUNT, "kms:*"), true))
        .await;
    let _ = node
        .ok("ada", "DescribeKey", &json!({ "KeyId": key }))
        .await;
}

/// The lockout check asks what the caller could do in this very call: a condition counts as it does
/// there, and what a later call might bring does not.
#[tokio::test]
async fn a_condition_on_the_accounts_statement_counts_for_its_author() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder).await;
    let bypass = "kms:BypassPolicyLockoutSafetyCheck";
    let mfa = "aws:MultiFactorAuthPresent";
    let (ada, eve) = (user("ada"), user("eve"));
    for (operator, key, value, may) in [
        ("ArnEquals", "aws:PrincipalArn", ada.as_str(), true),
        ("ArnEquals", "aws:PrincipalArn", &eve, false),
        ("StringEquals", "kms:CallerAccount", ACCOUNT, true),
        ("StringEquals", "kms:ViaService", "s3.amazonaws.com", false),
        ("StringEquals", "aws:ResourceTag/team", "blue", false),
        ("Bool", mfa, "true", false),
        ("BoolIfExists", mfa, "true", true),
        ("IpAddress", "aws:SourceIp", "127.0.0.0/8", true),
        ("IpAddress", "aws:SourceIp", "192.0.2.0/24", false),
        (
            "DateLessThan",
            "aws:CurrentTime",
            "2026-01-01T00:00:00Z",
            false,
        ),
        ("Bool", bypass, "false", true),
        ("Bool", bypass, "true", false),
    ] {
        let statement = json!({
            "Effect": "Allow", "Principal": { "AWS": format!("arn:aws:iam::{ACCOUNT}:root") },
            "Action": "kms:*", "Resource": "*", "Condition": { operator: { key: value } },
        });
        let policy = json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string();
        let key = node.key("ada", None).await;
        let put = json!({ "KeyId": key, "Policy": policy });
        for (operation, input) in [
            ("CreateKey", json!({ "Policy": policy })),
            ("PutKeyPolicy", put),
        ] {
            let answer = node.call("ada", operation, &input).await;
            let refused = if may {
                ""
            } else {
                "MalformedPolicyDocumentException"
            };
            assert_eq!(answer.error(), refused, "{operation} {operator} {key}");
        }
    }
}

#[tokio::test]
async fn operations_without_a_key_ask_identity_policies_alone() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder).await;
    let (code, message) = node.err("eve", "ListKeys", &json!({})).await;
    assert_eq!(code, "AccessDeniedException");
    assert_eq!(
        message,
        format!(
            "User: {} is not authorized to perform: kms:ListKeys on resource: * because no identity-based policy allows the kms:ListKeys action",
            user("eve")
        )
    );
    let _ = node.ok("cat", "CreateKey", &json!({})).await;
    // Tags ask for a permission of their own.
    let tagged = json!({ "Tags": [{ "TagKey": "a", "TagValue": "b" }] });
    let (_, message) = node.err("cat", "CreateKey", &tagged).await;
    assert!(message.contains("kms:TagResource"), "{message}");
}

#[tokio::test]
async fn re_encrypting_asks_both_keys() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder).await;
    let named = |action: &str| {
        json!({ "Version": "2012-10-17", "Statement": [
            { "Effect": "Allow", "Principal": { "AWS": ACCOUNT }, "Action": "kms:*", "Resource": "*" },
            { "Effect": "Allow", "Principal": { "AWS": user("eve") }, "Action": action, "Resource": "*" },
        ]}).to_string()
    };
    let from = node.key("ada", Some(&named("kms:ReEncryptFrom"))).await;
    let to = node.key("ada", Some(&named("kms:ReEncryptTo"))).await;
    let blob = node
        .ok(
            "ada",
            "Encrypt",
            &json!({ "KeyId": from, "Plaintext": "aGk=" }),
        )
        .await["CiphertextBlob"]
        .clone();
    let re_encrypt = |source: &str, destination: &str| json!({ "CiphertextBlob": blob, "SourceKeyId": source, "DestinationKeyId": destination });
    let moved = node.ok("eve", "ReEncrypt", &re_encrypt(&from, &to)).await;
    let opened = node
        .ok(
            "ada",
            "Decrypt",
            &json!({ "CiphertextBlob": moved["CiphertextBlob"] }),
        )
        .await;
    assert_eq!(opened["Plaintext"], "aGk=");
    assert_eq!(
        node.err("eve", "ReEncrypt", &re_encrypt(&from, &from))
            .await,
        denied(
            "eve",
            "kms:ReEncryptTo",
            &from,
            "because no identity-based policy allows the kms:ReEncryptTo action"
        )
    );
}

#[tokio::test]
async fn an_alias_asks_for_itself_and_for_its_key() {
    let folder = tempfile::tempdir().unwrap();
    let alias_only = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"kms:CreateAlias","Resource":"arn:aws:kms:us-east-1:{ACCOUNT}:alias/*"}}}}"#
    );
    let key_only = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"kms:CreateAlias","Resource":"arn:aws:kms:us-east-1:{ACCOUNT}:key/*"}}}}"#
    );
    let node = NodeOptions::new()
        .admin("ada")
        .user("al", Some(&alias_only))
        .user("kay", Some(&key_only))
        .start(folder.path())
        .await;
    let key = node.key("ada", None).await;
    let create = json!({ "AliasName": "alias/x", "TargetKeyId": key });
    let (_, message) = node.err("al", "CreateAlias", &create).await;
    assert!(message.contains(&format!("key/{key} because")), "{message}");
    let (_, message) = node.err("kay", "CreateAlias", &create).await;
    assert!(message.contains("alias/x because"), "{message}");
    let _ = node.ok("ada", "CreateAlias", &create).await;
}

/// Everything that can be asked about a key `?`.
fn questions(own: &str, blob: &serde_json::Value) -> Vec<(&'static str, serde_json::Value)> {
    vec![
        ("DescribeKey", json!({ "KeyId": "?" })),
        ("Encrypt", json!({ "KeyId": "?", "Plaintext": "aGk=" })),
        ("Decrypt", json!({ "KeyId": "?", "CiphertextBlob": blob })),
        (
            "GenerateDataKey",
            json!({ "KeyId": "?", "KeySpec": "AES_256" }),
        ),
        ("EnableKey", json!({ "KeyId": "?" })),
        ("ScheduleKeyDeletion", json!({ "KeyId": "?" })),
        ("GetKeyPolicy", json!({ "KeyId": "?" })),
        ("ListResourceTags", json!({ "KeyId": "?" })),
        ("ListAliases", json!({ "KeyId": "?" })),
        (
            "CreateAlias",
            json!({ "AliasName": "alias/new", "TargetKeyId": "?" }),
        ),
        (
            "UpdateAlias",
            json!({ "AliasName": "alias/own", "TargetKeyId": "?" }),
        ),
        (
            "UpdateAlias",
            json!({ "AliasName": "alias/none", "TargetKeyId": "?" }),
        ),
        (
            "ReEncrypt",
            json!({ "SourceKeyId": "?", "DestinationKeyId": own, "CiphertextBlob": blob }),
        ),
        (
            "ReEncrypt",
            json!({ "SourceKeyId": "?", "DestinationKeyId": "nope", "CiphertextBlob": blob }),
        ),
        (
            "ReEncrypt",
            json!({ "SourceKeyId": own, "DestinationKeyId": "?", "CiphertextBlob": blob }),
        ),
    ]
}

/// Whatever another account asks about a key or an alias, it can't tell one that it may not use
/// from one that is not there.
#[tokio::test]
async fn existence_does_not_leak_to_other_accounts() {
    let folder = tempfile::tempdir().unwrap();
    let node = NodeOptions::new()
        .admin("ada")
        .foreign_admin("mallory")
        .start(folder.path())
        .await;
    let there = node.key("ada", None).await;
    let create = json!({ "AliasName": "alias/there", "TargetKeyId": there });
    let _ = node.ok("ada", "CreateAlias", &create).await;
    let blob = node
        .ok(
            "ada",
            "Encrypt",
            &json!({ "KeyId": there, "Plaintext": "aGk=" }),
        )
        .await["CiphertextBlob"]
        .clone();
    let own = node.key("mallory", None).await;
    let create = json!({ "AliasName": "alias/own", "TargetKeyId": own });
    let _ = node.ok("mallory", "CreateAlias", &create).await;

    let absent = "00000000-0000-4000-8000-000000000000";
    let arn = |resource: &str| format!("arn:aws:kms:us-east-1:{ACCOUNT}:{resource}");
    let names = [
        (arn(&format!("key/{there}")), arn(&format!("key/{absent}"))),
        (arn("alias/there"), arn("alias/absent")),
        (there.clone(), absent.to_owned()),
    ];
    for (real, false_name) in &names {
        for (operation, input) in questions(&own, &blob) {
            let ask = |name: &str| {
                let text = input.to_string().replace("\"?\"", &format!("\"{name}\""));
                serde_json::from_str::<serde_json::Value>(&text).unwrap()
            };
            let (code, message) = node.err("mallory", operation, &ask(real)).await;
            let answer = (
                code,
                message.replace(&there, "?").replace("alias/there", "?"),
            );
            let (code, message) = node.err("mallory", operation, &ask(false_name)).await;
            let other = (
                code,
                message.replace(absent, "?").replace("alias/absent", "?"),
            );
            assert_eq!(answer, other, "{operation} {real}");
        }
    }
}

#[tokio::test]
async fn the_quota_of_aliases_holds_against_haste() {
    let folder = tempfile::tempdir().unwrap();
    let node = NodeOptions::new().admin("ada").start(folder.path()).await;
    let key = node.key("ada", None).await;
    for i in 0..48 {
        let create = json!({ "AliasName": format!("alias/{i}"), "TargetKeyId": key });
        let _ = node.ok("ada", "CreateAlias", &create).await;
    }
    let create = |i: u32| {
        let (node, key) = (&node, &key);
        async move {
            let create = json!({ "AliasName": format!("alias/late-{i}"), "TargetKeyId": key });
            node.call("ada", "CreateAlias", &create).await.error()
        }
    };
    let answers = tokio::join!(create(0), create(1), create(2), create(3), create(4));
    let answers = [answers.0, answers.1, answers.2, answers.3, answers.4];
    let refused = answers
        .iter()
        .filter(|error| *error == "LimitExceededException")
        .count();
    assert_eq!(refused, 3, "{answers:?}");
}
