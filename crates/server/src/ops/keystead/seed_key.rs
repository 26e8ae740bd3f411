//! `SeedKey`: a key of a fixed id and fixed material, so that tests decrypt today what they
//! encrypted yesterday. Outside development mode it is refused: a key's material is made here, or
//! imported by whoever can show where it comes from.

use keystead_core::arn::{PARTITION, key_arn};
use keystead_core::audit::Elements;
use keystead_core::change::{Change, Expected};
use keystead_core::key::{
    KeyManager, KeyRecord, KeySpec, KeyUsage, Material, MaterialId, Origin, Sealed, Stage,
};
use keystead_core::key_id::KeyId;
use keystead_core::key_state::KeyState;
use keystead_core::policy::{PrincipalIds, default_key_policy};
use keystead_core::tag::Tags;
use keystead_crypto::{CryptoError, SecretBytes};
use keystead_wire::keystead::{input, output};

use crate::authz::Authorized;
use crate::directory::key_entry::MaterialBinding;
use crate::fault::Fault;
use crate::operation::{Operation, Performed, Tools};
use crate::ops::management::elements;
use crate::ops::policy_check;
use crate::protocol::{Home, Json, Service};
use crate::target::{AuditResource, NewKey};

/// Makes a key of a fixed id and fixed material, in development mode only.
#[derive(Debug)]
pub enum SeedKey {}

impl Operation for SeedKey {
    const SERVICE: Service = Service::Keystead;
    const HOME: Home = Home::Region;
    const NAME: &'static str = "SeedKey";
    const ACTION: &'static str = "keystead:SeedKey";
    const READ_ONLY: bool = false;
    type Input = input::SeedKey;
    type Output = output::SeedKey;
    type Protocol = Json;
    type Target = NewKey;

    fn target(input: &Self::Input) -> bool {
        !input.tags.is_empty()
    }

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        elements(input)
    }

    fn perform(call: Authorized<'_, Self>, tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        if !tools.identities.takes_anyone() {
            return Err(Fault::Unsupported {
                message: "Keys can be seeded in development mode only (keystead serve --dev)."
                    .to_owned(),
            });
        }
        let account = call.caller().member().identity().account();
        let id = fresh_id(call.input(), tools)?;
        let arn = key_arn(tools.region, account, id);
        let record = record(&call, tools, id)?;
        let output = output::SeedKey {
            key_id: id.to_string(),
            arn: arn.clone(),
        };
        let response = elements(&output);
        let made = AuditResource {
            account,
            arn: arn.into(),
        };
        Ok(Performed::new(call, output)
            .change(Change::PutKey {
                record: Box::new(record),
                expected: Expected::Absent,
            })
            .respond_if(response)
            .made(made))
    }
}

/// The id that the caller wants, unless the Region has a key of it, in whatever account: a
/// ciphertext names its key by the id alone.
fn fresh_id(input: &input::SeedKey, tools: &Tools<'_>) -> Result<KeyId, Fault> {
    let id: KeyId = input.key_id.parse().map_err(|_| Fault::InvalidKeyId {
        given: input.key_id.clone(),
    })?;
    match tools.directory.key(id) {
        None => Ok(id),
        Some(_) => Err(Fault::Validation {
            message: format!("Key {id} exists already."),
        }),
    }
}

fn record(
    call: &Authorized<'_, SeedKey>,
    tools: &Tools<'_>,
    id: KeyId,
) -> Result<KeyRecord, Fault> {
    let input = call.input();
    let account = call.caller().member().identity().account();
    let pair = |tag: &input::Tag| (tag.tag_key.clone(), tag.tag_value.clone());
    let mut record = KeyRecord {
        id,
        account,
        created: tools.now,
        description: input.description.clone(),
        spec: KeySpec::SymmetricDefault,
        usage: KeyUsage::EncryptDecrypt,
        origin: Origin::AwsKms,
        manager: KeyManager::Customer,
        state: KeyState::Enabled,
        policy: default_key_policy(PARTITION, account.as_str()),
        policy_principals: PrincipalIds::new(),
        tags: Tags::default().with(input.tags.iter().map(pair).collect())?,
        materials: Vec::new(),
        rotation: None,
    };
    if let Some(policy) = &input.policy {
        record.policy_principals = policy_check::accept(policy, &record, false, call, tools)?;
        record.policy.clone_from(policy);
    }
    record.materials.push(material(&record, input, tools)?);
    Ok(record)
}

/// The material's id comes of the key's, so that a ciphertext of yesterday's server names the
/// material of today's.
fn material(
    record: &KeyRecord,
    input: &input::SeedKey,
    tools: &Tools<'_>,
) -> Result<Material, Fault> {
    let half = record.id.bytes();
    let mut bytes = [0; 32];
    for (byte, from) in bytes.iter_mut().zip(half.iter().chain(half)) {
        *byte = *from;
    }
    let id = MaterialId::from_bytes(bytes);
    let binding = MaterialBinding::new(tools.region, record, id);
    let material = SecretBytes::from(input.key_material.to_vec());
    let imported = tools.provider.import(&material, &binding.binding());
    let sealed = imported.map_err(|error| match error {
        CryptoError::InvalidMaterial { .. } => Fault::Validation {
            message: "KeyMaterial has 256 bits.".to_owned(),
        },
        error => error.into(),
    })?;
    Ok(Material {
        id,
        created: tools.now,
        sealed: Some(Sealed::new(sealed.as_bytes().to_vec())),
        stage: Stage::First,
        import: None,
    })
}
