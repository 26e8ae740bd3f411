//! `EnableKeyRotation`.

use keystead_core::audit::{Elements, Value};
use keystead_core::key::{AutomaticRotation, KeyRecord};
use keystead_core::policy::{ConditionKey, KnownKey, Values};
use keystead_wire::json::NoOutput;
use keystead_wire::kms::input;

use super::update_key;
use crate::authz::Authorized;
use crate::fault::Fault;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::Json;
use crate::target::{KeyName, OneKey};

/// How many days lie between two rotations if the caller does not say.
const DEFAULT_DAYS: u32 = 365;

/// Has a key rotated automatically, counted from now; on one that is, changes the period and, with
/// it, the date.
#[derive(Debug)]
pub enum EnableKeyRotation {}

impl Operation for EnableKeyRotation {
    const NAME: &'static str = "EnableKeyRotation";
    const ACTION: &'static str = "kms:EnableKeyRotation";
    const READ_ONLY: bool = false;
    type Input = input::EnableKeyRotation;
    type Output = NoOutput;
    type Protocol = Json;
    type Target = OneKey;

    fn target(input: &Self::Input) -> KeyName<'_> {
        KeyName::Key(&input.key_id)
    }

    fn conditions<'a>(input: &'a Self::Input, _action: &str, key: &ConditionKey) -> Values<'a> {
        match key {
            ConditionKey::Known(KnownKey::RotationPeriodInDays) => {
                Values::one(days(input).to_string())
            }
            _ => Values::Absent,
        }
    }

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        let elements = Elements::new().text("keyId", &input.key_id);
        Some(elements.value("rotationPeriodInDays", Value::Integer(days(input).into())))
    }

    fn perform(call: Authorized<'_, Self>, tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let entry = call.target().entry();
        let rotation = AutomaticRotation::from(tools.now, days(call.input()));
        let record = KeyRecord {
            rotation: Some(rotation),
            ..entry.record.clone()
        };
        let (change, answered) = (update_key::put(entry, record), update_key::answered(entry));
        Ok(Performed::new(call, NoOutput)
            .change(change)
            .respond(answered))
    }
}

/// The model has the bounds, 90 and 2560.
fn days(input: &input::EnableKeyRotation) -> u32 {
    let days = input.rotation_period_in_days;
    days.and_then(|days| u32::try_from(days).ok())
        .unwrap_or(DEFAULT_DAYS)
}
