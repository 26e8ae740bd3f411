//! `ListKeys`.

use keystead_core::arn::key_arn;
use keystead_core::audit::Elements;
use keystead_core::key_id::KeyId;
use keystead_wire::kms::{input, output};

use super::page::{self, PageLimits};
use crate::authz::Authorized;
use crate::fault::Fault;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::Json;
use crate::target::Account;

const LIMITS: PageLimits = PageLimits {
    default: 100,
    max: 1000,
};

/// Lists the keys of the caller's account in the Region, in the order of their ids.
#[derive(Debug)]
pub enum ListKeys {}

impl Operation for ListKeys {
    const NAME: &'static str = "ListKeys";
    const ACTION: &'static str = "kms:ListKeys";
    const READ_ONLY: bool = true;
    type Input = input::ListKeys;
    type Output = output::ListKeys;
    type Protocol = Json;
    type Target = Account;

    fn target(_input: &Self::Input) {}

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        let elements = Elements::new().integer_if("limit", input.limit);
        Some(elements.text_if("marker", input.marker.as_deref()))
    }

    fn perform(call: Authorized<'_, Self>, tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let input = call.input();
        let account = call.caller().member().identity().account();
        let size = LIMITS.size(input.limit);
        let after = page::after(Self::NAME, input.marker.as_deref())?;
        let found = tools.directory.keys_after(account, after, size + 1);
        let (keys, next_marker) = page::cut(Self::NAME, found, size, KeyId::to_string);
        let entry = |id: KeyId| output::KeyListEntry {
            key_id: id.to_string(),
            key_arn: key_arn(tools.region, account, id),
        };
        let output = output::ListKeys {
            keys: keys.into_iter().map(entry).collect(),
            truncated: next_marker.is_some(),
            next_marker,
        };
        Ok(Performed::new(call, output))
    }
}
