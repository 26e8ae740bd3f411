//! `ImportKeyMaterial`.

mod request;

use keystead_core::audit::Elements;
use keystead_core::key::{ImportRefusal, MaterialId, Offered, Sealed};
use keystead_core::policy::{ConditionKey, KnownKey, Values};
use keystead_core::time::Timestamp;
use keystead_crypto::{CryptoError, material_id};
use keystead_wire::kms::{ExpirationModelType, ImportType, input, output};

pub(super) use self::request::only_symmetric;
use super::{update_key, wrapping_key};
use crate::authz::Authorized;
use crate::directory::key_entry::MaterialBinding;
use crate::fault::Fault;
use crate::import_token;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::Json;
use crate::target::{KeyName, OneKey};

/// Gives a key material that its owner brings: its first, the same again after it was deleted or has
/// expired, or, to a key of symmetric encryption, another that waits for a rotation.
#[derive(Debug)]
pub enum ImportKeyMaterial {}

impl Operation for ImportKeyMaterial {
    const NAME: &'static str = "ImportKeyMaterial";
    const ACTION: &'static str = "kms:ImportKeyMaterial";
    const READ_ONLY: bool = false;
    type Input = input::ImportKeyMaterial;
    type Output = output::ImportKeyMaterial;
    type Protocol = Json;
    type Target = OneKey;

    fn check(input: &Self::Input) -> Result<(), Fault> {
        request::check(input)
    }

    fn target(input: &Self::Input) -> KeyName<'_> {
        KeyName::Key(&input.key_id)
    }

    fn conditions<'a>(input: &'a Self::Input, _action: &str, key: &ConditionKey) -> Values<'a> {
        match key {
            // Only if it is sent, though it has a default.
            ConditionKey::Known(KnownKey::ExpirationModel) => {
                Values::maybe(input.expiration_model.map(ExpirationModelType::as_str))
            }
            ConditionKey::Known(KnownKey::ValidTo) => {
                Values::maybe(request::valid_to(input).map(|at| at.as_seconds().to_string()))
            }
            _ => Values::Absent,
        }
    }

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        let elements = Elements::new()
            .text("keyId", &input.key_id)
            .text_if(
                "validTo",
                request::valid_to(input).map(Timestamp::to_english),
            )
            .text("expirationModel", request::expiration_model(input).as_str())
            .text_if("importType", input.import_type.map(ImportType::as_str))
            .text_if(
                "keyMaterialDescription",
                input.key_material_description.as_deref(),
            )
            .text_if("keyMaterialId", input.key_material_id.as_deref());
        Some(elements)
    }

    fn blocks(_input: &Self::Input) -> bool {
        true
    }

    fn perform(call: Authorized<'_, Self>, tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let (input, entry) = (call.input(), call.target().entry());
        let expires = request::check_expiry(input, tools.now)?;
        let mut record = entry.record.as_of(tools.now).into_owned();
        request::check_kind(input, record.spec)?;
        let token = &input.import_token;
        let wrapping = import_token::find(token, record.id, tools.directory, tools.now)?;
        let wrapped = &input.encrypted_key_material;
        let material = wrapping_key::unwrap(&wrapping.record, wrapped, tools)?;
        // Of no bytes there is no id.
        if material.is_empty() {
            return Err(Fault::IncorrectMaterial);
        }
        let id = MaterialId::from_bytes(material_id(&material, record.id.bytes())?);
        let binding = MaterialBinding::new(tools.region, &record, id);
        let sealed = tools.provider.import(&material, &binding.binding());
        let sealed = sealed.map_err(|error| match error {
            CryptoError::InvalidMaterial { .. } => Fault::IncorrectMaterial,
            error => error.into(),
        })?;
        drop(material);
        let offered = Offered {
            id,
            expected: request::expected(input)?,
            is_new: request::is_new(input),
            sealed: Sealed::new(sealed.as_bytes().to_vec()),
            expires,
            description: input.key_material_description.clone(),
            now: tools.now,
        };
        let refuse = |refusal| refused(refusal, id, &entry.arn);
        record.import(offered).map_err(refuse)?;
        let shown = record
            .spec
            .is_symmetric_encryption()
            .then(|| id.to_string());
        let answered = update_key::answered(entry).text_if("keyMaterialId", shown.clone());
        let change = update_key::put(entry, record);
        let output = output::ImportKeyMaterial {
            key_id: entry.arn.to_string(),
            key_material_id: shown,
        };
        Ok(Performed::new(call, output)
            .change(change)
            .respond(answered))
    }
}

fn refused(refusal: ImportRefusal, id: MaterialId, arn: &str) -> Fault {
    match refusal {
        ImportRefusal::Incorrect => Fault::IncorrectMaterial,
        ImportRefusal::OtherIsPending { pending } => Fault::Materials {
            message: format!(
                "New key material (id: {id}) cannot be imported into KMS key {arn}, because another key material (id: {pending}) is pending rotation."
            ),
        },
    }
}
