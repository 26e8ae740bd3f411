//! `DeleteAlias`.

use keystead_core::audit::Elements;
use keystead_core::change::{Change, Expected};
use keystead_wire::json::NoOutput;
use keystead_wire::kms::input;

use super::update_key;
use crate::authz::Authorized;
use crate::fault::Fault;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::Json;
use crate::target::RemovedAlias;

/// Takes a name off a key.
#[derive(Debug)]
pub enum DeleteAlias {}

impl Operation for DeleteAlias {
    const NAME: &'static str = "DeleteAlias";
    const ACTION: &'static str = "kms:DeleteAlias";
    const READ_ONLY: bool = false;
    type Input = input::DeleteAlias;
    type Output = NoOutput;
    type Protocol = Json;
    type Target = RemovedAlias;

    fn target(input: &Self::Input) -> &str {
        &input.alias_name
    }

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        Some(Elements::new().text("aliasName", &input.alias_name))
    }

    fn perform(call: Authorized<'_, Self>, _tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let target = call.target();
        let alias = &target.entry;
        let change = Change::DeleteAlias {
            account: alias.record.account,
            name: alias.record.name.clone(),
            expected: Expected::Revision(alias.revision),
        };
        let key = target.target.as_ref();
        let answered = key.map(|key| update_key::answered(key.entry()));
        let performed = Performed::new(call, NoOutput).change(change);
        Ok(match answered {
            Some(answered) => performed.respond(answered),
            None => performed,
        })
    }
}
