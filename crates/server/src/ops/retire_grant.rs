//! `RetireGrant`.

use keystead_core::audit::Elements;
use keystead_wire::json::NoOutput;
use keystead_wire::kms::input;

use super::{revoke_grant, update_key};
use crate::authz::Authorized;
use crate::fault::Fault;
use crate::grant_token;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::Json;
use crate::target::{GrantName, RetiredGrant};

const WHICH_GRANT: &str =
    "Specify either the grant token, or both the key ID and the grant ID of the grant.";

/// Ends a grant that is no longer needed. The grant itself says who may.
#[derive(Debug)]
pub enum RetireGrant {}

impl Operation for RetireGrant {
    const NAME: &'static str = "RetireGrant";
    const ACTION: &'static str = "kms:RetireGrant";
    const READ_ONLY: bool = false;
    const CROSS_ACCOUNT: bool = true;
    type Input = input::RetireGrant;
    type Output = NoOutput;
    type Protocol = Json;
    type Target = RetiredGrant;

    fn check(input: &Self::Input) -> Result<(), Fault> {
        match (&input.grant_token, &input.key_id, &input.grant_id) {
            (Some(_), None, None) => Ok(()),
            (None, Some(_), Some(id)) => grant_token::check_id(id),
            _ => Err(Fault::Validation {
                message: WHICH_GRANT.into(),
            }),
        }
    }

    fn target(input: &Self::Input) -> GrantName<'_> {
        match (&input.grant_token, &input.key_id, &input.grant_id) {
            (None, Some(key), Some(grant)) => GrantName::Id { key, grant },
            (token, ..) => GrantName::Token(token.as_deref().unwrap_or_default()),
        }
    }

    /// A token is not recorded; the grant that it is of is, beside the parameters.
    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        let key = input.key_id.as_deref()?;
        let elements = Elements::new().text("keyId", key);
        Some(elements.text_if("grantId", input.grant_id.as_deref()))
    }

    fn is_dry_run(input: &Self::Input) -> bool {
        input.dry_run == Some(true)
    }

    fn perform(call: Authorized<'_, Self>, _tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let target = call.target();
        let change = revoke_grant::removal(&target.grant);
        let answered = update_key::answered(&target.key);
        let note = Elements::new().text("grantId", target.grant.record.id.clone());
        Ok(Performed::new(call, NoOutput)
            .change(change)
            .respond(answered)
            .note(note))
    }
}
