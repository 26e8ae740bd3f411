//! `ListKeyPolicies`.

use keystead_core::audit::Elements;
use keystead_wire::kms::{input, output};

use super::{page, policy_check};
use crate::authz::Authorized;
use crate::fault::Fault;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::Json;
use crate::target::{KeyName, OneKey};

/// Lists the names of a key's policies, of which there is always one.
#[derive(Debug)]
pub enum ListKeyPolicies {}

impl Operation for ListKeyPolicies {
    const NAME: &'static str = "ListKeyPolicies";
    const ACTION: &'static str = "kms:ListKeyPolicies";
    const READ_ONLY: bool = true;
    type Input = input::ListKeyPolicies;
    type Output = output::ListKeyPolicies;
    type Protocol = Json;
    type Target = OneKey;

    fn target(input: &Self::Input) -> KeyName<'_> {
        KeyName::Key(&input.key_id)
    }

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        let elements = Elements::new()
            .text("keyId", &input.key_id)
            .integer_if("limit", input.limit);
        Some(elements.text_if("marker", input.marker.as_deref()))
    }

    fn perform(call: Authorized<'_, Self>, _tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        // One name fits every page, so that no marker is ever given out.
        page::after::<String>(Self::NAME, call.input().marker.as_deref())?;
        let output = output::ListKeyPolicies {
            policy_names: vec![policy_check::NAME.to_owned()],
            next_marker: None,
            truncated: false,
        };
        Ok(Performed::new(call, output))
    }
}
