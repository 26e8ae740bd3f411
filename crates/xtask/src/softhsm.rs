//! SoftHSM2, the token in software that the tests of `keystead-pkcs11` run on.

use crate::tools::{self, ToolError};

/// Installs it where it is missing: Debian's package, library and tool.
pub(crate) fn install() -> Result<(), ToolError> {
    if tools::answers("softhsm2-util", &["--version"]) {
        return Ok(());
    }
    tools::apt_install("SoftHSM2", &["softhsm2"])
}
