//! `RevokeGrant`.

use keystead_core::audit::Elements;
use keystead_core::change::{Change, Expected};
use keystead_wire::json::NoOutput;
use keystead_wire::kms::input;

use super::update_key;
use crate::authz::Authorized;
use crate::directory::grants::GrantEntry;
use crate::fault::Fault;
use crate::grant_token;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::Json;
use crate::target::{KeyName, OneKey};

/// Takes back a grant. The key's policy says who may.
#[derive(Debug)]
pub enum RevokeGrant {}

impl Operation for RevokeGrant {
    const NAME: &'static str = "RevokeGrant";
    const ACTION: &'static str = "kms:RevokeGrant";
    const READ_ONLY: bool = false;
    const CROSS_ACCOUNT: bool = true;
    type Input = input::RevokeGrant;
    type Output = NoOutput;
    type Protocol = Json;
    type Target = OneKey;

    fn check(input: &Self::Input) -> Result<(), Fault> {
        grant_token::check_id(&input.grant_id)
    }

    fn target(input: &Self::Input) -> KeyName<'_> {
        KeyName::Key(&input.key_id)
    }

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        let elements = Elements::new().text("keyId", &input.key_id);
        Some(elements.text("grantId", &input.grant_id))
    }

    fn is_dry_run(input: &Self::Input) -> bool {
        input.dry_run == Some(true)
    }

    fn perform(call: Authorized<'_, Self>, tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let (entry, id) = (call.target().entry(), &call.input().grant_id);
        let grant = tools.directory.grant(entry.record.id, id);
        let grant = grant.ok_or_else(|| Fault::NoSuchGrant { id: id.clone() })?;
        let answered = update_key::answered(entry);
        Ok(Performed::new(call, NoOutput)
            .change(removal(&grant))
            .respond(answered))
    }
}

/// The change that ends a grant.
pub(super) fn removal(grant: &GrantEntry) -> Change {
    Change::DeleteGrant {
        account: grant.record.account,
        key: grant.record.key,
        id: grant.record.id.clone(),
        expected: Expected::Revision(grant.revision),
    }
}
