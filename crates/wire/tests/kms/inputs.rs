//! Bodies that are accepted, and what they mean.

use keystead_wire::json::{EpochSeconds, Input};
use keystead_wire::kms::input::{
    CreateKey, Decrypt, Encrypt, GenerateDataKey, GenerateRandom, ImportKeyMaterial, ListKeys,
    TagResource, Verify,
};
use keystead_wire::kms::{
    DataKeySpec, DryRunModifierType, EncryptionAlgorithmSpec, ExpirationModelType, ImportType,
    KeyEncryptionMechanism, KeySpec, MessageType, SigningAlgorithmSpec,
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
fn verify_with_everything() {
    let input: Verify = decode(
        r#"{"KeyId":"k","Message":"aGk=","MessageType":"EXTERNAL_MU","Signature":"AAE=","GrantTokens":["t"],
            "SigningAlgorithm":"ML_DSA_SHAKE_256","DryRun":false}"#,
    )
    .unwrap();
    assert_eq!(input.message.as_slice(), b"hi");
    assert_eq!(input.message_type, Some(MessageType::ExternalMu));
    assert_eq!(input.signature, [0, 1]);
    assert_eq!(input.signing_algorithm, SigningAlgorithmSpec::MlDsaShake256);
    assert_eq!(input.grant_tokens, ["t"]);
    assert_eq!(input.dry_run, Some(false));
}

#[test]
fn import_with_everything() {
    let id = "0af".repeat(21) + "9";
    let input: ImportKeyMaterial = decode(&format!(
        r#"{{"KeyId":"k","ImportToken":"AAE=","EncryptedKeyMaterial":"Ag==","ValidTo":1735689600.25,
            "ExpirationModel":"KEY_MATERIAL_EXPIRES","ImportType":"EXISTING_KEY_MATERIAL",
            "KeyMaterialDescription":"a b","KeyMaterialId":"{id}"}}"#
    ))
    .unwrap();
    assert_eq!(input.import_token, [0, 1]);
    assert_eq!(input.encrypted_key_material, [2]);
    assert_eq!(input.valid_to, Some(EpochSeconds(1_735_689_600_250)));
    assert_eq!(
        input.expiration_model,
        Some(ExpirationModelType::KeyMaterialExpires)
    );
    assert_eq!(input.import_type, Some(ImportType::ExistingKeyMaterial));
    assert_eq!(input.key_material_description.as_deref(), Some("a b"));
    assert_eq!(input.key_material_id, Some(id));

    let input: ImportKeyMaterial = decode(
        r#"{"KeyId":"k","ImportToken":"AA==","EncryptedKeyMaterial":"AA==","ValidTo":null}"#,
    )
    .unwrap();
    assert_eq!(input.valid_to, None);
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
