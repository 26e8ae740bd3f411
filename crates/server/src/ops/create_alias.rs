//! `CreateAlias`.

use keystead_core::alias::AliasRecord;
use keystead_core::arn::alias_arn;
use keystead_core::audit::Elements;
use keystead_core::change::{Change, Expected};
use keystead_core::quota::Resource;
use keystead_wire::json::NoOutput;
use keystead_wire::kms::input;

use super::{resource_quota, update_key};
use crate::authz::Authorized;
use crate::directory::key_entry::KeyEntry;
use crate::fault::Fault;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::Json;
use crate::target::{AliasTargetName, NewAlias};

/// Gives a key another name.
#[derive(Debug)]
pub enum CreateAlias {}

impl Operation for CreateAlias {
    const NAME: &'static str = "CreateAlias";
    const ACTION: &'static str = "kms:CreateAlias";
    const READ_ONLY: bool = false;
    type Input = input::CreateAlias;
    type Output = NoOutput;
    type Protocol = Json;
    type Target = NewAlias;

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
        let (account, target) = (key.record.account, key.record.id);
        let name = call.target().name.clone();
        if tools.directory.alias(account, &name).is_some() {
            return Err(Fault::AliasExists {
                arn: alias_arn(tools.region, account, &name),
            });
        }
        check_quota(key, tools)?;
        let record = AliasRecord {
            account,
            name,
            target,
            created: tools.now,
            updated: tools.now,
        };
        let hold = hold(key);
        let put = Change::PutAlias {
            record,
            expected: Expected::Absent,
        };
        let answered = update_key::answered(key);
        Ok(Performed::new(call, NoOutput)
            .change(hold)
            .change(put)
            .respond(answered))
    }
}

/// The key must not be scheduled for deletion while it gets an alias, nor get another one beyond
/// its quota. Writing it again, as it is, puts all of these changes in a row.
pub(super) fn hold(key: &KeyEntry) -> Change {
    update_key::put(key, key.record.clone())
}

/// A key that has all the aliases that it can have gets no more. However many it has, [`hold`] puts
/// them in a row.
pub(super) fn check_quota(key: &KeyEntry, tools: &Tools<'_>) -> Result<(), Fault> {
    let taken = tools.directory.alias_count(&key.record);
    resource_quota::check(Resource::AliasesPerKey, taken, key, tools).map(drop)
}
