//! Names of keys and aliases that mean nothing, or nothing here.

use keystead_testkit::Client;
use serde_json::{Value, json};

use super::{ABSENT, PLAINTEXT, assert_error, assert_errors, create_key, encrypt, start};

const ACCOUNT: &str = "000000000000";

fn arn(region: &str, account: &str, resource: &str) -> String {
    format!("arn:aws:kms:{region}:{account}:{resource}")
}

/// The operations on one key, with the rest of an input that is right.
fn operations() -> Vec<(&'static str, Value)> {
    let policy = r#"{"Version":"2012-10-17","Statement":[]}"#;
    vec![
        ("CancelKeyDeletion", json!({})),
        (
            "DeriveSharedSecret",
            json!({"KeyAgreementAlgorithm": "ECDH", "PublicKey": PLAINTEXT}),
        ),
        ("DescribeKey", json!({})),
        ("DisableKey", json!({})),
        ("EnableKey", json!({})),
        ("Encrypt", json!({"Plaintext": PLAINTEXT})),
        ("GenerateDataKey", json!({"KeySpec": "AES_256"})),
        (
            "GenerateDataKeyPair",
            json!({"KeyPairSpec": "ECC_NIST_P256"}),
        ),
        (
            "GenerateDataKeyPairWithoutPlaintext",
            json!({"KeyPairSpec": "ECC_NIST_P256"}),
        ),
        (
            "GenerateDataKeyWithoutPlaintext",
            json!({"KeySpec": "AES_256"}),
        ),
        (
            "GenerateMac",
            json!({"Message": PLAINTEXT, "MacAlgorithm": "HMAC_SHA_256"}),
        ),
        ("GetKeyPolicy", json!({})),
        ("GetPublicKey", json!({})),
        ("ListAliases", json!({})),
        ("ListKeyPolicies", json!({})),
        ("ListResourceTags", json!({})),
        ("PutKeyPolicy", json!({"Policy": policy})),
        ("ScheduleKeyDeletion", json!({})),
        (
            "Sign",
            json!({"Message": PLAINTEXT, "SigningAlgorithm": "ECDSA_SHA_256"}),
        ),
        (
            "TagResource",
            json!({"Tags": [{"TagKey": "a", "TagValue": "b"}]}),
        ),
        ("UntagResource", json!({"TagKeys": ["a"]})),
        ("UpdateKeyDescription", json!({"Description": "d"})),
        (
            "Verify",
            json!({"Message": PLAINTEXT, "SigningAlgorithm": "ECDSA_SHA_256", "Signature": PLAINTEXT}),
        ),
        (
            "VerifyMac",
            json!({"Message": PLAINTEXT, "MacAlgorithm": "HMAC_SHA_256", "Mac": PLAINTEXT}),
        ),
    ]
}

/// The operations that take an alias for a key.
const WITH_ALIASES: [&str; 12] = [
    "DeriveSharedSecret",
    "DescribeKey",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyPair",
    "GenerateDataKeyPairWithoutPlaintext",
    "GenerateDataKeyWithoutPlaintext",
    "GenerateMac",
    "GetPublicKey",
    "Sign",
    "Verify",
    "VerifyMac",
];

/// The operations that work on another account's key if its policies allow it.
const ACROSS_ACCOUNTS: [&str; 12] = WITH_ALIASES;

/// What is said to a call that finds its key, which is of symmetric encryption, and is not for it.
const OF_THE_KIND: [&str; 2] = ["InvalidKeyUsageException", "UnsupportedOperationException"];

fn refused(client: &Client, operation: &str, rest: &Value, key: &str, code: &str, message: &str) {
    let mut input = rest.clone();
    input["KeyId"] = key.into();
    assert_errors(client, operation, code, &[(input, message)]);
}

#[test]
fn of_keys() {
    let server = start();
    let client = server.client();
    let absent = arn("us-east-1", ACCOUNT, &format!("key/{ABSENT}"));
    let does_not_exist = format!("Key '{absent}' does not exist");
    let elsewhere = arn("eu-west-1", ACCOUNT, &format!("key/{ABSENT}"));
    for (operation, rest) in operations() {
        let refused = |key: &str, code: &str, message: &str| {
            refused(&client, operation, &rest, key, code, message);
        };
        for malformed in [
            "nonsense",
            "1234",
            "00000000-0000-4000-8000-00000000000",
            " ",
            "ALIAS/x",
            "é",
        ] {
            refused(
                malformed,
                "NotFoundException",
                &format!("Invalid keyId '{malformed}'"),
            );
        }
        refused(ABSENT, "NotFoundException", &does_not_exist);
        refused(&absent, "NotFoundException", &does_not_exist);
        refused(&elsewhere, "NotFoundException", "Invalid arn eu-west-1");
        for malformed in [
            "arn:aws:s3:::bucket",
            "arn:aws:kms:us-east-1:000000000000",
            "arn:aws:kms:us-east-1:1:key/x",
        ] {
            refused(
                malformed,
                "InvalidArnException",
                &format!("Invalid arn '{malformed}'"),
            );
        }
    }
}

#[test]
fn of_other_accounts() {
    let server = start();
    let client = server.client();
    let foreign = arn("us-east-1", "999999999999", &format!("key/{ABSENT}"));
    for (operation, rest) in operations() {
        let expected = format!(
            "User: arn:aws:iam::000000000000:user/admin is not authorized to perform: kms:{operation} on this resource because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access"
        );
        refused(
            &client,
            operation,
            &rest,
            &foreign,
            "AccessDeniedException",
            &expected,
        );
        if ACROSS_ACCOUNTS.contains(&operation) {
            let alias = arn("us-east-1", "999999999999", "alias/theirs");
            refused(
                &client,
                operation,
                &rest,
                &alias,
                "AccessDeniedException",
                &expected,
            );
        }
    }
}

#[test]
fn of_aliases() {
    let server = start();
    let client = server.client();
    let key = create_key(&client);
    let made = client.ok(
        "CreateAlias",
        &json!({"AliasName": "alias/here", "TargetKeyId": key}),
    );
    assert_eq!(made, Value::Null);
    for (operation, rest) in operations() {
        let here = arn("us-east-1", ACCOUNT, "alias/here");
        if WITH_ALIASES.contains(&operation) {
            for name in ["alias/here", &here] {
                let mut input = rest.clone();
                input["KeyId"] = name.into();
                let answer = client.call(operation, &input);
                // The key may be of another kind than the operation is for.
                let is_found = answer.status == 200 || OF_THE_KIND.contains(&&*answer.error());
                assert!(is_found, "{operation} {name}: {}", answer.text());
            }
            let absent = format!(
                "Alias {} is not found.",
                arn("us-east-1", ACCOUNT, "alias/absent")
            );
            refused(
                &client,
                operation,
                &rest,
                "alias/absent",
                "NotFoundException",
                &absent,
            );
        } else {
            for name in ["alias/here", &here, "alias/absent"] {
                refused(
                    &client,
                    operation,
                    &rest,
                    name,
                    "InvalidArnException",
                    "Key Aliases are not supported for this operation.",
                );
            }
        }
    }
}

#[test]
fn for_aliases_to_be() {
    let server = start();
    let client = server.client();
    let key = create_key(&client);
    let alias = |name: &str, target: &str| json!({"AliasName": name, "TargetKeyId": target});
    let absent = format!(
        "Alias {} is not found.",
        arn("us-east-1", ACCOUNT, "alias/absent")
    );
    let code = "NotFoundException";
    assert_errors(
        &client,
        "UpdateAlias",
        code,
        &[(alias("alias/absent", &key), &absent)],
    );
    let removal = json!({"AliasName": "alias/absent"});
    assert_errors(&client, "DeleteAlias", code, &[(removal, &absent)]);
    let mine = alias("alias/mine", &key);
    assert_eq!(client.ok("CreateAlias", &mine), Value::Null);
    let exists = format!(
        "An alias with the name {} already exists",
        arn("us-east-1", ACCOUNT, "alias/mine")
    );
    assert_errors(
        &client,
        "CreateAlias",
        "AlreadyExistsException",
        &[(mine, &exists)],
    );
}

#[test]
fn of_aliases_and_their_targets() {
    let server = start();
    let client = server.client();
    let key = create_key(&client);
    let alias = |name: &str, target: &str| json!({"AliasName": name, "TargetKeyId": target});
    let there = alias("alias/there", &key);
    assert_eq!(client.ok("CreateAlias", &there), Value::Null);
    let prefix = "Alias must start with the prefix \"alias/\". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html";
    let to_alias = "Aliases must refer to keys. Not aliases";
    let other = arn("us-east-1", ACCOUNT, "alias/other");
    for (operation, name) in [("CreateAlias", "alias/new"), ("UpdateAlias", "alias/there")] {
        let table = [
            (alias("mine", &key), prefix),
            (alias(name, "alias/other"), to_alias),
            (alias(name, &other), to_alias),
        ];
        assert_errors(&client, operation, "ValidationException", &table);
        let malformed = [(alias(name, "nonsense"), "Invalid keyId 'nonsense'")];
        assert_errors(&client, operation, "NotFoundException", &malformed);
        let reserved = client.err(operation, &alias("alias/aws/mine", &key));
        assert_eq!(reserved, "NotAuthorizedException");
    }
}

#[test]
fn of_keys_in_another_state() {
    let server = start();
    let client = server.client();
    let key = create_key(&client);
    let key_arn = arn("us-east-1", ACCOUNT, &format!("key/{key}"));
    let encrypt_input = json!({"KeyId": key, "Plaintext": PLAINTEXT});
    let blob = encrypt(&client, &encrypt_input);
    assert_eq!(client.ok("DisableKey", &json!({"KeyId": key})), Value::Null);
    let disabled = format!("{key_arn} is disabled.");
    assert_errors(
        &client,
        "Encrypt",
        "DisabledException",
        &[(encrypt_input.clone(), &disabled)],
    );
    assert_errors(
        &client,
        "Decrypt",
        "DisabledException",
        &[(json!({"CiphertextBlob": blob}), &disabled)],
    );
    let scheduled = client.ok(
        "ScheduleKeyDeletion",
        &json!({"KeyId": key, "PendingWindowInDays": 7}),
    );
    assert_eq!(scheduled["KeyState"], "PendingDeletion");
    let pending = format!("{key_arn} is pending deletion.");
    for (operation, input) in [
        ("Encrypt", encrypt_input),
        ("EnableKey", json!({"KeyId": key})),
        ("ScheduleKeyDeletion", json!({"KeyId": key})),
        (
            "CreateAlias",
            json!({"AliasName": "alias/late", "TargetKeyId": key}),
        ),
    ] {
        assert_errors(
            &client,
            operation,
            "KMSInvalidStateException",
            &[(input, &pending)],
        );
    }
    let cancelled = client.call("CancelKeyDeletion", &json!({"KeyId": key}));
    assert_eq!(cancelled.status, 200);
    let again = client.call("CancelKeyDeletion", &json!({"KeyId": key}));
    let not_pending = format!("{key_arn} is not pending deletion.");
    assert_error(&again, "KMSInvalidStateException", Some(&not_pending));
}
