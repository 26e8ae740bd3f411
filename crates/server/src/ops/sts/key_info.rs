//! `GetAccessKeyInfo`.

use keystead_wire::sts::{input, output};

use super::{invalid, restriction};
use crate::fault::Fault;
use crate::ops::management::{Answer, Call};
use crate::sessions::account_of_key;

/// The account of an access key. That of a temporary one stands in its id.
pub(super) fn tell(
    call: &Call<'_, input::GetAccessKeyInfo>,
) -> Result<Answer<output::GetAccessKeyInfo>, Fault> {
    restriction::not_own_session(call.caller.member().identity(), "GetAccessKeyInfo")?;
    let id = &call.input.access_key_id;
    let identities = call.tools.identities;
    let long_term = identities.access_key(id).map(|key| key.record.account);
    let temporary =
        || account_of_key(id).filter(|account| identities.has_account(account.as_str()));
    let account = long_term.or_else(temporary);
    let account = account.ok_or_else(|| invalid("Invalid Access Key ID"))?;
    let account = account.to_string();
    Ok(output::GetAccessKeyInfo { account }.into())
}
