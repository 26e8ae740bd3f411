//! Second factors. There are no devices here, so that a code is always one of an unknown device.

use keystead_wire::model::Sensitive;

use super::denied;
use crate::fault::Fault;

const BOTH: &str =
    "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.";
const UNKNOWN: &str = "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.";

/// Checks what the caller shows of a second factor.
///
/// # Errors
/// The caller shows anything.
pub(super) fn check(serial: Option<&String>, code: Option<&Sensitive>) -> Result<(), Fault> {
    match (serial, code) {
        (None, None) => Ok(()),
        (Some(_), Some(_)) => Err(denied(UNKNOWN)),
        _ => Err(denied(BOTH)),
    }
}
