//! `GetParametersForImport`.

use keystead_core::audit::Elements;
use keystead_core::change::{Change, Expected};
use keystead_core::key::{KeySpec, Sealed, WrappingAlgorithm, WrappingKeyId, WrappingKeyRecord};
use keystead_core::key_id::KeyId;
use keystead_core::policy::{ConditionKey, KnownKey, Values};
use keystead_wire::json::Blob;
use keystead_wire::kms::{input, output};

use super::{convert, new_material, wrapping_key};
use crate::authz::Authorized;
use crate::directory::Directory;
use crate::fault::Fault;
use crate::import_token;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::Json;
use crate::target::{KeyName, OneKey};

/// How many wrapping keys of one key may be alive. Another replaces the one that would expire first:
/// whoever asks once more gets a key that works, and nobody fills the store.
const MAX_ALIVE: usize = 100;

/// How long a wrapping key may be used, in days ("ImportKeyMaterial" in the KMS API reference).
const DAYS: u32 = 1;

/// Makes a key pair to wrap material to, and the token that goes with it. CloudTrail counts it among
/// the calls that only read.
#[derive(Debug)]
pub enum GetParametersForImport {}

impl Operation for GetParametersForImport {
    const NAME: &'static str = "GetParametersForImport";
    const ACTION: &'static str = "kms:GetParametersForImport";
    const READ_ONLY: bool = true;
    type Input = input::GetParametersForImport;
    type Output = output::GetParametersForImport;
    type Protocol = Json;
    type Target = OneKey;

    fn target(input: &Self::Input) -> KeyName<'_> {
        KeyName::Key(&input.key_id)
    }

    fn conditions<'a>(input: &'a Self::Input, _action: &str, key: &ConditionKey) -> Values<'a> {
        match key {
            ConditionKey::Known(KnownKey::WrappingAlgorithm) => {
                Values::one(input.wrapping_algorithm.as_str())
            }
            ConditionKey::Known(KnownKey::WrappingKeySpec) => {
                Values::one(input.wrapping_key_spec.as_str())
            }
            _ => Values::Absent,
        }
    }

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        let elements = Elements::new()
            .text("keyId", &input.key_id)
            .text("wrappingAlgorithm", input.wrapping_algorithm.as_str())
            .text("wrappingKeySpec", input.wrapping_key_spec.as_str());
        Some(elements)
    }

    fn blocks(_input: &Self::Input) -> bool {
        true
    }

    fn perform(call: Authorized<'_, Self>, tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let key = &call.target().entry().record;
        let (algorithm, spec) = wanted(call.input(), key.spec)?;
        let mut record = WrappingKeyRecord {
            id: WrappingKeyId::from_bytes(new_material::random_array(tools)?),
            account: key.account,
            key: key.id,
            spec,
            algorithm,
            expires: tools.now.plus_days(DAYS),
            sealed: Sealed::new(Vec::new()),
        };
        let sealed = wrapping_key::make(&record, tools)?;
        record.sealed = Sealed::new(sealed.as_bytes().to_vec());
        let output = output::GetParametersForImport {
            key_id: call.target().entry().arn.to_string(),
            import_token: Blob(import_token::of(&record)),
            public_key: Blob(wrapping_key::public(&record, tools)?),
            parameters_valid_to: convert::instant(record.expires),
        };
        let replaced = replaced(tools.directory, key.id);
        let change = Change::PutWrappingKey {
            record: Box::new(record),
            expected: Expected::Absent,
        };
        Ok(Performed::new(call, output)
            .change(change)
            .changes(replaced))
    }
}

fn wanted(
    input: &input::GetParametersForImport,
    material: KeySpec,
) -> Result<(WrappingAlgorithm, KeySpec), Fault> {
    let (algorithm, spec) = (input.wrapping_algorithm, input.wrapping_key_spec);
    let unfit = || Fault::Unsupported {
        message: format!(
            "WrappingAlgorithm {} with WrappingKeySpec {} is not valid for key material of KeySpec {material}.",
            algorithm.as_str(),
            spec.as_str()
        ),
    };
    let spec: KeySpec = convert::named(spec.as_str())?;
    // PKCS #1 v1.5 is in the model and has not been supported since 2023.
    let algorithm: WrappingAlgorithm = algorithm.as_str().parse().map_err(|_| unfit())?;
    if algorithm.wraps(material, spec) {
        Ok((algorithm, spec))
    } else {
        Err(unfit())
    }
}

/// Removes what is too many with the one that is made now.
fn replaced(directory: &Directory, key: KeyId) -> Vec<Change> {
    let mut alive = directory.wrapping_keys_of(key);
    alive.sort_by_key(|entry| entry.record.expires);
    let excess = (alive.len() + 1).saturating_sub(MAX_ALIVE);
    let excess = alive.iter().take(excess);
    excess.map(|entry| wrapping_key::deletion(entry)).collect()
}
