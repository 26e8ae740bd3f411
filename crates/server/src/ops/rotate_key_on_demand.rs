//! `RotateKeyOnDemand`.

use keystead_core::audit::Elements;
use keystead_core::key::{Origin, Rotation, RotationRefusal};
use keystead_wire::kms::{input, output};

use super::{new_material, update_key};
use crate::audit::KeyEvent;
use crate::authz::Authorized;
use crate::fault::Fault;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::Json;
use crate::target::{KeyName, OneKey};

/// Gives a key new material at once, or has imported material that waits for this encrypt. What
/// AWS does in the background is done when this is answered.
#[derive(Debug)]
pub enum RotateKeyOnDemand {}

impl Operation for RotateKeyOnDemand {
    const NAME: &'static str = "RotateKeyOnDemand";
    const ACTION: &'static str = "kms:RotateKeyOnDemand";
    const READ_ONLY: bool = false;
    type Input = input::RotateKeyOnDemand;
    type Output = output::RotateKeyOnDemand;
    type Protocol = Json;
    type Target = OneKey;

    fn target(input: &Self::Input) -> KeyName<'_> {
        KeyName::Key(&input.key_id)
    }

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        Some(Elements::new().text("keyId", &input.key_id))
    }

    fn perform(call: Authorized<'_, Self>, tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let entry = call.target().entry();
        let refuse = |refusal| refused(refusal, &entry.arn);
        let mut record = entry.record.as_of(tools.now).into_owned();
        record.check_on_demand(tools.now).map_err(refuse)?;
        let material = match record.origin {
            Origin::AwsKms => new_material::make(&record, tools)?,
            Origin::External => record
                .take_pending()
                .ok_or_else(|| refuse(RotationRefusal::NothingPending))?,
        };
        record.rotate(material, tools.now, Rotation::OnDemand);
        let event = KeyEvent::rotated(entry.resource(), &record);
        let (change, answered) = (update_key::put(entry, record), update_key::answered(entry));
        let output = output::RotateKeyOnDemand {
            key_id: entry.arn.to_string(),
        };
        Ok(Performed::new(call, output)
            .change(change)
            .brings_about(event)
            .respond(answered))
    }
}

fn refused(refusal: RotationRefusal, arn: &str) -> Fault {
    match refusal {
        RotationRefusal::TooOften => Fault::Limit {
            message: format!(
                "The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: {arn}"
            ),
        },
        RotationRefusal::AutomaticIsNear => Fault::RotationIsNear {
            arn: arn.to_owned(),
        },
        RotationRefusal::NothingPending => Fault::Materials {
            message: format!("No available key material pending rotation for the key: {arn}."),
        },
    }
}
