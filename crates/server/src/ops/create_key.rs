//! `CreateKey`.

use keystead_core::arn::{PARTITION, key_arn};
use keystead_core::audit::{Elements, Value};
use keystead_core::change::{Change, Expected};
use keystead_core::key::{KeyRecord, KeySpec, KeyUsage, Material, MaterialId, Sealed};
use keystead_core::key_id::KeyId;
use keystead_core::key_state::KeyState;
use keystead_core::policy::{ConditionKey, KnownKey, PrincipalIds, Values, default_key_policy};
use keystead_core::tag::Tags;
use keystead_wire::kms::{self, KeyUsageType, OriginType, input, output};

use super::{conditions, metadata, policy_check, tag_resource};
use crate::authz::Authorized;
use crate::directory::key_entry::MaterialBinding;
use crate::fault::Fault;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::Json;
use crate::target::{AuditResource, NewKey};

/// Makes a key.
#[derive(Debug)]
pub enum CreateKey {}

impl Operation for CreateKey {
    const NAME: &'static str = "CreateKey";
    const ACTION: &'static str = "kms:CreateKey";
    const READ_ONLY: bool = false;
    type Input = input::CreateKey;
    type Output = output::CreateKey;
    type Protocol = Json;
    type Target = NewKey;

    fn check(input: &Self::Input) -> Result<(), Fault> {
        check_spec(input)?;
        check_origin(input)
    }

    fn target(input: &Self::Input) -> bool {
        !input.tags.is_empty()
    }

    fn conditions<'a>(input: &'a Self::Input, _action: &str, key: &ConditionKey) -> Values<'a> {
        let ConditionKey::Known(known) = key else {
            return conditions::of_tags(&input.tags, key);
        };
        match known {
            KnownKey::KeySpec | KnownKey::CustomerMasterKeySpec => {
                Values::one(spec(input).as_str())
            }
            KnownKey::KeyUsage | KnownKey::CustomerMasterKeyUsage => {
                let usage = input.key_usage.unwrap_or(KeyUsageType::EncryptDecrypt);
                Values::one(usage.as_str())
            }
            KnownKey::KeyOrigin => Values::one(input.origin.unwrap_or(OriginType::AwsKms).as_str()),
            KnownKey::MultiRegion => Values::truth(input.multi_region == Some(true)),
            KnownKey::BypassPolicyLockoutSafetyCheck => {
                Values::truth(input.bypass_policy_lockout_safety_check)
            }
            _ => conditions::of_tags(&input.tags, key),
        }
    }

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        let mut elements = Elements::new()
            .text_if("policy", input.policy.as_deref())
            .text("description", &input.description)
            .text(
                "keyUsage",
                input
                    .key_usage
                    .unwrap_or(KeyUsageType::EncryptDecrypt)
                    .as_str(),
            )
            .text("customerMasterKeySpec", spec(input).as_str())
            .text("keySpec", spec(input).as_str())
            .text(
                "origin",
                input.origin.unwrap_or(OriginType::AwsKms).as_str(),
            )
            .value(
                "multiRegion",
                Value::Boolean(input.multi_region == Some(true)),
            )
            .value(
                "bypassPolicyLockoutSafetyCheck",
                Value::Boolean(input.bypass_policy_lockout_safety_check),
            );
        if !input.tags.is_empty() {
            elements = elements.value("tags", tag_resource::elements(&input.tags));
        }
        Some(elements)
    }

    fn perform(call: Authorized<'_, Self>, tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let input = call.input();
        let account = call.caller().member().identity().account();
        let id = KeyId::from_random(random_array(tools)?);
        let arn = key_arn(tools.region, account, id);
        let mut record = KeyRecord {
            id,
            account,
            created: tools.now,
            description: input.description.clone(),
            spec: KeySpec::SymmetricDefault,
            usage: KeyUsage::EncryptDecrypt,
            state: KeyState::Enabled,
            policy: default_key_policy(PARTITION, account.as_str()),
            policy_principals: PrincipalIds::new(),
            tags: Tags::default().with(tag_resource::pairs(&input.tags))?,
            materials: Vec::new(),
        };
        if let Some(policy) = &input.policy {
            let bypass = input.bypass_policy_lockout_safety_check;
            record.policy_principals = policy_check::accept(policy, &record, bypass, &call, tools)?;
            record.policy.clone_from(policy);
        }
        record.materials.push(new_material(&record, tools)?);
        let output = output::CreateKey {
            key_metadata: metadata::of(&record, &arn),
        };
        let response = metadata::elements(&record, &arn);
        let change = Change::PutKey {
            record: Box::new(record),
            expected: Expected::Absent,
        };
        let made = AuditResource {
            account,
            arn: arn.into(),
        };
        Ok(Performed::new(call, output)
            .change(change)
            .respond(response)
            .made(made))
    }
}

fn new_material(record: &KeyRecord, tools: &Tools<'_>) -> Result<Material, Fault> {
    let id = MaterialId::from_bytes(random_array(tools)?);
    let binding = MaterialBinding::new(tools.region, record, id);
    let sealed = tools.provider.generate(&binding.binding())?;
    Ok(Material {
        id,
        created: tools.now,
        sealed: Sealed::new(sealed.as_bytes().to_vec()),
    })
}

/// Random bytes for an id, which is no secret.
fn random_array<const N: usize>(tools: &Tools<'_>) -> Result<[u8; N], Fault> {
    let mut bytes = [0; N];
    tools.provider.fill_random(&mut bytes)?;
    Ok(bytes)
}

fn spec(input: &input::CreateKey) -> kms::KeySpec {
    let by_old_name = input
        .customer_master_key_spec
        .and_then(|spec| spec.as_str().parse().ok());
    input
        .key_spec
        .or(by_old_name)
        .unwrap_or(kms::KeySpec::SymmetricDefault)
}

fn check_spec(input: &input::CreateKey) -> Result<(), Fault> {
    if input.key_spec.is_some() && input.customer_master_key_spec.is_some() {
        return invalid(
            "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.",
        );
    }
    let spec = spec(input);
    match (spec, input.key_usage) {
        (kms::KeySpec::SymmetricDefault, None | Some(KeyUsageType::EncryptDecrypt)) => Ok(()),
        (kms::KeySpec::SymmetricDefault, Some(usage)) => invalid(&format!(
            "KeyUsage {} is not compatible with KeySpec {}",
            usage.as_str(),
            spec.as_str()
        )),
        (_, None) => invalid(
            "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.",
        ),
        (spec, Some(_)) => unsupported(&format!(
            "Keys of KeySpec {} are not supported.",
            spec.as_str()
        )),
    }
}

fn check_origin(input: &input::CreateKey) -> Result<(), Fault> {
    match input.origin {
        None | Some(OriginType::AwsKms) => {}
        Some(origin) => {
            return unsupported(&format!(
                "Keys of Origin {} are not supported.",
                origin.as_str()
            ));
        }
    }
    if input.custom_key_store_id.is_some() || input.xks_key_id.is_some() {
        return invalid("CustomKeyStoreId and XksKeyId are only for keys of a custom key store.");
    }
    if input.multi_region == Some(true) {
        return unsupported("Multi-Region keys are not supported.");
    }
    Ok(())
}

fn invalid(message: &str) -> Result<(), Fault> {
    Err(Fault::Validation {
        message: message.to_owned(),
    })
}

fn unsupported(message: &str) -> Result<(), Fault> {
    Err(Fault::Unsupported {
        message: message.to_owned(),
    })
}
