//! Bodies that are refused, and in which words.

use keystead_wire::json::Input;
use keystead_wire::kms::input::{
    CreateAlias, CreateKey, Decrypt, EnableKeyRotation, Encrypt, GenerateDataKey, GenerateRandom,
    ImportKeyMaterial, ListKeyRotations, ListKeys, PutKeyPolicy, Sign, TagResource, UntagResource,
};

use super::refusal;

#[track_caller]
fn assert_serialization<I: Input>(body: &str, message: Option<&str>) {
    assert_eq!(
        refusal::<I>(body),
        ("SerializationException", message.map(str::to_owned)),
        "{body}"
    );
}

#[track_caller]
fn assert_validation<I: Input>(body: &str, message: &str) {
    assert_eq!(
        refusal::<I>(body),
        ("ValidationException", Some(message.to_owned())),
        "{body}"
    );
}

#[test]
fn what_is_no_json_gets_no_message() {
    for body in [
        "",
        "   ",
        "null",
        "\"text\"",
        "1",
        "true",
        "{",
        "{]",
        r#"{"KeyId":"k",}"#,
        r#"{"KeyId":"k"} x"#,
        r#"{"KeyId":"k"}{}"#,
        r#"{KeyId:"k"}"#,
        r#"{"KeyId":"\ud800"}"#,
        r#"{"KeyId":'k'}"#,
        "\u{feff}{}",
        r#"{"KeyId":01}"#,
        r#"{"DryRun":1e999}"#,
        r#"{"Unknown":[}"#,
    ] {
        assert_serialization::<Encrypt>(body, None);
    }
    assert!(Encrypt::decode(b"{\"KeyId\":\"\xff\"}").is_err());
}

const LIST: &str = "Start of list found where not expected";
const STRUCTURE: &str = "Start of structure or map found where not expected.";

#[test]
fn other_values_than_scalars() {
    for (body, message) in [
        ("[]", LIST),
        (" [1]", LIST),
        (
            r#"{"KeyId":1}"#,
            "NUMBER_VALUE can not be converted to a String",
        ),
        (
            r#"{"KeyId":-1.5}"#,
            "NUMBER_VALUE can not be converted to a String",
        ),
        (
            r#"{"KeyId":true}"#,
            "TRUE_VALUE can not be converted to a String",
        ),
        (
            r#"{"KeyId":false}"#,
            "FALSE_VALUE can not be converted to a String",
        ),
        (r#"{"KeyId":[]}"#, LIST),
        (r#"{"KeyId":{}}"#, STRUCTURE),
        (
            r#"{"NumberOfBytes":"1"}"#,
            "STRING_VALUE can not be converted to an Integer",
        ),
        (
            r#"{"NumberOfBytes":true}"#,
            "TRUE_VALUE can not be converted to an Integer",
        ),
        (r#"{"NumberOfBytes":[1]}"#, LIST),
        (r#"{"NumberOfBytes":{"a":1}}"#, STRUCTURE),
        (
            r#"{"DryRun":"true"}"#,
            "STRING_VALUE can not be converted to a Boolean",
        ),
        (
            r#"{"DryRun":1}"#,
            "NUMBER_VALUE can not be converted to a Boolean",
        ),
        (
            r#"{"KeySpec":1}"#,
            "NUMBER_VALUE can not be converted to a String",
        ),
    ] {
        assert_serialization::<GenerateDataKey>(body, Some(message));
    }
    assert_serialization::<Encrypt>(
        r#"{"Plaintext":true}"#,
        Some("TRUE_VALUE can not be converted to a Blob"),
    );
    assert_serialization::<ImportKeyMaterial>(
        r#"{"ValidTo":"2025-01-01T00:00:00Z"}"#,
        Some("STRING_VALUE can not be converted to milliseconds since epoch"),
    );
}

#[test]
fn other_values_than_lists_and_structures() {
    for (body, message) in [
        (r#"{"GrantTokens":"t"}"#, "Expected list or null"),
        (r#"{"GrantTokens":1}"#, "Expected list or null"),
        (r#"{"GrantTokens":true}"#, "Expected list or null"),
        (r#"{"GrantTokens":{}}"#, STRUCTURE),
        (
            r#"{"GrantTokens":[1]}"#,
            "NUMBER_VALUE can not be converted to a String",
        ),
        (r#"{"GrantTokens":[["t"]]}"#, LIST),
        (r#"{"Recipient":"r"}"#, "Expected null"),
        (r#"{"Recipient":1.5}"#, "Expected null"),
        (r#"{"Recipient":[]}"#, LIST),
        (
            r#"{"Recipient":{"AttestationDocument":1}}"#,
            "NUMBER_VALUE can not be converted to a Blob",
        ),
        (r#"{"EncryptionContext":"x"}"#, "Expected null"),
        (r#"{"EncryptionContext":[]}"#, LIST),
        (r#"{"EncryptionContext":{"a":[]}}"#, LIST),
        (r#"{"EncryptionContext":{"a":{}}}"#, STRUCTURE),
    ] {
        assert_serialization::<GenerateDataKey>(body, Some(message));
    }
}

#[test]
fn bad_base64_gets_no_message() {
    for blob in ["aGk", "a", "aGk=\\n", "-_-_", "aGl=", "é", " aGk="] {
        assert_serialization::<Encrypt>(&format!(r#"{{"Plaintext":"{blob}"}}"#), None);
        assert_serialization::<Decrypt>(&format!(r#"{{"CiphertextBlob":"{blob}"}}"#), None);
    }
}

#[test]
fn repeated_members_are_refused() {
    for body in [
        r#"{"KeyId":"a","KeyId":"a"}"#,
        r#"{"KeyId":"a","KeyId":null}"#,
        r#"{"KeyId":"a","\u004beyId":"b"}"#,
        r#"{"EncryptionContext":{"a":"1","a":"2"}}"#,
        r#"{"EncryptionContext":{"a":"1","a":null}}"#,
    ] {
        assert_serialization::<GenerateDataKey>(body, None);
    }
}

#[test]
fn type_errors_come_before_violations() {
    assert_serialization::<Encrypt>(
        r#"{"KeyId":"","DryRun":"x"}"#,
        Some("STRING_VALUE can not be converted to a Boolean"),
    );
}

#[test]
fn single_violations() {
    assert_validation::<GenerateRandom>(
        r#"{"NumberOfBytes":0}"#,
        "1 validation error detected: Value '0' at 'numberOfBytes' failed to satisfy constraint: Member must have \
         value greater than or equal to 1",
    );
    assert_validation::<GenerateRandom>(
        r#"{"NumberOfBytes":99999999999999999999}"#,
        "1 validation error detected: Value '9223372036854775807' at 'numberOfBytes' failed to satisfy constraint: \
         Member must have value less than or equal to 1024",
    );
    assert_validation::<CreateKey>(
        r#"{"KeyUsage":"ENCRYPT"}"#,
        "1 validation error detected: Value 'ENCRYPT' at 'keyUsage' failed to satisfy constraint: Member must \
         satisfy enum value set: [SIGN_VERIFY, ENCRYPT_DECRYPT, GENERATE_VERIFY_MAC, KEY_AGREEMENT]",
    );
    assert_validation::<CreateAlias>(
        r#"{"AliasName":"alias/a b","TargetKeyId":"k"}"#,
        "1 validation error detected: Value 'alias/a b' at 'aliasName' failed to satisfy constraint: Member must \
         satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$",
    );
    assert_validation::<EnableKeyRotation>(
        r#"{"KeyId":"k","RotationPeriodInDays":89}"#,
        "1 validation error detected: Value '89' at 'rotationPeriodInDays' failed to satisfy constraint: Member must \
         have value greater than or equal to 90",
    );
    assert_validation::<ListKeyRotations>(
        r#"{"KeyId":"k","IncludeKeyMaterial":"ALL"}"#,
        "1 validation error detected: Value 'ALL' at 'includeKeyMaterial' failed to satisfy constraint: Member must \
         satisfy enum value set: [ALL_KEY_MATERIAL, ROTATIONS_ONLY]",
    );
    assert_validation::<TagResource>(
        r#"{"Tags":[]}"#,
        "1 validation error detected: Value null at 'keyId' failed to satisfy constraint: Member must not be null",
    );
}

#[test]
fn blobs_are_not_shown() {
    assert_validation::<Encrypt>(
        r#"{"KeyId":"k","Plaintext":""}"#,
        "1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must have length \
         greater than or equal to 1",
    );
    let body = format!(r#"{{"KeyId":"k","Plaintext":"{}"}}"#, "AAAA".repeat(1366));
    assert_validation::<Encrypt>(
        &body,
        "1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must have length \
         less than or equal to 4096",
    );
    assert_validation::<Sign>(
        r#"{"KeyId":"k","Message":"","SigningAlgorithm":"ECDSA_SHA_256"}"#,
        "1 validation error detected: Value at 'message' failed to satisfy constraint: Member must have length \
         greater than or equal to 1",
    );
    assert_validation::<Decrypt>(
        r#"{"CiphertextBlob":""}"#,
        "1 validation error detected: Value at 'ciphertextBlob' failed to satisfy constraint: Member must have \
         length greater than or equal to 1",
    );
}

#[test]
fn all_violations_are_reported_in_the_models_order() {
    assert_validation::<CreateAlias>(
        r#"{"TargetKeyId":"","AliasName":""}"#,
        "3 validation errors detected: Value '' at 'aliasName' failed to satisfy constraint: Member must have length \
         greater than or equal to 1; Value '' at 'aliasName' failed to satisfy constraint: Member must satisfy \
         regular expression pattern: ^[a-zA-Z0-9:/_-]+$; Value '' at 'targetKeyId' failed to satisfy constraint: \
         Member must have length greater than or equal to 1",
    );
    assert_validation::<ListKeys>(
        r#"{"Marker":"","Limit":1001}"#,
        "2 validation errors detected: Value '1001' at 'limit' failed to satisfy constraint: Member must have value \
         less than or equal to 1000; Value '' at 'marker' failed to satisfy constraint: Member must have length \
         greater than or equal to 1",
    );
    assert_validation::<PutKeyPolicy>(
        r#"{"PolicyName":"a-b","Policy":"\u0000"}"#,
        "3 validation errors detected: Value null at 'keyId' failed to satisfy constraint: Member must not be null; \
         Value 'a-b' at 'policyName' failed to satisfy constraint: Member must satisfy regular expression pattern: \
         [\\w]+; Value '\u{0}' at 'policy' failed to satisfy constraint: Member must satisfy regular expression \
         pattern: [\\u0009\\u000A\\u000D\\u0020-\\u00FF]+",
    );
}

#[test]
fn lists_of_structures() {
    let long = "x".repeat(129);
    assert_validation::<TagResource>(
        &format!(
            r#"{{"KeyId":"k","Tags":[{{"TagKey":"","TagValue":"v"}},{{"TagKey":"{long}"}},null]}}"#
        ),
        &format!(
            "4 validation errors detected: Value '' at 'tags.1.member.tagKey' failed to satisfy constraint: Member \
             must have length greater than or equal to 1; Value '{long}' at 'tags.2.member.tagKey' failed to satisfy \
             constraint: Member must have length less than or equal to 128; Value null at 'tags.2.member.tagValue' \
             failed to satisfy constraint: Member must not be null; Value null at 'tags.3.member' failed to satisfy \
             constraint: Member must not be null"
        ),
    );
    assert_validation::<Decrypt>(
        r#"{"Recipient":{"AttestationDocument":""}}"#,
        "1 validation error detected: Value at 'recipient.attestationDocument' failed to satisfy constraint: Member \
         must have length greater than or equal to 1",
    );
}

#[test]
fn lists_of_scalars() {
    assert_validation::<UntagResource>(
        r#"{"KeyId":"k","TagKeys":["a",""]}"#,
        "1 validation error detected: Value '[a, ]' at 'tagKeys' failed to satisfy constraint: Member must satisfy \
         constraint: [Member must have length less than or equal to 128, Member must have length greater than or \
         equal to 1]",
    );
    assert_validation::<UntagResource>(
        r#"{"KeyId":"k","TagKeys":["a",null]}"#,
        "1 validation error detected: Value '[a, null]' at 'tagKeys' failed to satisfy constraint: Member must \
         satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater \
         than or equal to 1, Member must not be null]",
    );
    assert_validation::<Decrypt>(
        r#"{"DryRunModifiers":["IGNORE_CIPHERTEXT","OTHER"]}"#,
        "1 validation error detected: Value '[IGNORE_CIPHERTEXT, OTHER]' at 'dryRunModifiers' failed to satisfy \
         constraint: Member must satisfy constraint: [Member must satisfy enum value set: [IGNORE_CIPHERTEXT]]",
    );
    let tokens = ["\"t\""; 11].join(",");
    assert_validation::<Decrypt>(
        &format!(r#"{{"GrantTokens":[{tokens}]}}"#),
        "1 validation error detected: Value '[t, t, t, t, t, t, t, t, t, t, t]' at 'grantTokens' failed to satisfy \
         constraint: Member must have length less than or equal to 10",
    );
}

#[test]
fn null_in_an_encryption_context() {
    assert_validation::<Decrypt>(
        r#"{"EncryptionContext":{"b":null,"a":"1"}}"#,
        "1 validation error detected: Value '{a=1, b=null}' at 'encryptionContext' failed to satisfy constraint: Map \
         value must satisfy constraint: [Member must not be null]",
    );
}
