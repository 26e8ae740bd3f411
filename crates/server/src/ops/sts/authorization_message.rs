//! `DecodeAuthorizationMessage`.

use keystead_wire::sts::{input, output};

use super::restriction;
use crate::fault::Fault;
use crate::ops::management::{Answer, Call};

/// The details of a denial in clear.
pub(super) fn decode(
    call: &Call<'_, input::DecodeAuthorizationMessage>,
) -> Result<Answer<output::DecodeAuthorizationMessage>, Fault> {
    let caller = call.caller.member().identity();
    restriction::not_own_session(caller, "DecodeAuthorizationMessage")?;
    let message = call.input.encoded_message.expose();
    let decoded = call.tools.sessions.decode_authorization_message(message);
    let decoded_message = decoded.ok_or_else(|| Fault::Named {
        code: "InvalidAuthorizationMessageException",
        status: 400,
        message: "Message is not valid".to_owned(),
    })?;
    Ok(output::DecodeAuthorizationMessage { decoded_message }.into())
}
