//! Bodies that chance makes, for every operation: whatever they are, they are the client's fault.

use keystead_testkit::{Client, Connection, ServerOptions};
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_oneof};
use proptest::sample::select;
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value, json};

use super::{BINARY, PLAINTEXT, assert_complete, assert_serves, create_key, encrypt};

const OPERATIONS: [&str; 32] = [
    "CancelKeyDeletion",
    "CreateAlias",
    "CreateKey",
    "Decrypt",
    "DeleteAlias",
    "DeriveSharedSecret",
    "DescribeKey",
    "DisableKey",
    "EnableKey",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyPair",
    "GenerateDataKeyPairWithoutPlaintext",
    "GenerateDataKeyWithoutPlaintext",
    "GenerateMac",
    "GenerateRandom",
    "GetKeyPolicy",
    "GetPublicKey",
    "ListAliases",
    "ListKeyPolicies",
    "ListKeys",
    "ListResourceTags",
    "PutKeyPolicy",
    "ReEncrypt",
    "ScheduleKeyDeletion",
    "Sign",
    "TagResource",
    "UntagResource",
    "UpdateAlias",
    "UpdateKeyDescription",
    "Verify",
    "VerifyMac",
];

const MEMBERS: [&str; 45] = [
    "AliasName",
    "BypassPolicyLockoutSafetyCheck",
    "CiphertextBlob",
    "CustomKeyStoreId",
    "CustomerMasterKeySpec",
    "Description",
    "DestinationEncryptionAlgorithm",
    "DestinationEncryptionContext",
    "DestinationKeyId",
    "DryRun",
    "DryRunModifiers",
    "EncryptionAlgorithm",
    "EncryptionContext",
    "GrantTokens",
    "KeyAgreementAlgorithm",
    "KeyId",
    "KeyPairSpec",
    "KeySpec",
    "KeyUsage",
    "Limit",
    "Mac",
    "MacAlgorithm",
    "Marker",
    "Message",
    "MessageType",
    "MultiRegion",
    "NumberOfBytes",
    "Origin",
    "PendingWindowInDays",
    "Plaintext",
    "Policy",
    "PolicyName",
    "PublicKey",
    "Recipient",
    "Signature",
    "SigningAlgorithm",
    "SourceEncryptionAlgorithm",
    "SourceEncryptionContext",
    "SourceKeyId",
    "TagKey",
    "TagKeys",
    "TagValue",
    "Tags",
    "TargetKeyId",
    "XksKeyId",
];

/// What is there to be named.
#[derive(Clone)]
struct Known {
    key: String,
    blob: String,
}

impl Known {
    fn make(client: &Client) -> Self {
        let key = create_key(client);
        let alias = json!({"AliasName": "alias/there", "TargetKeyId": key});
        assert_eq!(client.ok("CreateAlias", &alias), Value::Null);
        let blob = encrypt(client, &json!({"KeyId": key, "Plaintext": PLAINTEXT}));
        Self { key, blob }
    }
}

/// Texts that get further than noise does.
fn text(known: &Known) -> impl Strategy<Value = String> + use<> {
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}]}"#;
    prop_oneof![
        4 => Just(known.key.clone()),
        2 => Just(known.blob.clone()),
        6 => select(vec![
            "alias/there", "alias/new", "alias/aws/s3", PLAINTEXT, "", "SYMMETRIC_DEFAULT", "AES_256",
            "ENCRYPT_DECRYPT", "AWS_KMS", "EXTERNAL", "ECC_NIST_P256", "SIGN_VERIFY", "ECDSA_SHA_256", "DIGEST",
            "HMAC_SHA_256", "ECDH", "IGNORE_CIPHERTEXT", "default", policy, "{}",
            "arn:aws:kms:us-east-1:000000000000:alias/there", "arn:aws:kms:eu-west-1:1:key/x", "aws:x",
            "arn:aws:kms:us-east-1:111122223333:key/00000000-0000-4000-8000-000000000000",
        ]).prop_map(str::to_owned),
        2 => any::<String>(),
        1 => "[a-z]{0,300}",
    ]
}

fn scalar(known: &Known) -> impl Strategy<Value = Value> + use<> {
    prop_oneof![
        8 => text(known).prop_map(Value::from),
        2 => (-2_i64..40).prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(|number| json!(number)),
        2 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
    ]
}

fn member(known: &Known) -> impl Strategy<Value = String> + use<> {
    prop_oneof![9 => select(MEMBERS.to_vec()).prop_map(str::to_owned), 1 => text(known)]
}

fn value(known: &Known) -> impl Strategy<Value = Value> + use<> {
    let outer = known.clone();
    scalar(known).prop_recursive(3, 24, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::vec((member(&outer), inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// An input: mostly members of some operation, with values of mostly the right kind.
fn input(known: &Known) -> impl Strategy<Value = Value> + use<> {
    let key = known.key.clone();
    let members = proptest::collection::vec((member(known), value(known)), 0..8);
    let named = (members, any::<bool>()).prop_map(move |(members, named)| {
        let mut input: Map<String, Value> = members.into_iter().collect();
        if named {
            for name in ["KeyId", "TargetKeyId", "DestinationKeyId"] {
                input.insert(name.to_owned(), key.clone().into());
            }
        }
        Value::Object(input)
    });
    prop_oneof![9 => named, 1 => value(known)]
}

#[test]
fn no_input_breaks_the_server() {
    let server = ServerOptions::new(BINARY).dev().start();
    let client = server.client();
    let connection = Connection::http1(server.address()).unwrap();
    let calls = (select(OPERATIONS.to_vec()), input(&Known::make(&client)));
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 1500,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let checked = runner.run(&calls, |(operation, input)| {
        let request = client.request(operation, input.to_string().as_bytes());
        let answer = connection.send(request).unwrap();
        assert_complete(&answer);
        assert!(
            answer.status == 200 || answer.status == 400,
            "{operation}: {}",
            answer.text()
        );
        Ok(())
    });
    checked.unwrap();
}

#[test]
fn no_bytes_break_the_server() {
    let server = ServerOptions::new(BINARY).dev().start();
    let client = server.client();
    let connection = Connection::http1(server.address()).unwrap();
    let mut seeded = keystead_testkit::Seeded::fresh();
    for operation in OPERATIONS {
        for _ in 0..20 {
            let length = seeded.below(300);
            let alphabet = b"{}[]\":,\\ntrue0.9e-\xff\x00 KeyId";
            let body: Vec<u8> = (0..length)
                .map(|_| alphabet[usize::try_from(seeded.below(alphabet.len() as u64)).unwrap()])
                .collect();
            if serde_json::from_slice::<Value>(&body).is_ok_and(|json| json.is_object()) {
                continue;
            }
            let answer = connection.send(client.request(operation, &body)).unwrap();
            assert_eq!(answer.error(), "SerializationException");
        }
    }
    assert_serves(&client);
}
