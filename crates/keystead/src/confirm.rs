//! Asking before what can't be undone.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

/// Why nothing is to be done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unconfirmed {
    #[error("nothing was changed: add --yes to carry this out without being asked")]
    NobodyToAsk,
    #[error("nothing was changed")]
    Declined,
}

/// Asks the person at the terminal; without one, nobody may agree. The question goes to standard
/// error, so that what is printed for programs stays theirs.
///
/// # Errors
/// [`Unconfirmed`].
pub(crate) fn confirm(question: &str) -> Result<(), Unconfirmed> {
    if !io::stdin().is_terminal() {
        return Err(Unconfirmed::NobodyToAsk);
    }
    let _ = write!(io::stderr().lock(), "{question} [y/N] ");
    let mut answer = String::new();
    // What can't be read is no yes.
    let _ = io::stdin().lock().read_line(&mut answer);
    match answer.trim() {
        "y" | "Y" | "yes" => Ok(()),
        _ => Err(Unconfirmed::Declined),
    }
}
