//! What CloudTrail's records say of each operation, by the reference: which members, and for services whose operations
//! follow one rule, the rule.
//!
//! Sources: AWS KMS Developer Guide, "Logging AWS KMS API calls with AWS CloudTrail"; AWS CloudTrail User Guide,
//! "CloudTrail record contents"; AWS STS and IAM, "Logging IAM and AWS STS API calls with AWS CloudTrail".

use keystead_testkit::node::{ACCOUNT, REGION};
use serde_json::{Map, Value, json};

/// An operation of KMS: whether it reads, the members of `requestParameters`, and those of `responseElements`. `?`
/// marks one that is there if the caller gave it.
type Row = (&'static str, bool, &'static str, &'static str);

const READS: bool = true;
const WRITES: bool = false;

#[rustfmt::skip]
const KMS: [Row; 52] = [
    ("CancelKeyDeletion", WRITES, "keyId", "keyId"),
    ("ConnectCustomKeyStore", WRITES, "customKeyStoreId", ""),
    ("CreateAlias", WRITES, "aliasName targetKeyId", "keyId"),
    ("CreateCustomKeyStore", WRITES, "customKeyStoreName customKeyStoreType clusterId", "customKeyStoreId"),
    ("CreateGrant", WRITES, "keyId granteePrincipal? granteeServicePrincipal? retiringPrincipal? retiringServicePrincipal? operations constraints? name?", "grantId keyId"),
    ("CreateKey", WRITES, "description keyUsage keySpec customerMasterKeySpec origin multiRegion bypassPolicyLockoutSafetyCheck tags? policy?", "keyMetadata"),
    ("Decrypt", READS, "encryptionAlgorithm keyId? encryptionContext?", ""),
    ("DeleteAlias", WRITES, "aliasName", "keyId"),
    ("DeleteCustomKeyStore", WRITES, "customKeyStoreId", ""),
    ("DeleteImportedKeyMaterial", WRITES, "keyId keyMaterialId?", "keyId keyMaterialId"),
    ("DeriveSharedSecret", READS, "keyId keyAgreementAlgorithm", ""),
    ("DescribeCustomKeyStores", READS, "customKeyStoreId? customKeyStoreName? limit? marker?", ""),
    ("DescribeKey", READS, "keyId", ""),
    ("DisableKey", WRITES, "keyId", "keyId"),
    ("DisableKeyRotation", WRITES, "keyId", "keyId"),
    ("DisconnectCustomKeyStore", WRITES, "customKeyStoreId", ""),
    ("EnableKey", WRITES, "keyId", "keyId"),
    ("EnableKeyRotation", WRITES, "keyId rotationPeriodInDays", "keyId"),
    ("Encrypt", READS, "keyId encryptionContext? encryptionAlgorithm", ""),
    ("GenerateDataKey", READS, "keyId keySpec? numberOfBytes? encryptionContext?", ""),
    ("GenerateDataKeyPair", READS, "keyId keyPairSpec encryptionContext?", ""),
    ("GenerateDataKeyPairWithoutPlaintext", READS, "keyId keyPairSpec encryptionContext?", ""),
    ("GenerateDataKeyWithoutPlaintext", READS, "keyId keySpec? numberOfBytes? encryptionContext?", ""),
    ("GenerateMac", READS, "keyId macAlgorithm", ""),
    ("GenerateRandom", READS, "numberOfBytes? customKeyStoreId?", ""),
    ("GetKeyLastUsage", READS, "keyId", ""),
    ("GetKeyPolicy", READS, "keyId policyName", ""),
    ("GetKeyRotationStatus", READS, "keyId", ""),
    ("GetParametersForImport", READS, "keyId wrappingAlgorithm wrappingKeySpec", ""),
    ("GetPublicKey", READS, "keyId", ""),
    ("ImportKeyMaterial", WRITES, "keyId validTo? expirationModel importType? keyMaterialDescription? keyMaterialId?", "keyId keyMaterialId"),
    ("ListAliases", READS, "keyId? limit? marker?", ""),
    ("ListGrants", READS, "keyId limit? marker? grantId? granteePrincipal?", ""),
    ("ListKeyPolicies", READS, "keyId limit? marker?", ""),
    ("ListKeyRotations", READS, "keyId limit? marker? includeKeyMaterial?", ""),
    ("ListKeys", READS, "limit? marker?", ""),
    ("ListResourceTags", READS, "keyId limit? marker?", ""),
    ("ListRetirableGrants", READS, "retiringPrincipal? retiringServicePrincipal? limit? marker?", ""),
    ("PutKeyPolicy", WRITES, "keyId policyName policy bypassPolicyLockoutSafetyCheck", "keyId"),
    ("ReEncrypt", READS, "sourceEncryptionAlgorithm sourceEncryptionContext? sourceKeyId? destinationKeyId destinationEncryptionAlgorithm destinationEncryptionContext?", ""),
    ("RetireGrant", WRITES, "keyId? grantId?", "keyId"),
    ("RevokeGrant", WRITES, "keyId grantId", "keyId"),
    ("RotateKeyOnDemand", WRITES, "keyId", "keyId"),
    ("ScheduleKeyDeletion", WRITES, "keyId pendingWindowInDays", "keyId keyState deletionDate pendingWindowInDays"),
    ("Sign", READS, "keyId messageType signingAlgorithm", ""),
    ("TagResource", WRITES, "keyId tags", "keyId"),
    ("UntagResource", WRITES, "keyId tagKeys", "keyId"),
    ("UpdateAlias", WRITES, "aliasName targetKeyId", "keyId"),
    ("UpdateCustomKeyStore", WRITES, "customKeyStoreId newCustomKeyStoreName? clusterId?", ""),
    ("UpdateKeyDescription", WRITES, "keyId description", "keyId"),
    ("Verify", READS, "keyId messageType signingAlgorithm", ""),
    ("VerifyMac", READS, "keyId macAlgorithm", ""),
];

/// Operations of KMS that are about no key.
const WITHOUT_A_KEY: [&str; 9] = [
    "ConnectCustomKeyStore",
    "CreateCustomKeyStore",
    "DeleteCustomKeyStore",
    "DescribeCustomKeyStores",
    "DisconnectCustomKeyStore",
    "GenerateRandom",
    "ListKeys",
    "ListRetirableGrants",
    "UpdateCustomKeyStore",
];

/// What may not be told of a call, however it is named.
const NEVER: [&str; 14] = [
    "plaintext",
    "ciphertextBlob",
    "message",
    "mac",
    "signature",
    "publicKey",
    "privateKeyPlaintext",
    "importToken",
    "encryptedKeyMaterial",
    "grantToken",
    "grantTokens",
    "secretAccessKey",
    "keyStorePassword",
    "trustAnchorCertificate",
];

/// Compares a record of KMS with the operation's row.
pub(crate) fn compare(operation: &str, record: &Value, answer: &Value) {
    let row = KMS.iter().find(|(name, ..)| *name == operation);
    let (_, reads, request, response) = row.unwrap_or_else(|| panic!("no row for {operation}"));
    assert_eq!(record["readOnly"], *reads, "{operation}");
    has_members(operation, &record["requestParameters"], request);
    has_members(operation, &record["responseElements"], response);
    never_told(operation, record);
    let resources = record["resources"].as_array();
    let is_about_keys = !WITHOUT_A_KEY.contains(&operation);
    if operation != "ListAliases" {
        assert_eq!(resources.is_some(), is_about_keys, "{operation}");
    }
    for resource in resources.into_iter().flatten() {
        assert_eq!(resource["type"], "AWS::KMS::Key", "{operation}");
    }
    // What is told of the answer is what was answered.
    for member in [
        "grantId",
        "keyMaterialId",
        "keyState",
        "pendingWindowInDays",
    ] {
        let answered = &answer[upper(member)];
        let told = &record["responseElements"][member];
        if !answered.is_null() && !told.is_null() {
            assert_eq!(told, answered, "{operation}: {member}");
        }
    }
}

/// Compares the whole record of what happened without a call, but for its own id and the details' ids of material.
pub(crate) fn compare_event(name: &str, record: &Value, key: &str, now: &str) {
    let key_id = key.rsplit('/').next().unwrap();
    let mut record = record.clone();
    let id = record["eventID"].take();
    assert_eq!(id.as_str().unwrap().len(), 36, "{name}");
    let details = record
        .as_object_mut()
        .unwrap()
        .remove("serviceEventDetails");
    let response = record["responseElements"].take();
    let expected = json!({
        "eventVersion": "1.11",
        "userIdentity": { "accountId": ACCOUNT, "invokedBy": "AWS Internal" },
        "eventTime": now,
        "eventSource": "kms.amazonaws.com",
        "eventName": name,
        "awsRegion": REGION,
        "sourceIPAddress": "AWS Internal",
        "userAgent": "AWS Internal",
        "requestParameters": null,
        "responseElements": null,
        "eventID": null,
        "readOnly": false,
        "resources": [{ "accountId": ACCOUNT, "type": "AWS::KMS::Key", "ARN": key }],
        "eventType": "AwsServiceEvent",
        "managementEvent": true,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Management",
    });
    assert_eq!(record, expected, "{name}");
    match name {
        "DeleteKey" => {
            assert_eq!(response, json!({ "keyId": key }));
            assert_eq!(details, None);
        }
        "DeleteExpiredKeyMaterial" => {
            assert_eq!(response, Value::Null);
            assert_eq!(details, Some(json!({ "keyId": key_id })));
        }
        _ => {
            assert_eq!(response, Value::Null);
            let details = details.unwrap();
            let members = "rotationType keyOrigin previousKeyMaterialId currentKeyMaterialId keyId";
            has_members(name, &details, members);
            assert_eq!(details["keyId"], key_id);
            let (previous, current) = ("previousKeyMaterialId", "currentKeyMaterialId");
            assert_ne!(details[previous], details[current]);
        }
    }
}

fn has_members(operation: &str, object: &Value, expected: &str) {
    let found: Vec<&str> = match object {
        Value::Object(members) => members.keys().map(String::as_str).collect(),
        Value::Null => Vec::new(),
        other => panic!("{operation}: {other}"),
    };
    let expected: Vec<&str> = expected.split_whitespace().collect();
    for member in &expected {
        assert!(
            member.ends_with('?') || found.contains(member),
            "{operation}: no {member} in {object}"
        );
    }
    for member in found {
        let is_expected = expected
            .iter()
            .any(|known| known.trim_end_matches('?') == member);
        assert!(is_expected, "{operation}: {member} in {object}");
    }
}

fn never_told(operation: &str, record: &Value) {
    for part in [
        "requestParameters",
        "responseElements",
        "additionalEventData",
    ] {
        let members = record[part].as_object().into_iter().flatten();
        for (member, _) in members {
            assert!(!NEVER.contains(&member.as_str()), "{operation}: {member}");
        }
    }
}

/// The services beside KMS follow one rule: a record tells all that was asked, in CloudTrail's names, but secrets; a
/// call that reads tells nothing of its answer, and one that changes something tells all of it, but secrets.
pub(crate) fn follows_the_rule(record: &Value, input: &Value, answer: Option<&Value>) {
    let operation = record["eventName"].as_str().unwrap();
    const READING: [&str; 7] = [
        "Get", "List", "Describe", "Simulate", "Lookup", "Who", "Head",
    ];
    const ISSUING: [&str; 4] = [
        "AssumeRole",
        "AssumeRoleWithWebIdentity",
        "GetFederationToken",
        "GetSessionToken",
    ];
    let reads = READING.iter().any(|prefix| operation.starts_with(prefix));
    let issues = ISSUING.contains(&operation);
    assert_eq!(record["readOnly"], reads || issues, "{operation}");
    let asked = recorded(input, "");
    let told = texts(&record["requestParameters"]);
    assert_eq!(told, texts(&asked), "{operation}");
    never_told(operation, record);
    let shown = &record["responseElements"];
    if reads && !issues {
        assert_eq!(*shown, Value::Null, "{operation}");
    } else if let Some(answer) = answer {
        assert_eq!(
            told_members(shown),
            told_members(&recorded(answer, "")),
            "{operation}"
        );
    }
}

/// An input or output in CloudTrail's names, without what is never told.
fn recorded(value: &Value, name: &str) -> Value {
    // Besides secrets and tokens, what the API models call sensitive.
    const NEVER: [&str; 6] = [
        "SecretAccessKey",
        "WebIdentityToken",
        "EncodedMessage",
        "Email",
        "AccountName",
        "MasterAccountEmail",
    ];
    match value {
        Value::Object(members) => {
            let told = members
                .iter()
                .filter(|(name, _)| !NEVER.contains(&name.as_str()));
            let told: Map<_, _> = told
                .map(|(name, value)| (lower(name), recorded(value, name)))
                .collect();
            let is_nothing = told.is_empty() && name.is_empty();
            if is_nothing {
                Value::Null
            } else {
                Value::Object(told)
            }
        }
        Value::Array(values) => values.iter().map(|value| recorded(value, name)).collect(),
        other => other.clone(),
    }
}

/// The same with each number and truth value as its text, since Query has only texts.
fn texts(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), texts(value)))
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(values) => values.iter().map(texts).collect(),
        Value::Number(number) => number.to_string().into(),
        Value::Bool(truth) => truth.to_string().into(),
        other => other.clone(),
    }
}

/// The paths of all members, since instants are written differently in answers and in records.
fn told_members(value: &Value) -> Vec<String> {
    fn walk(value: &Value, path: &str, found: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    walk(value, &format!("{path}/{name}"), found);
                }
            }
            Value::Array(values) => {
                for (index, value) in values.iter().enumerate() {
                    walk(value, &format!("{path}/{index}"), found);
                }
            }
            _ => found.push(path.to_owned()),
        }
    }
    let mut found = Vec::new();
    walk(value, "", &mut found);
    found.sort();
    found
}

/// Query parameters as the structure that they spell: `Tags.member.1.Key` is a member of the first of `Tags`.
pub(crate) fn nested(parameters: &[(&str, &str)]) -> Value {
    let mut root = json!({});
    for (name, value) in parameters {
        let mut place = &mut root;
        for part in name.split('.').filter(|part| *part != "member") {
            place = match part.parse::<usize>() {
                Ok(number) => {
                    if !place.is_array() {
                        *place = json!([]);
                    }
                    let list = place.as_array_mut().unwrap();
                    list.resize(list.len().max(number), json!({}));
                    &mut list[number - 1]
                }
                Err(_) => &mut place[part],
            };
        }
        *place = (*value).into();
    }
    root
}

fn lower(name: &str) -> String {
    let (first, rest) = name.split_at(1);
    format!("{}{rest}", first.to_ascii_lowercase())
}

fn upper(name: &str) -> String {
    let (first, rest) = name.split_at(1);
    format!("{}{rest}", first.to_ascii_uppercase())
}
