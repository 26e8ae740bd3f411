//! `ListAliases`.

use std::sync::Arc;

use keystead_core::alias::AliasName;
use keystead_core::arn::{AccountId, Region, alias_arn};
use keystead_core::audit::Elements;
use keystead_core::identity::IdentityKind;
use keystead_core::time::Timestamp;
use keystead_wire::json::EpochSeconds;
use keystead_wire::kms::{input, output};

use super::page::{self, PageLimits};
use crate::authz::Authorized;
use crate::directory::AliasEntry;
use crate::fault::Fault;
use crate::managed_keys;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::Json;
use crate::target::OneKeyOrAll;

const LIMITS: PageLimits = PageLimits {
    default: 50,
    max: 100,
};

/// Lists the aliases of the caller's account in the Region, or those of one of its keys, in the
/// order of their names. Those of services are among them before the services have keys
/// ("ListAliases" in the KMS API reference).
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
        let after: Option<AliasName> = page::after(Self::NAME, input.marker.as_deref())?;
        let found = tools
            .directory
            .aliases_after(account, key, after.as_ref(), size + 1);
        let mut found: Vec<Listed> = found.into_iter().map(Listed::Pointing).collect();
        let is_service = matches!(
            call.caller().member().identity().kind(),
            IdentityKind::Service { .. }
        );
        // The keys of services are in the accounts that use them, and those without a key are listed
        // with no key's.
        if key.is_none() && !is_service {
            let all = managed_keys::aliases(tools.identities, tools.region).into_iter();
            let without_key = all.filter(|name| {
                after.as_ref().is_none_or(|after| name > after)
                    && tools.directory.alias(account, name).is_none()
            });
            found.extend(without_key.map(Listed::Predefined));
            found.sort_by(|one, other| one.name().cmp(other.name()));
        }
        let (aliases, next_marker) =
            page::cut(Self::NAME, found, size, |alias| alias.name().to_string());
        let output = output::ListAliases {
            aliases: aliases
                .iter()
                .map(|alias| alias.entry(account, tools.region))
                .collect(),
            truncated: next_marker.is_some(),
            next_marker,
        };
        Ok(Performed::new(call, output))
    }
}

/// What is listed.
enum Listed {
    /// An alias that points at a key.
    Pointing(Arc<AliasEntry>),
    /// The alias of a service whose key has not been made yet.
    Predefined(AliasName),
}

impl Listed {
    fn name(&self) -> &AliasName {
        match self {
            Self::Pointing(alias) => &alias.record.name,
            Self::Predefined(name) => name,
        }
    }

    fn entry(&self, account: AccountId, region: &Region) -> output::AliasListEntry {
        let record = match self {
            Self::Pointing(alias) => Some(&alias.record),
            Self::Predefined(_) => None,
        };
        let instant = |at: Timestamp| EpochSeconds(at.as_millis());
        output::AliasListEntry {
            alias_name: self.name().to_string(),
            alias_arn: alias_arn(region, account, self.name()),
            target_key_id: record.map(|record| record.target.to_string()),
            creation_date: record.map(|record| instant(record.created)),
            last_updated_date: record.map(|record| instant(record.updated)),
        }
    }
}
