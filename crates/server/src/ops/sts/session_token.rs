//! `GetSessionToken`.

use keystead_core::identity::SessionFacts;
use keystead_wire::sts::{input, output};

use super::{duration, mfa, restriction, written};
use crate::fault::Fault;
use crate::ops::management::{Answer, Call};
use crate::sessions::{Issuer, Owner};

pub(super) fn give(
    call: &Call<'_, input::GetSessionToken>,
) -> Result<Answer<output::GetSessionToken>, Fault> {
    let (input, caller) = (call.input, call.caller.member().identity());
    restriction::long_term_only(caller, "GetSessionToken")?;
    mfa::check(input.serial_number.as_ref(), input.token_code.as_ref())?;
    let now = call.tools.now;
    let expires = duration::of_long_term_caller(input.duration_seconds, caller, now);
    let facts = SessionFacts::between(now, expires);
    let owner = Owner::Oneself(Issuer::of(caller));
    let credentials = call
        .tools
        .sessions
        .issue(owner, facts, None, call.tools.provider)?;
    let output = output::GetSessionToken {
        credentials: written(credentials),
        session_token_utilization: None,
        session_token_size: None,
    };
    Ok(output.into())
}
