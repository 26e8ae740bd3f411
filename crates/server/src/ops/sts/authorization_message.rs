//! `DecodeAuthorizationMessage`.
//!
//! No operation served here hands out an encoded message, as in AWS none of KMS, IAM, STS and
//! Organizations does: that is for the services that say so, such as EC2. Every message is therefore
//! one of somebody else's. How a call was decided stands in its audit record.

use keystead_wire::sts::{input, output};

use super::restriction;
use crate::fault::Fault;
use crate::ops::management::{Answer, Call};

/// Says of any message that it is none of ours.
pub(super) fn decode(
    call: &Call<'_, input::DecodeAuthorizationMessage>,
) -> Result<Answer<output::DecodeAuthorizationMessage>, Fault> {
    let caller = call.caller.member().identity();
    restriction::not_own_session(caller, "DecodeAuthorizationMessage")?;
    Err(Fault::Named {
        code: "InvalidAuthorizationMessageException",
        status: 400,
        message: "Message is not valid".to_owned(),
    })
}
