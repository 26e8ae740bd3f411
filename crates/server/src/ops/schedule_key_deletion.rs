//! `ScheduleKeyDeletion`.

use keystead_core::audit::{Elements, Value};
use keystead_core::policy::{ConditionKey, KnownKey, Values};
use keystead_wire::json::EpochSeconds;
use keystead_wire::kms::{KeyState, input, output};

use super::update_key;
use crate::authz::Authorized;
use crate::fault::Fault;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::Json;
use crate::target::{KeyName, OneKey};

/// How many days a key waits if the caller does not say.
const DEFAULT_DAYS: i64 = 30;
/// The least and the most days. The model's own bounds are wider.
const DAYS: std::ops::RangeInclusive<i64> = 7..=30;

/// Has a key destroyed when its waiting period is over.
#[derive(Debug)]
pub enum ScheduleKeyDeletion {}

impl Operation for ScheduleKeyDeletion {
    const NAME: &'static str = "ScheduleKeyDeletion";
    const ACTION: &'static str = "kms:ScheduleKeyDeletion";
    const READ_ONLY: bool = false;
    type Input = input::ScheduleKeyDeletion;
    type Output = output::ScheduleKeyDeletion;
    type Protocol = Json;
    type Target = OneKey;

    fn check(input: &Self::Input) -> Result<(), Fault> {
        if DAYS.contains(&days(input)) {
            return Ok(());
        }
        let message = format!(
            "PendingWindowInDays must be between {} and {}.",
            DAYS.start(),
            DAYS.end()
        );
        Err(Fault::Validation { message })
    }

    fn target(input: &Self::Input) -> KeyName<'_> {
        KeyName::Key(&input.key_id)
    }

    fn conditions<'a>(input: &'a Self::Input, _action: &str, key: &ConditionKey) -> Values<'a> {
        match key {
            ConditionKey::Known(KnownKey::ScheduleKeyDeletionPendingWindowInDays) => {
                Values::one(days(input).to_string())
            }
            _ => Values::Absent,
        }
    }

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        let elements = Elements::new().text("keyId", &input.key_id);
        Some(elements.integer_if("pendingWindowInDays", Some(days(input))))
    }

    fn perform(call: Authorized<'_, Self>, tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let entry = call.target().entry();
        let days = days(call.input());
        let date = tools.now.plus_days(u32::try_from(days).unwrap_or(u32::MAX));
        let change = update_key::transition(entry, |state| state.schedule_deletion(date))?;
        let answered = update_key::answered(entry)
            .text("keyState", "PendingDeletion")
            .text("deletionDate", date.to_english())
            .value("pendingWindowInDays", Value::Integer(days));
        let output = output::ScheduleKeyDeletion {
            key_id: entry.arn.to_string(),
            deletion_date: Some(EpochSeconds(date.as_millis())),
            key_state: KeyState::PendingDeletion,
            pending_window_in_days: Some(days),
        };
        Ok(Performed::new(call, output)
            .change(change)
            .respond(answered))
    }
}

fn days(input: &input::ScheduleKeyDeletion) -> i64 {
    input.pending_window_in_days.unwrap_or(DEFAULT_DAYS)
}
