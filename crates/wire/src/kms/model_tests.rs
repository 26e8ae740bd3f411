//! The declarations against the extract of the published model in `tests/model`.

use std::collections::BTreeMap;

use serde_json::Value;
use zeroize::Zeroizing;

use super::{enums, input, output, shapes};
use crate::json::{Blob, EpochSeconds, Input, Output, Rule, SecretBlob, Structure as _};
use crate::kms::{
    CustomerMasterKeySpec, EncryptionAlgorithmSpec, ExpirationModelType, GrantOperation,
    KeyAgreementAlgorithmSpec, KeyManagerType, KeySpec, KeyState, KeyUsageType, MacAlgorithmSpec,
    MultiRegionKeyType, OriginType, SigningAlgorithmSpec,
};

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
}

macro_rules! check_inputs {
    ($model:expr, $($name:ident),* $(,)?) => {
        $(check_input::<input::$name>($model);)*
    };
}

#[test]
fn inputs_have_the_models_members() {
    check_inputs!(
        &model(),
        CancelKeyDeletion,
        CreateAlias,
        CreateGrant,
        CreateKey,
        Decrypt,
        DeleteAlias,
        DescribeKey,
        DisableKey,
        EnableKey,
        Encrypt,
        GenerateDataKey,
        GenerateDataKeyWithoutPlaintext,
        GenerateRandom,
        GetKeyPolicy,
        ListAliases,
        ListGrants,
        ListKeyPolicies,
        ListKeys,
        ListResourceTags,
        ListRetirableGrants,
        PutKeyPolicy,
        ReEncrypt,
        RetireGrant,
        RevokeGrant,
        ScheduleKeyDeletion,
        TagResource,
        UntagResource,
        UpdateAlias,
        UpdateKeyDescription,
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

#[test]
fn cryptographic_outputs_have_the_models_members() {
    check_output(
        "EncryptResponse",
        &output::Encrypt {
            ciphertext_blob: blob(),
            key_id: text(),
            encryption_algorithm: ALGORITHM,
        },
    );
    check_output(
        "DecryptResponse",
        &output::Decrypt {
            key_id: text(),
            plaintext: Some(secret()),
            encryption_algorithm: ALGORITHM,
            ciphertext_for_recipient: Some(blob()),
            key_material_id: Some(text()),
        },
    );
    check_output(
        "ReEncryptResponse",
        &output::ReEncrypt {
            ciphertext_blob: blob(),
            source_key_id: text(),
            key_id: text(),
            source_encryption_algorithm: ALGORITHM,
            destination_encryption_algorithm: ALGORITHM,
            source_key_material_id: Some(text()),
            destination_key_material_id: Some(text()),
        },
    );
    check_output(
        "GenerateDataKeyResponse",
        &output::GenerateDataKey {
            ciphertext_blob: blob(),
            plaintext: Some(secret()),
            key_id: text(),
            ciphertext_for_recipient: Some(blob()),
            key_material_id: Some(text()),
        },
    );
    check_output(
        "GenerateDataKeyWithoutPlaintextResponse",
        &output::GenerateDataKeyWithoutPlaintext {
            ciphertext_blob: blob(),
            key_id: text(),
            key_material_id: Some(text()),
        },
    );
    check_output(
        "GenerateRandomResponse",
        &output::GenerateRandom {
            plaintext: Some(secret()),
            ciphertext_for_recipient: Some(blob()),
        },
    );
}

#[test]
fn list_outputs_have_the_models_members() {
    let (next_marker, truncated) = (Some(text()), true);
    check_output(
        "ListKeysResponse",
        &output::ListKeys {
            keys: vec![],
            next_marker: next_marker.clone(),
            truncated,
        },
    );
    check_output(
        "KeyListEntry",
        &output::KeyListEntry {
            key_id: text(),
            key_arn: text(),
        },
    );
    check_output(
        "ListAliasesResponse",
        &output::ListAliases {
            aliases: vec![],
            next_marker: next_marker.clone(),
            truncated,
        },
    );
    check_output(
        "AliasListEntry",
        &output::AliasListEntry {
            alias_name: text(),
            alias_arn: text(),
            target_key_id: Some(text()),
            creation_date: Some(INSTANT),
            last_updated_date: Some(INSTANT),
        },
    );
    check_output(
        "ListResourceTagsResponse",
        &output::ListResourceTags {
            tags: vec![],
            next_marker: next_marker.clone(),
            truncated,
        },
    );
    check_output(
        "Tag",
        &output::Tag {
            tag_key: text(),
            tag_value: text(),
        },
    );
    check_output(
        "ListKeyPoliciesResponse",
        &output::ListKeyPolicies {
            policy_names: vec![],
            next_marker,
            truncated,
        },
    );
}

#[test]
fn grant_outputs_have_the_models_members() {
    let context = || Some(BTreeMap::from([(text(), text())]));
    let constraints = || output::GrantConstraints {
        encryption_context_subset: context(),
        encryption_context_equals: context(),
        source_arn: Some(text()),
    };
    check_output("GrantConstraints", &constraints());
    check_output(
        "GrantListEntry",
        &output::GrantListEntry {
            key_id: text(),
            grant_id: text(),
            name: text(),
            creation_date: INSTANT,
            grantee_principal: Some(text()),
            retiring_principal: Some(text()),
            issuing_account: text(),
            operations: vec![GrantOperation::Decrypt],
            constraints: Some(constraints()),
            grantee_service_principal: Some(text()),
            retiring_service_principal: Some(text()),
        },
    );
    check_output(
        "ListGrantsResponse",
        &output::ListGrants {
            grants: vec![],
            next_marker: Some(text()),
            truncated: true,
        },
    );
    check_output(
        "CreateGrantResponse",
        &output::CreateGrant {
            grant_token: text(),
            grant_id: text(),
        },
    );
}

#[test]
fn key_outputs_have_the_models_members() {
    check_output("KeyMetadata", &metadata());
    check_output(
        "CreateKeyResponse",
        &output::CreateKey {
            key_metadata: metadata(),
        },
    );
    check_output(
        "DescribeKeyResponse",
        &output::DescribeKey {
            key_metadata: metadata(),
        },
    );
    let family = metadata().multi_region_configuration.unwrap();
    check_output("MultiRegionKey", &family.primary_key);
    check_output("MultiRegionConfiguration", &family);
    check_output(
        "XksKeyConfigurationType",
        &output::XksKeyConfigurationType { id: text() },
    );
    check_output(
        "ScheduleKeyDeletionResponse",
        &output::ScheduleKeyDeletion {
            key_id: text(),
            deletion_date: Some(INSTANT),
            key_state: KeyState::PendingDeletion,
            pending_window_in_days: Some(7),
        },
    );
    check_output(
        "CancelKeyDeletionResponse",
        &output::CancelKeyDeletion { key_id: text() },
    );
    check_output(
        "GetKeyPolicyResponse",
        &output::GetKeyPolicy {
            policy: text(),
            policy_name: text(),
        },
    );
}

fn metadata() -> output::KeyMetadata {
    output::KeyMetadata {
        aws_account_id: text(),
        key_id: text(),
        arn: text(),
        creation_date: INSTANT,
        enabled: true,
        description: text(),
        key_usage: KeyUsageType::EncryptDecrypt,
        key_state: KeyState::Enabled,
        deletion_date: Some(INSTANT),
        valid_to: Some(INSTANT),
        origin: OriginType::AwsKms,
        custom_key_store_id: Some(text()),
        cloud_hsm_cluster_id: Some(text()),
        expiration_model: Some(ExpirationModelType::KeyMaterialExpires),
        key_manager: KeyManagerType::Customer,
        customer_master_key_spec: Some(CustomerMasterKeySpec::SymmetricDefault),
        key_spec: KeySpec::SymmetricDefault,
        encryption_algorithms: vec![ALGORITHM],
        signing_algorithms: vec![SigningAlgorithmSpec::EcdsaSha256],
        key_agreement_algorithms: vec![KeyAgreementAlgorithmSpec::Ecdh],
        multi_region: true,
        multi_region_configuration: Some(output::MultiRegionConfiguration {
            multi_region_key_type: MultiRegionKeyType::Primary,
            primary_key: output::MultiRegionKey {
                arn: text(),
                region: text(),
            },
            replica_keys: vec![],
        }),
        pending_deletion_window_in_days: Some(7),
        mac_algorithms: vec![MacAlgorithmSpec::HmacSha256],
        xks_key_configuration: Some(output::XksKeyConfigurationType { id: text() }),
        current_key_material_id: Some(text()),
    }
}
