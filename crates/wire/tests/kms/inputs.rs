//! Bodies that are accepted, and what they mean.

use keystead_wire::json::Input;
use keystead_wire::kms::input::{
    CreateKey, Decrypt, Encrypt, GenerateDataKey, GenerateRandom, ListKeys, TagResource,
};
use keystead_wire::kms::{
    DataKeySpec, DryRunModifierType, EncryptionAlgorithmSpec, KeyEncryptionMechanism, KeySpec,
};

use super::decode;

#[test]
fn encrypt_with_everything() {
    let input: Encrypt = decode(
        r#" {"KeyId":"alias/demo","Plaintext":"aGk=","EncryptionContext":{"b":"2","a":"1"},
            "GrantTokens":["t1","t2"],"EncryptionAlgorithm":"RSAES_OAEP_SHA_256","DryRun":true} "#,
    )
    .unwrap();
    assert_eq!(input.key_id, "alias/demo");
    assert_eq!(input.plaintext.as_slice(), b"hi");
    let context: Vec<(&str, &str)> = input
        .encryption_context
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_eq!(context, [("a", "1"), ("b", "2")]);
    assert_eq!(input.grant_tokens, ["t1", "t2"]);
    assert_eq!(
        input.encryption_algorithm,
        Some(EncryptionAlgorithmSpec::RsaesOaepSha256)
    );
    assert_eq!(input.dry_run, Some(true));
    assert_eq!(format!("{input:?}"), "Encrypt { .. }");
}

#[test]
fn absent_null_and_unknown_members() {
    let nested = "[".repeat(100_000) + &"]".repeat(100_000);
    let body = format!(
        r#"{{"KeyId":"k","Plaintext":"aGk=","EncryptionContext":null,"GrantTokens":null,"DryRun":null,
            "Unknown":{{"a":[1,null,{{}}]}},"keyid":1,"Deep":{nested}}}"#
    );
    let input: Encrypt = decode(&body).unwrap();
    assert!(input.encryption_context.is_empty());
    assert!(input.grant_tokens.is_empty());
    assert_eq!(input.dry_run, None);
    assert_eq!(input.encryption_algorithm, None);

    let input: ListKeys = decode("{}").unwrap();
    assert_eq!((input.limit, input.marker), (None, None));
}

#[test]
fn names_and_values_may_be_escaped() {
    let input: Encrypt =
        decode(r#"{"\u004beyId":"\u00e9","Plaintext":"\/\/79\u002fA==","EncryptionContext":{"\n":"\t\ud83d\ude00"}}"#)
            .unwrap();
    assert_eq!(input.key_id, "é");
    assert_eq!(input.plaintext.as_slice(), [0xff, 0xfe, 0xfd, 0xfc]);
    assert_eq!(input.encryption_context["\n"], "\t😀");
}

#[test]
fn scalars_of_an_encryption_context_are_the_strings_they_are_written_as() {
    let input: Encrypt = decode(
        r#"{"KeyId":"k","Plaintext":"aGk=","EncryptionContext":
            {"a": 1.50 ,"b":-0,"c":1e5,"d":true,"e":false,"f":123456789012345678901234567890,"g":""}}"#,
    )
    .unwrap();
    let values: Vec<&str> = input
        .encryption_context
        .values()
        .map(String::as_str)
        .collect();
    assert_eq!(
        values,
        [
            "1.50",
            "-0",
            "1e5",
            "true",
            "false",
            "123456789012345678901234567890",
            ""
        ]
    );
}

#[test]
fn decimals_are_truncated() {
    for (number, value) in [("32", 32), ("32.99", 32), ("3.2e1", 32), ("1.0", 1)] {
        let input: GenerateRandom = decode(&format!(r#"{{"NumberOfBytes":{number}}}"#)).unwrap();
        assert_eq!(input.number_of_bytes, Some(value));
    }
}

#[test]
fn structures_inside() {
    let input: Decrypt = decode(
        r#"{"CiphertextBlob":"AAECAw==","Recipient":{"KeyEncryptionAlgorithm":"RSAES_OAEP_SHA_256",
            "AttestationDocument":"AA=="},"DryRunModifiers":["IGNORE_CIPHERTEXT"]}"#,
    )
    .unwrap();
    assert_eq!(input.ciphertext_blob, Some(vec![0, 1, 2, 3]));
    assert_eq!(input.key_id, None);
    let recipient = input.recipient.unwrap();
    assert_eq!(
        recipient.key_encryption_algorithm,
        Some(KeyEncryptionMechanism::RsaesOaepSha256)
    );
    assert_eq!(recipient.attestation_document, Some(vec![0]));
    assert_eq!(
        input.dry_run_modifiers,
        [DryRunModifierType::IgnoreCiphertext]
    );

    let input: TagResource = decode(
        r#"{"KeyId":"k","Tags":[{"TagKey":"a","TagValue":""},{"TagValue":"2","TagKey":"b"}]}"#,
    )
    .unwrap();
    let tags: Vec<(&str, &str)> = input
        .tags
        .iter()
        .map(|tag| (tag.tag_key.as_str(), tag.tag_value.as_str()))
        .collect();
    assert_eq!(tags, [("a", ""), ("b", "2")]);
}

#[test]
fn enums_and_flags() {
    let input: CreateKey = decode(
        r#"{"KeySpec":"ML_DSA_65","MultiRegion":false,"BypassPolicyLockoutSafetyCheck":true}"#,
    )
    .unwrap();
    assert_eq!(input.key_spec, Some(KeySpec::MlDsa65));
    assert_eq!(input.multi_region, Some(false));
    assert!(input.bypass_policy_lockout_safety_check);
    assert_eq!(input.description, "");
    let input: GenerateDataKey = decode(r#"{"KeyId":"k","KeySpec":"AES_128"}"#).unwrap();
    assert_eq!(input.key_spec, Some(DataKeySpec::Aes128));

    for spec in KeySpec::ALL {
        assert_eq!(spec.as_str().parse(), Ok(*spec));
        assert_eq!(spec.to_string(), spec.as_str());
    }
    assert!("symmetric_default".parse::<KeySpec>().is_err());
}

#[test]
fn limits_are_inclusive_and_in_characters() {
    for length in [1, 2048] {
        let body = format!(r#"{{"KeyId":"{}","Plaintext":"aGk="}}"#, "é".repeat(length));
        assert!(Encrypt::decode(body.as_bytes()).is_ok(), "{length}");
    }
    for number in [1, 1024] {
        assert!(decode::<GenerateRandom>(&format!(r#"{{"NumberOfBytes":{number}}}"#)).is_ok());
    }
}
