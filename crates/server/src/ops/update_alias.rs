//! `UpdateAlias`.

use keystead_core::alias::AliasRecord;
use keystead_core::audit::Elements;
use keystead_core::change::{Change, Expected};
use keystead_wire::json::NoOutput;
use keystead_wire::kms::input;

use super::create_alias::{check_quota, hold};
use super::update_key;
use crate::authz::Authorized;
use crate::directory::AliasEntry;
use crate::directory::key_entry::KeyEntry;
use crate::fault::Fault;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::Json;
use crate::target::{AliasTarget, AliasTargetName};

/// Points an alias at another key.
#[derive(Debug)]
pub enum UpdateAlias {}

impl Operation for UpdateAlias {
    const NAME: &'static str = "UpdateAlias";
    const ACTION: &'static str = "kms:UpdateAlias";
    const READ_ONLY: bool = false;
    type Input = input::UpdateAlias;
    type Output = NoOutput;
    type Protocol = Json;
    type Target = AliasTarget;

    fn target(input: &Self::Input) -> AliasTargetName<'_> {
        AliasTargetName {
            alias: &input.alias_name,
            target: &input.target_key_id,
        }
    }

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        Some(
            Elements::new()
                .text("aliasName", &input.alias_name)
                .text("targetKeyId", &input.target_key_id),
        )
    }

    fn perform(call: Authorized<'_, Self>, tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let key = call.target().target.entry();
        let alias = &call.target().entry;
        if alias.record.target != key.record.id {
            check_alike(alias, key, tools)?;
            check_quota(key, tools)?;
        }
        let record = AliasRecord {
            target: key.record.id,
            updated: tools.now,
            ..alias.record.clone()
        };
        let hold = hold(key);
        let put = Change::PutAlias {
            record,
            expected: Expected::Revision(alias.revision),
        };
        let answered = update_key::answered(key);
        Ok(Performed::new(call, NoOutput)
            .change(hold)
            .change(put)
            .respond(answered))
    }
}

/// Whoever uses a key by an alias must not find another kind of key there: the former and the new
/// one are both of symmetric encryption, both asymmetric or both of HMAC, and of the same usage
/// ("UpdateAlias" in the KMS API reference). AWS's words for it are not known.
fn check_alike(alias: &AliasEntry, new: &KeyEntry, tools: &Tools<'_>) -> Result<(), Fault> {
    let kind = |key: &KeyEntry| (key.record.spec.is_asymmetric(), key.record.usage);
    let former = tools.directory.key(alias.record.target);
    match former {
        Some(former) if kind(&former) != kind(new) => Err(Fault::Validation {
            message: format!(
                "The alias {} can't be moved from {} to {}: both keys must be of the same type and key usage.",
                alias.record.name, former.arn, new.arn
            ),
        }),
        _ => Ok(()),
    }
}
