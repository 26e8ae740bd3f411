//! What a request to import material asks for, with the defaults and the rules of
//! `ImportKeyMaterial`.

use keystead_core::key::{KeySpec, MaterialId};
use keystead_core::time::Timestamp;
use keystead_wire::kms::{ExpirationModelType, ImportType, input};

use crate::fault::Fault;
use crate::ops::convert;

/// How many days ahead material may expire at most.
const MAX_DAYS: u32 = 365;

const NO_DATE: &str = "A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES";
const NEEDLESS_DATE: &str =
    "A validTo date must not be set if the ExpirationModel is KEY_MATERIAL_DOES_NOT_EXPIRE";
const PAST: &str = "The validTo date must be in the future.";
const FAR: &str = "The validTo date must be within 365 days.";
const ID_OF_NEW: &str = "KeyMaterialId cannot be specified if ImportType is NEW_KEY_MATERIAL.";

/// Whether the material expires, which goes without saying.
pub(super) fn expiration_model(input: &input::ImportKeyMaterial) -> ExpirationModelType {
    let given = input.expiration_model;
    given.unwrap_or(ExpirationModelType::KeyMaterialExpires)
}

/// When.
pub(super) fn valid_to(input: &input::ImportKeyMaterial) -> Option<Timestamp> {
    let given = input.valid_to?;
    Some(Timestamp::from_millis(given.0))
}

/// Whether it is to be new to the key, if that is said.
pub(super) fn is_new(input: &input::ImportKeyMaterial) -> Option<bool> {
    let given = input.import_type?;
    Some(given == ImportType::NewKeyMaterial)
}

/// The id that it is said to have.
pub(super) fn expected(input: &input::ImportKeyMaterial) -> Result<Option<MaterialId>, Fault> {
    let given = input.key_material_id.as_deref();
    given.map(convert::named).transpose()
}

/// The rules that need no key to check.
pub(super) fn check(input: &input::ImportKeyMaterial) -> Result<(), Fault> {
    let expires = expiration_model(input) == ExpirationModelType::KeyMaterialExpires;
    match (expires, input.valid_to) {
        (true, None) => return invalid(NO_DATE),
        (false, Some(_)) => return invalid(NEEDLESS_DATE),
        (true, Some(_)) | (false, None) => {}
    }
    if is_new(input) == Some(true) && input.key_material_id.is_some() {
        return invalid(ID_OF_NEW);
    }
    Ok(())
}

/// When the material expires, if it does; in the future, and not too far.
pub(super) fn check_expiry(
    input: &input::ImportKeyMaterial,
    now: Timestamp,
) -> Result<Option<Timestamp>, Fault> {
    let Some(date) = valid_to(input) else {
        return Ok(None);
    };
    if date <= now {
        invalid(PAST)?;
    }
    if date > now.plus_days(MAX_DAYS) {
        invalid(FAR)?;
    }
    Ok(Some(date))
}

/// Refuses what only keys of symmetric encryption have.
pub(super) fn check_kind(input: &input::ImportKeyMaterial, spec: KeySpec) -> Result<(), Fault> {
    if spec.is_symmetric_encryption() {
        return Ok(());
    }
    let given = [
        ("ImportType", input.import_type.is_some()),
        (
            "KeyMaterialDescription",
            input.key_material_description.is_some(),
        ),
        ("KeyMaterialId", input.key_material_id.is_some()),
    ];
    match given.iter().find(|(_, is_given)| *is_given) {
        None => Ok(()),
        Some((parameter, _)) => Err(only_symmetric(parameter)),
    }
}

/// The refusal of a parameter that means nothing to other kinds of keys.
pub(in crate::ops) fn only_symmetric(parameter: &str) -> Fault {
    Fault::Unsupported {
        message: format!("{parameter} is supported for symmetric encryption KMS keys only."),
    }
}

fn invalid(message: &str) -> Result<(), Fault> {
    Err(Fault::Validation {
        message: message.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use keystead_wire::json::EpochSeconds;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000_000_000);

    fn input(
        model: Option<ExpirationModelType>,
        valid_to: Option<i64>,
    ) -> input::ImportKeyMaterial {
        input::ImportKeyMaterial {
            key_id: String::new(),
            import_token: Vec::new(),
            encrypted_key_material: Vec::new(),
            valid_to: valid_to.map(|at| EpochSeconds(NOW.as_millis() + at)),
            expiration_model: model,
            import_type: None,
            key_material_description: None,
            key_material_id: None,
        }
    }

    #[test]
    fn a_date_is_there_if_and_only_if_the_material_expires_then() {
        let expires = Some(ExpirationModelType::KeyMaterialExpires);
        let not = Some(ExpirationModelType::KeyMaterialDoesNotExpire);
        let year = 365 * 24 * 60 * 60 * 1000;
        for (model, date, expected) in [
            (None, None, Err(NO_DATE)),
            (expires, None, Err(NO_DATE)),
            (not, None, Ok(None)),
            (not, Some(1), Err(NEEDLESS_DATE)),
            (None, Some(1), Ok(Some(1))),
            (expires, Some(year), Ok(Some(year))),
            (expires, Some(year + 1), Err(FAR)),
            (expires, Some(0), Err(PAST)),
            (None, Some(-1), Err(PAST)),
        ] {
            let input = input(model, date);
            let checked = check(&input).and_then(|()| check_expiry(&input, NOW));
            let checked = checked.map(|at| at.map(|at| at.as_millis() - NOW.as_millis()));
            match (checked, expected) {
                (Ok(checked), Ok(expected)) => assert_eq!(checked, expected),
                (Err(Fault::Validation { message }), Err(expected)) => {
                    assert_eq!(message, expected);
                }
                (checked, _) => panic!("{model:?} {date:?}: {checked:?}"),
            }
        }
    }

    #[test]
    fn new_material_has_no_id_yet() {
        for (kind, refused) in [
            (None, false),
            (Some(ImportType::ExistingKeyMaterial), false),
            (Some(ImportType::NewKeyMaterial), true),
        ] {
            let input = input::ImportKeyMaterial {
                import_type: kind,
                key_material_id: Some("0".repeat(64)),
                ..input(None, Some(1))
            };
            assert_eq!(check(&input).is_err(), refused, "{kind:?}");
            assert!(expected(&input).is_ok());
        }
    }
}
