//! `GetKeyRotationStatus`.

use keystead_core::audit::Elements;
use keystead_core::key_state::KeyState;
use keystead_wire::kms::{input, output};

use super::convert;
use crate::authz::Authorized;
use crate::fault::Fault;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::Json;
use crate::target::{KeyName, OneKey};

/// Tells whether and when a key is rotated automatically. One that waits for its deletion is not,
/// whatever it was before; nor are keys of other kinds, of which this may be asked all the same.
#[derive(Debug)]
pub enum GetKeyRotationStatus {}

impl Operation for GetKeyRotationStatus {
    const NAME: &'static str = "GetKeyRotationStatus";
    const ACTION: &'static str = "kms:GetKeyRotationStatus";
    const READ_ONLY: bool = true;
    const CROSS_ACCOUNT: bool = true;
    type Input = input::GetKeyRotationStatus;
    type Output = output::GetKeyRotationStatus;
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
        let is_doomed = matches!(entry.record.state, KeyState::PendingDeletion { .. });
        let rotation = entry.record.rotation.filter(|_| !is_doomed);
        let output = output::GetKeyRotationStatus {
            key_rotation_enabled: rotation.is_some(),
            key_id: entry.arn.to_string(),
            rotation_period_in_days: rotation.map(|rotation| rotation.period_days.into()),
            next_rotation_date: rotation.map(|rotation| convert::instant(rotation.next)),
            // A rotation on demand is done when it is answered.
            on_demand_rotation_start_date: None,
        };
        Ok(Performed::new(call, output))
    }
}
