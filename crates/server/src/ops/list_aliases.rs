//! `ListAliases`.

use std::sync::Arc;

use keystead_core::arn::alias_arn;
use keystead_core::audit::Elements;
use keystead_wire::json::EpochSeconds;
use keystead_wire::kms::{input, output};

use super::page::{self, PageLimits};
use crate::authz::Authorized;
use crate::directory::AliasEntry;
use crate::fault::Fault;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::Json;
use crate::target::OneKeyOrAll;

const LIMITS: PageLimits = PageLimits {
    default: 50,
    max: 100,
};

/// Lists the aliases of the caller's account in the Region, or those of one of its keys, in the
/// order of their names.
#[derive(Debug)]
pub enum ListAliases {}

impl Operation for ListAliases {
    const NAME: &'static str = "ListAliases";
    const ACTION: &'static str = "kms:ListAliases";
    const READ_ONLY: bool = true;
    type Input = input::ListAliases;
    type Output = output::ListAliases;
    type Protocol = Json;
    type Target = OneKeyOrAll;

    fn target(input: &Self::Input) -> Option<&str> {
        input.key_id.as_deref()
    }

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        let elements = Elements::new()
            .text_if("keyId", input.key_id.as_deref())
            .integer_if("limit", input.limit)
            .text_if("marker", input.marker.as_deref());
        Some(elements)
    }

    fn perform(call: Authorized<'_, Self>, tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let input = call.input();
        let account = call.caller().member().identity().account();
        let key = call.target().key.as_ref().map(|key| key.record.id);
        let size = LIMITS.size(input.limit);
        let after = page::after(Self::NAME, input.marker.as_deref())?;
        let found = tools
            .directory
            .aliases_after(account, key, after.as_ref(), size + 1);
        let (aliases, next_marker) = page::cut(Self::NAME, found, size, |alias| {
            alias.record.name.to_string()
        });
        let output = output::ListAliases {
            aliases: aliases.iter().map(|alias| entry(alias, tools)).collect(),
            truncated: next_marker.is_some(),
            next_marker,
        };
        Ok(Performed::new(call, output))
    }
}

fn entry(alias: &Arc<AliasEntry>, tools: &Tools<'_>) -> output::AliasListEntry {
    let record = &alias.record;
    output::AliasListEntry {
        alias_name: record.name.to_string(),
        alias_arn: alias_arn(tools.region, record.account, &record.name),
        target_key_id: Some(record.target.to_string()),
        creation_date: Some(EpochSeconds(record.created.as_millis())),
        last_updated_date: Some(EpochSeconds(record.updated.as_millis())),
    }
}
