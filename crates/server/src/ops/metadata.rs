//! A key as the API shows it.

use keystead_core::audit::{Elements, Value};
use keystead_core::key::{KeyRecord, KeyUsage, Origin};
use keystead_wire::kms::{ExpirationModelType, KeyState, output};

use super::convert;
use crate::fault::Fault;

/// The API's view of a key.
pub(super) fn of(record: &KeyRecord, arn: &str) -> Result<output::KeyMetadata, Fault> {
    let state = convert::named(record.state.as_str())?;
    let algorithms = Algorithms::of(record);
    Ok(output::KeyMetadata {
        aws_account_id: record.account.to_string(),
        key_id: record.id.to_string(),
        arn: arn.to_owned(),
        creation_date: convert::instant(record.created),
        enabled: state == KeyState::Enabled,
        description: record.description.clone(),
        key_usage: convert::named(record.usage.as_str())?,
        key_state: state,
        deletion_date: record.state.deletion_date().map(convert::instant),
        valid_to: record.expires().map(convert::instant),
        origin: convert::named(record.origin.as_str())?,
        custom_key_store_id: None,
        cloud_hsm_cluster_id: None,
        expiration_model: expiration_model(record),
        key_manager: convert::named(record.manager.as_str())?,
        customer_master_key_spec: record.spec.as_str().parse().ok(),
        key_spec: convert::named(record.spec.as_str())?,
        encryption_algorithms: convert::all_named(algorithms.encryption),
        signing_algorithms: convert::all_named(algorithms.signing),
        key_agreement_algorithms: convert::all_named(algorithms.agreement),
        multi_region: false,
        multi_region_configuration: None,
        pending_deletion_window_in_days: None,
        mac_algorithms: convert::all_named(algorithms.mac),
        xks_key_configuration: None,
        current_key_material_id: current_material_id(record),
    })
}

/// The names of a key's algorithms: those of its usage.
pub(super) struct Algorithms {
    pub(super) encryption: Vec<&'static str>,
    pub(super) signing: Vec<&'static str>,
    pub(super) agreement: Vec<&'static str>,
    pub(super) mac: Vec<&'static str>,
}

impl Algorithms {
    pub(super) fn of(record: &KeyRecord) -> Self {
        let mut all = Self {
            encryption: Vec::new(),
            signing: Vec::new(),
            agreement: Vec::new(),
            mac: Vec::new(),
        };
        let spec = record.spec;
        match record.usage {
            KeyUsage::EncryptDecrypt => {
                let names = spec.encryption_algorithms().iter().map(|a| a.as_str());
                all.encryption = names.collect();
            }
            KeyUsage::SignVerify => {
                all.signing = spec
                    .signing_algorithms()
                    .iter()
                    .map(|a| a.as_str())
                    .collect();
            }
            KeyUsage::KeyAgreement => {
                let names = spec.agreement_algorithms().iter().map(|a| a.as_str());
                all.agreement = names.collect();
            }
            KeyUsage::GenerateVerifyMac => {
                all.mac = spec.mac_algorithms().iter().map(|a| a.as_str()).collect();
            }
        }
        all
    }
}

/// Only while imported material is there.
fn expiration_model(record: &KeyRecord) -> Option<ExpirationModelType> {
    let is_imported = record.origin == Origin::External && record.is_complete();
    is_imported.then(|| match record.expires() {
        Some(_) => ExpirationModelType::KeyMaterialExpires,
        None => ExpirationModelType::KeyMaterialDoesNotExpire,
    })
}

/// Only keys of symmetric encryption show it.
fn current_material_id(record: &KeyRecord) -> Option<String> {
    let material = record.current_material()?;
    let shown = record.spec.is_symmetric_encryption();
    shown.then(|| material.id.to_string())
}

/// CloudTrail's view of a key that was made.
pub(super) fn elements(record: &KeyRecord, arn: &str) -> Elements<'static> {
    let spec = record.spec.as_str();
    let mut metadata = Elements::new()
        .text("aWSAccountId", record.account.to_string())
        .text("keyId", record.id.to_string())
        .text("arn", arn.to_owned())
        .text("creationDate", record.created.to_english())
        .value(
            "enabled",
            Value::Boolean(record.state.as_str() == "Enabled"),
        )
        .text("description", record.description.clone())
        .text("keyUsage", record.usage.as_str())
        .text("keyState", record.state.as_str())
        .text("origin", record.origin.as_str())
        .text("keyManager", record.manager.as_str())
        .text("customerMasterKeySpec", spec)
        .text("keySpec", spec);
    let algorithms = Algorithms::of(record);
    for (name, algorithms) in [
        ("encryptionAlgorithms", algorithms.encryption),
        ("signingAlgorithms", algorithms.signing),
        ("keyAgreementAlgorithms", algorithms.agreement),
        ("macAlgorithms", algorithms.mac),
    ] {
        if !algorithms.is_empty() {
            let names = algorithms.into_iter().map(Into::into).collect();
            metadata = metadata.value(name, Value::List(names));
        }
    }
    let metadata = metadata
        .value("multiRegion", Value::Boolean(false))
        .text_if("currentKeyMaterialId", current_material_id(record));
    Elements::new().value("keyMetadata", Value::Object(metadata))
}
