//! `CreateKey` and `DescribeKey`.

use keystead_core::key::{KeySpec, KeyUsage};
use serde_json::{Value, json};

use super::{Place, kind};

/// RSA keys of the larger sizes take long to make, and differ in nothing else.
fn is_quick(spec: KeySpec) -> bool {
    !matches!(spec, KeySpec::Rsa3072 | KeySpec::Rsa4096)
}

/// Each list of algorithms, and the usage under which it is shown ("KeyMetadata" in the KMS API
/// reference).
const LISTS: [(&str, KeyUsage); 4] = [
    ("EncryptionAlgorithms", KeyUsage::EncryptDecrypt),
    ("SigningAlgorithms", KeyUsage::SignVerify),
    ("KeyAgreementAlgorithms", KeyUsage::KeyAgreement),
    ("MacAlgorithms", KeyUsage::GenerateVerifyMac),
];

/// The kinds that the deprecated member has no name for.
const NEWER: [KeySpec; 4] = [
    KeySpec::MlDsa44,
    KeySpec::MlDsa65,
    KeySpec::MlDsa87,
    KeySpec::EccNistEdwards25519,
];

fn algorithms(spec: KeySpec, usage: KeyUsage) -> Value {
    let names = |names: &mut dyn Iterator<Item = &'static str>| names.collect::<Vec<_>>();
    let names = match usage {
        KeyUsage::EncryptDecrypt => {
            names(&mut spec.encryption_algorithms().iter().map(|a| a.as_str()))
        }
        KeyUsage::SignVerify => names(&mut spec.signing_algorithms().iter().map(|a| a.as_str())),
        KeyUsage::KeyAgreement => {
            names(&mut spec.agreement_algorithms().iter().map(|a| a.as_str()))
        }
        KeyUsage::GenerateVerifyMac => names(&mut spec.mac_algorithms().iter().map(|a| a.as_str())),
    };
    json!(names)
}

fn check_metadata(shown: &Value, spec: KeySpec, usage: KeyUsage) {
    assert_eq!(shown["KeySpec"], spec.as_str());
    assert_eq!(shown["KeyUsage"], usage.as_str());
    for (name, value) in [
        ("Enabled", json!(true)),
        ("Description", json!("")),
        ("KeyState", json!("Enabled")),
        ("Origin", json!("AWS_KMS")),
        ("KeyManager", json!("CUSTOMER")),
        ("MultiRegion", json!(false)),
    ] {
        assert_eq!(shown[name], value, "{spec} {name}");
    }
    let old_name = (!NEWER.contains(&spec)).then(|| Value::from(spec.as_str()));
    assert_eq!(shown.get("CustomerMasterKeySpec"), old_name.as_ref());
    for (list, of) in LISTS {
        let expected = (usage == of).then(|| algorithms(spec, usage));
        assert_eq!(shown.get(list), expected.as_ref(), "{spec} {list}");
    }
    let material = shown.get("CurrentKeyMaterialId").and_then(Value::as_str);
    let length = material.map(str::len);
    assert_eq!(
        length,
        spec.is_symmetric_encryption().then_some(64),
        "{spec}"
    );
}

#[tokio::test]
async fn every_kind_is_made_for_each_of_its_usages_and_for_no_other() {
    let place = Place::new().await;
    for spec in KeySpec::ALL {
        for usage in KeyUsage::ALL {
            let input = kind(spec.as_str(), usage.as_str());
            if !spec.usages().contains(usage) {
                let message = format!("KeyUsage {usage} is not compatible with KeySpec {spec}");
                let refusal = ("CreateKey", input, "ValidationException", message);
                place.refused([refusal]).await;
            } else if is_quick(*spec) {
                let made = place.ok("CreateKey", input).await;
                let made = &made["KeyMetadata"];
                check_metadata(made, *spec, *usage);
                let described = place.ok("DescribeKey", json!({"KeyId": made["Arn"]})).await;
                assert_eq!(&described["KeyMetadata"], made);
            }
        }
    }
}

#[tokio::test]
async fn the_usage_goes_without_saying_for_symmetric_encryption_alone() {
    let place = Place::new().await;
    let missing =
        "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.";
    for spec in KeySpec::ALL {
        let input = json!({"KeySpec": spec.as_str()});
        if spec.is_symmetric_encryption() {
            let made = place.ok("CreateKey", input).await;
            assert_eq!(made["KeyMetadata"]["KeyUsage"], "ENCRYPT_DECRYPT");
        } else {
            let refusal = ("CreateKey", input, "ValidationException", missing.into());
            place.refused([refusal]).await;
        }
    }
}

#[tokio::test]
async fn the_kind_has_an_old_name() {
    let place = Place::new().await;
    let input = json!({"CustomerMasterKeySpec": "HMAC_384", "KeyUsage": "GENERATE_VERIFY_MAC"});
    let made = place.ok("CreateKey", input.clone()).await;
    assert_eq!(made["KeyMetadata"]["KeySpec"], "HMAC_384");
    let mut both = input;
    both["KeySpec"] = "HMAC_384".into();
    assert_eq!(place.err("CreateKey", both).await.0, "ValidationException");
}
