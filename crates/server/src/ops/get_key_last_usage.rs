//! `GetKeyLastUsage`.

use keystead_core::audit::Elements;
use keystead_core::last_use::LastUse;
use keystead_wire::json::EpochSeconds;
use keystead_wire::kms::{KeyLastUsageTrackingOperation, input, output};

use crate::authz::Authorized;
use crate::fault::{Fault, Internal};
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::Json;
use crate::target::{KeyName, OneKey};

/// Tells what a key was last used for. Its uses are known since it was made.
#[derive(Debug)]
pub enum GetKeyLastUsage {}

impl Operation for GetKeyLastUsage {
    const NAME: &'static str = "GetKeyLastUsage";
    const ACTION: &'static str = "kms:GetKeyLastUsage";
    const READ_ONLY: bool = true;
    type Input = input::GetKeyLastUsage;
    type Output = output::GetKeyLastUsage;
    type Protocol = Json;
    type Target = OneKey;

    fn target(input: &Self::Input) -> KeyName<'_> {
        KeyName::Key(&input.key_id)
    }

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        Some(Elements::new().text("keyId", &input.key_id))
    }

    fn perform(call: Authorized<'_, Self>, _tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let entry = call.target().entry();
        let created = EpochSeconds(entry.record.created.as_millis());
        let last = entry.last_use.latest().map(shown).transpose()?;
        let output = output::GetKeyLastUsage {
            key_id: entry.record.id.to_string(),
            key_last_usage: last.unwrap_or_default(),
            tracking_start_date: created,
            key_creation_date: created,
        };
        Ok(Performed::new(call, output))
    }
}

fn shown(last: LastUse) -> Result<output::KeyLastUsageData, Internal> {
    let operation = last.operation.as_str();
    let operation: KeyLastUsageTrackingOperation =
        operation.parse().map_err(|_| Internal::Defect)?;
    Ok(output::KeyLastUsageData {
        operation: Some(operation),
        timestamp: Some(EpochSeconds(last.at.as_millis())),
        cloud_trail_event_id: Some(last.event_id.to_string()),
        kms_request_id: Some(last.request_id.to_string()),
    })
}
