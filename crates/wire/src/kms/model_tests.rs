//! The declarations against the extract of the published model in `tests/model`.

mod cryptography;
mod custom_key_stores;
mod grants;
mod keys;
mod lists;
mod materials;

use std::collections::BTreeSet;

use serde_json::Value;
use zeroize::Zeroizing;

use super::{EncryptionAlgorithmSpec, enums, input, shapes};
use crate::json::{Blob, EpochSeconds, Input, Output, Rule, SecretBlob, Structure as _};

/// The extract, and over it what the model of botocore 1.44.5 says of grants: the members for services, and source
/// ARNs, are younger than the extract.
fn model() -> Value {
    let parse = |text| serde_json::from_str::<Value>(text).unwrap();
    let mut model = parse(include_str!("../../tests/model/kms-2014-11-01.json"));
    let later = parse(include_str!("../../tests/model/kms-grants.json"));
    for section in ["structures", "shapes"] {
        for (name, value) in later[section].as_object().unwrap() {
            model[section][name] = value.clone();
        }
    }
    model
}

/// The rules that a shape of the model has, in words.
fn rules_of(shape: &Value) -> Vec<String> {
    let measure = if shape["type"] == "integer" {
        "value"
    } else {
        "length"
    };
    let mut rules = Vec::new();
    for (limit, word) in [("max", "less"), ("min", "greater")] {
        if let Some(bound) = shape[limit].as_i64() {
            rules.push(format!(
                "Member must have {measure} {word} than or equal to {bound}"
            ));
        }
    }
    if let Some(values) = shape["enum"].as_array() {
        let values: Vec<&str> = values.iter().map(|value| value.as_str().unwrap()).collect();
        rules.push(format!(
            "Member must satisfy enum value set: [{}]",
            values.join(", ")
        ));
    }
    if let Some(pattern) = shape["pattern"].as_str() {
        rules.push(format!(
            "Member must satisfy regular expression pattern: {pattern}"
        ));
    }
    rules
}

#[test]
fn shapes_and_enums_have_the_models_rules() {
    let model = model();
    for (name, rules) in shapes::TABLE.iter().chain(enums::TABLE) {
        let shape = &model["shapes"][name];
        assert!(shape.is_object(), "the model has no {name}");
        let declared: Vec<String> = rules.iter().map(Rule::to_string).collect();
        assert_eq!(declared, rules_of(shape), "{name}");
    }
}

fn check_input<I: Input>(model: &Value) {
    let shape = model["operations"][I::OPERATION]["input"].as_str().unwrap();
    let members: Vec<(&str, &str, bool)> = model["structures"][shape]
        .as_array()
        .unwrap()
        .iter()
        .map(|member| {
            (
                member["name"].as_str().unwrap(),
                member["shape"].as_str().unwrap(),
                member["required"].as_bool().unwrap(),
            )
        })
        .collect();
    let declared: Vec<(&str, &str, bool)> = I::MEMBERS
        .iter()
        .map(|member| (member.name, member.shape, member.required))
        .collect();
    assert_eq!(declared, members, "{}", I::OPERATION);
    for member in I::MEMBERS {
        let is_sensitive = model["shapes"][member.shape]["sensitive"] == true;
        assert_eq!(
            ["Zeroizing", "Sensitive"]
                .iter()
                .any(|kind| member.kind.contains(kind)),
            is_sensitive,
            "{}.{}",
            I::OPERATION,
            member.name
        );
    }
}

/// The operations that are not served: those on keys of other Regions.
const ABSENT: &[&str] = &["ReplicateKey", "UpdatePrimaryRegion"];

/// Checks inputs, which must be those of all operations but the [`ABSENT`] ones.
macro_rules! check_inputs {
    ($model:expr, $($name:ident),* $(,)?) => {
        let model = $model;
        $(check_input::<input::$name>(&model);)*
        let expected: BTreeSet<&str> =
            model["operations"].as_object().unwrap().keys().map(String::as_str).collect();
        let named: BTreeSet<&str> =
            [$(stringify!($name)),*].into_iter().chain(ABSENT.iter().copied()).collect();
        assert_eq!(named, expected);
    };
}

#[test]
fn inputs_have_the_models_members() {
    check_inputs!(
        model(),
        CancelKeyDeletion,
        ConnectCustomKeyStore,
        CreateAlias,
        CreateCustomKeyStore,
        CreateGrant,
        CreateKey,
        Decrypt,
        DeleteAlias,
        DeleteCustomKeyStore,
        DeleteImportedKeyMaterial,
        DeriveSharedSecret,
        DescribeCustomKeyStores,
        DescribeKey,
        DisableKey,
        DisableKeyRotation,
        DisconnectCustomKeyStore,
        EnableKey,
        EnableKeyRotation,
        Encrypt,
        GenerateDataKey,
        GenerateDataKeyPair,
        GenerateDataKeyPairWithoutPlaintext,
        GenerateDataKeyWithoutPlaintext,
        GenerateMac,
        GenerateRandom,
        GetKeyLastUsage,
        GetKeyPolicy,
        GetKeyRotationStatus,
        GetParametersForImport,
        GetPublicKey,
        ImportKeyMaterial,
        ListAliases,
        ListGrants,
        ListKeyPolicies,
        ListKeyRotations,
        ListKeys,
        ListResourceTags,
        ListRetirableGrants,
        PutKeyPolicy,
        ReEncrypt,
        RetireGrant,
        RevokeGrant,
        RotateKeyOnDemand,
        ScheduleKeyDeletion,
        Sign,
        TagResource,
        UntagResource,
        UpdateAlias,
        UpdateCustomKeyStore,
        UpdateKeyDescription,
        Verify,
        VerifyMac,
    );
}

#[test]
fn the_constraints_of_grants_have_the_models_members() {
    let model = model();
    let members = model["structures"]["GrantConstraints"].as_array().unwrap();
    let declared = input::GrantConstraints::MEMBERS;
    assert_eq!(declared.len(), members.len());
    for (declared, member) in declared.iter().zip(members) {
        assert_eq!(declared.name, member["name"]);
        assert_eq!(declared.shape, member["shape"]);
        assert!(!declared.required);
    }
}

/// An output with everything in it has exactly the members of the model's structure.
fn check_output(structure: &str, output: &impl Output) {
    let model = model();
    let members: Vec<&str> = model["structures"][structure]
        .as_array()
        .unwrap()
        .iter()
        .map(|member| member["name"].as_str().unwrap())
        .collect();
    let written: Value = serde_json::from_slice(&output.encode()).unwrap();
    let mut written: Vec<&str> = written
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let mut expected = members;
    written.sort_unstable();
    expected.sort_unstable();
    assert_eq!(written, expected, "{structure}");
}

fn text() -> String {
    "x".into()
}

fn blob() -> Blob {
    Blob(vec![1])
}

fn secret() -> SecretBlob {
    SecretBlob(Zeroizing::new(vec![1]))
}

const INSTANT: EpochSeconds = EpochSeconds(0);
const ALGORITHM: EncryptionAlgorithmSpec = EncryptionAlgorithmSpec::SymmetricDefault;
